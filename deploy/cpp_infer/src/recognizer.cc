#include "rare/recognizer.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <numeric>
#include <thread>
#include <utility>

#include "checksum.h"
#include "description.h"
#include "engine.h"
#include "image.h"
#include "in_order.h"
#include "looks.h"
#include "word_decoder.h"

namespace rare {
namespace {

constexpr const char* kModelFile = "model.onnx";
constexpr std::size_t kMaxModelBytes = std::size_t{1} << 30U;  // ours have 7 to 200 MB
constexpr std::size_t kWindowBatches = 8;  // so many batches are prepared together and sorted by length
// Larger batches are read in parts: what lies between two layers stays in the cache, and every thread reads its own.
constexpr std::size_t kPart = 8;

/// The first line of an engine's message, of which some have many.
std::string gist(const std::string& message) {
  const std::size_t start = std::min(message.find_first_not_of(" \n"), message.size());
  return message.substr(start, std::min<std::size_t>(message.find('\n', start) - start, 300));
}

std::string read_model(const std::filesystem::path& path, const ModelDescription& model) {
  std::ifstream stream(path, std::ios::binary | std::ios::ate);
  if (!stream || !std::filesystem::is_regular_file(path)) {
    throw Error(path.parent_path().string() + " holds no " + kModelFile + ": make it with tools/export_onnx.py");
  }
  const auto size = static_cast<std::size_t>(stream.tellg());
  if (size > kMaxModelBytes) {
    throw Error(path.string() + ": larger than " + std::to_string(kMaxModelBytes) + " bytes, which no model is");
  }
  std::string data(size, '\0');
  stream.seekg(0);
  if (!stream.read(data.data(), static_cast<std::streamsize>(size))) {
    throw Error(path.string() + " cannot be read");
  }
  const auto checksum = model.checksums.find(kModelFile);
  if (checksum != model.checksums.end() && checksum->second != sha256(data)) {
    throw Error(path.string() +
                " is not the file that inference.yml beside it describes: it is cut short, changed, or "
                "from another model; export again, or copy the whole folder");
  }
  return data;
}

int num_threads_of(const Options& options) {
  return options.threads > 0 ? options.threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace

class Recognizer::Impl {
 public:
  /// Gives the image at an index; throws ImageError where there is none.
  using Images = std::function<cv::Mat(std::size_t)>;

  Impl(const std::filesystem::path& model_dir, Options options)
      : options_(std::move(options)), num_threads_(num_threads_of(options_)), model_(read_description(model_dir)) {
    if (options_.batch_size < 1 || options_.threads < 0) {
      throw Error("batch_size is at least 1, threads at least 0");
    }
    if (!(options_.min_score >= 0 && options_.min_score <= 1)) {
      throw Error("min_score is from 0 to 1");
    }
    const std::filesystem::path path = model_dir / kModelFile;
    const std::string onnx = read_model(path, model_);
    try {
      engine_ = open_engine(options_.engine, onnx, num_threads_, options_.cache_dir);
    } catch (const Error&) {
      throw;
    } catch (const std::exception& error) {
      throw Error(path.string() + " cannot be loaded: " + gist(error.what()));
    }
    try_out(path.string());
  }

  [[nodiscard]] ImageMode mode() const { return model_.mode; }

  void read(std::size_t count, const Images& images,
            const std::function<void(std::size_t, const Word&)>& on_word) const {
    const auto batch_size = static_cast<std::size_t>(options_.batch_size);
    const auto threads = static_cast<std::size_t>(num_threads_);
    // Every thread gets as many windows as the others, so that they end together.
    const std::size_t num_windows = (count + kWindowBatches * batch_size - 1) / (kWindowBatches * batch_size);
    const std::size_t num_shares = (num_windows + threads - 1) / threads * threads;
    const std::size_t window = count == 0 ? 1 : (count + num_shares - 1) / num_shares;
    std::size_t next = 0;
    in_order<std::vector<Word>>(
        (count + window - 1) / window, num_threads_,
        [&](std::size_t index) { return read_window(images, index * window, std::min(count, (index + 1) * window)); },
        [&](const std::vector<Word>& words) {
          for (const Word& word : words) {
            on_word(next++, word);
          }
        });
  }

 private:
  /// A look that was taken at an image, and what was read in it.
  struct Read {
    Look look;
    Reading reading;
  };

  /// Runs the network once, so that a description that does not fit it is told before any image is read.
  void try_out(const std::string& path) const {
    const InputShape& input = model_.input;
    const std::string shape = "3×" + std::to_string(input.height) + "×" + std::to_string(input.width);
    Probabilities result;
    try {
      result = engine_->run(std::vector<float>(input.num_values()), 1, input.height, input.width);
    } catch (const std::exception& error) {
      throw Error(path + " does not run on images of " + shape + " (image_shape): " + gist(error.what()));
    }
    if (result.batch != 1 || result.classes != model_.num_classes()) {
      throw Error("the dictionary has " + std::to_string(model_.characters.size()) + " characters, which makes " +
                  std::to_string(model_.num_classes()) + " classes; " + path + " gives " +
                  std::to_string(result.classes) + ": is it a RARE model with this dictionary?");
    }
    if (result.steps > static_cast<std::size_t>(model_.max_text_length)) {
      throw Error("max_text_length " + std::to_string(model_.max_text_length) + " does not fit " + path +
                  ", which gives " + std::to_string(result.steps) + " steps");
    }
  }

  /// Reads images of which some batches are prepared together.
  [[nodiscard]] std::vector<Word> read_window(const Images& images, std::size_t begin, std::size_t end) const {
    std::vector<Word> words(end - begin);
    std::vector<Look> looks;
    std::vector<std::size_t> owners;  // of the looks
    for (std::size_t index = 0; index < words.size(); ++index) {
      for (Look& look : prepare(images, begin + index, words[index].error)) {
        looks.push_back(std::move(look));
        owners.push_back(index);
      }
    }
    const std::vector<Reading> readings = read_looks(looks);
    std::vector<Read> best(words.size());
    for (std::size_t index = 0; index < looks.size(); ++index) {
      take_surer(best[owners[index]], {std::move(looks[index]), readings[index]});
    }
    look_again(best, words);
    for (std::size_t index = 0; index < words.size(); ++index) {
      if (words[index].error.empty()) {
        words[index] = judged(std::move(best[index].reading));
      }
    }
    return words;
  }

  [[nodiscard]] std::vector<Look> prepare(const Images& images, std::size_t index, std::string& error) const {
    try {
      return first_looks(images(index), model_.input, options_.rotate_tall, options_.views != Views::kOne);
    } catch (const ImageError& fault) {
      error = fault.what();
    } catch (const std::exception& fault) {  // OpenCV has more faults than those that are known
      error = "unreadable image: " + gist(fault.what());
    }
    return {};
  }

  /// The words of looks, those of like length in one batch, since a batch is done when its longest word is.
  [[nodiscard]] std::vector<Reading> read_looks(const std::vector<Look>& looks) const {
    std::vector<std::size_t> order(looks.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t left, std::size_t right) { return looks[left].aspect < looks[right].aspect; });
    const std::size_t part = std::min(static_cast<std::size_t>(options_.batch_size), kPart);
    std::vector<Reading> readings(looks.size());
    for (std::size_t start = 0; start < order.size(); start += part) {
      const std::size_t size = std::min(part, order.size() - start);
      std::vector<float> inputs;  // [size, 3, H, W]
      inputs.reserve(size * model_.input.num_values());
      for (std::size_t index = start; index < start + size; ++index) {
        const std::vector<float>& input = looks[order[index]].input;
        inputs.insert(inputs.end(), input.begin(), input.end());
      }
      const Probabilities probabilities = run(inputs, size);
      for (std::size_t index = 0; index < size; ++index) {
        readings[order[start + index]] = decode_word(model_, probabilities.of(index), probabilities.steps);
      }
    }
    return readings;
  }

  [[nodiscard]] Probabilities run(const std::vector<float>& inputs, std::size_t size) const {
    Probabilities result;
    try {
      result = engine_->run(inputs, size, model_.input.height, model_.input.width);
    } catch (const std::exception& error) {
      throw Error("the network fails on a batch of " + std::to_string(size) + ": " + gist(error.what()));
    }
    if (result.batch != size || result.classes != model_.num_classes()) {
      throw Error("the network gives other shapes for " + std::to_string(size) + " images than for one");
    }
    return result;
  }

  /// The first of the surest readings of one image stays.
  static void take_surer(Read& best, Read other) {
    if (best.look.input.empty() || other.reading.sureness() > best.reading.sureness()) {
      best = std::move(other);
    }
  }

  /// Reads words in doubt again, in three ways.
  void look_again(std::vector<Read>& best, const std::vector<Word>& words) const {
    std::vector<Look> looks;
    std::vector<std::size_t> owners;
    for (std::size_t index = 0; index < best.size(); ++index) {
      const bool is_doubtful = options_.views == Views::kAll || (options_.views == Views::kDoubtful &&
                                                                 best[index].reading.mean_score() < kDoubtfulScore);
      if (is_doubtful && words[index].error.empty()) {
        for (Look& look : second_looks(best[index].look, model_.input)) {
          looks.push_back(std::move(look));
          owners.push_back(index);
        }
      }
    }
    const std::vector<Reading> readings = read_looks(looks);
    for (std::size_t index = 0; index < looks.size(); ++index) {
      take_surer(best[owners[index]], {std::move(looks[index]), readings[index]});
    }
  }

  [[nodiscard]] Word judged(Reading reading) const {
    Word word;
    word.score = reading.score;
    word.is_unsure = reading.score < options_.min_score;
    if (!word.is_unsure) {
      word.text = std::move(reading.text);
      word.char_scores = std::move(reading.char_scores);
    }
    return word;
  }

  Options options_;
  int num_threads_;
  ModelDescription model_;
  std::unique_ptr<const Engine> engine_;
};

Recognizer::Recognizer(const std::filesystem::path& model_dir, const Options& options)
    : impl_(std::make_unique<const Impl>(model_dir, options)) {}
Recognizer::~Recognizer() = default;
Recognizer::Recognizer(Recognizer&& other) noexcept = default;
Recognizer& Recognizer::operator=(Recognizer&& other) noexcept = default;

Word Recognizer::read(const cv::Mat& image) const { return read(std::vector<cv::Mat>{image}).front(); }

std::vector<Word> Recognizer::read(const std::vector<cv::Mat>& images) const {
  std::vector<Word> words;
  impl_->read(
      images.size(), [&](std::size_t index) { return pixels_of(images[index], impl_->mode()); },
      [&](std::size_t, const Word& word) { words.push_back(word); });
  return words;
}

Word Recognizer::read_encoded(const void* data, std::size_t size) const {
  Word read;
  impl_->read(
      1,
      [&](std::size_t) {
        return decode_image({static_cast<const char*>(data), size}, impl_->mode());
      },
      [&](std::size_t, const Word& word) { read = word; });
  return read;
}

void Recognizer::read_files(const std::vector<std::string>& paths,
                            const std::function<void(std::size_t, const Word&)>& on_word) const {
  impl_->read(
      paths.size(), [&](std::size_t index) { return decode_image(read_image_file(paths[index]), impl_->mode()); },
      on_word);
}

}  // namespace rare
