#include "security/keyed_pass.h"

#include <openssl/evp.h>

#include <algorithm>

#include "base/check.h"

namespace security {
namespace {

constexpr std::size_t kBlock = 64;  // of SM3 and SHA-256

using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

Context NewContext() {
  Context context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
  CHECK(context != nullptr);
  return context;
}

}  // namespace

struct KeyedPass::Impl {
  Context inner = NewContext();
  Context outer = NewContext();
  Context work = NewContext();
};

KeyedPass::KeyedPass(LetterSuite suite, std::string_view key) : impl_(std::make_unique<Impl>()) {
  const EVP_MD* const digest = suite == LetterSuite::kSm ? EVP_sm3() : EVP_sha256();
  std::array<std::uint8_t, kBlock> block = {};
  const std::string digested = key.size() > kBlock ? LetterDigest(suite, key) : std::string{key};
  std::copy(digested.begin(), digested.end(), block.begin());
  for (std::uint8_t& byte : block) byte = static_cast<std::uint8_t>(byte ^ 0x36);
  CHECK(EVP_DigestInit_ex(impl_->inner.get(), digest, nullptr) == 1);
  CHECK(EVP_DigestUpdate(impl_->inner.get(), block.data(), block.size()) == 1);
  for (std::uint8_t& byte : block) byte = static_cast<std::uint8_t>(byte ^ 0x36 ^ 0x5c);
  CHECK(EVP_DigestInit_ex(impl_->outer.get(), digest, nullptr) == 1);
  CHECK(EVP_DigestUpdate(impl_->outer.get(), block.data(), block.size()) == 1);
}

KeyedPass::~KeyedPass() = default;

void KeyedPass::Of(std::string_view text, Mark& out) {
  EVP_MD_CTX* const work = impl_->work.get();
  unsigned int size = 0;
  CHECK(EVP_MD_CTX_copy_ex(work, impl_->inner.get()) == 1 &&
        EVP_DigestUpdate(work, text.data(), text.size()) == 1 &&
        EVP_DigestFinal_ex(work, out.data(), &size) == 1);
  CHECK(EVP_MD_CTX_copy_ex(work, impl_->outer.get()) == 1 &&
        EVP_DigestUpdate(work, out.data(), out.size()) == 1 &&
        EVP_DigestFinal_ex(work, out.data(), &size) == 1);
}

std::string SuiteHmac(LetterSuite suite, std::string_view key, std::string_view text) {
  Mark mark = {};
  KeyedPass{suite, key}.Of(text, mark);
  return {mark.begin(), mark.end()};
}

}  // namespace security
