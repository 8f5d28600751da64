#include "description.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <functional>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "rare/recognizer.h"
#include "text.h"

namespace rare {
namespace {

constexpr std::size_t kMaxBytes = std::size_t{1} << 18U;
constexpr int kMaxSide = 4096;  // of an input in pixels, and of steps

template <class Number>
std::optional<Number> number_of(std::string_view text) {
  Number number{};
  const char* end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, number);
  return fault == std::errc() && stop == end ? std::make_optional(number) : std::nullopt;
}

bool is_number(std::string_view text) {
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    text.remove_prefix(1);
  }
  const std::string_view start = text.substr(0, 2);
  const bool is_special = text == ".inf" || text == ".Inf" || text == ".INF" || text == ".nan" || text == ".NaN";
  const bool begins_so = !text.empty() && (text[0] == '.' || (text[0] >= '0' && text[0] <= '9'));
  return is_special || start == "0x" || start == "0b" || (begins_so && number_of<double>(text).has_value());
}

/// What has no quotes and looks like a number, a truth value or nothing is no text in YAML 1.1.
bool is_text(const YAML::Node& node) {
  if (!node.IsScalar()) {
    return false;
  }
  if (node.Tag() == "!") {  // in quotes
    return true;
  }
  static const std::set<std::string, std::less<>> kOthers = {
      "",   "~",  "null", "Null", "NULL", "true",  "True",  "TRUE",  "yes", "Yes", "YES", "on",
      "On", "ON", "no",   "No",   "NO",   "false", "False", "FALSE", "off", "Off", "OFF"};
  return node.Tag() == "?" && kOthers.count(node.Scalar()) == 0 && !is_number(node.Scalar());
}

/// The entries of inference.yml, each read once and checked. A fault names the file and the entry.
class Entries {
 public:
  Entries(const YAML::Node& root, std::string source) : source_(std::move(source)) {
    if (!root.IsMap()) {
      throw Error(source_ + " is not what export_model.py writes");
    }
    for (const auto& entry : root) {
      if (!entry.first.IsScalar() || !nodes_.emplace(entry.first.Scalar(), entry.second).second) {
        throw Error(source_ + ": a key that is no text, or that stands twice");
      }
    }
  }

  [[nodiscard]] const YAML::Node* find(const std::string& name) const {
    const auto found = nodes_.find(name);
    return found == nodes_.end() ? nullptr : &found->second;
  }

  [[nodiscard]] const YAML::Node& required(const std::string& name) const {
    const YAML::Node* node = find(name);
    if (node == nullptr) {
      throw Error(source_ + " lacks " + name);
    }
    return *node;
  }

  [[noreturn]] void refuse(const std::string& name, const std::string& expected) const {
    throw Error(source_ + ": " + name + " must be " + expected);
  }

  /// The value that one of several words stands for; `missing` where an entry of later versions is not there.
  template <class Value>
  [[nodiscard]] Value choice(const std::string& name, const std::map<std::string, Value>& values,
                             std::optional<Value> missing = std::nullopt) const {
    const YAML::Node* node = missing ? find(name) : &required(name);
    if (node == nullptr) {
      return *missing;
    }
    const auto found = node->IsScalar() ? values.find(node->Scalar()) : values.end();
    if (found == values.end()) {
      std::string words;
      for (const auto& [word, value] : values) {
        words += (words.empty() ? "" : " or ") + word;
      }
      refuse(name, words);
    }
    return found->second;
  }

  [[nodiscard]] int whole_number(const std::string& name, const YAML::Node& node) const {
    const auto number = node.IsScalar() && node.Tag() == "?" ? number_of<int>(node.Scalar()) : std::nullopt;
    if (!number || *number < 1 || *number > kMaxSide) {
      refuse(name, "made of whole numbers from 1 to " + std::to_string(kMaxSide));
    }
    return *number;
  }

  [[nodiscard]] std::optional<double> number(const std::string& name) const {
    const YAML::Node* node = find(name);
    if (node == nullptr) {
      return std::nullopt;
    }
    const auto value = node->IsScalar() && node->Tag() == "?" ? number_of<double>(node->Scalar()) : std::nullopt;
    if (!value) {
      refuse(name, "a number");
    }
    return value;
  }

 private:
  std::string source_;
  std::map<std::string, YAML::Node> nodes_;
};

InputShape read_input(const Entries& entries) {
  const YAML::Node& shape = entries.required("image_shape");
  if (!shape.IsSequence() || shape.size() != 3 || entries.whole_number("image_shape", shape[0]) != 3) {
    entries.refuse("image_shape", "[3, height, width]");
  }
  InputShape input;
  input.height = entries.whole_number("image_shape", shape[1]);
  input.width = entries.whole_number("image_shape", shape[2]);
  input.padding = entries.choice<bool>("padding", {{"true", true}, {"false", false}});
  input.interpolation = entries.choice<Interpolation>(
      "interpolation", {{"bilinear", Interpolation::kBilinear}, {"area", Interpolation::kArea}},
      Interpolation::kBilinear);
  for (const char* name : {"mean", "std"}) {
    if (entries.number(name) != 0.5) {
      entries.refuse(name, "0.5, the one normalisation there is");
    }
  }
  return input;
}

std::vector<std::string> read_characters(const Entries& entries) {
  const YAML::Node& list = entries.required("characters");
  std::vector<std::string> characters;
  if (list.IsSequence()) {
    for (const YAML::Node& entry : list) {
      if (!is_text(entry) || !is_utf8(entry.Scalar()) || entry.Scalar().find('\0') != std::string::npos) {
        entries.refuse("characters", "a list of texts; numbers and words such as yes stand in quotes");
      }
      characters.push_back(entry.Scalar());
    }
  }
  if (characters.empty()) {
    entries.refuse("characters", "a list of texts");
  }
  return characters;
}

std::map<std::string, std::string> read_checksums(const Entries& entries) {
  const YAML::Node& node = entries.required("checksums");
  if (!node.IsMap()) {
    entries.refuse("checksums", "names of files with their SHA-256");
  }
  std::map<std::string, std::string> checksums;
  for (const auto& entry : node) {
    if (!entry.first.IsScalar() || !entry.second.IsScalar() || entry.second.Scalar().size() != 64) {
      entries.refuse("checksums", "names of files with their SHA-256");
    }
    checksums[entry.first.Scalar()] = entry.second.Scalar();
  }
  return checksums;
}

ModelDescription describe(const Entries& entries) {
  ModelDescription model;
  static_cast<void>(entries.choice<bool>("algorithm", {{"RARE", true}}));
  model.input = read_input(entries);
  model.mode = entries.choice<ImageMode>(
      "img_mode", {{"BGR", ImageMode::kBgr}, {"RGB", ImageMode::kRgb}, {"GRAY", ImageMode::kGray}});
  model.characters = read_characters(entries);
  model.max_text_length = entries.whole_number("max_text_length", entries.required("max_text_length"));
  model.stop_at_eos = entries.choice<bool>("stop_at_eos", {{"true", true}, {"false", false}});
  model.temperature = entries.number("temperature").value_or(1);
  if (!(model.temperature > 0 && model.temperature < 1000)) {
    entries.refuse("temperature", "above 0 and below 1000");
  }
  model.score = entries.choice<ScoreKind>(
      "score", {{"mean", ScoreKind::kMean}, {"min", ScoreKind::kMin}, {"product", ScoreKind::kProduct}},
      ScoreKind::kMean);
  model.checksums = read_checksums(entries);
  return model;
}

}  // namespace

ModelDescription read_description(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "inference.yml";
  std::error_code fault;
  if (!std::filesystem::is_regular_file(path, fault)) {
    throw Error(folder.string() + " holds no inference.yml: export a model with tools/export_model.py");
  }
  std::ifstream stream(path, std::ios::binary);
  std::string text(kMaxBytes + 1, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  if (stream.bad() || text.empty()) {
    throw Error(path.string() + " is empty, or cannot be read");
  }
  if (text.size() > kMaxBytes) {
    throw Error(path.string() + ": larger than " + std::to_string(kMaxBytes) + " bytes, which no description is");
  }
  return parse_description(text, path.string());
}

ModelDescription parse_description(const std::string& text, const std::string& source) {
  if (!is_utf8(text)) {
    throw Error(source + " is not UTF-8 text");
  }
  try {
    return describe(Entries(YAML::Load(text), source));
  } catch (const YAML::Exception& error) {
    throw Error(source + ", line " + std::to_string(error.mark.line + 1) + ": " + escape(error.msg));
  }
}

}  // namespace rare
