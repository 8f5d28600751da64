#ifndef RARE_WORD_DECODER_H_
#define RARE_WORD_DECODER_H_

#include <string>
#include <vector>

#include "description.h"

namespace rare {

/// A word as the network gives it.
struct Reading {
  std::string text;
  double score = 0;
  std::vector<float> char_scores;
  std::vector<float> raw_scores;  ///< before the temperature; readings of one image are compared by these

  /// Mean logarithm of the raw scores; -inf for none.
  [[nodiscard]] double sureness() const;
  /// Mean of the raw scores; 0 for none.
  [[nodiscard]] double mean_score() const;
};

/// Takes the likeliest class of each step, up to the first eos.
/// @param probabilities of one image, [num_steps, V].
Reading decode_word(const ModelDescription& model, const float* probabilities, std::size_t num_steps);

}  // namespace rare

#endif  // RARE_WORD_DECODER_H_
