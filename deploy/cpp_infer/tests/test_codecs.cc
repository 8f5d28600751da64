#include <doctest/doctest.h>

#include <random>

#include "image.h"
#include "image_header.h"
#include "material.h"

namespace rare {
namespace {

const std::vector<std::string> kExtensions = {".bmp", ".jpg", ".png", ".ppm", ".tiff", ".webp"};

std::string fault_of(const std::string& file) {
  try {
    static_cast<void>(decode_image(file, ImageMode::kBgr));
  } catch (const ImageError& error) {
    return error.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("every format's header gives the size that is decoded") {
  for (const std::string& extension : kExtensions) {
    INFO(extension);
    const std::string file = encoded(patches(1, {37, 21}), extension);
    const auto header = read_image_header(file);
    REQUIRE(header);
    CHECK(header->width == 37);
    CHECK(header->height == 21);
    const cv::Mat image = decode_image(file, ImageMode::kBgr);
    CHECK(image.size() == cv::Size(37, 21));
    CHECK(image.type() == CV_8UC3);
  }
}

TEST_CASE("a cut PNG or JPEG is told, wherever it is cut") {
  for (const char* extension : {".png", ".jpg"}) {
    const std::string file = encoded(patches(2, {40, 20}), extension);
    CHECK(fault_of(file) == "none");
    CHECK(fault_of(file + "and more") == "none");
    for (std::size_t size = 3; size < file.size(); size += 7) {
      INFO(extension << " " << size);
      CHECK(fault_of(file.substr(0, size)) != "none");
    }
    CHECK(fault_of(file.substr(0, file.size() - 1)).find("truncated image") == 0);
  }
}

TEST_CASE("damaged images are refused or decoded, and end nothing") {
  std::mt19937 random(0);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same every time
  for (const std::string& extension : kExtensions) {
    const std::string good = encoded(patches(3, {24, 16}), extension);
    for (int round = 0; round < 150; ++round) {
      std::string file = good.substr(0, round % 3 == 0 ? random() % good.size() : good.size());
      for (int change = 0; change < round % 4 && !file.empty(); ++change) {
        file[random() % std::min<std::size_t>(file.size(), round % 2 == 0 ? 64 : file.size())] =
            static_cast<char>(random());
      }
      CHECK_NOTHROW(fault_of(file));
    }
  }
}

TEST_CASE("the header is believed before anything is allocated") {
  std::string file = encoded(patches(4, {8, 8}), ".png");
  file.replace(16, 8, std::string("\x00\x01\x00\x00\x00\x01\x00\x00", 8));
  CHECK(fault_of(file) == "image too large: 65536 x 65536 pixels; at most 64000000");
}

TEST_CASE("what is no image") {
  CHECK(fault_of("") == "empty file");
  CHECK(fault_of("nothing") == "not an image: what is read are BMP, JPEG, PNG, PPM, TIFF, WEBP");
  CHECK(fault_of("P6 # no size") == "not an image: what is read are BMP, JPEG, PNG, PPM, TIFF, WEBP");
  CHECK(fault_of("P6 20 20 255\nxx").find("not an image: damaged") == 0);
}

TEST_CASE("transparent ground is the contrary of what is seen") {
  for (const char* extension : {".png", ".webp"}) {
    for (const int ink : {20, 240}) {
      cv::Mat image(8, 8, CV_8UC4, cv::Scalar(ink, ink, ink, 0));
      image(cv::Rect(2, 2, 3, 3)).setTo(cv::Scalar(ink, ink, ink, 255));
      const cv::Mat seen = decode_image(encoded(image, extension), ImageMode::kBgr);
      CHECK(seen.at<cv::Vec3b>(0, 0)[0] == (ink < 128 ? 255 : 0));
      CHECK(std::abs(seen.at<cv::Vec3b>(3, 3)[0] - ink) < 3);
    }
  }
}

TEST_CASE("orders of channels") {
  const cv::Mat image(4, 4, CV_8UC3, cv::Scalar(10, 20, 230));
  const std::string file = encoded(image, ".png");
  CHECK(decode_image(file, ImageMode::kRgb).at<cv::Vec3b>(0, 0) == cv::Vec3b(230, 20, 10));
  const cv::Vec3b grey = decode_image(file, ImageMode::kGray).at<cv::Vec3b>(0, 0);
  CHECK(grey[0] == grey[1]);
  CHECK(grey[0] == grey[2]);
}

}  // namespace rare
