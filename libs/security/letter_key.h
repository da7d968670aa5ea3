// Seals of letters: who signed these bytes, and for whose eyes they are.
//
// Two suites, named in every key and in everything sealed:
//   SM2-SM3-SM4CTR-HMACSM3   SM2 signatures over SM3; SM4-CTR, then HMAC-SM3 over all of it; the
//                            content keys wrapped by SM2 for the addressee, once for up to 64
//                            letters, each under an IV of its own (OpenSSL 3.0 has no SM4-GCM)
//   ED25519-X25519-AES256GCM Ed25519; a fresh X25519 key per letter, HKDF-SHA-256, AES-256-GCM
// A county's key is two pairs: one signs, one is sealed for. A signature covers purpose | 0x00 |
// bytes, so what was signed as one thing is never taken for another. Sealed bytes:
//   u8 version 1 | u8 suite | key id[16] | u16 wrapped size (big-endian) | wrapped | iv |
//   ciphertext | tag, all of it and `associated` authenticated before anything is decrypted.
// Times: civil days, a key is valid from `from` up to and without `until`. Values; thread-safe.
// Errors: kDataCorruption/SIGNATURE_BAD, SEAL_BROKEN; kFailedPrecondition/SEALED_FOR_ANOTHER,
// KEY_NOT_YET_VALID, KEY_EXPIRED; kInvalidArgument/KEY_BAD, SUITE_UNKNOWN; those of key files
// (secret_file.h). No error holds key bytes or what was sealed.
// Sources: suite.h; encrypt-then-authenticate: Bellare, Namprempre, ASIACRYPT 2000.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/date.h"
#include "base/result.h"

namespace security {

enum class LetterSuite { kSm = 1, kEd25519 = 2 };
std::string_view LetterSuiteName(LetterSuite suite);
std::optional<LetterSuite> LetterSuiteFrom(std::string_view name);

// The digest of a suite, 32 bytes: SM3, or SHA-256.
std::string LetterDigest(LetterSuite suite, std::string_view bytes);

// What everybody may know of a county's key.
struct PublicLetterKey {
  LetterSuite suite = LetterSuite::kSm;
  std::string owner = {};     // division code of the county, GB/T 2260
  base::DateRange valid = {};
  std::string sign_key = {};  // raw
  std::string seal_key = {};  // raw

  // 16 bytes in hex: names the key in letters and directories. Over the key alone, not its dates.
  std::string Id() const;
  // What two people read to each other on the telephone: 64 hex digits in groups of four.
  std::string Fingerprint() const;
  // One text, the same for equal keys; the content of a .letterkey.pub file.
  std::string ToText() const;
  // Errors: KEY_BAD.
  static base::Result<PublicLetterKey> FromText(std::string_view text);
  // Errors: KEY_NOT_YET_VALID, KEY_EXPIRED.
  base::Status UsableOn(base::Date day) const;
  friend bool operator==(const PublicLetterKey&, const PublicLetterKey&) = default;
};

// A public key made ready for use; cheap to copy.
class LetterVerifier {
 public:
  // Errors: KEY_BAD (a point that is not on the curve, a wrong size).
  static base::Result<LetterVerifier> Make(PublicLetterKey key);
  const PublicLetterKey& key() const;
  const std::string& id() const;
  // Errors: SIGNATURE_BAD. Validity is the caller's question: it depends on when it was signed.
  base::Status Verify(std::string_view purpose, std::string_view bytes,
                      std::string_view signature) const;
  // For the owner of this key alone.
  std::string Seal(std::string_view associated, std::string_view plain) const;

  struct Impl;

 private:
  explicit LetterVerifier(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

// The secret side. Cheap to copy; the keys are wiped with the last copy.
class LetterKey {
 public:
  static LetterKey Generate(LetterSuite suite, std::string owner, base::DateRange valid);
  // Never replaces a file; only its owner may read it. Errors: those of key files.
  base::Status Save(const std::string& path) const;
  static base::Result<LetterKey> Load(const std::string& path);

  const LetterVerifier& verifier() const;
  const PublicLetterKey& key() const { return verifier().key(); }
  const std::string& id() const { return verifier().id(); }
  std::string Sign(std::string_view purpose, std::string_view bytes) const;
  // Errors: SEALED_FOR_ANOTHER, SEAL_BROKEN.
  base::Result<std::string> Open(std::string_view associated, std::string_view sealed) const;

  struct Impl;

 private:
  explicit LetterKey(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<Impl> impl_;
};

// The key id that something sealed names (hex), without opening it; nothing if it names none.
std::optional<std::string> SealedFor(std::string_view sealed);

}  // namespace security
