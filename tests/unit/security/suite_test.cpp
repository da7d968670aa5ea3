// The primitives of letters against published vectors: GB/T 32905 (SM3), GB/T 32907 (SM4),
// draft-ribose-cfrg-sm4-10 (CTR), GM/T 0042 (HMAC-SM3), GB/T 32918.5 (SM2 on the recommended
// curve), RFC 8032 (Ed25519), RFC 5869 (HKDF).
#include "security/suite.h"

#include <gtest/gtest.h>

#include "security/security.h"

namespace security {
namespace {

std::string Bytes(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string{hex.substr(i, 2)}, nullptr, 16));
  }
  return bytes;
}

// A positive INTEGER of 32 bytes in DER.
std::string Integer(std::string_view hex) {
  std::string bytes = Bytes(hex);
  if (static_cast<unsigned char>(bytes[0]) >= 0x80) bytes.insert(0, 1, '\0');
  return std::string{'\x02', static_cast<char>(bytes.size())} + bytes;
}
std::string Octets(std::string_view hex) {
  const std::string bytes = Bytes(hex);
  return std::string{'\x04', static_cast<char>(bytes.size())} + bytes;
}
std::string Sequence(const std::string& inner) {
  std::string head{'\x30'};
  if (inner.size() >= 0x80) head += '\x81';
  return head + static_cast<char>(inner.size()) + inner;
}

const RawPair kSm2{
    .public_key = Bytes("0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
                        "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"),
    .secret = Bytes("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")};

TEST(Sm3, Published) {
  EXPECT_EQ(Hex(Sm3("abc")), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
  std::string long_text;
  for (int i = 0; i < 16; ++i) long_text += "abcd";
  EXPECT_EQ(Hex(Sm3(long_text)),
            "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
}

TEST(HmacSm3, Published) {
  std::string key;
  for (int i = 1; i <= 32; ++i) key += static_cast<char>(i);
  const std::string data = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  EXPECT_EQ(Hex(HmacSm3(key, data + data)),
            "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a");
  EXPECT_EQ(Hex(HmacSm3("Jefe", "what do ya want for nothing?")),
            "2e87f1d16862e6d964b50a5200bf2b10b764faa9680a296a2405f24bec39f882");
}

TEST(Sm4Ctr, Published) {
  const std::string key = Bytes("0123456789abcdeffedcba9876543210");
  const std::string plain =
      Bytes("aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccdddddddddddddddd"
            "eeeeeeeeeeeeeeeeffffffffffffffffaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb");
  const std::string iv = Bytes("000102030405060708090a0b0c0d0e0f");
  const std::string sealed = Sm4Ctr(key, iv, plain);
  EXPECT_EQ(Hex(sealed),
            "ac3236cb970cc20791364c395a1342d1a3cbc1878c6f30cd074cce385cdd70c7"
            "f234bc0e24c11980fd1286310ce37b926e02fcd0faa0baf38b2933851d824514");
  EXPECT_EQ(Sm4Ctr(key, iv, sealed), plain);
  // One block of SM4 itself (GB/T 32907, example 1): the key stream of that counter.
  EXPECT_EQ(Hex(Sm4Ctr(key, key, std::string(16, '\0'))), "681edf34d206965e86b3e94f536e4246");
}

TEST(Sm2, OpensThePublishedCiphertext) {
  const std::string sealed = Sequence(
      Integer("04EBFC718E8D1798620432268E77FEB6415E2EDE0E073C0F4F640ECD2E149A73") +
      Integer("E858F9D81E5430A57B36DAAB8F950A3C64E6EE6A63094D99283AFF767E124DF0") +
      Octets("59983C18F809E262923C53AEC295D30383B54E39D609D160AFCB1908D0BD8766") +
      Octets("21886CA989CA9C7D58087307CA93092D651EFA"));
  const auto opened = Sm2Unwrap(PairFrom(KeyKind::kSm2, kSm2), sealed);
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ(*opened, "encryption standard");
}

TEST(Sm2, WrapsAndUnwraps) {
  const EvpKey to = PublicFrom(KeyKind::kSm2, kSm2.public_key);
  const std::string wrapped = Sm2Wrap(to, "secret");
  EXPECT_EQ(Sm2Unwrap(PairFrom(KeyKind::kSm2, kSm2), wrapped), "secret");
  EXPECT_NE(Sm2Wrap(to, "secret"), wrapped);
}

TEST(Sm2, RefusesWhatIsNoKey) {
  std::string off_curve = kSm2.public_key;
  off_curve[40] = static_cast<char>(off_curve[40] ^ 1);
  EXPECT_EQ(PublicFrom(KeyKind::kSm2, off_curve), nullptr);
  EXPECT_EQ(PublicFrom(KeyKind::kSm2, kSm2.public_key.substr(1)), nullptr);
  EXPECT_EQ(PublicFrom(KeyKind::kSm2, std::string(65, '\0')), nullptr);
  RawPair other = GeneratePair(KeyKind::kSm2);
  other.secret = kSm2.secret;
  EXPECT_EQ(PairFrom(KeyKind::kSm2, other), nullptr);
}

TEST(Ed25519, Rfc8032Test2) {
  const RawPair pair{
      .public_key = Bytes("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"),
      .secret = Bytes("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")};
  const EvpKey key = PairFrom(KeyKind::kEd25519, pair);
  ASSERT_NE(key, nullptr);
  EXPECT_EQ(Hex(SignEd25519(key, "\x72")),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

TEST(X25519, HalvesThatDoNotBelongTogetherAreRefused) {
  RawPair pair = GeneratePair(KeyKind::kX25519);
  EXPECT_NE(PairFrom(KeyKind::kX25519, pair), nullptr);
  pair.secret = GeneratePair(KeyKind::kX25519).secret;
  EXPECT_EQ(PairFrom(KeyKind::kX25519, pair), nullptr);
}

TEST(X25519, BothSidesAgreeAndSmallOrderIsRefused) {
  const RawPair a = GeneratePair(KeyKind::kX25519);
  const RawPair b = GeneratePair(KeyKind::kX25519);
  const auto one = Agree(PairFrom(KeyKind::kX25519, a), PublicFrom(KeyKind::kX25519, b.public_key));
  const auto two = Agree(PairFrom(KeyKind::kX25519, b), PublicFrom(KeyKind::kX25519, a.public_key));
  ASSERT_TRUE(one && two);
  EXPECT_EQ(*one, *two);
  EXPECT_FALSE(Agree(PairFrom(KeyKind::kX25519, a),
                     PublicFrom(KeyKind::kX25519, std::string(32, '\0'))));
}

TEST(DeriveKey, Rfc5869Case1) {
  EXPECT_EQ(Hex(DeriveKey(std::string(22, '\x0b'), Bytes("000102030405060708090a0b0c"),
                          Bytes("f0f1f2f3f4f5f6f7f8f9"))),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf");
}

TEST(Unwrap, NeverThrowsOnBytesOfAStranger) {
  const EvpKey pair = PairFrom(KeyKind::kSm2, kSm2);
  const std::string wrapped = Sm2Wrap(pair, std::string(48, 'k'));
  for (std::size_t i = 0; i <= wrapped.size(); ++i) {
    const auto cut = Sm2Unwrap(pair, std::string_view{wrapped}.substr(0, i));
    EXPECT_EQ(cut.has_value(), i == wrapped.size()) << i;
  }
}

}  // namespace
}  // namespace security
