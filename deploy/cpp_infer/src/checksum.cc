#include "checksum.h"

#include <openssl/evp.h>

#include <array>

#include "rare/recognizer.h"

namespace rare {

std::string sha256(std::string_view data) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(data.data(), data.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
    throw Error("OpenSSL computes no SHA-256 here");
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (unsigned int index = 0; index < size; ++index) {
    text += kDigits[digest.at(index) >> 4U];
    text += kDigits[digest.at(index) & 15U];
  }
  return text;
}

}  // namespace rare
