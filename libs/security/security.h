// Personal data at rest and on screens: sealed values, keyed blind index, masks (OpenSSL 3).
//
// Seal: AES-256-GCM, random 96-bit nonce, key id and purpose bound as associated data:
//   u8 version | u8 key_id | nonce[12] | ciphertext | tag[16].
// Blind index: HMAC-SHA-256 with its own key over purpose | 0x00 | text, cut to 16 bytes: equal
// numbers have equal indexes, and without the key nothing can be tested against it.
// The key file is text: "baoxue-keys 1", then lines "seal <id 1..255> <64 hex>" (rotation: the
// highest id seals, every one opens) and one "index 1 <64 hex>"; only its owner may read it.
// Thread-safe.
// Sources: NIST SP 800-38D (GCM; random nonces, so one key seals at most 2^32 values), RFC 2104 and
// FIPS 180-4 (HMAC-SHA-256); 个人信息保护法 art. 51 (encryption, de-identification).
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace security {

class Keyring {
 public:
  // Makes a new key file (0600) and never replaces one: without it the sealed values are lost.
  // Errors: kAlreadyExists/KEY_FILE_EXISTS, kUnavailable/KEY_FILE_WRITE.
  static base::Status Create(const std::string& path);
  // Adds a seal key with the next id to the file; running services seal with it when they load it.
  // Errors: those of Load; kResourceExhausted/KEY_IDS_USED_UP; kUnavailable/KEY_FILE_WRITE.
  static base::Status AddSealKey(const std::string& path);
  // Errors: kNotFound/NO_KEY_FILE, kPermissionDenied/KEY_FILE_MODE, kDataCorruption/KEY_FILE_BAD.
  static base::Result<Keyring> Load(const std::string& path);

  // `purpose` names the column ("student.id_number"): what is sealed for one opens for no other.
  std::string Seal(std::string_view purpose, std::string_view plain) const;
  // Errors: kDataCorruption/SEAL_BROKEN.
  base::Result<std::string> Open(std::string_view purpose, std::string_view sealed) const;
  // 16 bytes. The text is upper-cased and trimmed by the caller.
  std::string BlindIndex(std::string_view purpose, std::string_view plain) const;

  // True if the value was sealed with the newest key; others are due for sealing anew.
  bool IsNewest(std::string_view sealed) const;

  struct Impl;

 private:
  explicit Keyring(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

// "3502**********123X": the first four and the last four of an identity number; anything shorter
// than 10 characters becomes asterisks but its last two (all of them if there are only two).
std::string MaskIdNumber(std::string_view id);
// "138****5678"; the first three and the last four, under 8 characters like MaskIdNumber.
std::string MaskPhone(std::string_view phone);
// Replaces every run in `text` that may hold an 18-digit identity number (17 digits and more, the
// last may be X; ASCII or full-width) by its mask; for logs and error texts made from input.
std::string MaskText(std::string_view text);

std::string Sha256(std::string_view bytes);  // 32 bytes
std::string HmacSha256(std::string_view key, std::string_view bytes);  // 32 bytes
// Equal contents, compared in a time that does not depend on where they differ.
bool EqualSecrets(std::string_view a, std::string_view b);
std::string Hex(std::string_view bytes);     // lower case

}  // namespace security
