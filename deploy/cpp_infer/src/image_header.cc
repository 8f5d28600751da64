#include "image_header.h"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>
#include <string>

#include "image.h"

namespace rare {
namespace {

constexpr std::string_view kPngStart("\x89PNG\r\n\x1a\n", 8);
constexpr std::string_view kJpegStart("\xff\xd8", 2);
constexpr std::string_view kExifStart("Exif\0\0", 6);
constexpr int kMaxScans = 64;      // of a JPEG; progressive ones have ten
constexpr int kMaxParts = 100000;  // segments of a JPEG, chunks of a PNG: 256 MB in chunks of 4 kB are fewer

/// Whole numbers in a file. What lies behind its end throws std::out_of_range.
class Numbers {
 public:
  Numbers(std::string_view file, bool is_big_endian) : file_(file), is_big_endian_(is_big_endian) {}

  [[nodiscard]] std::uint32_t u8(std::size_t at) const { return number(at, 1); }
  [[nodiscard]] std::uint32_t u16(std::size_t at) const { return number(at, 2); }
  [[nodiscard]] std::uint32_t u24(std::size_t at) const { return number(at, 3); }
  [[nodiscard]] std::uint32_t u32(std::size_t at) const { return number(at, 4); }

 private:
  [[nodiscard]] std::uint32_t number(std::size_t at, std::size_t size) const {
    if (at > file_.size() || size > file_.size() - at) {
      throw std::out_of_range("behind the end of the file");
    }
    std::uint32_t value = 0;
    for (std::size_t index = 0; index < size; ++index) {
      const std::size_t place = is_big_endian_ ? at + index : at + size - 1 - index;
      value = (value << 8U) | static_cast<unsigned char>(file_[place]);
    }
    return value;
  }

  std::string_view file_;
  bool is_big_endian_;
};

bool starts_with(std::string_view text, std::string_view start) { return text.substr(0, start.size()) == start; }

/// The part of a file from a place on; empty behind its end.
std::string_view part_of(std::string_view file, std::size_t at, std::size_t size = std::string_view::npos) {
  return at < file.size() ? file.substr(at, size) : std::string_view();
}

/// What a TIFF file's first directory says; EXIF data is one, too.
ImageHeader read_tiff(std::string_view file) {
  constexpr std::uint32_t kWidth = 256, kHeight = 257, kOrientation = 274, kExtraSamples = 338, kShort = 3;
  const Numbers numbers(file, starts_with(file, "MM"));
  const std::size_t directory = numbers.u32(4);
  ImageHeader header;
  header.is_tiff = true;
  for (std::size_t entry = 0; entry < numbers.u16(directory); ++entry) {
    const std::size_t at = directory + 2 + 12 * entry;
    const std::uint32_t tag = numbers.u16(at);
    const std::uint32_t value = numbers.u16(at + 2) == kShort ? numbers.u16(at + 8) : numbers.u32(at + 8);
    if (tag == kWidth) {
      header.width = value;
    } else if (tag == kHeight) {
      header.height = value;
    } else if (tag == kOrientation) {
      header.orientation = value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
    } else if (tag == kExtraSamples) {
      header.may_be_clear = value != 0;
    }
  }
  return header;
}

bool is_tiff(std::string_view file) {
  return starts_with(file, std::string_view("II*\0", 4)) || starts_with(file, std::string_view("MM\0*", 4));
}

/// The orientation in EXIF data; 1 where it says none, or is damaged.
int orientation_of(std::string_view exif) {
  if (starts_with(exif, kExifStart)) {
    exif.remove_prefix(kExifStart.size());
  }
  try {
    return is_tiff(exif) ? read_tiff(exif).orientation : 1;
  } catch (const std::out_of_range&) {
    return 1;
  }
}

ImageHeader read_png(std::string_view file) {
  const Numbers numbers(file, true);
  constexpr std::uint32_t kGreyWithAlpha = 4, kColourWithAlpha = 6;
  ImageHeader header{numbers.u32(16), numbers.u32(20)};
  const std::uint32_t colour_type = numbers.u8(25);
  header.may_be_clear = colour_type == kGreyWithAlpha || colour_type == kColourWithAlpha;
  for (std::size_t at = kPngStart.size(), part = 0; at + 12 <= file.size() && part < kMaxParts; ++part) {
    const std::size_t size = numbers.u32(at);
    const std::string_view kind = file.substr(at + 4, 4);
    header.may_be_clear |= kind == "tRNS";
    if (kind == "eXIf") {
      header.orientation = orientation_of(part_of(file, at + 8, size));
    }
    at += 12 + size;
  }
  return header;
}

ImageHeader read_jpeg(std::string_view file) {
  constexpr std::uint32_t kExif = 0xe1, kScan = 0xda;
  const Numbers numbers(file, true);
  ImageHeader header;
  std::size_t at = kJpegStart.size();
  for (int part = 0; part < kMaxParts; ++part) {
    while (numbers.u8(at) != 0xff || numbers.u8(at + 1) == 0xff) {  // 0xff also fills
      ++at;
    }
    const std::uint32_t kind = numbers.u8(at + 1);
    if (kind == kScan) {
      break;
    }
    const bool is_frame = kind >= 0xc0 && kind <= 0xcf && kind != 0xc4 && kind != 0xc8 && kind != 0xcc;
    if (is_frame) {
      header.height = numbers.u16(at + 5);
      header.width = numbers.u16(at + 7);
    } else if (kind == kExif && starts_with(part_of(file, at + 4), kExifStart)) {
      header.orientation = orientation_of(part_of(file, at + 4, numbers.u16(at + 2)));
    }
    at += 2 + numbers.u16(at + 2);
  }
  return header;
}

ImageHeader read_bmp(std::string_view file) {
  constexpr std::uint32_t kOldHeader = 12, kHeaderWithAlpha = 56, kBitFields = 3;
  const Numbers numbers(file, false);
  const std::uint32_t header_size = numbers.u32(14);
  if (header_size == kOldHeader) {
    return {numbers.u16(18), numbers.u16(20)};
  }
  const auto height = static_cast<std::int32_t>(numbers.u32(22));  // negative: the first row stands on top
  ImageHeader header{numbers.u32(18), height < 0 ? 0U - numbers.u32(22) : numbers.u32(22)};
  const bool has_masks = numbers.u16(28) == 32 && numbers.u32(30) == kBitFields;
  header.may_be_clear = has_masks && header_size >= kHeaderWithAlpha && numbers.u32(66) != 0;
  return header;
}

ImageHeader read_ppm(std::string_view file) {
  std::size_t at = 2;
  const auto next_number = [&] {
    for (bool is_comment = false; at < file.size() && (is_comment || file[at] < '0' || file[at] > '9'); ++at) {
      is_comment = is_comment ? file[at] != '\n' : file[at] == '#';
    }
    std::uint32_t number = 0;
    for (int digits = 0; at < file.size() && file[at] >= '0' && file[at] <= '9' && digits < 9; ++at, ++digits) {
      number = 10 * number + static_cast<std::uint32_t>(file[at] - '0');
    }
    return number;
  };
  const std::uint32_t width = next_number();
  return {width, next_number()};
}

ImageHeader read_webp(std::string_view file) {
  const Numbers numbers(file, false);
  const std::string_view kind = part_of(file, 12, 4);
  ImageHeader header;
  if (kind == "VP8 ") {  // 14 bits each, two of scaling above
    header = {numbers.u16(26) & 0x3fffU, numbers.u16(28) & 0x3fffU};
  } else if (kind == "VP8L") {
    const std::uint32_t bits = numbers.u32(21);
    header = {(bits & 0x3fffU) + 1, ((bits >> 14U) & 0x3fffU) + 1};
    header.may_be_clear = ((bits >> 28U) & 1U) != 0;
  } else if (kind == "VP8X") {
    header = {numbers.u24(24) + 1, numbers.u24(27) + 1};
    header.may_be_clear = (numbers.u8(20) & 0x10U) != 0;
  }
  for (std::size_t at = 12, part = 0; at + 8 <= file.size() && part < kMaxParts; ++part) {
    const std::size_t size = numbers.u32(at + 4);
    if (file.substr(at, 4) == "EXIF") {
      header.orientation = orientation_of(part_of(file, at + 8, size));
    }
    at += 8 + size + size % 2;
  }
  return header;
}

bool has_png_end(std::string_view file) {
  const Numbers numbers(file, true);
  std::size_t at = kPngStart.size();
  for (int part = 0; part < kMaxParts; ++part) {
    if (at + 12 > file.size()) {  // a chunk: length, kind, content, 4 bytes of checksum
      return false;
    }
    const std::string_view kind = file.substr(at + 4, 4);
    at += std::size_t{12} + numbers.u32(at);
    if (kind == "IEND") {
      return at <= file.size();
    }
    const auto is_letter = [](char byte) { return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z'); };
    if (!std::all_of(kind.begin(), kind.end(), is_letter)) {
      return false;
    }
  }
  throw ImageError("not an image", "more than " + std::to_string(kMaxParts) + " parts, which no picture has");
}

/// The place behind the next marker of a JPEG; npos for none. In pixel data 0xff is followed by 0 where it is data, and
/// by 0xd0 to 0xd7 at a restart; 0xff also fills.
std::size_t behind_marker(std::string_view file, std::size_t at) {
  while ((at = file.find('\xff', at)) != std::string_view::npos && at + 1 < file.size()) {
    const auto kind = static_cast<unsigned char>(file[at + 1]);
    if (kind != 0 && kind != 0xff && (kind < 0xd0 || kind > 0xd7)) {
      return at + 2;
    }
    ++at;
  }
  return std::string_view::npos;
}

bool has_jpeg_end(std::string_view file) {
  constexpr unsigned char kEnd = 0xd9, kScan = 0xda;
  std::size_t at = kJpegStart.size();
  int num_scans = 0;
  for (int part = 0; part < kMaxParts; ++part) {
    at = behind_marker(file, at);
    if (at == std::string_view::npos) {
      return false;
    }
    const auto kind = static_cast<unsigned char>(file[at - 1]);
    if (kind == kEnd) {
      return true;
    }
    num_scans += static_cast<int>(kind == kScan);
    if (num_scans > kMaxScans) {  // each goes over the whole image, and takes a few bytes
      throw ImageError("not an image",
                       "more than " + std::to_string(kMaxScans) + " scans, which no camera or program makes");
    }
    if (at + 2 > file.size()) {
      return false;
    }
    // Skips the segment, which may hold a thumbnail with an end of its own. The length counts its own two bytes.
    at += Numbers(file, true).u16(at);
  }
  throw ImageError("not an image", "more than " + std::to_string(kMaxParts) + " parts, which no picture has");
}

}  // namespace

std::optional<ImageHeader> read_image_header(std::string_view file) {
  try {
    ImageHeader header;
    if (starts_with(file, kPngStart)) {
      header = read_png(file);
    } else if (starts_with(file, kJpegStart)) {
      header = read_jpeg(file);
    } else if (starts_with(file, "BM")) {
      header = read_bmp(file);
    } else if (is_tiff(file)) {
      header = read_tiff(file);
    } else if (starts_with(file, "RIFF") && part_of(file, 8, 4) == "WEBP") {
      header = read_webp(file);
    } else if (file.size() > 2 && file[0] == 'P' && file[1] >= '1' && file[1] <= '6') {
      header = read_ppm(file);
    }
    return header.width > 0 && header.height > 0 ? std::make_optional(header) : std::nullopt;
  } catch (const std::out_of_range&) {
    return std::nullopt;
  }
}

bool is_cut_short(std::string_view file) {
  if (starts_with(file, kPngStart)) {
    return !has_png_end(file);
  }
  return starts_with(file, kJpegStart) && !has_jpeg_end(file);
}

}  // namespace rare
