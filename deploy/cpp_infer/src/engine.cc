#include "engine.h"

#include "rare/recognizer.h"

namespace rare {
namespace {

struct Kind {
  std::string name;
  std::unique_ptr<const Engine> (*open)(const std::string& onnx, int threads, const std::string& cache_dir);
};

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> kKinds = {
#ifdef RARE_WITH_ONNXRUNTIME
      {"onnxruntime", open_onnxruntime},
#endif
#ifdef RARE_WITH_OPENVINO
      {"openvino", open_openvino},
#endif
  };
  return kKinds;
}

}  // namespace

std::vector<std::string> engines() {
  std::vector<std::string> names;
  for (const Kind& kind : kinds()) {
    names.push_back(kind.name);
  }
  return names;
}

std::unique_ptr<const Engine> open_engine(const std::string& name, const std::string& onnx, int threads,
                                          const std::string& cache_dir) {
  std::string known;
  for (const Kind& kind : kinds()) {
    if (name.empty() || kind.name == name) {
      return kind.open(onnx, threads, cache_dir);
    }
    known += (known.empty() ? "" : ", ") + kind.name;
  }
  throw Error("engine " + name + ": this build has " + known);
}

}  // namespace rare
