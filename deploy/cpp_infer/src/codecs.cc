#include "codecs.h"

#include <dlfcn.h>
#include <link.h>

#include <filesystem>
#include <functional>
#include <string>
#include <system_error>

#include "rare/recognizer.h"

namespace rare {
namespace {

DecodeFunction* open_library();

/// Where the decoders lie: beside what this code is in, or, of an installed program, in the folder of libraries.
std::string find_library() {
  namespace fs = std::filesystem;
  Dl_info info{};
  void* place = nullptr;
  dladdr1(reinterpret_cast<const void*>(&open_library), &info, &place, RTLD_DL_LINKMAP);
  const std::string name = place == nullptr ? "" : static_cast<link_map*>(place)->l_name;
  const fs::path folder = (name.empty() ? fs::read_symlink("/proc/self/exe") : fs::path(name)).parent_path();
  const fs::path beside = folder / RARE_CODECS_FILE;
  std::error_code fault;
  return (fs::exists(beside, fault) ? beside : folder / ".." / RARE_LIBRARIES / RARE_CODECS_FILE).string();
}

DecodeFunction* open_library() {
  // It is never closed, since it is needed to the end.
  void* library = dlopen(find_library().c_str(), RTLD_LAZY | RTLD_LOCAL);
  void* function = library == nullptr ? nullptr : dlsym(library, kDecodeFunction);
  if (function == nullptr) {
    throw Error(std::string("the decoders of images cannot be loaded: ") + dlerror());
  }
  return reinterpret_cast<DecodeFunction*>(function);
}

const std::function<DecodeFunction>& decode_function() {
  static const std::function<DecodeFunction> kFunction = open_library();
  return kFunction;
}

}  // namespace

void load_codecs() { decode_function(); }

cv::Mat decode_with_opencv(std::string_view file, int flags) {
  cv::Mat image;
  decode_function()(file.data(), static_cast<int>(file.size()), flags, image);
  return image;
}

}  // namespace rare
