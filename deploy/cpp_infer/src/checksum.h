#ifndef RARE_CHECKSUM_H_
#define RARE_CHECKSUM_H_

#include <string>
#include <string_view>

namespace rare {

/// SHA-256 in hexadecimal digits. OpenSSL computes it: it uses the processor's instructions for it.
std::string sha256(std::string_view data);

}  // namespace rare

#endif  // RARE_CHECKSUM_H_
