#include <doctest/doctest.h>

#include <array>
#include <string>

#include "material.h"
#include "rare/rare.h"

namespace rare {

TEST_CASE("the C interface") {
  std::array<char, 40> message{};
  CHECK(rare_open("nowhere", nullptr, message.data(), message.size()) == nullptr);
  CHECK(std::string(message.data()) == "nowhere holds no inference.yml: export ");
  rare_options options = rare_default_options();
  options.batch_size = 2;
  rare_recognizer* recognizer = rare_open(kModel.c_str(), &options, message.data(), message.size());
  REQUIRE(recognizer != nullptr);

  const std::string path = kModel / "../../../doc/imgs_words/en/word_1.png";
  const std::array<const char*, 2> paths = {path.c_str(), "missing.png"};
  std::array<rare_word, 2> words{};
  CHECK(rare_read_files(recognizer, paths.data(), 2, words.data()) == 1);
  CHECK(std::string(words[0].text) == "joint");
  CHECK(words[0].error == nullptr);
  CHECK(words[0].num_char_scores == 5);
  CHECK(words[1].text == nullptr);
  CHECK(std::string(words[1].error) == "missing file");
  rare_free_words(words.data(), 2);
  CHECK(words[0].text == nullptr);

  const std::string file = content_of(path);
  rare_word word{};
  CHECK(rare_read_encoded(recognizer, file.data(), file.size(), &word) == 0);
  CHECK(std::string(word.text) == "joint");
  rare_free_words(&word, 1);

  const cv::Mat image = cv::imread(path);
  CHECK(rare_read_pixels(recognizer, image.data, image.cols, image.rows, image.step, &word) == 0);
  CHECK(std::string(word.text) == "joint");
  rare_free_words(&word, 1);
  CHECK(rare_read_pixels(recognizer, image.data, 0, 0, 0, &word) == 1);
  CHECK(word.error != nullptr);
  rare_free_words(&word, 1);
  rare_close(recognizer);
}

}  // namespace rare
