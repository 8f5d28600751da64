#include "image_paths.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <system_error>
#include <utility>

#include "rare/recognizer.h"
#include "text.h"

namespace rare {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMaxListBytes = std::uintmax_t{1} << 30U;

/// The ending of a name, in lower case; what a name begins with is none.
std::string extension_of(const fs::path& path) {
  const std::string name = path.filename().string();
  const std::size_t start = name.find_first_not_of('.');
  const std::size_t dot = name.rfind('.');
  if (dot == std::string::npos || start == std::string::npos || dot < start) {
    return "";
  }
  std::string extension = name.substr(dot);
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter; });
  return extension;
}

std::vector<std::string> below(const std::string& folder) {
  static const std::set<std::string> kExtensions = {".bmp", ".jpeg", ".jpg",  ".pgm", ".png",
                                                    ".ppm", ".tif",  ".tiff", ".webp"};
  std::vector<std::pair<std::u32string, std::string>> found;
  std::error_code fault;
  fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied, fault);
  for (; !fault && entry != fs::recursive_directory_iterator(); entry.increment(fault)) {
    std::error_code ignored;
    const std::string path = entry->path().string();
    if (kExtensions.count(extension_of(path)) != 0 && !entry->is_directory(ignored)) {
      found.emplace_back(decode_utf8(path), path);
    }
  }
  if (found.empty()) {
    throw Error(folder + ": no image below this folder (.bmp, .jpeg, .jpg, .pgm, .png, .ppm, .tif, .tiff, .webp)");
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> paths;
  std::transform(found.begin(), found.end(), std::back_inserter(paths),
                 [](auto& pair) { return std::move(pair.second); });
  return paths;
}

std::vector<std::string> listed_in(const std::string& list) {
  std::error_code fault;
  if (fs::file_size(list, fault) > kMaxListBytes) {
    throw Error("image list " + list + (fault ? ": " + fault.message() : " is larger than any list"));
  }
  std::ifstream stream(list, std::ios::binary);
  std::stringstream content;
  content << stream.rdbuf();
  std::string text = content.str();
  if (!is_utf8(text)) {
    throw Error("image list " + list + " is not UTF-8");
  }
  if (text.compare(0, 3, "\xef\xbb\xbf") == 0) {  // the byte-order mark
    text.erase(0, 3);
  }
  std::vector<std::string> paths;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    line.resize(std::min(line.find('\t'), line.size()));
    const std::size_t start = line.find_first_not_of(" \r");
    if (start != std::string::npos) {
      line = line.substr(start, line.find_last_not_of(" \r") + 1 - start);
      paths.push_back((fs::path(list).parent_path() / line).string());
    }
  }
  if (paths.empty()) {
    throw Error("image list " + list + ": no path in it");
  }
  return paths;
}

}  // namespace

std::vector<std::string> list_images(const std::string& argument) {
  std::error_code ignored;
  if (fs::is_directory(argument, ignored)) {
    return below(argument);
  }
  if (extension_of(argument) == ".txt" && fs::is_regular_file(argument, ignored)) {
    return listed_in(argument);
  }
  return {argument};
}

}  // namespace rare
