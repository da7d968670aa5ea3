// AES-256-GCM and HMAC-SHA-256 with a key that is set once and used often.
// Private to libs/security.
//
// Setting a key costs more than sealing a short value, so each thread keeps its contexts keyed and
// sets a key again only when another key is asked for. A key is known by its serial, which is never
// given twice in a process (an address could be).
// Failures of the library itself (out of memory, algorithm missing) are CHECKs. Thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace security {

inline constexpr std::size_t kKeyBytes = 32;
inline constexpr std::size_t kNonceBytes = 12;
inline constexpr std::size_t kTagBytes = 16;

class Key {
 public:
  explicit Key(std::string_view bytes);  // precondition: kKeyBytes
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
  ~Key();  // wipes it
  std::uint64_t serial() const { return serial_; }
  const unsigned char* data() const { return bytes_.data(); }

 private:
  std::uint64_t serial_;
  std::array<unsigned char, kKeyBytes> bytes_ = {};
};

// Appends ciphertext and tag to `out`. Precondition: nonce has kNonceBytes.
void Encrypt(const Key& key, std::string_view nonce, std::string_view associated,
             std::string_view plain, std::string& out);
// `sealed` is ciphertext and tag; nothing if it is not what was sealed.
std::optional<std::string> Decrypt(const Key& key, std::string_view nonce,
                                   std::string_view associated, std::string_view sealed);
// 32 bytes over prefix | 0x00 | text.
std::array<unsigned char, 32> Mac(const Key& key, std::string_view prefix, std::string_view text);
// Fresh random bytes; drawn in blocks, and never the same in a forked child.
void FillNonce(std::array<char, kNonceBytes>& nonce);

}  // namespace security
