#include "security/keyed_pass.h"

#include <gtest/gtest.h>

#include "security/security.h"
#include "security/suite.h"

namespace security {
namespace {

TEST(KeyedPass, IsTheHmacOfEachSuite) {
  for (const std::size_t key_bytes : {0u, 16u, 32u, 64u, 65u, 200u}) {
    const std::string key(key_bytes, 'k');
    KeyedPass sm{LetterSuite::kSm, key};
    KeyedPass intl{LetterSuite::kEd25519, key};
    for (const std::size_t text_bytes : {0u, 16u, 18u, 55u, 56u, 64u, 300u}) {
      const std::string text(text_bytes, 't');
      Mark mark = {};
      sm.Of(text, mark);
      EXPECT_EQ(std::string(mark.begin(), mark.end()), HmacSm3(key, text)) << key_bytes;
      intl.Of(text, mark);
      EXPECT_EQ(std::string(mark.begin(), mark.end()), HmacSha256(key, text)) << key_bytes;
      EXPECT_EQ(SuiteHmac(LetterSuite::kSm, key, text), HmacSm3(key, text));
    }
  }
}

}  // namespace
}  // namespace security
