#include "tables/text.h"

#include <gtest/gtest.h>

#include "tables/tables.h"

namespace tables {
namespace {

std::string Trimmed(std::string text) {
  Trim(text);
  return text;
}

TEST(Trim, LeavesTheInsideAlone) {
  EXPECT_EQ(Trimmed(""), "");
  EXPECT_EQ(Trimmed("   \t\r\n"), "");
  EXPECT_EQ(Trimmed(" a b "), "a b");
  EXPECT_EQ(Trimmed("\xE3\x80\x80　张　三　"), "张　三");
  EXPECT_EQ(Trimmed("\xC2\xA0"), "");
  EXPECT_EQ(Trimmed("\xE2\x80\x8Bx\xE2\x80\x8B"), "x");
}

TEST(Trim, CutsNoCharacterThatOnlyEndsLikeASpace) {
  // U+0420 ends in 0xA0; U+4000 ends in 0x80 0x80; "。" is U+3002.
  EXPECT_EQ(Trimmed("\xD0\xA0"), "\xD0\xA0");
  EXPECT_EQ(Trimmed("\xE4\x80\x80"), "\xE4\x80\x80");
  EXPECT_EQ(Trimmed("。"), "。");
  EXPECT_EQ(Trimmed("x\xF0\xA0\x80\x80"), "x\xF0\xA0\x80\x80");
}

TEST(Guard, AddsWhatRemoveTakesOff) {
  for (const char* cell : {"=1", "+86", "-5", "@x", "\tx", "'=1", "''-x"}) {
    EXPECT_TRUE(NeedsGuard(cell)) << cell;
    std::string guarded = std::string{"'"} + cell;
    RemoveGuard(guarded);
    EXPECT_EQ(guarded, cell);
  }
  for (const char* cell : {"", "'", "''", "a=1", "'a", "1-2", "＝1"}) {
    EXPECT_FALSE(NeedsGuard(cell)) << cell;
    std::string same = cell;
    RemoveGuard(same);
    EXPECT_EQ(same, cell);
  }
}

TEST(ToHalfWidth, TurnsFullWidthSignsOnly) {
  EXPECT_EQ(ToHalfWidth("３５０２１２Ｘ，张三　ｘ！～"), "350212X,张三 x!~");
  EXPECT_EQ(ToHalfWidth("￥｟、。"), "￥｟、。");
  EXPECT_EQ(ToHalfWidth("abc"), "abc");
  EXPECT_EQ(ToHalfWidth("\xEF\xBC"), "\xEF\xBC");
}

}  // namespace
}  // namespace tables
