#include <mutex>
#include <openvino/openvino.hpp>

#include "engine.h"

namespace rare {
namespace {

class OpenVinoEngine : public Engine {
 public:
  OpenVinoEngine(const std::string& onnx, int threads, const std::string& cache_dir) {
    ov::Core core;
    if (!cache_dir.empty()) {
      core.set_property(ov::cache_dir(cache_dir));
    }
    const std::shared_ptr<ov::Model> model = core.read_model(onnx, ov::Tensor());
    const ov::AnyMap settings = {ov::hint::inference_precision(ov::element::f32), ov::num_streams(threads),
                                 ov::inference_num_threads(threads)};
    model_ = core.compile_model(model, "CPU", settings);
  }

  [[nodiscard]] Probabilities run(const std::vector<float>& images, std::size_t batch, int height,
                                  int width) const override {
    const ov::Shape shape = {batch, 3, static_cast<std::size_t>(height), static_cast<std::size_t>(width)};
    ov::InferRequest request = borrow();
    // The request takes what it could write to, and only reads it.
    request.set_input_tensor(ov::Tensor(ov::element::f32, shape, const_cast<float*>(images.data())));
    request.infer();
    const ov::Tensor output = request.get_output_tensor(0);
    Probabilities result;
    const ov::Shape& sizes = output.get_shape();
    if (sizes.size() == 3 && output.get_element_type() == ov::element::f32) {
      const auto* values = output.data<const float>();
      result = {sizes[0], sizes[1], sizes[2], std::vector<float>(values, values + output.get_size())};
    }
    give_back(std::move(request));
    return result;
  }

 private:
  /// A request of those that are free: to make one takes longer than to read a word.
  [[nodiscard]] ov::InferRequest borrow() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (free_.empty()) {
      return model_.create_infer_request();
    }
    ov::InferRequest request = std::move(free_.back());
    free_.pop_back();
    return request;
  }

  void give_back(ov::InferRequest request) const {
    const std::lock_guard<std::mutex> lock(mutex_);
    free_.push_back(std::move(request));
  }

  mutable ov::CompiledModel model_;
  mutable std::mutex mutex_;
  mutable std::vector<ov::InferRequest> free_;
};

}  // namespace

std::unique_ptr<const Engine> open_openvino(const std::string& onnx, int threads, const std::string& cache_dir) {
  return std::make_unique<OpenVinoEngine>(onnx, threads, cache_dir);
}

}  // namespace rare
