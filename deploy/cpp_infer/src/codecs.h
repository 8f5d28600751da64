#ifndef RARE_CODECS_H_
#define RARE_CODECS_H_

#include <opencv2/core.hpp>
#include <string_view>

namespace rare {

/// OpenCV's decoders stand in a library of their own, which is loaded when it is first needed: Debian's brings GDAL and
/// a hundred others, and takes as long to load as the network does. Who calls this early, in a thread, has both at
/// once.
void load_codecs();

/// What cv::imdecode gives; empty where it fails.
cv::Mat decode_with_opencv(std::string_view file, int flags);

/// The library's one function, by this name.
using DecodeFunction = void(const char* data, int size, int flags, cv::Mat& image);
constexpr const char* kDecodeFunction = "rare_decode";

}  // namespace rare

#endif  // RARE_CODECS_H_
