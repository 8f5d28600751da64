#ifndef RARE_ENGINE_H_
#define RARE_ENGINE_H_

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace rare {

/// What a network gives of a batch: [batch, steps, classes].
struct Probabilities {
  std::size_t batch = 0;
  std::size_t steps = 0;
  std::size_t classes = 0;
  std::vector<float> values;

  [[nodiscard]] const float* of(std::size_t image) const { return &values[image * steps * classes]; }
};

/// What runs a network. Threads may share it: as many run at once as it was opened for.
class Engine {
 public:
  Engine() = default;
  Engine(const Engine& other) = delete;
  Engine& operator=(const Engine& other) = delete;
  virtual ~Engine() = default;

  /// Runs a batch of images, float32 [batch, 3, height, width], in the calling thread.
  [[nodiscard]] virtual Probabilities run(const std::vector<float>& images, std::size_t batch, int height,
                                          int width) const = 0;
};

/// Opens a network that is there once, in memory, so that what was checked is what is run.
/// @param name one of `engines()`; empty: the first.
/// @param onnx what model.onnx holds.
/// @param threads that will call `run` at once.
/// @param cache_dir where an engine may keep what it makes of the network; empty: nowhere.
/// @throws std::exception the engine cannot load it; Error: there is no such engine in this build.
std::unique_ptr<const Engine> open_engine(const std::string& name, const std::string& onnx, int threads,
                                          const std::string& cache_dir);

#ifdef RARE_WITH_ONNXRUNTIME
std::unique_ptr<const Engine> open_onnxruntime(const std::string& onnx, int threads, const std::string& cache_dir);
#endif
#ifdef RARE_WITH_OPENVINO
std::unique_ptr<const Engine> open_openvino(const std::string& onnx, int threads, const std::string& cache_dir);
#endif

}  // namespace rare

#endif  // RARE_ENGINE_H_
