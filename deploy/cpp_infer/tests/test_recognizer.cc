#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "material.h"
#include "rare/recognizer.h"

namespace rare {
namespace {

const std::filesystem::path kImages = kModel / "../../../doc/imgs_words/en";

std::string fault_of(const std::filesystem::path& model_dir, const Options& options = {}) {
  try {
    const Recognizer recognizer(model_dir, options);
  } catch (const Error& error) {
    CHECK(std::string(error.what()).find('\n') == std::string::npos);
    return error.what();
  }
  return "none";
}

/// The shipped model with another description.
void copy_model(const std::filesystem::path& folder, const std::string& from, const std::string& to) {
  std::filesystem::copy_file(kModel / "model.onnx", folder / "model.onnx",
                             std::filesystem::copy_options::overwrite_existing);
  std::string text = content_of(kModel / "inference.yml");
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  write(folder / "inference.yml", text.replace(at, from.size(), to));
}

}  // namespace

TEST_CASE("words of files and of matrices are the same, in order, with every engine") {
  for (const std::string& engine : engines()) {
    Options options;
    options.engine = engine;
    options.batch_size = 4;
    const Recognizer recognizer(kModel, options);
    std::vector<std::string> paths;
    std::vector<cv::Mat> images;
    for (int number = 1; number <= 8; ++number) {
      paths.push_back(kImages / ("word_" + std::to_string(number) + ".png"));
      images.push_back(cv::imread(paths.back()));
      REQUIRE_FALSE(images.back().empty());
    }
    paths.push_back("missing.png");
    images.emplace_back();
    const std::vector<Word> words = recognizer.read(images);
    std::size_t num_words = 0;
    recognizer.read_files(paths, [&](std::size_t index, const Word& word) {
      CHECK(index == num_words++);
      CHECK(word.text == words[index].text);
      CHECK(word.score == doctest::Approx(words[index].score));
      CHECK(word.char_scores.size() == word.text.size());
    });
    CHECK(num_words == 9);
    CHECK(words[0].text == "joint");
    CHECK(words[0].score > 0.9);
    CHECK(words[8].error.find("not an image") == 0);
    CHECK(recognizer.read(images[0]).text == "joint");
    const std::string file = content_of(paths[0]);
    CHECK(recognizer.read_encoded(file.data(), file.size()).text == "joint");
    CHECK(recognizer.read(std::vector<cv::Mat>()).empty());
  }
}

TEST_CASE("threads may share a recogniser") {
  const Recognizer recognizer(kModel);
  std::vector<cv::Mat> images;
  for (int number = 1; number <= 6; ++number) {
    images.push_back(cv::imread(kImages / ("word_" + std::to_string(number) + ".png")));
  }
  const std::vector<Word> expected = recognizer.read(images);
  std::vector<std::thread> threads;
  std::atomic<int> num_wrong = 0;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (std::size_t index = 0; index < images.size(); ++index) {
        num_wrong += static_cast<int>(recognizer.read(images[index]).text != expected[index].text);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  CHECK(num_wrong == 0);
}

TEST_CASE("further looks, and words below the lowest score") {
  Options options;
  const cv::Mat word = cv::imread(kImages / "word_1.png");
  cv::Mat turned;
  cv::rotate(word, turned, cv::ROTATE_90_CLOCKWISE);
  CHECK(Recognizer(kModel, options).read(turned).text == "joint");
  options.rotate_tall = false;
  CHECK(Recognizer(kModel, options).read(turned).text != "joint");
  options.views = Views::kAll;
  CHECK(Recognizer(kModel, options).read(word).text == "joint");
  options.min_score = 1;
  const Word unsure = Recognizer(kModel, options).read(word);
  CHECK(unsure.is_unsure);
  CHECK(unsure.text.empty());
  CHECK(unsure.score > 0.9);
}

TEST_CASE("what cannot be opened is one line") {
  const TemporaryFolder folder;
  CHECK(fault_of(folder.path()).find("holds no inference.yml") != std::string::npos);
  std::filesystem::copy_file(kModel / "inference.yml", folder / "inference.yml");
  CHECK(fault_of(folder.path()).find("holds no model.onnx") != std::string::npos);
  std::string model = content_of(kModel / "model.onnx");
  model[model.size() / 2] ^= 1;
  write(folder / "model.onnx", model);
  CHECK(fault_of(folder.path()).find("is not the file that inference.yml beside it describes") != std::string::npos);
  copy_model(folder.path(), "[3, 32, 100]", "[3, 48, 100]");
  CHECK(fault_of(folder.path()).find("does not run on images of 3×48×100 (image_shape)") != std::string::npos);
  copy_model(folder.path(), "'0', ", "");
  CHECK(fault_of(folder.path()).find("the dictionary has 35 characters, which makes 37 classes") == 0);
  copy_model(folder.path(), "max_text_length: 25", "max_text_length: 7");
  CHECK(fault_of(folder.path()).find("max_text_length 7 does not fit") == 0);
  copy_model(folder.path(), "model.onnx: ", "other.onnx: ");
  write(folder / "model.onnx", "nothing");
  CHECK(fault_of(folder.path()).find("cannot be loaded") != std::string::npos);
  Options options;
  options.batch_size = 0;
  CHECK(fault_of(kModel, options).find("batch_size") == 0);
  options = {};
  options.min_score = 2;
  CHECK(fault_of(kModel, options).find("min_score") == 0);
  options = {};
  options.engine = "steam";
  CHECK(fault_of(kModel, options).find("engine steam: this build has") == 0);
}

}  // namespace rare
