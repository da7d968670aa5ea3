#include "security/letter_key.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "base/check.h"
#include "security/aead.h"
#include "security/content_keys.h"
#include "security/secret_file.h"
#include "security/security.h"
#include "security/sm2_signature.h"
#include "security/suite.h"

namespace security {

struct LetterVerifier::Impl {
  PublicLetterKey key = {};
  std::string id = {};
  EvpKey sign = {};                              // Ed25519
  std::unique_ptr<const Sm2Verifier> sm2 = {};   // or SM2
  EvpKey seal = {};
  mutable ContentKeysOut content_keys = {};      // SM2: what seals for this addressee
};

struct LetterKey::Impl {
  Impl(LetterVerifier v, RawPair s, RawPair e)
      : verifier(std::move(v)), sign_pair(std::move(s)), seal_pair(std::move(e)) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() {
    Wipe(sign_pair.secret);
    Wipe(seal_pair.secret);
  }
  LetterVerifier verifier;
  RawPair sign_pair;
  RawPair seal_pair;
  EvpKey sign = {};                            // Ed25519
  std::unique_ptr<const Sm2Signer> sm2 = {};   // or SM2
  EvpKey seal = {};
  ContentKeysIn content_keys = {};             // SM2: what was sealed for this key
};

namespace {

using base::Code;
using base::Error;

constexpr std::string_view kPublicHead = "baoxue-letter-key 1";
constexpr std::string_view kSecretHead = "baoxue-letter-secret 1";
constexpr std::string_view kSmName = "SM2-SM3-SM4CTR-HMACSM3";
constexpr std::string_view kEdName = "ED25519-X25519-AES256GCM";
constexpr std::string_view kInfo = "baoxue letter 1";
constexpr char kVersion = 1;
constexpr std::size_t kIdBytes = 16;
constexpr std::size_t kHeadBytes = 2 + kIdBytes + 2;
constexpr std::size_t kOwnerBytesMax = 32;

KeyKind SignKind(LetterSuite suite) {
  return suite == LetterSuite::kSm ? KeyKind::kSm2 : KeyKind::kEd25519;
}
KeyKind SealKind(LetterSuite suite) {
  return suite == LetterSuite::kSm ? KeyKind::kSm2 : KeyKind::kX25519;
}
Error Bad(std::string_view what) {
  return {Code::kInvalidArgument, "KEY_BAD", fmt::format("钥匙文件有误：{}", what)};
}
Error Broken() { return {Code::kDataCorruption, "SEAL_BROKEN", "密封的内容打不开或被改动过"}; }

std::optional<std::string> FromHex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string bytes(hex.size() / 2, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    unsigned value = 0;
    const char* const at = hex.data() + 2 * i;
    const auto [stop, code] = std::from_chars(at, at + 2, value, 16);
    if (code != std::errc{} || stop != at + 2) return std::nullopt;
    bytes[i] = static_cast<char>(value);
  }
  return bytes;
}

// The next line must start with this word; gives the rest and moves on.
std::optional<std::string_view> Take(std::string_view& text, std::string_view word) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  if (!line.starts_with(word) || line.size() <= word.size() || line[word.size()] != ' ') {
    return std::nullopt;
  }
  return line.substr(word.size() + 1);
}

std::string KeyMaterial(const PublicLetterKey& key) {
  return fmt::format("{}\n{}\n{}\n", LetterSuiteName(key.suite), Hex(key.sign_key),
                     Hex(key.seal_key));
}

// Reads the public lines from the front of `text`.
base::Result<PublicLetterKey> TakePublic(std::string_view& text) {
  PublicLetterKey key;
  const auto suite = Take(text, "suite");
  if (!suite || !LetterSuiteFrom(*suite)) return Bad("suite");
  key.suite = *LetterSuiteFrom(*suite);
  const auto owner = Take(text, "owner");
  if (!owner || owner->empty() || owner->size() > kOwnerBytesMax) return Bad("owner");
  key.owner = *owner;
  const auto valid = Take(text, "valid");
  if (!valid || valid->size() != 21 || (*valid)[10] != ' ') return Bad("valid");
  const auto from = base::Date::Parse(valid->substr(0, 10));
  const auto until = base::Date::Parse(valid->substr(11));
  if (!from.ok() || !until.ok() || !(*from < *until)) return Bad("valid");
  key.valid = {.begin = *from, .end = *until};
  for (std::string* raw : {&key.sign_key, &key.seal_key}) {
    const std::string_view word = raw == &key.sign_key ? "sign" : "seal";
    const auto line = Take(text, word);
    const auto bytes = line ? FromHex(*line) : std::nullopt;
    const KeyKind kind = raw == &key.sign_key ? SignKind(key.suite) : SealKind(key.suite);
    if (!bytes || bytes->size() != PublicBytes(kind)) return Bad(word);
    *raw = *bytes;
  }
  return key;
}

std::string U64(std::uint64_t n) {
  std::string out;
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>((n >> shift) & 0xff);
  return out;
}

std::string HeadOf(const PublicLetterKey& key, std::size_t wrapped) {
  CHECK(wrapped <= 0xffff);
  std::string head;
  head += kVersion;
  head += static_cast<char>(key.suite);
  const auto id = FromHex(key.Id());
  CHECK(id && id->size() == kIdBytes);
  head += *id;
  head += static_cast<char>(wrapped >> 8);
  head += static_cast<char>(wrapped & 0xff);
  return head;
}

std::string SmTag(std::string_view mac_key, std::string_view associated, std::string_view sealed) {
  std::string all = U64(associated.size());
  all += associated;
  all += sealed;
  return HmacSm3(mac_key, all);
}

std::string SealSm(const LetterVerifier::Impl& to, std::string_view associated,
                   std::string_view plain) {
  auto [keys, wrapped] = to.content_keys.For(to.seal);
  const std::string iv = RandomBytes(kSm4IvBytes);
  std::string sealed = HeadOf(to.key, wrapped.size());
  sealed += wrapped;
  sealed += iv;
  sealed += Sm4Ctr(std::string_view{keys}.substr(0, kSm4KeyBytes), iv, plain);
  sealed += SmTag(std::string_view{keys}.substr(kSm4KeyBytes), associated, sealed);
  Wipe(keys);
  return sealed;
}

base::Result<std::string> OpenSm(LetterKey::Impl& mine, std::string_view associated,
                                 std::string_view sealed, std::string_view wrapped) {
  const std::size_t start = kHeadBytes + wrapped.size();
  if (sealed.size() < start + kSm4IvBytes + kMacBytes) return Broken();
  auto keys = mine.content_keys.Open(mine.seal, wrapped);
  if (!keys) return Broken();
  const std::string_view covered = sealed.substr(0, sealed.size() - kMacBytes);
  const std::string tag =
      SmTag(std::string_view{*keys}.substr(kSm4KeyBytes), associated, covered);
  if (!EqualSecrets(tag, sealed.substr(covered.size()))) {
    Wipe(*keys);
    return Broken();
  }
  std::string plain = Sm4Ctr(std::string_view{*keys}.substr(0, kSm4KeyBytes),
                             covered.substr(start, kSm4IvBytes),
                             covered.substr(start + kSm4IvBytes));
  Wipe(*keys);
  return plain;
}

// The content key of one letter: bound to both public keys.
std::unique_ptr<const Key> ContentKey(std::string& shared, std::string_view ephemeral,
                                      std::string_view to) {
  std::string bytes = DeriveKey(shared, std::string{ephemeral} + std::string{to}, kInfo);
  auto key = std::make_unique<const Key>(bytes);
  Wipe(bytes);
  Wipe(shared);
  return key;
}

std::string GcmAssociated(std::string_view associated, std::string_view front) {
  return U64(associated.size()) + std::string{associated} + std::string{front};
}

std::string SealEd(const LetterVerifier::Impl& to, std::string_view associated,
                   std::string_view plain) {
  RawPair fresh = GeneratePair(KeyKind::kX25519);
  auto shared = Agree(PairFrom(KeyKind::kX25519, fresh), to.seal);
  CHECK(shared.has_value());  // Make() refused keys of small order
  Wipe(fresh.secret);
  std::array<char, kNonceBytes> nonce = {};
  FillNonce(nonce);
  std::string sealed = HeadOf(to.key, fresh.public_key.size());
  sealed += fresh.public_key;
  sealed.append(nonce.data(), nonce.size());
  const std::string bound = GcmAssociated(associated, sealed);
  const auto key = ContentKey(*shared, fresh.public_key, to.key.seal_key);
  Encrypt(*key, {nonce.data(), nonce.size()}, bound, plain, sealed);
  return sealed;
}

base::Result<std::string> OpenEd(const LetterKey::Impl& mine, std::string_view associated,
                                 std::string_view sealed, std::string_view wrapped) {
  const std::size_t start = kHeadBytes + wrapped.size();
  const EvpKey fresh = PublicFrom(KeyKind::kX25519, wrapped);
  if (fresh == nullptr || sealed.size() < start + kNonceBytes + kTagBytes) return Broken();
  auto shared = Agree(mine.seal, fresh);
  if (!shared) return Broken();
  const auto key = ContentKey(*shared, wrapped, mine.seal_pair.public_key);
  const std::string_view front = sealed.substr(0, start + kNonceBytes);
  auto plain = Decrypt(*key, front.substr(start), GcmAssociated(associated, front),
                       sealed.substr(front.size()));
  if (!plain) return Broken();
  return std::move(*plain);
}

std::string Purposed(std::string_view purpose, std::string_view bytes) {
  std::string all{purpose};
  all += '\0';
  all += bytes;
  return all;
}

std::string PairLine(std::string_view word, const RawPair& pair) {
  return fmt::format("{} {}\n", word, Hex(pair.secret));
}

}  // namespace

std::string_view LetterSuiteName(LetterSuite suite) {
  return suite == LetterSuite::kSm ? kSmName : kEdName;
}

std::optional<LetterSuite> LetterSuiteFrom(std::string_view name) {
  if (name == kSmName) return LetterSuite::kSm;
  if (name == kEdName) return LetterSuite::kEd25519;
  return std::nullopt;
}

std::string LetterDigest(LetterSuite suite, std::string_view bytes) {
  return suite == LetterSuite::kSm ? Sm3(bytes) : Sha256(bytes);
}

std::string PublicLetterKey::Id() const {
  return Hex(LetterDigest(suite, KeyMaterial(*this)).substr(0, kIdBytes));
}

std::string PublicLetterKey::Fingerprint() const {
  const std::string hex = Hex(LetterDigest(suite, KeyMaterial(*this)));
  std::string out;
  for (std::size_t i = 0; i < hex.size(); i += 4) {
    if (i > 0) out += ' ';
    out += hex.substr(i, 4);
  }
  return out;
}

std::string PublicLetterKey::ToText() const {
  return fmt::format("{}\nsuite {}\nowner {}\nvalid {} {}\nsign {}\nseal {}\n", kPublicHead,
                     LetterSuiteName(suite), owner, valid.begin.ToString(), valid.end.ToString(),
                     Hex(sign_key), Hex(seal_key));
}

base::Result<PublicLetterKey> PublicLetterKey::FromText(std::string_view text) {
  const std::string head = fmt::format("{}\n", kPublicHead);
  if (!text.starts_with(head)) return Bad("首行");
  text.remove_prefix(head.size());
  ASSIGN_OR_RETURN(PublicLetterKey key, TakePublic(text));
  if (!text.empty()) return Bad("多余的内容");
  return key;
}

base::Status PublicLetterKey::UsableOn(base::Date day) const {
  if (day < valid.begin) {
    return Error{Code::kFailedPrecondition, "KEY_NOT_YET_VALID",
                 fmt::format("{}的钥匙{}自{}起有效", owner, Id(), valid.begin.ToString())};
  }
  if (day >= valid.end) {
    return Error{Code::kFailedPrecondition, "KEY_EXPIRED",
                 fmt::format("{}的钥匙{}已于{}到期", owner, Id(), valid.end.ToString())};
  }
  return {};
}

base::Result<LetterVerifier> LetterVerifier::Make(PublicLetterKey key) {
  auto impl = std::make_shared<Impl>();
  impl->sign = PublicFrom(SignKind(key.suite), key.sign_key);
  impl->seal = PublicFrom(SealKind(key.suite), key.seal_key);
  if (impl->sign == nullptr || impl->seal == nullptr) return Bad("不是有效的公钥");
  if (key.suite == LetterSuite::kSm) impl->sm2 = std::make_unique<const Sm2Verifier>(key.sign_key);
  if (key.suite == LetterSuite::kEd25519) {
    const RawPair probe = GeneratePair(KeyKind::kX25519);
    if (!Agree(PairFrom(KeyKind::kX25519, probe), impl->seal)) return Bad("不是有效的公钥");
  }
  impl->id = key.Id();
  impl->key = std::move(key);
  return LetterVerifier{std::move(impl)};
}

const PublicLetterKey& LetterVerifier::key() const { return impl_->key; }
const std::string& LetterVerifier::id() const { return impl_->id; }

base::Status LetterVerifier::Verify(std::string_view purpose, std::string_view bytes,
                                    std::string_view signature) const {
  const std::string all = Purposed(purpose, bytes);
  const bool good = impl_->sm2 != nullptr ? impl_->sm2->Verify(all, signature)
                                          : VerifyEd25519(impl_->sign, all, signature);
  if (good) return {};
  return Error{Code::kDataCorruption, "SIGNATURE_BAD",
               fmt::format("签名与{}的钥匙{}不符", impl_->key.owner, impl_->id)};
}

std::string LetterVerifier::Seal(std::string_view associated, std::string_view plain) const {
  return impl_->key.suite == LetterSuite::kSm ? SealSm(*impl_, associated, plain)
                                              : SealEd(*impl_, associated, plain);
}

namespace {

base::Result<std::shared_ptr<LetterKey::Impl>> Build(PublicLetterKey key, RawPair sign,
                                                     RawPair seal) {
  const LetterSuite suite = key.suite;
  ASSIGN_OR_RETURN(LetterVerifier verifier, LetterVerifier::Make(std::move(key)));
  auto impl = std::make_shared<LetterKey::Impl>(std::move(verifier), std::move(sign),
                                                std::move(seal));
  impl->sign = PairFrom(SignKind(suite), impl->sign_pair);
  impl->seal = PairFrom(SealKind(suite), impl->seal_pair);
  if (impl->sign == nullptr || impl->seal == nullptr) return Bad("公钥与私钥不配");
  if (suite == LetterSuite::kSm) {
    impl->sm2 = std::make_unique<const Sm2Signer>(impl->sign_pair.secret);
  }
  return impl;
}

}  // namespace

LetterKey LetterKey::Generate(LetterSuite suite, std::string owner, base::DateRange valid) {
  RawPair sign = GeneratePair(SignKind(suite));
  RawPair seal = GeneratePair(SealKind(suite));
  PublicLetterKey key{.suite = suite, .owner = std::move(owner), .valid = valid,
                      .sign_key = sign.public_key, .seal_key = seal.public_key};
  auto impl = Build(std::move(key), std::move(sign), std::move(seal));
  CHECK(impl.ok());
  return LetterKey{*impl};
}

base::Status LetterKey::Save(const std::string& path) const {
  std::string text = fmt::format("{}\n", kSecretHead);
  text += key().ToText();
  text += PairLine("sign-secret", impl_->sign_pair) + PairLine("seal-secret", impl_->seal_pair);
  const base::Status saved = WriteSecretFile(path, text);
  Wipe(text);
  return saved;
}

base::Result<LetterKey> LetterKey::Load(const std::string& path) {
  ASSIGN_OR_RETURN(std::string text, ReadSecretFile(path));
  const std::string head = fmt::format("{}\n{}\n", kSecretHead, kPublicHead);
  std::string_view rest = text;
  if (!rest.starts_with(head)) return BadKeyFile(path, "not a letter key");
  rest.remove_prefix(head.size());
  ASSIGN_OR_RETURN(PublicLetterKey key, TakePublic(rest));
  RawPair sign{.public_key = key.sign_key, .secret = {}};
  RawPair seal{.public_key = key.seal_key, .secret = {}};
  for (RawPair* pair : {&sign, &seal}) {
    const auto line = Take(rest, pair == &sign ? "sign-secret" : "seal-secret");
    const auto bytes = line ? FromHex(*line) : std::nullopt;
    if (!bytes || bytes->size() != kSecretBytes) return BadKeyFile(path, "a secret is missing");
    pair->secret = *bytes;
  }
  Wipe(text);
  ASSIGN_OR_RETURN(auto impl, Build(std::move(key), std::move(sign), std::move(seal)));
  return LetterKey{std::move(impl)};
}

const LetterVerifier& LetterKey::verifier() const { return impl_->verifier; }

std::string LetterKey::Sign(std::string_view purpose, std::string_view bytes) const {
  const std::string all = Purposed(purpose, bytes);
  return impl_->sm2 != nullptr ? impl_->sm2->Sign(all) : SignEd25519(impl_->sign, all);
}

base::Result<std::string> LetterKey::Open(std::string_view associated,
                                          std::string_view sealed) const {
  const auto named = SealedFor(sealed);
  if (!named || sealed[1] != static_cast<char>(key().suite)) return Broken();
  if (*named != id()) {
    return Error{Code::kFailedPrecondition, "SEALED_FOR_ANOTHER",
                 fmt::format("内容是为钥匙{}密封的", *named)};
  }
  const auto byte = [&](std::size_t at) {
    return std::size_t{static_cast<unsigned char>(sealed[at])};
  };
  const std::size_t wrapped = byte(kHeadBytes - 2) << 8u | byte(kHeadBytes - 1);
  if (sealed.size() < kHeadBytes + wrapped) return Broken();
  const std::string_view key_part = sealed.substr(kHeadBytes, wrapped);
  return key().suite == LetterSuite::kSm ? OpenSm(*impl_, associated, sealed, key_part)
                                         : OpenEd(*impl_, associated, sealed, key_part);
}

std::optional<std::string> SealedFor(std::string_view sealed) {
  if (sealed.size() < kHeadBytes || sealed[0] != kVersion) return std::nullopt;
  return Hex(sealed.substr(2, kIdBytes));
}

}  // namespace security
