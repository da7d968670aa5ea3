// SM2 signatures by Botan against the published one (GB/T 32918.5) and against OpenSSL, both ways.
#include "security/sm2_signature.h"

#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <thread>
#include <vector>

#include "security/security.h"
#include "security/suite.h"

namespace security {
namespace {

std::string Bytes(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string{hex.substr(i, 2)}, nullptr, 16));
  }
  return bytes;
}
const unsigned char* U(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

const RawPair kPublished{
    .public_key = Bytes("0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
                        "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"),
    .secret = Bytes("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")};
const std::string kSignature =
    Bytes("3046022100F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
          "022100B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA");

// OpenSSL's SM2 with the same identity: the other library's word on a signature.
class OpenSslSm2 {
 public:
  explicit OpenSslSm2(const RawPair& pair) : key_(PairFrom(KeyKind::kSm2, pair)) {}

  std::string Sign(std::string_view bytes) const {
    EVP_MD_CTX* const ctx = EVP_MD_CTX_new();
    std::string made(80, '\0');
    std::size_t n = made.size();
    EXPECT_EQ(EVP_DigestSignInit_ex(ctx, nullptr, "SM3", nullptr, nullptr, key_.get(), params_),
              1);
    EXPECT_EQ(EVP_DigestSign(ctx, reinterpret_cast<unsigned char*>(made.data()), &n, U(bytes),
                             bytes.size()),
              1);
    EVP_MD_CTX_free(ctx);
    made.resize(n);
    return made;
  }
  bool Verify(std::string_view bytes, std::string_view signature) const {
    EVP_MD_CTX* const ctx = EVP_MD_CTX_new();
    EXPECT_EQ(EVP_DigestVerifyInit_ex(ctx, nullptr, "SM3", nullptr, nullptr, key_.get(), params_),
              1);
    const bool good = EVP_DigestVerify(ctx, U(signature), signature.size(), U(bytes),
                                       bytes.size()) == 1;
    EVP_MD_CTX_free(ctx);
    return good;
  }

 private:
  EvpKey key_;
  char identity_[17] = "1234567812345678";
  OSSL_PARAM params_[2] = {
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_DIST_ID, identity_, 16),
      OSSL_PARAM_construct_end()};
};

TEST(Sm2Signature, ThePublishedOneIsTrue) {
  const Sm2Verifier verifier{kPublished.public_key};
  EXPECT_TRUE(verifier.Verify("message digest", kSignature));
  EXPECT_FALSE(verifier.Verify("message digesu", kSignature));
}

TEST(Sm2Signature, BothLibrariesAcceptEachOthers) {
  for (int i = 0; i < 50; ++i) {
    const RawPair pair = i == 0 ? kPublished : GeneratePair(KeyKind::kSm2);
    const Sm2Signer signer{pair.secret};
    const Sm2Verifier verifier{pair.public_key};
    const OpenSslSm2 other{pair};
    const std::string bytes(static_cast<std::size_t>(i * 37), static_cast<char>(i));
    const std::string ours = signer.Sign(bytes);
    EXPECT_TRUE(other.Verify(bytes, ours)) << i;
    EXPECT_TRUE(verifier.Verify(bytes, other.Sign(bytes))) << i;
    EXPECT_FALSE(verifier.Verify(bytes + "x", ours)) << i;
    EXPECT_NE(signer.Sign(bytes), ours) << "a number that is used once came twice";
  }
}

// One signature has one form, or a log could be told apart from its copy.
TEST(Sm2Signature, AnotherFormOfTheSameNumbersIsNone) {
  const Sm2Verifier verifier{kPublished.public_key};
  const std::string digest = "message digest";
  std::string longer = kSignature;  // an INTEGER with a zero too many
  longer.insert(4, 1, '\0');
  longer[1] = static_cast<char>(longer[1] + 1);
  longer[3] = static_cast<char>(longer[3] + 1);
  const std::string endless =
      std::string{"\x30\x80", 2} + kSignature.substr(2) + std::string(2, '\0');
  for (const std::string& bad : {longer, kSignature + '\0', endless, std::string{},
                                 std::string(1000, '\x30'), Bytes("3006020100020100")}) {
    EXPECT_FALSE(verifier.Verify(digest, bad)) << Hex(bad);
    EXPECT_TRUE(verifier.Verify(digest, kSignature)) << "after " << Hex(bad);
  }
}

TEST(Sm2Signature, ManyThreadsUseOneKey) {
  const Sm2Signer signer{kPublished.secret};
  const Sm2Verifier verifier{kPublished.public_key};
  std::vector<int> good(8, 0);
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < good.size(); ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 50; ++i) {
          const std::string bytes = std::to_string(t) + "/" + std::to_string(i);
          if (verifier.Verify(bytes, signer.Sign(bytes))) ++good[t];
        }
      });
    }
  }
  for (const int count : good) EXPECT_EQ(count, 50);
}

}  // namespace
}  // namespace security
