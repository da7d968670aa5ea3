#include "store/literal.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/check.h"
#include "store/store.h"

namespace {

using store::Value;

std::string Literal(const Value& value) {
  std::string sql;
  store::AppendLiteral(sql, value);
  return sql;
}

base::UtcTime Instant(std::int64_t ms) { return base::UtcTime{std::chrono::milliseconds{ms}}; }

TEST(LiteralTest, WritesEachKindOfValue) {
  EXPECT_EQ(Literal(store::Null{}), "NULL");
  EXPECT_EQ(Literal(std::optional<int>{}), "NULL");
  EXPECT_EQ(Literal(std::optional<int>{3}), "3");
  EXPECT_EQ(Literal(-7), "-7");
  EXPECT_EQ(Literal(true), "1");
  EXPECT_EQ(Literal(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(Literal(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(Literal(*base::Date::FromYmd(2024, 2, 29)), "'2024-02-29'");
  EXPECT_EQ(Literal(Instant(0)), "'1970-01-01 00:00:00.000'");
  EXPECT_EQ(Literal(Instant(86'400'000LL * 366 + 3'661'007)), "'1971-01-02 01:01:01.007'");
  EXPECT_EQ(Literal(Instant(-1)), "'1969-12-31 23:59:59.999'");
}

TEST(LiteralTest, EscapesWhatCouldEndTheText) {
  EXPECT_EQ(Literal("O'Neil"), R"('O\'Neil')");
  EXPECT_EQ(Literal(R"(\)"), R"('\\')");
  EXPECT_EQ(Literal(std::string{"a\0b", 3}), R"('a\0b')");
  EXPECT_EQ(Literal("'; DROP TABLE x; -- "), R"('\'; DROP TABLE x; -- ')");
  EXPECT_EQ(Literal("𠮷"), "'𠮷'");
}

TEST(LiteralTest, BytesThatAreNotTextAreMarkedBinary) {
  EXPECT_EQ(Literal(std::string{"\xFF\x00\x27", 3}), std::string{"_binary'\xFF\\0\\''"});
  std::string sql;
  store::AppendBytes(sql, "abc");
  EXPECT_EQ(sql, "_binary'abc'");
}

TEST(LiteralTest, KnowsUtf8) {
  for (const std::string_view good : {"", "abc", "保学", "𠮷", "\xF4\x8F\xBF\xBF", "12345678保"}) {
    EXPECT_TRUE(store::IsUtf8(good)) << good;
  }
  for (const std::string_view bad :
       {"\x80", "\xC0\xAF", "\xC1\xBF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF0\x80\x80\x80",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE4\xBF", "\xE4", "12345678\xE4\xBF"}) {
    EXPECT_FALSE(store::IsUtf8(bad));
  }
}

// Whatever the bytes are: unescaping what stands between the quotes gives them back, and no quote
// stands there unescaped.
TEST(LiteralTest, AnyBytesComeBackFromTheirLiteral) {
  EXPECT_TRUE(rc::check([](const std::string& bytes) {
    const std::string sql = Literal(bytes);
    std::string_view inside = sql;
    if (inside.starts_with("_binary")) inside.remove_prefix(7);
    RC_ASSERT(inside.size() >= 2 && inside.front() == '\'' && inside.back() == '\'');
    inside = inside.substr(1, inside.size() - 2);
    std::string back;
    for (std::size_t i = 0; i < inside.size(); ++i) {
      RC_ASSERT(inside[i] != '\'');
      if (inside[i] == '\\') {
        ++i;
        back += inside[i] == '0' ? '\0' : inside[i];
      } else {
        back += inside[i];
      }
    }
    RC_ASSERT(back == bytes);
  }));
}

std::string Expand(std::string_view sql, std::initializer_list<Value> values) {
  return store::Expand(sql, {values.begin(), values.size()});
}

TEST(ExpandTest, ReplacesPlaceholdersOutsideQuotesAndComments) {
  EXPECT_EQ(Expand("SELECT ?, '?', \"?\", `?` FROM t -- ?\n WHERE a = ? # ?\n AND /* ? */ b = ?",
                   {1, 2, 3}),
            "SELECT 1, '?', \"?\", `?` FROM t -- ?\n WHERE a = 2 # ?\n AND /* ? */ b = 3");
  EXPECT_EQ(Expand("a = 'it''s ?' AND b = '\\'?' AND c = ?", {"x"}),
            "a = 'it''s ?' AND b = '\\'?' AND c = 'x'");
  EXPECT_EQ(Expand("5-?/2", {1}), "5-1/2");
}

TEST(ExpandTest, AValueThatLooksLikeAPlaceholderStaysAValue) {
  EXPECT_EQ(Expand("? ?", {"?", "'?'"}), R"('?' '\'?\'')");
}

TEST(ExpandDeathTest, CountsThePlaceholders) {
  EXPECT_DEATH(Expand("?", {}), "used < values.size");
  EXPECT_DEATH(Expand("a", {1}), "used == values.size");
}

}  // namespace
