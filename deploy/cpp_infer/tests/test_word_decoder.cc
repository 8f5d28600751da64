#include <doctest/doctest.h>

#include <cmath>

#include "word_decoder.h"

namespace rare {
namespace {

/// Classes: sos, a, b, eos.
ModelDescription model_of(ScoreKind score) {
  ModelDescription model;
  model.characters = {"a", "b"};
  model.score = score;
  return model;
}

// Reads b, a, eos, b.
const std::vector<float> kSteps = {0, 0.2F, 0.8F, 0, 0.1F, 0.5F, 0.3F, 0.1F, 0, 0, 0.4F, 0.6F, 0, 0, 0.9F, 0.1F};

Reading decode(const ModelDescription& model) { return decode_word(model, kSteps.data(), 4); }

}  // namespace

TEST_CASE("a word ends at its first eos, where the model says so") {
  ModelDescription model = model_of(ScoreKind::kMean);
  CHECK(decode(model).text == "ba");
  model.stop_at_eos = false;
  CHECK(decode(model).text == "bab");
  CHECK(decode(model).raw_scores == std::vector<float>{0.8F, 0.5F, 0.9F});
}

TEST_CASE("scores") {
  CHECK(decode(model_of(ScoreKind::kMean)).score == doctest::Approx(0.65));
  CHECK(decode(model_of(ScoreKind::kMin)).score == doctest::Approx(0.5));
  CHECK(decode(model_of(ScoreKind::kProduct)).score == doctest::Approx(0.4));
  const Reading word = decode(model_of(ScoreKind::kMean));
  CHECK(word.mean_score() == doctest::Approx(0.65));
  CHECK(word.sureness() == doctest::Approx((std::log(0.8) + std::log(0.5)) / 2));
}

TEST_CASE("a temperature changes scores alone") {
  ModelDescription model = model_of(ScoreKind::kMean);
  model.temperature = 2;
  const Reading word = decode(model);
  CHECK(word.text == "ba");
  CHECK(word.char_scores[0] == doctest::Approx(std::sqrt(0.8) / (std::sqrt(0.8) + std::sqrt(0.2))));
  CHECK(word.raw_scores[0] == 0.8F);
}

TEST_CASE("of nothing the score is 0") {
  const Reading word = decode_word(model_of(ScoreKind::kProduct), kSteps.data(), 0);
  CHECK(word.text.empty());
  CHECK(word.score == 0);
  CHECK(word.mean_score() == 0);
  CHECK(word.sureness() < -1e300);
}

}  // namespace rare
