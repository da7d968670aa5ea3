#include "base/utf8.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>
#include <string>

namespace base {
namespace {

TEST(Utf8, TheFirstAndLastOfEachLength) {
  for (const char* good :
       {"\x01", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
        "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    const std::string text{good};
    EXPECT_TRUE(IsUtf8(text));
    EXPECT_EQ(Utf8Length(text, 0), text.size());
  }
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8(std::string(20, '\0')));
}

TEST(Utf8, OverlongFormsSurrogatesAndTheRestAreNone) {
  for (const char* bad :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xED\xA0\x80",
        "\xED\xBF\xBF", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80", "\xFF", "\xFE", "\xC2", "\xC2\x41", "\xE4\xBD", "\xE4\xBD\x41",
        "\xF0\x9F\x98", "\xF0\x9F\x98\x41"}) {
    EXPECT_EQ(Utf8Length(bad, 0), 0u) << bad;
    EXPECT_EQ(Utf8Prefix(bad), 0u) << bad;
    const std::string after = "abcdefghij同" + std::string{bad};
    EXPECT_EQ(Utf8Prefix(after), 13u);
  }
  EXPECT_EQ(Utf8Length("a", 1), 0u);
}

TEST(Utf8, CutTailsCouldStillBecomeText) {
  for (const char* cut :
       {"\xC2", "\xE4", "\xE4\xBD", "\xF0", "\xF0\x9F", "\xF0\x9F\x98", "\xED\x9F"}) {
    EXPECT_TRUE(IsCutUtf8(cut)) << cut;
  }
  for (const char* not_cut : {"", "a", "\x80", "\xC0", "\xFF", "\xED\xA0", "\xE0\x80", "\xF4\x90",
                              "\xC2\x80", "\xE4\xBD\x41", "\xE4" "a"}) {
    EXPECT_FALSE(IsCutUtf8(not_cut)) << not_cut;
  }
}

TEST(Utf8, ReplacingMakesTextAndLeavesTextAlone) {
  EXPECT_EQ(ReplaceBadUtf8("张\xE5\xBC b\xFF"), "张\xEF\xBF\xBD\xEF\xBF\xBD b\xEF\xBF\xBD");
  EXPECT_EQ(ReplaceBadUtf8("张三"), "张三");
  EXPECT_TRUE(rc::check("any bytes", [](const std::string& bytes) {
    const std::string text = ReplaceBadUtf8(bytes);
    RC_ASSERT(IsUtf8(text));
    RC_ASSERT(IsUtf8(bytes) == (text == bytes));
    RC_ASSERT(IsUtf8(std::string_view{bytes}.substr(0, Utf8Prefix(bytes))));
  }));
}

TEST(Utf8, EveryCutOfATextIsAPrefixAndACutTail) {
  const std::string text = "a张𠮷é";
  for (std::size_t n = 0; n <= text.size(); ++n) {
    const std::string_view start = std::string_view{text}.substr(0, n);
    const std::size_t good = Utf8Prefix(start);
    EXPECT_TRUE(good == n || IsCutUtf8(start.substr(good))) << n;
  }
}

}  // namespace
}  // namespace base
