#ifndef RARE_IMAGE_H_
#define RARE_IMAGE_H_

#include <opencv2/core.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace rare {

/// An image that cannot be used. It costs itself alone.
class ImageError : public std::runtime_error {
 public:
  explicit ImageError(const std::string& reason, const std::string& detail = "")
      : std::runtime_error(detail.empty() ? reason : reason + ": " + detail) {}
};

enum class ImageMode { kBgr, kRgb, kGray };
enum class Interpolation { kBilinear, kArea };

/// How an image becomes what the network takes.
struct InputShape {
  int height = 32;  ///< in pixels
  int width = 100;
  bool padding = true;  ///< keeps the aspect ratio as far as the width allows, and pads on the right with middle grey
  Interpolation interpolation = Interpolation::kBilinear;

  [[nodiscard]] std::size_t num_values() const { return std::size_t{3} * static_cast<std::size_t>(height) * width; }
};

/// What a file holds.
/// @throws ImageError it is missing, a directory, empty, unreadable, or larger than 256 MiB.
std::string read_image_file(const std::string& path);

/// Decodes an image file to 8-bit colour, upright; what is transparent is laid over white, or over black where the rest
/// is light.
/// @throws ImageError it is empty, cut short, no image, or larger than 64 million pixels.
cv::Mat decode_image(std::string_view file, ImageMode mode);

/// The image in an array that a program made or decoded itself: BGR, grey or BGRA, of 8 or 16 bits.
/// @throws ImageError the array is no such image.
cv::Mat pixels_of(const cv::Mat& array, ImageMode mode);

/// Resizes an image, 8 bits [H, W, 3], and maps its levels to [-1, 1]: float32 [3, H, W].
std::vector<float> resize_normalized(const cv::Mat& image, const InputShape& shape);

}  // namespace rare

#endif  // RARE_IMAGE_H_
