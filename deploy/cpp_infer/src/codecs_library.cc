#include <opencv2/imgcodecs.hpp>
#include <type_traits>

#include "codecs.h"
#include "rare/export.h"

extern "C" RARE_EXPORT void rare_decode(const char* data, int size, int flags, cv::Mat& image) {
  try {
    // OpenCV takes a matrix that it could write to, and only reads it.
    image = cv::imdecode(cv::Mat(1, size, CV_8U, const_cast<char*>(data)), flags);
  } catch (const cv::Exception&) {  // some damage is reported this way, most of it with an empty image
    image.release();
  }
}

static_assert(std::is_same_v<decltype(rare_decode), rare::DecodeFunction>);
