#include "looks.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace rare {
namespace {

constexpr double kTall = 1.5;                 // height / width, above
constexpr double kCut = 0.06, kMargin = 0.2;  // parts of the height
constexpr double kWider = 1.3;
constexpr int kKeptHeight = 128;  // pixels, four times what networks take

/// To the nearest whole number, halves to the even one, as Python does.
int rounded(double number) { return static_cast<int>(std::nearbyint(number)); }

Look look_at(const cv::Mat& image, const InputShape& shape, bool keeps_pixels) {
  Look look{static_cast<double>(image.cols) / image.rows, resize_normalized(image, shape), {}};
  if (keeps_pixels && image.rows > kKeptHeight) {  // many wait together
    const int width = std::max(1, rounded(static_cast<double>(image.cols) * kKeptHeight / image.rows));
    cv::resize(image, look.pixels, {width, kKeptHeight}, 0, 0, cv::INTER_AREA);
  } else if (keeps_pixels) {
    look.pixels = image.clone();
  }
  return look;
}

}  // namespace

std::vector<Look> first_looks(const cv::Mat& image, const InputShape& shape, bool rotate_tall, bool keeps_pixels) {
  std::vector<Look> looks = {look_at(image, shape, keeps_pixels)};
  if (rotate_tall && image.rows > kTall * image.cols) {
    for (const auto turn : {cv::ROTATE_90_COUNTERCLOCKWISE, cv::ROTATE_90_CLOCKWISE}) {
      cv::Mat turned;
      cv::rotate(image, turned, turn);
      looks.push_back(look_at(turned, shape, keeps_pixels));
    }
  }
  return looks;
}

std::vector<Look> second_looks(const Look& look, const InputShape& shape) {
  const cv::Mat& pixels = look.pixels;
  const int height = pixels.rows, width = pixels.cols;
  const int cut = rounded(kCut * height), margin = std::max(1, rounded(kMargin * height));
  const int sides = width > 3 * cut ? cut : 0;
  const cv::Mat less = pixels(cv::Rect(sides, cut, width - 2 * sides, height - 2 * cut));
  cv::Mat more, wider;
  cv::copyMakeBorder(pixels, more, margin, margin, margin, margin, cv::BORDER_REPLICATE);
  cv::resize(pixels, wider, {rounded(kWider * width), height}, 0, 0, cv::INTER_LINEAR);
  return {look_at(less, shape, false), look_at(more, shape, false), look_at(wider, shape, false)};
}

}  // namespace rare
