#include "tables/decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unicode/ucnv.h>

#include "unit/tables/read_all.h"

namespace tables {
namespace {

using testing::Cells;
using testing::ReadAll;
using testing::Whole;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string To(const char* encoding, const std::string& utf8) {
  UErrorCode code = U_ZERO_ERROR;
  std::string out(utf8.size() * 4 + 16, '\0');
  const int32_t n = ucnv_convert(encoding, "UTF-8", out.data(), static_cast<int32_t>(out.size()),
                                 utf8.data(), static_cast<int32_t>(utf8.size()), &code);
  EXPECT_TRUE(U_SUCCESS(code));
  out.resize(static_cast<std::size_t>(n));
  return out;
}

const std::string kTable = "姓名,住址\n张三,同安区大同街道\n𠮷田,𠀀村\n";
const std::vector<Cells> kRows = {{"姓名", "住址"}, {"张三", "同安区大同街道"}, {"𠮷田", "𠀀村"}};

TEST(Encoding, IsFoundAndConverted) {
  const Whole utf8 = ReadAll(kTable);
  EXPECT_EQ(utf8.rows, kRows);
  EXPECT_EQ(utf8.description, "CSV, UTF-8");
  const Whole bom = ReadAll("\xEF\xBB\xBF" + kTable);
  EXPECT_EQ(bom.rows, kRows);
  EXPECT_EQ(bom.description, "CSV, UTF-8 BOM");
  const Whole gb = ReadAll(To("gb18030", kTable));
  EXPECT_EQ(gb.rows, kRows);
  EXPECT_EQ(gb.description, "CSV, GB18030");
  const Whole little = ReadAll("\xFF\xFE" + To("UTF-16LE", kTable));
  EXPECT_EQ(little.rows, kRows);
  EXPECT_EQ(little.description, "CSV, UTF-16LE");
  const Whole big = ReadAll("\xFE\xFF" + To("UTF-16BE", kTable));
  EXPECT_EQ(big.rows, kRows);
  EXPECT_EQ(big.description, "CSV, UTF-16BE");
}

// The first bytes that are not ASCII decide, however late they come and wherever a chunk ends.
TEST(Encoding, AsciiBeforeTheFirstCharacterDecidesNothing) {
  for (const std::size_t ascii : {10u, 65'530u, 262'136u, 262'137u, 262'138u, 262'139u, 600'000u}) {
    std::string start = "a,b\n" + std::string(ascii, ' ') + "\n";
    for (std::size_t i = 1000; i < start.size(); i += 1000) start[i] = '\n';
    for (const char* encoding : {"UTF-8", "gb18030"}) {
      const std::string table = start + To(encoding, "张三,𠮷\n");
      const Whole t = ReadAll(table);
      EXPECT_EQ(t.reason, "") << encoding << ' ' << ascii;
      ASSERT_EQ(t.rows.size(), 2u);
      EXPECT_EQ(t.rows[1], (Cells{"张三", "𠮷"})) << encoding << ' ' << ascii;
    }
  }
}

// Four-byte GB18030 and surrogate pairs against every chunk border (chunks are 256 KiB).
TEST(Encoding, CharactersAcrossChunksStayWhole) {
  for (const char* encoding : {"UTF-8", "gb18030", "UTF-16LE"}) {
    for (std::size_t shift = 0; shift < 4; ++shift) {
      std::string text = "x,y\n" + std::string(shift, 'z') + "\n";
      std::size_t count = 0;
      while (text.size() < 300'000) {
        text += "张𠮷,€\n";
        ++count;
      }
      const std::string bom = std::string{encoding} == "UTF-16LE" ? "\xFF\xFE" : "";
      const Whole t = ReadAll(bom + To(encoding, text));
      ASSERT_EQ(t.reason, "") << encoding << shift;
      ASSERT_EQ(t.rows.size(), count + 1 + (shift > 0 ? 1 : 0));
      for (std::size_t i = t.rows.size() - count; i < t.rows.size(); ++i) {
        ASSERT_EQ(t.rows[i], (Cells{"张𠮷", "€"})) << encoding << shift << ' ' << i;
      }
    }
  }
}

TEST(Encoding, BadBytesAreRefusedWhereTheyStand) {
  std::string bytes = "姓名,住址\n";
  for (int i = 0; i < 20'000; ++i) bytes += "张三,同安\n";
  bytes += "李四,\xFF\n";
  const Whole t = ReadAll(bytes);
  EXPECT_EQ(t.reason, "BAD_ENCODING");
  EXPECT_THAT(t.detail, HasSubstr("第20002行第2列"));
  EXPECT_EQ(t.rows.size(), 20'001u);

  std::string gb = To("gb18030", "姓名,住址\n张三,同安\n李四,");
  const Whole in_gb = ReadAll(gb + "\xFF\xFF\n");
  EXPECT_EQ(in_gb.reason, "BAD_ENCODING");
  EXPECT_THAT(in_gb.detail, HasSubstr("第3行第2列"));
  EXPECT_EQ(in_gb.rows.size(), 2u);
}

TEST(Encoding, ACharacterCutOffAtTheEndIsRefused) {
  EXPECT_EQ(ReadAll("\xEF\xBB\xBF" "a,张\n李,\xE5\xBC").reason, "BAD_ENCODING");
  const std::string gb = To("gb18030", "姓名,住址\n李四,同安");
  EXPECT_EQ(ReadAll(gb.substr(0, gb.size() - 1)).reason, "BAD_ENCODING");
  EXPECT_EQ(ReadAll("\xFF\xFE" + To("UTF-16LE", "a,b\nc,d") + "x").reason, "BAD_ENCODING");
}

TEST(Encoding, BadBytesInsideQuotesAreNotCalledBadQuoting) {
  const Whole t = ReadAll("\xEF\xBB\xBF" "a,b\n1,\"张\xFF\"\n");
  EXPECT_EQ(t.reason, "BAD_ENCODING");
  EXPECT_THAT(t.detail, HasSubstr("第2行第2列"));
}

}  // namespace
}  // namespace tables
