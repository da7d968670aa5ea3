// The curve's own arithmetic against OpenSSL's, number by number, signature by signature.
#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/params.h>

#include "base/random.h"
#include "security/sm2.h"
#include "security/sm2_curve.h"
#include "security/suite.h"

namespace security {
namespace {

using sm2::Words;

template <class T, void (*Free)(T*)>
struct Deleter {
  void operator()(T* object) const { Free(object); }
};
using Number = std::unique_ptr<BIGNUM, Deleter<BIGNUM, BN_free>>;
using Group = std::unique_ptr<EC_GROUP, Deleter<EC_GROUP, EC_GROUP_free>>;
using OpenSslPoint = std::unique_ptr<EC_POINT, Deleter<EC_POINT, EC_POINT_free>>;
using MdCtx = std::unique_ptr<EVP_MD_CTX, Deleter<EVP_MD_CTX, EVP_MD_CTX_free>>;
using PkeyCtx = std::unique_ptr<EVP_PKEY_CTX, Deleter<EVP_PKEY_CTX, EVP_PKEY_CTX_free>>;

constexpr const char* kOrder = "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123";

unsigned char* U(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }
const unsigned char* U(const std::string& bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
Number N(const Words& words) {
  const std::string bytes = sm2::ToBytes(words);
  return Number{BN_bin2bn(U(bytes), 32, nullptr)};
}
Words W(const BIGNUM* number) {
  std::string bytes(32, '\0');
  EXPECT_EQ(BN_bn2binpad(number, U(bytes), 32), 32);
  return sm2::FromBytes(bytes);
}
Number Order() {
  BIGNUM* order = nullptr;
  BN_hex2bn(&order, kOrder);
  return Number{order};
}
Words Random(base::Rng& rng) {
  Words out;
  for (std::uint64_t& word : out) word = rng.Next();
  return sm2::Reduce(out);
}
// Those that arithmetic likes to get wrong, then random ones.
std::vector<Words> Scalars(base::Rng& rng, int random) {
  std::vector<Words> out{{1, 0, 0, 0}, {2, 0, 0, 0}, {15, 0, 0, 0}, {16, 0, 0, 0},
                         {0, 1, 0, 0}, {0, 0, 0, 1}, {~std::uint64_t{0}, 0, 0, 0}};
  for (unsigned long less = 1; less <= 3; ++less) {
    const Number order = Order();
    BN_sub_word(order.get(), less);
    out.push_back(W(order.get()));
  }
  for (int i = 0; i < random; ++i) out.push_back(Random(rng));
  return out;
}

struct Curve {
  Group group{EC_GROUP_new_by_curve_name(NID_sm2)};
  // k * G, or k * (k * G) when `twice`.
  sm2::Affine Multiply(const Words& k, bool twice) const {
    const OpenSslPoint out{EC_POINT_new(group.get())};
    const Number number = N(k);
    EXPECT_EQ(EC_POINT_mul(group.get(), out.get(), number.get(), nullptr, nullptr, nullptr), 1);
    if (twice) {
      EXPECT_EQ(EC_POINT_mul(group.get(), out.get(), nullptr, out.get(), number.get(), nullptr), 1);
    }
    const Number x{BN_new()};
    const Number y{BN_new()};
    EC_POINT_get_affine_coordinates(group.get(), out.get(), x.get(), y.get(), nullptr);
    return {.x = W(x.get()), .y = W(y.get())};
  }
};

TEST(Sm2Curve, ScalarsAreThoseOfOpenSsl) {
  base::Rng rng{7};
  const Number order = Order();
  std::unique_ptr<BN_CTX, Deleter<BN_CTX, BN_CTX_free>> ctx{BN_CTX_new()};
  const std::vector<Words> all = Scalars(rng, 200);
  for (const Words& a : all) {
    const Number inverse{BN_mod_inverse(nullptr, N(a).get(), order.get(), ctx.get())};
    EXPECT_EQ(sm2::InvertScalar(a), W(inverse.get()));
    const Words& b = all[rng.Below(all.size())];
    const Number out{BN_new()};
    BN_mod_mul(out.get(), N(a).get(), N(b).get(), order.get(), ctx.get());
    EXPECT_EQ(sm2::MulScalars(a, b), W(out.get()));
    BN_mod_add(out.get(), N(a).get(), N(b).get(), order.get(), ctx.get());
    EXPECT_EQ(sm2::AddScalars(a, b), W(out.get()));
    BN_mod_sub(out.get(), N(a).get(), N(b).get(), order.get(), ctx.get());
    EXPECT_EQ(sm2::SubScalars(a, b), W(out.get()));
  }
  EXPECT_FALSE(sm2::IsScalar({}));
  EXPECT_FALSE(sm2::IsScalar(W(order.get())));
}

TEST(Sm2Curve, MultiplesAreThoseOfOpenSsl) {
  const Curve curve;
  base::Rng rng{11};
  for (const Words& k : Scalars(rng, 100)) {
    const sm2::Affine expected = curve.Multiply(k, false);
    const auto once = sm2::AffineOf(sm2::Generator().Multiply(k));
    ASSERT_TRUE(once.has_value());
    EXPECT_EQ(once->x, expected.x);
    EXPECT_EQ(once->y, expected.y);
    const auto point = sm2::PointFrom(*once);
    ASSERT_TRUE(point.has_value());
    const sm2::Affine again = curve.Multiply(k, true);
    const auto plain = sm2::AffineOf(sm2::Multiply(*point, k));
    const auto comb = sm2::AffineOf(sm2::Comb{*point}.Multiply(k));
    ASSERT_TRUE(plain && comb);
    EXPECT_EQ(plain->x, again.x);
    EXPECT_EQ(plain->y, again.y);
    EXPECT_EQ(comb->x, again.x);
    EXPECT_EQ(comb->y, again.y);
  }
}

TEST(Sm2Curve, InfinityAndOppositesNeedNoSpecialCase) {
  const Number order = Order();
  EXPECT_FALSE(sm2::AffineOf(sm2::Generator().Multiply(W(order.get()))).has_value());
  EXPECT_FALSE(sm2::AffineOf(sm2::Generator().Multiply({})).has_value());
  const sm2::Point one = sm2::Generator().Multiply({1, 0, 0, 0});
  const auto two = sm2::AffineOf(sm2::Add(one, one));
  EXPECT_EQ(two->x, sm2::AffineOf(sm2::Generator().Multiply({2, 0, 0, 0}))->x);
  sm2::Affine off = *two;
  off.y[0] ^= 1;
  EXPECT_FALSE(sm2::PointFrom(off).has_value());
}

bool OpenSslVerifies(const EvpKey& key, const std::string& bytes, const std::string& signature) {
  char identity[] = "1234567812345678";
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_DIST_ID, identity, sizeof(identity) - 1),
      OSSL_PARAM_construct_end()};
  const MdCtx ctx{EVP_MD_CTX_new()};
  EXPECT_EQ(EVP_DigestVerifyInit_ex(ctx.get(), nullptr, "SM3", nullptr, nullptr, key.get(), params),
            1);
  return EVP_DigestVerify(ctx.get(), U(signature), signature.size(), U(bytes), bytes.size()) == 1;
}

std::string OpenSslSigns(const EvpKey& key, const std::string& bytes) {
  char identity[] = "1234567812345678";
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_DIST_ID, identity, sizeof(identity) - 1),
      OSSL_PARAM_construct_end()};
  const MdCtx ctx{EVP_MD_CTX_new()};
  EXPECT_EQ(EVP_DigestSignInit_ex(ctx.get(), nullptr, "SM3", nullptr, nullptr, key.get(), params),
            1);
  std::string out(80, '\0');
  std::size_t size = out.size();
  EXPECT_EQ(EVP_DigestSign(ctx.get(), U(out), &size, U(bytes), bytes.size()), 1);
  out.resize(size);
  return out;
}

TEST(Sm2, SignaturesAreGoodOnBothSides) {
  base::Rng rng{3};
  for (int i = 0; i < 60; ++i) {
    const RawPair pair = GeneratePair(KeyKind::kSm2);
    const EvpKey key = PairFrom(KeyKind::kSm2, pair);
    const std::string bytes(rng.Below(400), static_cast<char>(i));
    const std::string ours = Sm2Sign(pair.secret, pair.public_key, bytes);
    EXPECT_TRUE(OpenSslVerifies(key, bytes, ours));
    EXPECT_TRUE(Sm2Verify(pair.public_key, bytes, ours));
    const std::string theirs = OpenSslSigns(key, bytes);
    EXPECT_TRUE(Sm2Verify(pair.public_key, bytes, theirs));
    EXPECT_FALSE(Sm2Verify(pair.public_key, bytes + "x", theirs));
    EXPECT_NE(ours, Sm2Sign(pair.secret, pair.public_key, bytes)) << "the same number twice";
  }
}

// Whatever byte is changed or cut off: both refuse.
TEST(Sm2, ABrokenSignatureIsRefusedAsOpenSslRefusesIt) {
  const RawPair pair = GeneratePair(KeyKind::kSm2);
  const EvpKey key = PairFrom(KeyKind::kSm2, pair);
  const std::string good = Sm2Sign(pair.secret, pair.public_key, "bytes");
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ (1 << i % 8));
    EXPECT_FALSE(Sm2Verify(pair.public_key, "bytes", bad)) << i;
    EXPECT_FALSE(OpenSslVerifies(key, "bytes", bad)) << i;
    EXPECT_FALSE(Sm2Verify(pair.public_key, "bytes", good.substr(0, i))) << i;
  }
  EXPECT_FALSE(Sm2Verify(pair.public_key, "bytes", good + '\0'));
}

TEST(Sm2, WhatOneSideWrapsTheOtherOpens) {
  for (int i = 1; i <= 40; ++i) {
    const RawPair pair = GeneratePair(KeyKind::kSm2);
    const EvpKey key = PairFrom(KeyKind::kSm2, pair);
    const std::string plain(static_cast<std::size_t>(i), static_cast<char>(i));
    const std::string ours = Sm2Encrypt(pair.public_key, plain);
    PkeyCtx ctx{EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr)};
    std::string out(512, '\0');
    std::size_t size = out.size();
    ASSERT_EQ(EVP_PKEY_decrypt_init(ctx.get()), 1);
    ASSERT_EQ(EVP_PKEY_decrypt(ctx.get(), U(out), &size, U(ours), ours.size()), 1);
    EXPECT_EQ(out.substr(0, size), plain);
    ctx.reset(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
    std::string theirs(512, '\0');
    size = theirs.size();
    ASSERT_EQ(EVP_PKEY_encrypt_init(ctx.get()), 1);
    ASSERT_EQ(EVP_PKEY_encrypt(ctx.get(), U(theirs), &size, U(plain), plain.size()), 1);
    theirs.resize(size);
    EXPECT_EQ(Sm2Decrypt(pair.secret, theirs), plain);
    theirs.back() = static_cast<char>(theirs.back() ^ 1);
    EXPECT_EQ(Sm2Decrypt(pair.secret, theirs), std::nullopt);
  }
}

}  // namespace
}  // namespace security
