#ifndef RARE_RECOGNIZER_H_
#define RARE_RECOGNIZER_H_

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <opencv2/core.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "rare/export.h"

/// Reads words in images with a model that tools/export_model.py and tools/export_onnx.py wrote, without Python.
namespace rare {

/// A model, a description or an option that cannot be used. The message is one line and says the cure.
class RARE_EXPORT Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Which words are read again, with less and with more around them and wider; the surest reading is taken.
enum class Views { kOne, kDoubtful, kAll };

struct Options {
  std::string engine;       ///< "onnxruntime" or "openvino"; empty: the first of engines()
  int batch_size = 6;       ///< images that the network reads at once, at least 1
  int threads = 0;          ///< that read; 0: one a core
  double min_score = 0;     ///< in [0, 1]; a word with a lower score gets an empty text
  bool rotate_tall = true;  ///< reads an image higher than 1.5 times its width turned either way as well
  Views views = Views::kOne;
  std::string cache_dir;  ///< where OpenVINO keeps the compiled network, so that it starts sooner; empty: nowhere
};

/// What was read in one image.
struct Word {
  std::string text;                ///< UTF-8; empty where nothing was read
  double score = 0;                ///< how sure the word is, in [0, 1], made of char_scores as the model says
  std::vector<float> char_scores;  ///< probability of each character
  std::string error;               ///< why the image could not be read; empty where it could
  bool is_unsure = false;          ///< the score is below Options::min_score
};

/// The engines that this build has, the preferred one first.
RARE_EXPORT std::vector<std::string> engines();

/// Reads words. Threads may share it: each gets the words that it would get alone.
class RARE_EXPORT Recognizer {
 public:
  /// Opens a model.
  ///
  /// @param model_dir a folder with inference.yml and model.onnx; it need not be trusted.
  /// @throws Error no whole model is there, it is not the one that inference.yml describes, or an option is wrong.
  explicit Recognizer(const std::filesystem::path& model_dir, const Options& options = {});
  ~Recognizer();
  Recognizer(const Recognizer& other) = delete;
  Recognizer& operator=(const Recognizer& other) = delete;
  Recognizer(Recognizer&& other) noexcept;
  Recognizer& operator=(Recognizer&& other) noexcept;

  /// The word in one image, in OpenCV's order of channels: BGR, grey or BGRA, of 8 or 16 bits.
  [[nodiscard]] Word read(const cv::Mat& image) const;

  /// The words in many images, in order. An image that cannot be read has its error set and costs none of the others.
  [[nodiscard]] std::vector<Word> read(const std::vector<cv::Mat>& images) const;

  /// The word in an image file of `size` bytes.
  [[nodiscard]] Word read_encoded(const void* data, std::size_t size) const;

  /// The words in image files: `on_word` gets the index of each path, in order, and its word, in the calling thread.
  /// What it throws ends the reading.
  void read_files(const std::vector<std::string>& paths,
                  const std::function<void(std::size_t, const Word&)>& on_word) const;

 private:
  class Impl;
  std::unique_ptr<const Impl> impl_;
};

}  // namespace rare

#endif  // RARE_RECOGNIZER_H_
