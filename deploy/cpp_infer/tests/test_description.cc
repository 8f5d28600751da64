#include <doctest/doctest.h>

#include <random>

#include "description.h"
#include "material.h"
#include "rare/recognizer.h"

namespace rare {
namespace {

std::string shipped() { return content_of(kModel / "inference.yml"); }

/// The shipped description with one line changed; empty: left out.
std::string with(const std::string& key, const std::string& value) {
  std::istringstream lines(shipped());
  std::string changed;
  bool is_changing = false;
  for (std::string line; std::getline(lines, line);) {
    is_changing = line.compare(0, key.size() + 1, key + ":") == 0 || (is_changing && line[0] == ' ');
    changed += is_changing ? "" : line + "\n";
  }
  return value.empty() ? changed : changed + key + ": " + value + "\n";
}

std::string fault_of(const std::string& text) {
  try {
    static_cast<void>(parse_description(text, "it"));
  } catch (const Error& error) {
    CHECK(std::string(error.what()).find('\n') == std::string::npos);
    return error.what();
  }
  return "none";
}

}  // namespace

TEST_CASE("the shipped description") {
  const ModelDescription model = read_description(kModel);
  CHECK(model.input.height == 32);
  CHECK(model.input.width == 100);
  CHECK(model.input.padding);
  CHECK(model.input.interpolation == Interpolation::kArea);
  CHECK(model.mode == ImageMode::kBgr);
  CHECK(model.num_classes() == 38);
  CHECK(model.characters[10] == "a");
  CHECK(model.score == ScoreKind::kProduct);
  CHECK(model.temperature > 1);
  CHECK(model.checksums.count("model.onnx") == 1);
}

TEST_CASE("what cannot be is one line that names the entry") {
  CHECK(fault_of(shipped()) == "none");
  CHECK(fault_of(with("characters", "[a, 1]")) ==
        "it: characters must be a list of texts; numbers and words such as yes stand in quotes");
  const std::vector<std::pair<std::string, std::string>> faults = {{"algorithm", "CRNN"},
                                                                   {"image_shape", "[1, 32, 100]"},
                                                                   {"image_shape", "[3, 32, 0]"},
                                                                   {"image_shape", "[3, 32]"},
                                                                   {"image_shape", "[3, 32, 5000]"},
                                                                   {"image_shape", "32"},
                                                                   {"img_mode", "HSV"},
                                                                   {"padding", "maybe"},
                                                                   {"interpolation", "cubic"},
                                                                   {"mean", "0.4"},
                                                                   {"std", "[0.5]"},
                                                                   {"characters", "[]"},
                                                                   {"characters", "[yes]"},
                                                                   {"characters", "[a, [b]]"},
                                                                   {"characters", "[~]"},
                                                                   {"max_text_length", "'25'"},
                                                                   {"max_text_length", "1e9"},
                                                                   {"temperature", "0"},
                                                                   {"temperature", ".nan"},
                                                                   {"score", "sum"},
                                                                   {"checksums", "none"},
                                                                   {"checksums", "{model.onnx: 1}"}};
  for (const auto& [key, value] : faults) {
    INFO(key << ": " << value);
    CHECK(fault_of(with(key, value)).find(key) != std::string::npos);
  }
  CHECK(fault_of(with("characters", "[\"\\0\"]")).find("characters") != std::string::npos);
  CHECK(fault_of(with("image_shape", "")) == "it lacks image_shape");
  CHECK(fault_of(shipped() + "score: mean\n").find("twice") != std::string::npos);
  CHECK(fault_of("[1, 2]").find("is not what") != std::string::npos);
  CHECK(fault_of("a: [").find("it, line") == 0);
  CHECK(fault_of("\xff").find("UTF-8") != std::string::npos);
}

TEST_CASE("entries of later versions may be missing") {
  const ModelDescription model = parse_description(with("interpolation", ""), "it");
  CHECK(model.input.interpolation == Interpolation::kBilinear);
  CHECK(parse_description(with("temperature", ""), "it").temperature == 1);
  CHECK(parse_description(with("score", ""), "it").score == ScoreKind::kMean);
}

TEST_CASE("a damaged description is refused or read, and ends nothing") {
  const std::string good = shipped();
  std::mt19937 random(0);  // NOLINT(cert-msc32-c,cert-msc51-cpp): the same every time
  const std::string marks = "[]{}:,-&*!|>'\"%@`#?\n\t \x80";
  int num_refused = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string text = good;
    for (std::size_t change = 0, count = 1 + random() % 4; change < count; ++change) {
      const std::size_t at = random() % text.size();
      switch (random() % 4) {
        case 0:
          text[at] = static_cast<char>(random());
          break;
        case 1:
          text[at] = marks[random() % marks.size()];
          break;
        case 2:
          text.erase(at, random() % 40);
          break;
        default:
          text.insert(at, std::string(1 + random() % 5, marks[random() % marks.size()]));
      }
    }
    num_refused += static_cast<int>(fault_of(text) != "none");
  }
  CHECK(num_refused > 500);
  CHECK(fault_of(std::string(100000, '[')) != "none");
  CHECK(fault_of("a: " + std::string(100000, '{')) != "none");
}

}  // namespace rare
