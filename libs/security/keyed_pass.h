// KeyedPass: HMAC under one key over very many short texts, at the cost of two compressions each.
//
// The key's two inner states are made once. Suites as in letter_key.h: HMAC-SM3 or HMAC-SHA-256,
// 32 bytes. One thread each; a copy of its own for each further thread. No errors: a digest that
// the library lacks is a CHECK. Sources: RFC 2104, GB/T 32905.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "security/letter_key.h"

namespace security {

using Mark = std::array<std::uint8_t, 32>;

class KeyedPass {
 public:
  KeyedPass(LetterSuite suite, std::string_view key);
  ~KeyedPass();
  KeyedPass(const KeyedPass&) = delete;
  KeyedPass& operator=(const KeyedPass&) = delete;
  void Of(std::string_view text, Mark& out);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// One text under one key, 32 bytes.
std::string SuiteHmac(LetterSuite suite, std::string_view key, std::string_view text);

}  // namespace security
