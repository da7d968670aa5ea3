#include "security/suite.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/param_build.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <limits>

#include "base/check.h"
#include "security/security.h"

namespace security {
namespace {

constexpr std::size_t kPointBytes = 65;
constexpr std::size_t kCurve25519Bytes = 32;
constexpr std::size_t kEd25519SignatureBytes = 64;
constexpr std::size_t kWrappedBytesMax = 512;

template <class T, void (*Free)(T*)>
struct Deleter {
  void operator()(T* object) const { Free(object); }
};
using PkeyCtx = std::unique_ptr<EVP_PKEY_CTX, Deleter<EVP_PKEY_CTX, EVP_PKEY_CTX_free>>;
using MdCtx = std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX, EVP_MD_CTX_free>>;
using CipherCtx = std::unique_ptr<EVP_CIPHER_CTX, Deleter<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>>;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, Deleter<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Deleter<OSSL_PARAM, OSSL_PARAM_free>>;
using SecretNumber = std::unique_ptr<BIGNUM, Deleter<BIGNUM, BN_clear_free>>;
using KdfCtx = std::unique_ptr<EVP_KDF_CTX, Deleter<EVP_KDF_CTX, EVP_KDF_CTX_free>>;

const unsigned char* U(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* U(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }
int Length(std::string_view bytes) {
  CHECK(bytes.size() < static_cast<std::size_t>(std::numeric_limits<int>::max()));
  return static_cast<int>(bytes.size());
}

EvpKey Own(EVP_PKEY* key) {
  return key == nullptr ? EvpKey{} : EvpKey{key, &EVP_PKEY_free};
}
PkeyCtx ContextOf(const EvpKey& key) {
  PkeyCtx ctx{EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr)};
  CHECK(ctx != nullptr);
  return ctx;
}
const char* Name(KeyKind kind) {
  switch (kind) {
    case KeyKind::kSm2: return "SM2";
    case KeyKind::kEd25519: return "ED25519";
    case KeyKind::kX25519: return "X25519";
  }
  return "";
}

EvpKey Sm2Key(std::string_view point, std::string_view secret) {
  const ParamBuilder builder{OSSL_PARAM_BLD_new()};
  CHECK(builder != nullptr);
  CHECK(OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "SM2", 0) == 1);
  CHECK(OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                         point.size()) == 1);
  SecretNumber number;
  if (!secret.empty()) {
    number.reset(BN_secure_new());
    CHECK(number != nullptr && BN_bin2bn(U(secret), Length(secret), number.get()) != nullptr);
    CHECK(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, number.get()) == 1);
  }
  const Params params{OSSL_PARAM_BLD_to_param(builder.get())};
  const PkeyCtx ctx{EVP_PKEY_CTX_new_from_name(nullptr, "SM2", nullptr)};
  CHECK(params != nullptr && ctx != nullptr && EVP_PKEY_fromdata_init(ctx.get()) == 1);
  EVP_PKEY* key = nullptr;
  const int selection = secret.empty() ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR;
  if (EVP_PKEY_fromdata(ctx.get(), &key, selection, params.get()) != 1) return {};
  return Own(key);
}

// Each half alone may be a key and still not belong to the other.
bool Belong(const EvpKey& key) {
  const PkeyCtx ctx = ContextOf(key);
  return EVP_PKEY_pairwise_check(ctx.get()) == 1;
}

std::string PublicOf(const EvpKey& key, KeyKind kind) {
  std::string out(PublicBytes(kind), '\0');
  std::size_t n = 0;
  CHECK(EVP_PKEY_get_octet_string_param(key.get(), OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, U(out),
                                        out.size(), &n) == 1 ||
        EVP_PKEY_get_raw_public_key(key.get(), U(out), &(n = out.size())) == 1);
  CHECK(n == out.size());
  return out;
}

std::string SecretOf(const EvpKey& key, KeyKind kind) {
  std::string out(kSecretBytes, '\0');
  if (kind == KeyKind::kSm2) {
    BIGNUM* number = nullptr;
    CHECK(EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_PRIV_KEY, &number) == 1);
    const SecretNumber owned{number};
    CHECK(BN_bn2binpad(number, U(out), static_cast<int>(kSecretBytes)) ==
          static_cast<int>(kSecretBytes));
    return out;
  }
  std::size_t n = out.size();
  CHECK(EVP_PKEY_get_raw_private_key(key.get(), U(out), &n) == 1 && n == kSecretBytes);
  return out;
}

}  // namespace

std::size_t PublicBytes(KeyKind kind) {
  return kind == KeyKind::kSm2 ? kPointBytes : kCurve25519Bytes;
}

RawPair GeneratePair(KeyKind kind) {
  const PkeyCtx ctx{EVP_PKEY_CTX_new_from_name(nullptr, Name(kind), nullptr)};
  EVP_PKEY* made = nullptr;
  CHECK(ctx != nullptr && EVP_PKEY_keygen_init(ctx.get()) == 1);
  CHECK(EVP_PKEY_generate(ctx.get(), &made) == 1);
  const EvpKey key = Own(made);
  return {.public_key = PublicOf(key, kind), .secret = SecretOf(key, kind)};
}

EvpKey PublicFrom(KeyKind kind, std::string_view public_key) {
  if (public_key.size() != PublicBytes(kind)) return {};
  if (kind != KeyKind::kSm2) {
    return Own(EVP_PKEY_new_raw_public_key_ex(nullptr, Name(kind), nullptr, U(public_key),
                                              public_key.size()));
  }
  if (public_key.front() != '\x04') return {};
  return Sm2Key(public_key, {});
}

EvpKey PairFrom(KeyKind kind, const RawPair& pair) {
  if (pair.public_key.size() != PublicBytes(kind) || pair.secret.size() != kSecretBytes) return {};
  if (kind == KeyKind::kSm2) {
    EvpKey key = pair.public_key.front() == '\x04' ? Sm2Key(pair.public_key, pair.secret)
                                                   : EvpKey{};
    return key != nullptr && Belong(key) ? key : EvpKey{};
  }
  EvpKey key = Own(EVP_PKEY_new_raw_private_key_ex(nullptr, Name(kind), nullptr, U(pair.secret),
                                                   pair.secret.size()));
  if (key == nullptr || !EqualSecrets(PublicOf(key, kind), pair.public_key)) return {};
  return key;
}

std::string SignEd25519(const EvpKey& key, std::string_view bytes) {
  const MdCtx ctx{EVP_MD_CTX_new()};
  CHECK(ctx != nullptr);
  CHECK(EVP_DigestSignInit_ex(ctx.get(), nullptr, nullptr, nullptr, nullptr, key.get(),
                              nullptr) == 1);
  std::string signature(kEd25519SignatureBytes, '\0');
  std::size_t n = signature.size();
  CHECK(EVP_DigestSign(ctx.get(), U(signature), &n, U(bytes), bytes.size()) == 1);
  signature.resize(n);
  return signature;
}

bool VerifyEd25519(const EvpKey& key, std::string_view bytes, std::string_view signature) {
  if (signature.size() != kEd25519SignatureBytes) return false;
  const MdCtx ctx{EVP_MD_CTX_new()};
  CHECK(ctx != nullptr);
  CHECK(EVP_DigestVerifyInit_ex(ctx.get(), nullptr, nullptr, nullptr, nullptr, key.get(),
                                nullptr) == 1);
  return EVP_DigestVerify(ctx.get(), U(signature), signature.size(), U(bytes), bytes.size()) == 1;
}

std::string Sm2Wrap(const EvpKey& key, std::string_view secret) {
  const PkeyCtx ctx = ContextOf(key);
  CHECK(EVP_PKEY_encrypt_init(ctx.get()) == 1);
  std::string wrapped(kWrappedBytesMax, '\0');
  std::size_t n = wrapped.size();
  CHECK(EVP_PKEY_encrypt(ctx.get(), U(wrapped), &n, U(secret), secret.size()) == 1);
  wrapped.resize(n);
  return wrapped;
}

std::optional<std::string> Sm2Unwrap(const EvpKey& key, std::string_view wrapped) {
  if (wrapped.empty() || wrapped.size() > kWrappedBytesMax) return std::nullopt;
  const PkeyCtx ctx = ContextOf(key);
  CHECK(EVP_PKEY_decrypt_init(ctx.get()) == 1);
  std::string secret(kWrappedBytesMax, '\0');
  std::size_t n = secret.size();
  if (EVP_PKEY_decrypt(ctx.get(), U(secret), &n, U(wrapped), wrapped.size()) != 1) {
    Wipe(secret);
    return std::nullopt;
  }
  secret.resize(n);
  return secret;
}

std::string Sm4Ctr(std::string_view key, std::string_view iv, std::string_view bytes) {
  static EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "SM4-CTR", nullptr);
  CHECK(cipher != nullptr && key.size() == kSm4KeyBytes && iv.size() == kSm4IvBytes);
  const CipherCtx ctx{EVP_CIPHER_CTX_new()};
  CHECK(ctx != nullptr);
  CHECK(EVP_EncryptInit_ex2(ctx.get(), cipher, U(key), U(iv), nullptr) == 1);
  std::string out(bytes.size(), '\0');
  int n = 0;
  CHECK(EVP_EncryptUpdate(ctx.get(), U(out), &n, U(bytes), Length(bytes)) == 1);
  CHECK(static_cast<std::size_t>(n) == bytes.size());
  return out;
}

std::string Sm3(std::string_view bytes) {
  std::string out(kMacBytes, '\0');
  std::size_t n = 0;
  CHECK(EVP_Q_digest(nullptr, "SM3", nullptr, bytes.data(), bytes.size(), U(out), &n) == 1);
  return out;
}

std::string HmacSm3(std::string_view key, std::string_view bytes) {
  std::string out(kMacBytes, '\0');
  std::size_t n = 0;
  CHECK(EVP_Q_mac(nullptr, "HMAC", nullptr, "SM3", nullptr, key.data(), key.size(), U(bytes),
                  bytes.size(), U(out), out.size(), &n) != nullptr);
  return out;
}

std::optional<std::string> Agree(const EvpKey& mine, const EvpKey& theirs) {
  const PkeyCtx ctx = ContextOf(mine);
  CHECK(EVP_PKEY_derive_init(ctx.get()) == 1);
  if (EVP_PKEY_derive_set_peer(ctx.get(), theirs.get()) != 1) return std::nullopt;
  std::string secret(kSecretBytes, '\0');
  std::size_t n = secret.size();
  if (EVP_PKEY_derive(ctx.get(), U(secret), &n) != 1 || n != secret.size()) return std::nullopt;
  return secret;
}

std::string DeriveKey(std::string_view secret, std::string_view salt, std::string_view info) {
  static EVP_KDF* const kdf = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
  const KdfCtx ctx{kdf == nullptr ? nullptr : EVP_KDF_CTX_new(kdf)};
  CHECK(ctx != nullptr);
  char digest[] = "SHA256";
  const auto octets = [](const char* name, std::string_view bytes) {
    return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(bytes.data()), bytes.size());
  };
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
      octets(OSSL_KDF_PARAM_KEY, secret), octets(OSSL_KDF_PARAM_SALT, salt),
      octets(OSSL_KDF_PARAM_INFO, info), OSSL_PARAM_construct_end()};
  std::string out(kSecretBytes, '\0');
  CHECK(EVP_KDF_derive(ctx.get(), U(out), out.size(), params) == 1);
  return out;
}

std::string RandomBytes(std::size_t count) {
  std::string out(count, '\0');
  CHECK(RAND_priv_bytes(U(out), Length(out)) == 1);
  return out;
}

void Wipe(std::string& secret) {
  OPENSSL_cleanse(secret.data(), secret.size());
  secret.clear();
}

}  // namespace security
