#ifndef RARE_MATERIAL_H_
#define RARE_MATERIAL_H_

#include <filesystem>
#include <fstream>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <sstream>
#include <string>

/// What the tests work with.
namespace rare {

inline const std::filesystem::path kModel = RARE_SOURCE_MODEL;

inline std::string content_of(const std::filesystem::path& path) {
  std::ostringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  return content.str();
}

inline void write(const std::filesystem::path& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

/// An image of large patches, whose colours a number says.
inline cv::Mat patches(int number, cv::Size size) {
  cv::Mat image(size, CV_8UC3);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const int patch = number + 2 * (x / 8) + 7 * (y / 8);
      image.at<cv::Vec3b>(y, x) =
          cv::Vec3b(static_cast<uchar>(patch * 37), static_cast<uchar>(patch * 91), static_cast<uchar>(patch * 153));
    }
  }
  return image;
}

inline std::string encoded(const cv::Mat& image, const std::string& extension) {
  std::vector<uchar> data;
  cv::imencode(extension, image, data);
  return {data.begin(), data.end()};
}

/// A folder that is removed in the end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "rare_XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }

  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace rare

#endif  // RARE_MATERIAL_H_
