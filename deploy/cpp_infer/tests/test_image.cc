#include <doctest/doctest.h>

#include <algorithm>

#include "image.h"
#include "looks.h"
#include "material.h"

namespace rare {

TEST_CASE("the aspect ratio is kept, and the rest is middle grey") {
  const cv::Mat white(16, 20, CV_8UC3, cv::Scalar::all(255));
  const InputShape shape;
  const std::vector<float> input = resize_normalized(white, shape);
  CHECK(input.size() == 3 * 32 * 100);
  CHECK(input[0] == 1.0F);
  CHECK(input[39] == 1.0F);  // 32 / 16 * 20 columns
  CHECK(input[40] == 0.0F);
  InputShape stretched;
  stretched.padding = false;
  CHECK(resize_normalized(white, stretched)[99] == 1.0F);
}

TEST_CASE("area averages what shrinks, and nothing else") {
  cv::Mat image(64, 200, CV_8UC3, cv::Scalar::all(255));
  for (int y = 0; y < image.rows; y += 2) {
    image.row(y).setTo(cv::Scalar::all(0));
  }
  InputShape shape;
  shape.interpolation = Interpolation::kArea;
  const std::vector<float> input = resize_normalized(image, shape);
  CHECK(std::abs(input[0]) < 0.01F);
  const cv::Mat small = patches(0, {50, 16});
  CHECK(resize_normalized(small, shape) == resize_normalized(small, InputShape()));
}

TEST_CASE("arrays of a program") {
  const cv::Mat grey(8, 8, CV_8U, cv::Scalar(77));
  CHECK(pixels_of(grey, ImageMode::kBgr).at<cv::Vec3b>(1, 1) == cv::Vec3b(77, 77, 77));
  const cv::Mat deep(8, 8, CV_16UC3, cv::Scalar::all(77 * 256 + 200));
  CHECK(pixels_of(deep, ImageMode::kBgr).at<cv::Vec3b>(1, 1) == cv::Vec3b(77, 77, 77));
  const cv::Mat clear(8, 8, CV_8UC4, cv::Scalar(1, 2, 3, 0));
  CHECK(pixels_of(clear, ImageMode::kBgr).at<cv::Vec3b>(1, 1) == cv::Vec3b(1, 2, 3));
  CHECK_THROWS_AS(static_cast<void>(pixels_of(cv::Mat(), ImageMode::kBgr)), ImageError);
  CHECK_THROWS_AS(static_cast<void>(pixels_of(cv::Mat(8, 8, CV_32FC3), ImageMode::kBgr)), ImageError);
  CHECK_THROWS_AS(static_cast<void>(pixels_of(cv::Mat(8, 8, CV_8UC2), ImageMode::kBgr)), ImageError);
}

TEST_CASE("files that are none") {
  const TemporaryFolder folder;
  const auto fault_of = [](const std::string& path) -> std::string {
    try {
      return "none: " + std::to_string(read_image_file(path).size());
    } catch (const ImageError& error) {
      return error.what();
    }
  };
  write(folder / "file", "abc");
  CHECK(fault_of(folder / "file") == "none: 3");
  CHECK(fault_of(folder / "missing") == "missing file");
  CHECK(fault_of(folder / "file/below") == "missing file");
  CHECK(fault_of(folder.path()) == "a directory, not a file");
  CHECK(fault_of("/dev/zero") == "unreadable file: not an ordinary file");
}

TEST_CASE("a tall image is looked at in three ways, a doubtful one in three more") {
  const InputShape shape;
  CHECK(first_looks(patches(0, {40, 32}), shape, true, false).size() == 1);
  CHECK(first_looks(patches(0, {20, 31}), shape, false, false).size() == 1);
  const std::vector<Look> looks = first_looks(patches(0, {20, 31}), shape, true, true);
  REQUIRE(looks.size() == 3);
  CHECK(looks[1].aspect == doctest::Approx(31.0 / 20));
  CHECK(looks[1].input != looks[2].input);
  const std::vector<Look> again = second_looks(looks[0], shape);
  REQUIRE(again.size() == 3);
  CHECK(again[0].aspect == doctest::Approx(16.0 / 27));
  CHECK(again[1].aspect == doctest::Approx(32.0 / 43));
  CHECK(again[2].aspect == doctest::Approx(26.0 / 31));
  for (const cv::Size size : {cv::Size(1, 1), cv::Size(1, 300), cv::Size(300, 1)}) {
    CHECK(second_looks(first_looks(patches(0, size), shape, false, true)[0], shape).size() == 3);
  }
}

}  // namespace rare
