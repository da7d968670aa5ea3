#include "security/aead.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <pthread.h>

#include <atomic>
#include <cstring>
#include <limits>
#include <memory>

#include "base/check.h"

namespace security {
namespace {

using CipherCtx = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;
using MacCtx = std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)>;

const unsigned char* U(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* U(char* bytes) { return reinterpret_cast<unsigned char*>(bytes); }
int Length(std::string_view bytes) {
  CHECK(bytes.size() < static_cast<std::size_t>(std::numeric_limits<int>::max()));
  return static_cast<int>(bytes.size());
}

const EVP_CIPHER* Aes() {
  static const EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  CHECK(cipher != nullptr);
  return cipher;
}
EVP_MAC* Hmac() {
  static EVP_MAC* const mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  CHECK(mac != nullptr);
  return mac;
}

// One thread's cipher context of one direction, and the key it holds.
struct KeyedCipher {
  CipherCtx ctx{EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free};
  std::uint64_t serial = 0;

  EVP_CIPHER_CTX* For(const Key& key, int encrypt) {
    CHECK(ctx != nullptr);
    if (serial != key.serial()) {
      CHECK(EVP_CipherInit_ex2(ctx.get(), Aes(), key.data(), nullptr, encrypt, nullptr) == 1);
      serial = key.serial();
    }
    return ctx.get();
  }
};

struct KeyedMac {
  MacCtx ctx{EVP_MAC_CTX_new(Hmac()), &EVP_MAC_CTX_free};
  std::uint64_t serial = 0;

  // A context at its start with the key set.
  EVP_MAC_CTX* For(const Key& key) {
    CHECK(ctx != nullptr);
    if (serial == key.serial()) {
      CHECK(EVP_MAC_init(ctx.get(), nullptr, 0, nullptr) == 1);  // the same key again
      return ctx.get();
    }
    char digest[] = "SHA256";
    const OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
        OSSL_PARAM_construct_end()};
    CHECK(EVP_MAC_init(ctx.get(), key.data(), kKeyBytes, params) == 1);
    serial = key.serial();
    return ctx.get();
  }
};

// Random bytes drawn in blocks: one call of the generator per nonce costs more than the sealing.
struct NoncePool {
  std::array<char, kNonceBytes * 256> bytes = {};
  std::size_t used = kNonceBytes * 256;
  std::uint64_t forks = 0;
};

std::atomic<std::uint64_t> g_forks{0};

void CountForks() {
  static const int registered =
      pthread_atfork(nullptr, nullptr, [] { g_forks.fetch_add(1, std::memory_order_relaxed); });
  CHECK(registered == 0);
}

}  // namespace

Key::Key(std::string_view bytes) {
  static std::atomic<std::uint64_t> last_serial{0};
  CHECK(bytes.size() == kKeyBytes);
  std::memcpy(bytes_.data(), bytes.data(), kKeyBytes);
  serial_ = ++last_serial;
}

Key::~Key() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

void Encrypt(const Key& key, std::string_view nonce, std::string_view associated,
             std::string_view plain, std::string& out) {
  thread_local KeyedCipher cipher;
  CHECK(nonce.size() == kNonceBytes);
  EVP_CIPHER_CTX* const ctx = cipher.For(key, 1);
  const std::size_t start = out.size();
  out.resize(start + plain.size() + kTagBytes);
  unsigned char* const to = U(out.data() + start);
  int n = 0;
  CHECK(EVP_EncryptInit_ex2(ctx, nullptr, nullptr, U(nonce), nullptr) == 1);
  CHECK(EVP_EncryptUpdate(ctx, nullptr, &n, U(associated), Length(associated)) == 1);
  CHECK(EVP_EncryptUpdate(ctx, to, &n, U(plain), Length(plain)) == 1);
  CHECK(static_cast<std::size_t>(n) == plain.size());
  CHECK(EVP_EncryptFinal_ex(ctx, to + n, &n) == 1);
  CHECK(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, kTagBytes, to + plain.size()) == 1);
}

std::optional<std::string> Decrypt(const Key& key, std::string_view nonce,
                                   std::string_view associated, std::string_view sealed) {
  thread_local KeyedCipher cipher;
  if (nonce.size() != kNonceBytes || sealed.size() < kTagBytes) return std::nullopt;
  EVP_CIPHER_CTX* const ctx = cipher.For(key, 0);
  const std::string_view body = sealed.substr(0, sealed.size() - kTagBytes);
  std::array<unsigned char, kTagBytes> tag = {};
  std::memcpy(tag.data(), sealed.data() + body.size(), kTagBytes);
  std::string plain(body.size(), '\0');
  int n = 0;
  CHECK(EVP_DecryptInit_ex2(ctx, nullptr, nullptr, U(nonce), nullptr) == 1);
  CHECK(EVP_DecryptUpdate(ctx, nullptr, &n, U(associated), Length(associated)) == 1);
  CHECK(EVP_DecryptUpdate(ctx, U(plain.data()), &n, U(body), Length(body)) == 1);
  CHECK(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()) == 1);
  if (EVP_DecryptFinal_ex(ctx, U(plain.data()) + n, &n) != 1) return std::nullopt;
  return plain;
}

std::array<unsigned char, 32> Mac(const Key& key, std::string_view prefix, std::string_view text) {
  thread_local KeyedMac mac;
  EVP_MAC_CTX* const ctx = mac.For(key);
  constexpr unsigned char kBetween = 0;
  std::array<unsigned char, 32> out = {};
  std::size_t n = 0;
  CHECK(EVP_MAC_update(ctx, U(prefix), prefix.size()) == 1);
  CHECK(EVP_MAC_update(ctx, &kBetween, 1) == 1);
  CHECK(EVP_MAC_update(ctx, U(text), text.size()) == 1);
  CHECK(EVP_MAC_final(ctx, out.data(), &n, out.size()) == 1 && n == out.size());
  return out;
}

void FillNonce(std::array<char, kNonceBytes>& nonce) {
  CountForks();
  thread_local NoncePool pool;
  const std::uint64_t forks = g_forks.load(std::memory_order_relaxed);
  if (pool.used == pool.bytes.size() || pool.forks != forks) {
    CHECK(RAND_bytes(U(pool.bytes.data()), static_cast<int>(pool.bytes.size())) == 1);
    pool.used = 0;
    pool.forks = forks;
  }
  std::memcpy(nonce.data(), pool.bytes.data() + pool.used, kNonceBytes);
  pool.used += kNonceBytes;
}

}  // namespace security
