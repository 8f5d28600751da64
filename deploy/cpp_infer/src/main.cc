// rare_read: reads words in images and prints what tools/infer/predict_rec.py prints.

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <future>
#include <iostream>
#include <map>
#include <opencv2/core/utility.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <string>
#include <vector>

#include "codecs.h"
#include "image_paths.h"
#include "rare/recognizer.h"
#include "text.h"

namespace {

constexpr int kFault = 1, kUsageFault = 2;

constexpr const char* kHelp = R"(usage: rare_read [options] IMAGE|FOLDER|LIST ...

Reads the word in each image: of a file, of all images below a folder, or of those that a list.txt names, a line each.

  --model_dir DIR        what export_model.py and export_onnx.py wrote (default: the shipped weights)
  --output_format NAME   text, json or tsv (default: text)
  --batch_size N         images that the network reads at once (default: 6)
  --threads N            that read (default: 0, one a core)
  --engine NAME          what runs the network (default: %s; there are: %s)
  --cache_dir DIR        where OpenVINO keeps the compiled network, so that it starts sooner (default: nowhere)
  --min_score X          a word with a lower score gets an empty text (default: 0.0)
  --rotate_tall BOOL     read an image higher than 1.5 times its width turned as well (default: True)
  --views NAME           1, doubtful or all: which words are read again, with less and with more around them and wider
                         (default: 1)
  --version, --help

The exit code is 0; 1 where an image could not be read, whose line says why, or the model could not; 2 where an option
is not known.
)";

/// A command line that cannot be understood.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

using Format = std::string (*)(const std::string& path, const rare::Word& word);

std::string as_text(const std::string& path, const rare::Word& word) {
  if (!word.error.empty()) {
    return rare::escape("Predicts of " + path + ": error: " + word.error);
  }
  return "Predicts of " + rare::escape(path) + ":(" + rare::python_string(word.text) + ", " +
         rare::python_float(word.score) + ")";
}

std::string as_json(const std::string& path, const rare::Word& word) {
  const std::string start = "{\"path\": " + rare::json_string(path);
  if (!word.error.empty()) {
    return start + ", \"error\": " + rare::json_string(word.error) + "}";
  }
  return start + ", \"text\": " + rare::json_string(word.text) + ", \"score\": " + rare::python_float(word.score) + "}";
}

std::string as_tsv(const std::string& path, const rare::Word& word) {
  if (!word.error.empty()) {
    return rare::escape(path) + "\t" + rare::escape("error: " + word.error);
  }
  return rare::escape(path) + "\t" + rare::escape(word.text) + "\t" + cv::format("%.4f", word.score);
}

struct Arguments {
  std::filesystem::path model_dir;
  Format format = as_text;
  rare::Options options;
  std::vector<std::string> images;
};

/// The number that a whole text is.
template <class Number>
Number number_of(const std::string& name, const std::string& text, Number (*parse)(const std::string&, std::size_t*)) {
  try {
    std::size_t size = 0;
    const Number number = parse(text, &size);
    if (size == text.size()) {
      return number;
    }
  } catch (const std::logic_error&) {  // what std::stoi and std::stod throw
  }
  throw UsageError(name + " takes a number, not " + rare::python_string(text));
}

int whole_number(const std::string& name, const std::string& text) {
  return number_of<int>(name, text,
                        [](const std::string& digits, std::size_t* size) { return std::stoi(digits, size); });
}

double real_number(const std::string& name, const std::string& text) {
  return number_of<double>(name, text,
                           [](const std::string& digits, std::size_t* size) { return std::stod(digits, size); });
}

template <class Value>
Value one_of(const std::string& name, const std::string& text, const std::map<std::string, Value>& values) {
  const auto found = values.find(text);
  if (found == values.end()) {
    std::string known;
    for (const auto& [word, value] : values) {
      known += (known.empty() ? "" : ", ") + word;
    }
    throw UsageError(name + " is one of " + known + ", not " + rare::python_string(text));
  }
  return found->second;
}

void set_option(Arguments& arguments, const std::string& name, const std::string& value) {
  static const std::map<std::string, Format> kFormats = {{"text", as_text}, {"json", as_json}, {"tsv", as_tsv}};
  static const std::map<std::string, bool> kBooleans = {
      {"True", true}, {"true", true}, {"False", false}, {"false", false}};
  static const std::map<std::string, rare::Views> kViews = {
      {"1", rare::Views::kOne}, {"doubtful", rare::Views::kDoubtful}, {"all", rare::Views::kAll}};
  static const std::map<std::string, std::function<void(Arguments&, const std::string&, const std::string&)>> kSetters =
      {
          {"--model_dir", [](auto& to, auto&, auto& text) { to.model_dir = text; }},
          {"--output_format", [](auto& to, auto& flag, auto& text) { to.format = one_of(flag, text, kFormats); }},
          {"--batch_size", [](auto& to, auto& flag, auto& text) { to.options.batch_size = whole_number(flag, text); }},
          {"--threads", [](auto& to, auto& flag, auto& text) { to.options.threads = whole_number(flag, text); }},
          {"--cache_dir", [](auto& to, auto&, auto& text) { to.options.cache_dir = text; }},
          {"--engine", [](auto& to, auto&, auto& text) { to.options.engine = text; }},
          {"--min_score", [](auto& to, auto& flag, auto& text) { to.options.min_score = real_number(flag, text); }},
          {"--rotate_tall",
           [](auto& to, auto& flag, auto& text) { to.options.rotate_tall = one_of(flag, text, kBooleans); }},
          {"--views", [](auto& to, auto& flag, auto& text) { to.options.views = one_of(flag, text, kViews); }},
      };
  const auto setter = kSetters.find(name);
  if (setter == kSetters.end()) {
    throw UsageError(name + " is not known; --help lists what is");
  }
  setter->second(arguments, name, value);
}

/// The shipped weights: beside an installed program, or in the checkout that it was built from.
std::filesystem::path shipped_model() {
  std::error_code fault;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", fault);
  const std::filesystem::path installed = program.parent_path() / ".." / RARE_INSTALLED_MODEL;
  return !fault && std::filesystem::exists(installed, fault) ? installed : std::filesystem::path(RARE_SOURCE_MODEL);
}

Arguments parse(const std::vector<std::string>& given) {
  Arguments arguments;
  for (std::size_t index = 0; index < given.size(); ++index) {
    const std::string& argument = given[index];
    if (argument.size() < 2 || argument.compare(0, 2, "--") != 0) {
      arguments.images.push_back(argument);
    } else if (argument == "--") {
      arguments.images.insert(arguments.images.end(), given.begin() + static_cast<std::ptrdiff_t>(index) + 1,
                              given.end());
      break;
    } else if (const std::size_t equals = argument.find('='); equals != std::string::npos) {
      set_option(arguments, argument.substr(0, equals), argument.substr(equals + 1));
    } else if (index + 1 < given.size()) {
      set_option(arguments, argument, given[++index]);
    } else {
      throw UsageError(argument + " takes a value");
    }
  }
  if (arguments.images.empty()) {
    throw UsageError("no image; --help tells the usage");
  }
  if (arguments.model_dir.empty()) {
    arguments.model_dir = shipped_model();
  }
  return arguments;
}

void print_help() {
  std::string names;
  for (const std::string& name : rare::engines()) {
    names += (names.empty() ? "" : ", ") + name;
  }
  std::printf(kHelp, rare::engines().front().c_str(), names.c_str());
}

/// Reads what the arguments name, writes a line for each image; returns the exit code.
int predict(const Arguments& arguments) {
  std::vector<std::string> paths;
  for (const std::string& image : arguments.images) {
    for (std::string& path : rare::list_images(image)) {
      paths.push_back(std::move(path));
    }
  }
  const std::future<void> codecs = std::async(std::launch::async, rare::load_codecs);  // beside the model
  const rare::Recognizer recognizer(arguments.model_dir, arguments.options);
  bool has_failed = false;
  recognizer.read_files(paths, [&](std::size_t index, const rare::Word& word) {
    has_failed |= !word.error.empty();
    std::cout << arguments.format(paths[index], word) << '\n';
    if (!std::cout) {
      throw rare::Error("the output cannot be written");
    }
  });
  std::cout.flush();
  return has_failed || !std::cout ? kFault : 0;
}

int run(const std::vector<std::string>& given) {
  try {
    for (const std::string& argument : given) {
      if (argument == "--help" || argument == "-h") {
        print_help();
        return 0;
      }
      if (argument == "--version") {
        std::cout << RARE_VERSION << '\n';
        return 0;
      }
    }
    return predict(parse(given));
  } catch (const UsageError& error) {
    std::cerr << "error: " << rare::escape(error.what()) << '\n';
    return kUsageFault;
  } catch (const std::exception& error) {
    std::cerr << "error: " << rare::escape(error.what()) << '\n';
    return kFault;
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // that the reader of stdout went away is told by the stream
  std::ios::sync_with_stdio(false);
  cv::setNumThreads(1);  // the recogniser's own threads have the cores
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  return run(std::vector<std::string>(argv + 1, argv + argc));
}
