#include "base/plain_text.h"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(PlainText, WhatIsNoTextBecomesBlankOrIsDropped) {
  struct Case {
    std::string in;
    std::string out;
  };
  for (const Case& one : {Case{"周小舟 abc", "周小舟 abc"}, Case{"一\n二", "一\n二"},
                          Case{"a\x1b[2J\x7f\tb", "a [2J  b"}, Case{"a\xC2\x9B" "b", "a b"},
                          Case{"a\xE2\x80\xAE" "gpj.exe", "agpj.exe"},
                          Case{"\xE2\x81\xA6x\xE2\x81\xA9\xE2\x80\x8F\xE2\x80\xA8", "x"},
                          Case{"\xE2\x80\x8D\xC2\xA0", "\xE2\x80\x8D\xC2\xA0"},
                          Case{"好\xFF\xE4\xB8", "好\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"}}) {
    EXPECT_EQ(PlainText(one.in), one.out);
  }
}

TEST(PlainText, ALineIsCutBetweenCharacters) {
  EXPECT_EQ(PlainLine("周小舟", 3), "周小舟");
  EXPECT_EQ(PlainLine("周小舟", 2), "周小");
  EXPECT_EQ(PlainLine("a\n𠀀\n b", 4), "a 𠀀 ");
  EXPECT_EQ(PlainLine("\n", 1), " ");
  EXPECT_EQ(PlainLine("一二", 0), "");
}

}  // namespace
}  // namespace base
