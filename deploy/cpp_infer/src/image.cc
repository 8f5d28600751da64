#include "image.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <system_error>

#include "codecs.h"
#include "image_header.h"

namespace rare {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFileBytes = std::size_t{256} << 20U;  // more than an image of kMaxPixels needs
// 192 MB as BGR: more than the 61 megapixels of a large camera. A file of a few kilobytes can claim a thousand times as
// much.
constexpr std::uint64_t kMaxPixels = 64'000'000;

/// Lays a BGRA image over white, or over black where what is to be seen of it is light. Where nothing at all is to be
/// seen, the file's alpha says nothing, and colours stay as they are.
cv::Mat without_alpha(const cv::Mat& image) {
  cv::Mat colours, grey, alpha;
  cv::cvtColor(image, colours, cv::COLOR_BGRA2BGR);
  cv::extractChannel(image, alpha, 3);
  double lowest = 0, highest = 0;
  cv::minMaxLoc(alpha, &lowest, &highest);
  if (lowest == 255 || highest == 0) {
    return colours;
  }
  cv::cvtColor(colours, grey, cv::COLOR_BGR2GRAY);
  const double lightness = grey.dot(alpha) / cv::sum(alpha)[0];
  const unsigned int ground = lightness > 127 ? 0 : 255;
  for (int y = 0; y < image.rows; ++y) {
    for (int x = 0; x < image.cols; ++x) {
      const unsigned int share = alpha.at<std::uint8_t>(y, x);
      for (std::uint8_t& level : colours.at<cv::Vec3b>(y, x).val) {
        level = static_cast<std::uint8_t>((level * share + (255 - share) * ground + 127) / 255);
      }
    }
  }
  return colours;
}

/// 8 bits of 16: the upper half, as decoders take it.
cv::Mat upper_half(const cv::Mat& array) {
  cv::Mat levels(array.size(), CV_MAKETYPE(CV_8U, array.channels()));
  for (int y = 0; y < array.rows; ++y) {
    const auto* row = array.ptr<std::uint16_t>(y);
    std::transform(row, row + std::ptrdiff_t{array.cols} * array.channels(), levels.ptr<std::uint8_t>(y),
                   [](std::uint16_t level) { return static_cast<std::uint8_t>(level >> 8U); });
  }
  return levels;
}

cv::Mat to_mode(const cv::Mat& image, ImageMode mode) {
  cv::Mat result = image;
  if (mode == ImageMode::kRgb) {
    cv::cvtColor(image, result, cv::COLOR_BGR2RGB);
  } else if (mode == ImageMode::kGray) {
    cv::Mat grey;
    cv::cvtColor(image, grey, cv::COLOR_BGR2GRAY);
    cv::cvtColor(grey, result, cv::COLOR_GRAY2BGR);
  }
  return result;
}

/// An image turned as its EXIF orientation says: 5 to 8 exchange the axes, then rows and columns are mirrored.
cv::Mat upright(cv::Mat image, int orientation) {
  if (orientation >= 5) {
    cv::transpose(image, image);
  }
  const bool mirrors_columns = orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
  const bool mirrors_rows = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
  if (mirrors_columns || mirrors_rows) {
    cv::flip(image, image, mirrors_columns && mirrors_rows ? -1 : mirrors_columns ? 1 : 0);
  }
  return image;
}

}  // namespace

std::string read_image_file(const std::string& path) {
  std::error_code fault;
  const fs::file_status status = fs::status(path, fault);
  if (status.type() == fs::file_type::not_found) {
    throw ImageError("missing file");
  }
  if (status.type() == fs::file_type::none) {
    throw ImageError("unreadable file", fault.message());
  }
  if (fs::is_directory(status)) {
    throw ImageError("a directory, not a file");
  }
  if (!fs::is_regular_file(status)) {  // to open a named pipe could wait for ever, and a device may never end
    throw ImageError("unreadable file", "not an ordinary file");
  }
  std::ifstream stream(path, std::ios::binary | std::ios::ate);
  if (!stream) {
    throw ImageError("unreadable file", std::generic_category().message(errno));
  }
  const auto size = static_cast<std::size_t>(stream.tellg());
  if (size > kMaxFileBytes) {
    throw ImageError("file too large", "more than " + std::to_string(kMaxFileBytes) + " bytes");
  }
  std::string data(size, '\0');
  stream.seekg(0);
  stream.read(data.data(), static_cast<std::streamsize>(size));
  data.resize(static_cast<std::size_t>(stream.gcount()));
  return data;
}

cv::Mat decode_image(std::string_view file, ImageMode mode) {
  if (file.empty()) {
    throw ImageError("empty file");
  }
  if (is_cut_short(file)) {
    throw ImageError("truncated image",
                     "the end of the file is missing after " + std::to_string(file.size()) + " bytes");
  }
  const std::optional<ImageHeader> header = read_image_header(file);
  if (!header) {
    throw ImageError("not an image", "what is read are BMP, JPEG, PNG, PPM, TIFF, WEBP");
  }
  if (std::uint64_t{header->width} * header->height > kMaxPixels) {
    throw ImageError("image too large", std::to_string(header->width) + " x " + std::to_string(header->height) +
                                            " pixels; at most " + std::to_string(kMaxPixels));
  }
  cv::Mat image;
  if (header->may_be_clear) {
    image = decode_with_opencv(file, cv::IMREAD_UNCHANGED);
  }
  if (image.channels() == 4 && (image.depth() == CV_8U || image.depth() == CV_16U)) {
    image = without_alpha(image.depth() == CV_16U ? upper_half(image) : image);
  } else {
    image = decode_with_opencv(file, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
  }
  if (image.empty() || image.type() != CV_8UC3) {
    throw ImageError("not an image", "damaged, or of a kind that is not supported");
  }
  return to_mode(header->is_tiff ? image : upright(image, header->orientation), mode);
}

cv::Mat pixels_of(const cv::Mat& array, ImageMode mode) {
  const bool is_known = array.depth() == CV_8U || array.depth() == CV_16U;
  const int channels = array.channels();
  if (array.empty() || array.dims != 2 || !is_known || (channels != 1 && channels != 3 && channels != 4)) {
    throw ImageError("not an image", "an array [H, W, 3] of 8 or 16 bits is needed");
  }
  cv::Mat image = array.depth() == CV_16U ? upper_half(array) : array;
  if (channels == 1) {
    cv::Mat colours;
    cv::cvtColor(image, colours, cv::COLOR_GRAY2BGR);
    return to_mode(colours, mode);
  }
  return to_mode(channels == 4 ? without_alpha(image) : image, mode);
}

std::vector<float> resize_normalized(const cv::Mat& image, const InputShape& shape) {
  int width = shape.width;
  if (shape.padding) {
    const double aspect = static_cast<double>(image.cols) / image.rows;
    width = static_cast<int>(std::min<double>(shape.width, std::ceil(shape.height * aspect)));
  }
  const bool shrinks = width <= image.cols && shape.height <= image.rows;
  const bool is_averaged = shape.interpolation == Interpolation::kArea && shrinks;
  cv::Mat levels;
  cv::resize(image, levels, {width, shape.height}, 0, 0, is_averaged ? cv::INTER_AREA : cv::INTER_LINEAR);
  // In float32 and in PaddleOCR's order of operations: equal to its values bit for bit.
  static const std::array<float, 256> kNormalized = [] {
    std::array<float, 256> values{};
    for (std::size_t level = 0; level < values.size(); ++level) {
      values[level] = (static_cast<float>(level) / 255.0F - 0.5F) / 0.5F;
    }
    return values;
  }();
  std::vector<float> result(shape.num_values());  // [3, H, W]
  for (int channel = 0; channel < 3; ++channel) {
    for (int y = 0; y < shape.height; ++y) {
      const auto* row = levels.ptr<cv::Vec3b>(y);
      float* target = &result[(static_cast<std::size_t>(channel) * shape.height + y) * shape.width];
      std::transform(row, row + width, target, [=](const cv::Vec3b& pixel) { return kNormalized[pixel[channel]]; });
    }
  }
  return result;
}

}  // namespace rare
