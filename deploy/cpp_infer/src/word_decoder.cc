#include "word_decoder.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

namespace rare {
namespace {

/// The largest of probabilities as a softmax gives them whose logits are divided by a temperature.
///
/// Source: Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, section 4.2.
float tempered(const float* row, std::size_t num_classes, float largest, double temperature) {
  if (temperature == 1) {
    return largest;
  }
  const auto exponent = static_cast<float>(1 / temperature);
  const float sum = std::accumulate(row, row + num_classes, 0.0F, [=](float total, float probability) {
    return total + std::pow(probability / largest, exponent);
  });
  return 1 / sum;
}

double word_score(const std::vector<float>& scores, ScoreKind kind) {
  if (scores.empty()) {
    return 0;
  }
  switch (kind) {
    case ScoreKind::kMin:
      return *std::min_element(scores.begin(), scores.end());
    case ScoreKind::kProduct:
      return std::accumulate(scores.begin(), scores.end(), 1.0F, std::multiplies<>());
    case ScoreKind::kMean:
      break;
  }
  return std::accumulate(scores.begin(), scores.end(), 0.0F) / static_cast<float>(scores.size());
}

}  // namespace

double Reading::sureness() const {
  if (raw_scores.empty()) {
    return -std::numeric_limits<double>::infinity();
  }
  const double sum = std::accumulate(raw_scores.begin(), raw_scores.end(), 0.0, [](double total, float probability) {
    return total + std::log(double{probability});
  });
  return sum / static_cast<double>(raw_scores.size());
}

double Reading::mean_score() const {
  if (raw_scores.empty()) {
    return 0;
  }
  return std::accumulate(raw_scores.begin(), raw_scores.end(), 0.0) / static_cast<double>(raw_scores.size());
}

Reading decode_word(const ModelDescription& model, const float* probabilities, std::size_t num_steps) {
  const std::size_t num_classes = model.num_classes();
  Reading word;
  for (std::size_t step = 0; step < num_steps; ++step) {
    const float* row = probabilities + step * num_classes;
    const float* best = std::max_element(row, row + num_classes);
    const auto class_id = static_cast<std::size_t>(best - row);
    const bool is_sos = class_id == 0, is_eos = class_id == num_classes - 1;
    if (is_eos && model.stop_at_eos) {
      break;
    }
    if (!is_sos && !is_eos) {
      word.text += model.characters[class_id - 1];
      word.raw_scores.push_back(*best);
      word.char_scores.push_back(tempered(row, num_classes, *best, model.temperature));
    }
  }
  word.score = word_score(word.char_scores, model.score);
  return word;
}

}  // namespace rare
