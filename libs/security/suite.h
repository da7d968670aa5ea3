// The primitives of the two suites of letters by OpenSSL 3.0 EVP; SM2 signatures stand in
// sm2_signature.h. Private to libs/security.
//
// Raw keys, so that a public key has one form only: an SM2 point is 65 bytes (04 | x | y), an
// Ed25519 or X25519 key 32; every secret has 32. Functions on bytes from a stranger answer nothing
// or false, they never throw; failures of the library itself (out of memory, algorithm missing) are
// CHECKs. Thread-safe: an EvpKey is only read.
// Sources: GB/T 32905 (SM3), GB/T 32907 (SM4), GB/T 32918 (SM2), RFC 2104, RFC 8032 (Ed25519),
// RFC 7748 (X25519), RFC 5869 (HKDF).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace security {

enum class KeyKind { kSm2, kEd25519, kX25519 };
using EvpKey = std::shared_ptr<evp_pkey_st>;

inline constexpr std::size_t kSecretBytes = 32;
inline constexpr std::size_t kSm4KeyBytes = 16;
inline constexpr std::size_t kSm4IvBytes = 16;
inline constexpr std::size_t kMacBytes = 32;

struct RawPair {
  std::string public_key = {};
  std::string secret = {};
};

std::size_t PublicBytes(KeyKind kind);
RawPair GeneratePair(KeyKind kind);
// Nothing if the bytes are no key of that kind (for SM2: a point of the curve).
EvpKey PublicFrom(KeyKind kind, std::string_view public_key);
// Nothing too if the two do not belong together.
EvpKey PairFrom(KeyKind kind, const RawPair& pair);

std::string SignEd25519(const EvpKey& key, std::string_view bytes);
bool VerifyEd25519(const EvpKey& key, std::string_view bytes, std::string_view signature);

// SM2 encryption of a short secret (GB/T 32918.4, C1C3C2 in ASN.1).
std::string Sm2Wrap(const EvpKey& key, std::string_view secret);
std::optional<std::string> Sm2Unwrap(const EvpKey& key, std::string_view wrapped);

std::string Sm4Ctr(std::string_view key, std::string_view iv, std::string_view bytes);
std::string Sm3(std::string_view bytes);
std::string HmacSm3(std::string_view key, std::string_view bytes);

// The X25519 shared secret; nothing for a point of small order.
std::optional<std::string> Agree(const EvpKey& mine, const EvpKey& theirs);
// HKDF-SHA-256, 32 bytes.
std::string DeriveKey(std::string_view secret, std::string_view salt, std::string_view info);

std::string RandomBytes(std::size_t count);
void Wipe(std::string& secret);

}  // namespace security
