#ifndef RARE_TEXT_H_
#define RARE_TEXT_H_

#include <string>
#include <string_view>

/// Text as the tools in Python show it, so that what reads their output reads this one.
namespace rare {

/// The characters of UTF-8. As in Python's names of files, a byte that is no UTF-8 becomes U+DC80 ... U+DCFF.
std::u32string decode_utf8(std::string_view text);

bool is_utf8(std::string_view text);

/// The text on one line: control characters, and marks that turn the direction of writing, written out (`\n`, `\x1b`).
std::string escape(std::string_view text);

/// Text as Python's repr shows it, in quotes.
std::string python_string(std::string_view text);

/// The shortest digits that give this number again, as Python's repr shows it: `0.5`, `1.0`, `1e-05`.
std::string python_float(double number);

/// A string in JSON, control characters as `\uXXXX`.
std::string json_string(std::string_view text);

}  // namespace rare

#endif  // RARE_TEXT_H_
