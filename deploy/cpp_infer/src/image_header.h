#ifndef RARE_IMAGE_HEADER_H_
#define RARE_IMAGE_HEADER_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace rare {

/// What the start of an image file says, before any pixel is allocated.
struct ImageHeader {
  std::uint32_t width = 0;  ///< in pixels
  std::uint32_t height = 0;
  int orientation = 1;        ///< EXIF's: 1 to 8, see `upright` in image.cc
  bool may_be_clear = false;  ///< it has transparent pixels, perhaps
  bool is_tiff = false;       ///< OpenCV itself turns a TIFF
};

/// The header of a BMP, JPEG, PNG, PPM, TIFF or WebP file; none where there is no such header that can be read.
std::optional<ImageHeader> read_image_header(std::string_view file);

/// Whether a PNG or JPEG lacks its end. Bytes behind the end do no harm.
///
/// OpenCV refuses a file that merely stops, but not a JPEG whose rest was lost to zeros: it makes that part up.
/// @throws ImageError the file has more parts than any picture has.
bool is_cut_short(std::string_view file);

}  // namespace rare

#endif  // RARE_IMAGE_HEADER_H_
