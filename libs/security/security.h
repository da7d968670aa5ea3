// Personal data at rest and on screens: sealed identity numbers, keyed blind index, masks (OpenSSL 3).
//
// Seal: AES-256-GCM, random 96-bit nonce, key id and purpose bound as associated data:
//   u8 version | u8 key_id | nonce[12] | ciphertext | tag[16].
// Blind index: HMAC-SHA-256 with its own key, cut to 16 bytes: equal numbers have equal indexes, and
// without the key nothing can be tested against it.
// The key file holds named 32-byte keys and must be readable by its owner only. Thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/result.h"

namespace security {

class Keyring {
 public:
  // Makes a new key file (0600). Errors: kAlreadyExists/KEY_FILE_EXISTS.
  static base::Status Create(const std::string& path);
  // Errors: kNotFound/NO_KEY_FILE, kPermissionDenied/KEY_FILE_MODE, kDataCorruption/KEY_FILE_BAD.
  static base::Result<Keyring> Load(const std::string& path);

  // `purpose` names the column ("student.id_number"): a value sealed for one does not open for another.
  std::string Seal(std::string_view purpose, std::string_view plain) const;
  // Errors: kDataCorruption/SEAL_BROKEN.
  base::Result<std::string> Open(std::string_view purpose, std::string_view sealed) const;
  // 16 bytes. The text is upper-cased and trimmed by the caller.
  std::string BlindIndex(std::string_view purpose, std::string_view plain) const;

  struct Impl;

 private:
  std::shared_ptr<const Impl> impl_;
};

// "3502**********123X": the first four and the last four of an identity number; anything shorter than
// 10 becomes asterisks but its last two.
std::string MaskIdNumber(std::string_view id);
// "138****5678".
std::string MaskPhone(std::string_view phone);
// Replaces every run in `text` that looks like an 18-digit identity number by its mask; for logs and
// error texts made from input.
std::string MaskText(std::string_view text);

std::string Sha256(std::string_view bytes);     // 32 bytes
std::string Hex(std::string_view bytes);

}  // namespace security
