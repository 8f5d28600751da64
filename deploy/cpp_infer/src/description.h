#ifndef RARE_DESCRIPTION_H_
#define RARE_DESCRIPTION_H_

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "image.h"

namespace rare {

enum class ScoreKind { kMean, kMin, kProduct };

/// inference.yml: all that must be known to read words with an exported model. What each entry means is said in
/// ppocr_rare/engine/read/description.py, which writes it.
struct ModelDescription {
  InputShape input;
  ImageMode mode = ImageMode::kBgr;
  std::vector<std::string> characters;  ///< class 0 is sos, class i + 1 is characters[i], the last class is eos
  int max_text_length = 25;             ///< L, steps of the decoder
  bool stop_at_eos = true;
  double temperature = 1;
  ScoreKind score = ScoreKind::kMean;
  std::map<std::string, std::string> checksums;  ///< SHA-256 of each file of the model

  [[nodiscard]] std::size_t num_classes() const { return characters.size() + 2; }
};

/// Reads the description in a folder.
/// @throws Error it is missing, or cannot be understood.
ModelDescription read_description(const std::filesystem::path& folder);

/// The same of a text.
/// @param source what to call it in a fault.
ModelDescription parse_description(const std::string& text, const std::string& source);

}  // namespace rare

#endif  // RARE_DESCRIPTION_H_
