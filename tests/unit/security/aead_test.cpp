// The primitives against published vectors: RFC 4231 (HMAC-SHA-256), the GCM specification's test
// cases 13 to 16 (McGrew, Viega; the ones NIST validated), FIPS 180-4 (SHA-256).
#include "security/aead.h"

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

TEST(Sha256, PublishedVectors) {
  EXPECT_EQ(Hex(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Hex(Sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(HmacSha256, Rfc4231) {
  EXPECT_EQ(Hex(HmacSha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(Hex(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(Hex(HmacSha256(std::string(20, '\xaa'), std::string(50, '\xdd'))),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  EXPECT_EQ(Hex(HmacSha256(std::string(131, '\xaa'),
                           "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Mac, IsTheSameHmacEachTimeAKeyIsUsed) {
  const Key key{std::string(32, '\x0b')};
  const Key other{std::string(32, '\x0c')};
  const std::string expected =
      HmacSha256(std::string(32, '\x0b'), std::string{"a\0bc", 4});
  for (int i = 0; i < 3; ++i) {
    const auto mac = Mac(key, "a", "bc");
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(mac.data()), mac.size()), expected) << i;
    if (i == 1) Mac(other, "a", "bc");
  }
}

TEST(Aes256Gcm, Case13EmptyAndCase14OneBlock) {
  const Key key{std::string(32, '\0')};
  const std::string nonce(12, '\0');
  std::string out;
  Encrypt(key, nonce, "", "", out);
  EXPECT_EQ(Hex(out), "530f8afbc74536b9a963b4f1c4cb738b");
  out.clear();
  Encrypt(key, nonce, "", std::string(16, '\0'), out);
  EXPECT_EQ(Hex(out), "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919");
}

TEST(Aes256Gcm, Case16WithAssociatedData) {
  const Key key{Bytes("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308")};
  const std::string nonce = Bytes("cafebabefacedbaddecaf888");
  const std::string associated = Bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2");
  const std::string plain = Bytes(
      "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
      "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
  std::string sealed;
  Encrypt(key, nonce, associated, plain, sealed);
  EXPECT_EQ(Hex(sealed),
            "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
            "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
            "76fc6ece0f4e1768cddf8853bb2d551b");
  EXPECT_EQ(Decrypt(key, nonce, associated, sealed), plain);
  EXPECT_FALSE(Decrypt(key, nonce, "", sealed).has_value());
  EXPECT_FALSE(Decrypt(key, nonce.substr(1), associated, sealed).has_value());
  EXPECT_FALSE(Decrypt(key, nonce, associated, "short").has_value());
  EXPECT_EQ(Decrypt(key, nonce, associated, sealed), plain);
}

TEST(EqualSecrets, ComparesContents) {
  EXPECT_TRUE(EqualSecrets("", ""));
  EXPECT_TRUE(EqualSecrets("abc", "abc"));
  EXPECT_FALSE(EqualSecrets("abc", "abd"));
  EXPECT_FALSE(EqualSecrets("abc", "abcd"));
}

}  // namespace
}  // namespace security
