#ifndef RARE_LOOKS_H_
#define RARE_LOOKS_H_

#include <opencv2/core.hpp>
#include <vector>

#include "image.h"

namespace rare {

/// One way to look at an image.
struct Look {
  double aspect = 0;         ///< width / height, which goes with the length of a word
  std::vector<float> input;  ///< of the network, [3, H, W]
  cv::Mat pixels;            ///< what second looks are made of; empty where there will be none
};

/// A word whose raw scores have a lower mean is in doubt.
constexpr double kDoubtfulScore = 0.95;

/// The image as it is and, where it is tall and that is tried, turned to the left and to the right.
std::vector<Look> first_looks(const cv::Mat& image, const InputShape& shape, bool rotate_tall, bool keeps_pixels);

/// Second looks: less of the image, more around it, and wider.
std::vector<Look> second_looks(const Look& look, const InputShape& shape);

}  // namespace rare

#endif  // RARE_LOOKS_H_
