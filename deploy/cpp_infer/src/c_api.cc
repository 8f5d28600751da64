#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <functional>
#include <new>
#include <string>
#include <vector>

#include "rare/rare.h"
#include "rare/recognizer.h"

struct rare_recognizer {
  rare::Recognizer recognizer;
};

namespace {

/// Memory that `free` takes, as C programs expect it.
template <class Item>
Item* allocate(std::size_t count) {
  auto* items = static_cast<Item*>(std::malloc(std::max<std::size_t>(count, 1) * sizeof(Item)));
  if (items == nullptr) {
    throw std::bad_alloc();
  }
  return items;
}

char* copy_of(const std::string& text) {
  auto* copy = allocate<char>(text.size() + 1);
  std::memcpy(copy, text.c_str(), text.size() + 1);
  return copy;
}

void fill(rare_word& target, const rare::Word& word) {
  if (!word.error.empty()) {
    target.error = copy_of(word.error);
    return;
  }
  target.text = copy_of(word.text);
  target.score = word.score;
  target.char_scores = allocate<float>(word.char_scores.size());
  std::copy(word.char_scores.begin(), word.char_scores.end(), target.char_scores);
  target.num_char_scores = word.char_scores.size();
}

/// Fills words by `read`, which gets them one by one; where it fails, those that were not read get its message.
std::size_t fill_all(rare_word* words, std::size_t count,
                     const std::function<void(const std::function<void(std::size_t, const rare::Word&)>&)>& read) {
  std::fill_n(words, count, rare_word{});
  std::string message;
  try {
    read([&](std::size_t index, const rare::Word& word) { fill(words[index], word); });
  } catch (const std::exception& error) {
    message = error.what();
  }
  std::size_t num_failed = 0;
  for (std::size_t index = 0; index < count; ++index) {
    if (words[index].text == nullptr) {
      ++num_failed;
      if (words[index].error == nullptr) {
        words[index].error = strdup(message.c_str());
      }
    }
  }
  return num_failed;
}

rare::Options options_of(const rare_options& given) {
  rare::Options options;
  options.engine = given.engine == nullptr ? "" : given.engine;
  options.batch_size = given.batch_size;
  options.threads = given.threads;
  options.min_score = given.min_score;
  options.rotate_tall = given.rotate_tall != 0;
  options.views = given.views == RARE_VIEWS_ALL        ? rare::Views::kAll
                  : given.views == RARE_VIEWS_DOUBTFUL ? rare::Views::kDoubtful
                                                       : rare::Views::kOne;
  options.cache_dir = given.cache_dir == nullptr ? "" : given.cache_dir;
  return options;
}

}  // namespace

rare_options rare_default_options(void) {
  const rare::Options defaults;
  return {
      nullptr, defaults.batch_size, defaults.threads, defaults.min_score, defaults.rotate_tall ? 1 : 0, RARE_VIEWS_ONE,
      nullptr};
}

rare_recognizer* rare_open(const char* model_dir, const rare_options* options, char* message, size_t message_size) {
  try {
    const rare_options given = options == nullptr ? rare_default_options() : *options;
    return new rare_recognizer{rare::Recognizer(model_dir, options_of(given))};
  } catch (const std::exception& error) {
    if (message != nullptr && message_size > 0) {
      const std::string text = std::string(error.what()).substr(0, message_size - 1);
      std::memcpy(message, text.c_str(), text.size() + 1);
    }
    return nullptr;
  }
}

void rare_close(rare_recognizer* recognizer) { delete recognizer; }

size_t rare_read_files(const rare_recognizer* recognizer, const char* const* paths, size_t count, rare_word* words) {
  return fill_all(words, count, [&](const auto& on_word) {
    recognizer->recognizer.read_files(std::vector<std::string>(paths, paths + count), on_word);
  });
}

size_t rare_read_encoded(const rare_recognizer* recognizer, const void* data, size_t size, rare_word* word) {
  return fill_all(word, 1, [&](const auto& on_word) { on_word(0, recognizer->recognizer.read_encoded(data, size)); });
}

size_t rare_read_pixels(const rare_recognizer* recognizer, const unsigned char* bgr, int width, int height,
                        size_t stride, rare_word* word) {
  return fill_all(word, 1, [&](const auto& on_word) {
    // A matrix that could be written to, and is only read.
    on_word(0, recognizer->recognizer.read(cv::Mat(height, width, CV_8UC3, const_cast<unsigned char*>(bgr), stride)));
  });
}

void rare_free_words(rare_word* words, size_t count) {
  for (std::size_t index = 0; index < count; ++index) {
    std::free(words[index].text);
    std::free(words[index].error);
    std::free(words[index].char_scores);
    words[index] = rare_word{};
  }
}
