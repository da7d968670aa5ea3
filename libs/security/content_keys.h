// Content keys of letters in the SM2 suite: what SM4-CTR and HMAC-SM3 use, and SM2 wraps for the
// addressee. Private to libs/security.
//
// Wrapping and unwrapping are the dearest steps of a letter (0.48 and 0.25 ms), so one wrapping
// serves up to 64 letters of one sender to one addressee, each under a random IV of its own (two
// equal counters: less than 2^-100). The sealed bytes are as ever: who knows nothing of this opens
// them. Keys are wiped when they are done. Thread-safe.
#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "security/suite.h"

namespace security {

inline constexpr std::size_t kContentKeyBytes = kSm4KeyBytes + kMacBytes;

// The sender's, for one addressee.
class ContentKeysOut {
 public:
  static constexpr int kLettersMax = 64;
  struct Wrapped {
    std::string keys = {};  // SM4 key | HMAC key; the caller wipes its copy
    std::string wrapped = {};
  };
  ContentKeysOut() = default;
  ~ContentKeysOut();
  Wrapped For(const EvpKey& addressee);

 private:
  std::mutex mutex_;
  Wrapped current_;
  int left_ = 0;
};

// The addressee's: the wrappings that it has seen last.
class ContentKeysIn {
 public:
  static constexpr std::size_t kKnownMax = 256;
  ContentKeysIn() = default;
  ~ContentKeysIn();
  // Nothing if `wrapped` is no wrapping for that key. The caller wipes its copy.
  std::optional<std::string> Open(const EvpKey& mine, std::string_view wrapped);
  std::size_t known() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string, std::less<>> known_;
  std::deque<std::string> order_;
};

}  // namespace security
