#include <onnxruntime_cxx_api.h>

#include <array>

#include "engine.h"

namespace rare {
namespace {

class OnnxRuntimeEngine : public Engine {
 public:
  explicit OnnxRuntimeEngine(const std::string& onnx) : session_(environment(), onnx.data(), onnx.size(), options()) {
    Ort::AllocatorWithDefaultOptions allocator;
    input_ = session_.GetInputNameAllocated(0, allocator).get();
    output_ = session_.GetOutputNameAllocated(0, allocator).get();
  }

  [[nodiscard]] Probabilities run(const std::vector<float>& images, std::size_t batch, int height,
                                  int width) const override {
    const std::array<std::int64_t, 4> shape = {static_cast<std::int64_t>(batch), 3, height, width};
    // The session takes what it could write to, and only reads it; to run it changes nothing that threads could see.
    const Ort::Value input =
        Ort::Value::CreateTensor<float>(Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault),
                                        const_cast<float*>(images.data()), images.size(), shape.data(), shape.size());
    const char* input_name = input_.c_str();
    const char* output_name = output_.c_str();
    auto outputs = session_.Run(Ort::RunOptions{nullptr}, &input_name, &input, 1, &output_name, 1);
    const auto info = outputs.front().GetTensorTypeAndShapeInfo();
    const std::vector<std::int64_t> sizes = info.GetShape();
    if (sizes.size() != 3 || info.GetElementType() != ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT) {
      return {};
    }
    const auto* values = outputs.front().GetTensorData<float>();
    return {static_cast<std::size_t>(sizes[0]), static_cast<std::size_t>(sizes[1]), static_cast<std::size_t>(sizes[2]),
            std::vector<float>(values, values + info.GetElementCount())};
  }

 private:
  static const Ort::Env& environment() {
    static const Ort::Env kEnvironment(ORT_LOGGING_LEVEL_ERROR, "rare");
    return kEnvironment;
  }

  static Ort::SessionOptions options() {
    Ort::SessionOptions options;
    options.SetIntraOpNumThreads(1);  // whoever calls has a thread for each run
    return options;
  }

  mutable Ort::Session session_;
  std::string input_, output_;
};

}  // namespace

std::unique_ptr<const Engine> open_onnxruntime(const std::string& onnx, int /*threads*/,
                                               const std::string& /*cache_dir*/) {
  return std::make_unique<OnnxRuntimeEngine>(onnx);
}

}  // namespace rare
