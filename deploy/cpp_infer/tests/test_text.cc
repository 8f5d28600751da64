#include <doctest/doctest.h>

#include "checksum.h"
#include "text.h"

namespace rare {

TEST_CASE("what is no UTF-8 is kept as Python keeps it, and told") {
  CHECK(decode_utf8("aé€😀") == U"aé€😀");
  const std::u32string kept = decode_utf8("a\xff");
  CHECK(kept.size() == 2);
  CHECK(kept[1] == 0xdcff);
  CHECK(is_utf8("héllo"));
  for (const char* broken : {"\xff", "\xc3", "\xe2\x82", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80"}) {
    CHECK_FALSE(is_utf8(broken));
  }
}

TEST_CASE("a name cannot end a line or speak to the terminal") {
  CHECK(escape("a\nb\tc\x1b[0m\x7f") == "a\\nb\\tc\\x1b[0m\\x7f");
  CHECK(escape("\u2028\u202e\u0085é") == "\\u2028\\u202e\\x85é");
  CHECK(escape("a\xff") == "a\\udcff");
}

TEST_CASE("texts and numbers are written as Python writes them") {
  CHECK(python_string("it") == "'it'");
  CHECK(python_string("it's") == "\"it's\"");
  CHECK(python_string("'\"\\") == "'\\'\"\\\\'");
  CHECK(python_string("\u00a0\u200bé") == "'\\xa0\\u200bé'");
  CHECK(python_float(0) == "0.0");
  CHECK(python_float(1) == "1.0");
  CHECK(python_float(0.5) == "0.5");
  CHECK(python_float(double{0.1F}) == "0.10000000149011612");
  CHECK(python_float(0.0001) == "0.0001");
  CHECK(python_float(0.00001) == "1e-05");
  CHECK(python_float(1.25e-7) == "1.25e-07");
}

TEST_CASE("JSON") {
  CHECK(json_string("a\"\\\n\x01\x7f\u2028é") == "\"a\\\"\\\\\\n\\u0001\\u007f\\u2028é\"");
  CHECK(json_string("\xff") == "\"\\udcff\"");
}

TEST_CASE("SHA-256, by the example of its standard") {
  CHECK(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace rare
