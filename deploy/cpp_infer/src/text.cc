#include "text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace rare {
namespace {

struct Range {
  char32_t first, last;
};

// C0, DEL, C1, the separators of lines, and the marks that turn the direction of writing.
constexpr std::array<Range, 5> kControl = {
    {{0x00, 0x1f}, {0x7f, 0x9f}, {0x2028, 0x2029}, {0x202a, 0x202e}, {0x2066, 0x2069}}};

// What Python's repr writes out besides: spaces but U+0020, marks without a shape, private and half characters.
constexpr std::array<Range, 24> kUnprintable = {
    {{0xa0, 0xa0},       {0xad, 0xad},       {0x600, 0x605},     {0x61c, 0x61c},     {0x6dd, 0x6dd},
     {0x70f, 0x70f},     {0x890, 0x891},     {0x8e2, 0x8e2},     {0x1680, 0x1680},   {0x180e, 0x180e},
     {0x2000, 0x200f},   {0x202f, 0x202f},   {0x205f, 0x2065},   {0x206a, 0x206f},   {0x3000, 0x3000},
     {0xd800, 0xf8ff},   {0xfeff, 0xfeff},   {0xfff9, 0xfffb},   {0x110bd, 0x110bd}, {0x110cd, 0x110cd},
     {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0001, 0xe007f}, {0xf0000, 0x10ffff}}};

template <std::size_t kSize>
bool is_in(const std::array<Range, kSize>& ranges, char32_t character) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [=](Range range) { return range.first <= character && character <= range.last; });
}

bool is_escaped_byte(char32_t character) { return character >= 0xdc80 && character <= 0xdcff; }

struct Decoded {
  char32_t character;
  std::size_t size;  // in bytes; 0: no UTF-8
};

Decoded decode_one(std::string_view text) {
  const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) {
    return {lead, 1};
  }
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) {
    return {0, 0};
  }
  char32_t character = lead & (0xffU >> (size + 1));
  for (std::size_t index = 1; index < size; ++index) {
    if ((byte(index) & 0xc0U) != 0x80) {
      return {0, 0};
    }
    character = (character << 6U) | (byte(index) & 0x3fU);
  }
  const bool is_overlong = (size == 3 && character < 0x800) || (size == 4 && character < 0x10000);
  const bool is_half = character >= 0xd800 && character <= 0xdfff;
  return {character, is_overlong || is_half || character > 0x10ffff ? 0 : size};
}

void append_utf8(std::string& text, char32_t character) {
  const auto put = [&](char32_t byte) { text += static_cast<char>(byte); };
  if (character < 0x80) {
    put(character);
  } else if (character < 0x800) {
    put(0xc0U | (character >> 6U));
    put(0x80U | (character & 0x3fU));
  } else if (character < 0x10000) {
    put(0xe0U | (character >> 12U));
    put(0x80U | ((character >> 6U) & 0x3fU));
    put(0x80U | (character & 0x3fU));
  } else {
    put(0xf0U | (character >> 18U));
    put(0x80U | ((character >> 12U) & 0x3fU));
    put(0x80U | ((character >> 6U) & 0x3fU));
    put(0x80U | (character & 0x3fU));
  }
}

void append_code(std::string& text, const char* format, char32_t character) {
  std::array<char, 16> code{};
  std::snprintf(code.data(), code.size(), format, static_cast<unsigned int>(character));
  text += code.data();
}

void append_escaped(std::string& text, char32_t character) {
  if (character == '\n') {
    text += "\\n";
  } else if (character == '\r') {
    text += "\\r";
  } else if (character == '\t') {
    text += "\\t";
  } else {
    append_code(text, character < 0x100 ? "\\x%02x" : character < 0x10000 ? "\\u%04x" : "\\U%08x", character);
  }
}

}  // namespace

std::u32string decode_utf8(std::string_view text) {
  std::u32string characters;
  while (!text.empty()) {
    const Decoded next = decode_one(text);
    characters += next.size != 0 ? next.character : 0xdc00U + static_cast<unsigned char>(text[0]);
    text.remove_prefix(std::max<std::size_t>(next.size, 1));
  }
  return characters;
}

bool is_utf8(std::string_view text) {
  const std::u32string characters = decode_utf8(text);
  return std::none_of(characters.begin(), characters.end(), is_escaped_byte);
}

std::string escape(std::string_view text) {
  std::string escaped;
  for (const char32_t character : decode_utf8(text)) {
    if (is_in(kControl, character) || is_escaped_byte(character)) {
      append_escaped(escaped, character);
    } else {
      append_utf8(escaped, character);
    }
  }
  return escaped;
}

std::string python_string(std::string_view text) {
  const bool is_double = text.find('\'') != std::string_view::npos && text.find('"') == std::string_view::npos;
  const char32_t quote = is_double ? '"' : '\'';
  std::string quoted(1, static_cast<char>(quote));
  for (const char32_t character : decode_utf8(text)) {
    if (character == quote || character == '\\') {
      quoted += '\\';
    }
    if (is_in(kControl, character) || is_in(kUnprintable, character)) {
      append_escaped(quoted, character);
    } else {
      append_utf8(quoted, character);
    }
  }
  return quoted + static_cast<char>(quote);
}

std::string python_float(double number) {
  std::array<char, 32> digits{};
  // As Python does, an exponent only for what is very small; scores are never large.
  const bool is_plain = number == 0 || number >= 1e-4;
  const auto format = is_plain ? std::chars_format::fixed : std::chars_format::scientific;
  const auto [end, fault] = std::to_chars(digits.data(), digits.data() + digits.size(), number, format);
  std::string text(digits.data(), end);
  if (is_plain && text.find('.') == std::string::npos) {
    text += ".0";
  }
  return text;
}

std::string json_string(std::string_view text) {
  std::string quoted = "\"";
  for (const char32_t character : decode_utf8(text)) {
    if (character == '"' || character == '\\') {
      quoted += '\\';
      quoted += static_cast<char>(character);
    } else if (character == '\n' || character == '\r' || character == '\t') {
      append_escaped(quoted, character);
    } else if (character == '\b') {
      quoted += "\\b";
    } else if (character == '\f') {
      quoted += "\\f";
    } else if (is_in(kControl, character) || is_escaped_byte(character)) {
      append_code(quoted, "\\u%04x", character);
    } else {
      append_utf8(quoted, character);
    }
  }
  return quoted + '"';
}

}  // namespace rare
