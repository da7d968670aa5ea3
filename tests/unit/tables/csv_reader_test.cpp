#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "unit/tables/read_all.h"

namespace tables {
namespace {

using testing::Cells;
using testing::ReadAll;
using testing::Whole;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Csv, ReadsPlainAndQuotedCells) {
  const Whole t = ReadAll("a,b,c\r\n1,\"x, \"\"y\"\"\",3\n,\"两行\n文字\",\n");
  EXPECT_EQ(t.reason, "");
  EXPECT_THAT(t.rows, ElementsAre(Cells{"a", "b", "c"}, Cells{"1", "x, \"y\"", "3"},
                                  Cells{"", "两行\n文字", ""}));
  EXPECT_THAT(t.numbers, ElementsAre(1, 2, 3));
  EXPECT_EQ(t.description, "CSV, UTF-8");
}

TEST(Csv, EveryLineEndAndNoneAtTheEnd) {
  EXPECT_THAT(ReadAll("a,b\nc,d").rows, ElementsAre(Cells{"a", "b"}, Cells{"c", "d"}));
  EXPECT_THAT(ReadAll("a,b\rc,d\r").rows, ElementsAre(Cells{"a", "b"}, Cells{"c", "d"}));
  EXPECT_THAT(ReadAll("a,\"b\"\r\n\"c\",d").rows, ElementsAre(Cells{"a", "b"}, Cells{"c", "d"}));
  EXPECT_THAT(ReadAll("a,").rows, ElementsAre(Cells{"a", ""}));
}

TEST(Csv, RowNumbersCountBlankLinesAndBlankRowsAreLeftOut) {
  const Whole t = ReadAll("a,b\n\n,,\n \t,\xE3\x80\x80\nc,d\n");
  EXPECT_THAT(t.rows, ElementsAre(Cells{"a", "b"}, Cells{"c", "d"}));
  EXPECT_THAT(t.numbers, ElementsAre(1, 5));
}

TEST(Csv, FindsTheDelimiterInTheHeader) {
  EXPECT_THAT(ReadAll("a\tb\n1\tx,y,z,w\n").rows,
              ElementsAre(Cells{"a", "b"}, Cells{"1", "x,y,z,w"}));
  EXPECT_THAT(ReadAll("a;b;c\n1;2,5;3\n").rows,
              ElementsAre(Cells{"a", "b", "c"}, Cells{"1", "2,5", "3"}));
  EXPECT_THAT(ReadAll("日期,半天,例外\n2026-09-01,上午,1:A;2:B;3:C;4:D\n").rows[1],
              ElementsAre("2026-09-01", "上午", "1:A;2:B;3:C;4:D"));
  EXPECT_THAT(ReadAll("\"a,b,c\";d\n1;2\n").rows[0], ElementsAre("a,b,c", "d"));
  EXPECT_THAT(ReadAll("题目\n\na\tb\n").rows, ElementsAre(Cells{"题目"}, Cells{"a", "b"}));
  EXPECT_THAT(ReadAll("only\n").rows, ElementsAre(Cells{"only"}));
}

TEST(Csv, AQuoteInsideAPlainCellIsText) {
  EXPECT_THAT(ReadAll("a,5\" pipe,c\n").rows, ElementsAre(Cells{"a", "5\" pipe", "c"}));
}

TEST(Csv, BadQuotingNamesRowAndColumn) {
  Whole t = ReadAll("a,b\n1,\"x\"y\n");
  EXPECT_EQ(t.reason, "BAD_QUOTING");
  EXPECT_THAT(t.detail, HasSubstr("第2行第2列:双引号后面还有内容"));
  EXPECT_THAT(t.rows, ElementsAre(Cells{"a", "b"}));
  t = ReadAll("a,b\n1,2\n\"x,3\n4,5\n");
  EXPECT_EQ(t.reason, "BAD_QUOTING");
  EXPECT_THAT(t.detail, HasSubstr("第3行第1列:双引号没有成对"));
}

TEST(Csv, CellsAreTrimmedOfEveryKindOfSpace) {
  const Whole t = ReadAll(
      "x,\" \xC2\xA0张 三\xE3\x80\x80\",\xE2\x80\xAA"
      "123\xE2\x80\xAC,\xEF\xBB\xBF"
      "y,\"\t\"\n");
  EXPECT_THAT(t.rows, ElementsAre(Cells{"x", "张 三", "123", "y", ""}));
}

TEST(Csv, OneGuardingApostropheIsTakenOff) {
  const Whole t = ReadAll("'=1+1,''=x,'-5,'abc,=1,'+86 1,'@a,'\n");
  EXPECT_THAT(t.rows, ElementsAre(Cells{"=1+1", "'=x", "-5", "'abc", "=1", "+86 1", "@a", "'"}));
}

TEST(Csv, NulsAreTakenOut) {
  std::string bytes = "a,b\n" + std::string(5000, 'x') + ",1";
  bytes += std::string(3, '\0') + "2\n";
  EXPECT_THAT(ReadAll(bytes).rows[1][1], "12");
}

TEST(Csv, CellsAcrossChunksStayWhole) {
  // Chunks are 256 KiB; every alignment of "\r\n", quotes and characters against their borders.
  for (std::size_t shift = 0; shift < 8; ++shift) {
    std::string bytes = std::string(shift, 'h') + ",头\r\n";
    std::vector<Cells> expected = {{std::string(shift, 'h'), "头"}};
    for (int i = 0; i < 16'000; ++i) {
      bytes += "\"a\"\"同\",中文\r\n";
      expected.push_back({"a\"同", "中文"});
    }
    const Whole t = ReadAll(bytes);
    ASSERT_EQ(t.reason, "");
    ASSERT_EQ(t.rows, expected) << shift;
  }
}

TEST(Csv, LimitsAreRefusedWithTheirPlace) {
  Whole t = ReadAll("a,b,c\n", {.columns_max = 2});
  EXPECT_EQ(t.reason, "TOO_LARGE");
  EXPECT_THAT(t.detail, HasSubstr("第1行第3列:超过 2 列"));
  t = ReadAll("a\nb\nc\n", {.rows_max = 2});
  EXPECT_EQ(t.reason, "TOO_LARGE");
  EXPECT_EQ(t.rows.size(), 2u);
  t = ReadAll("a,b\n1,12345678901\n", {.cell_bytes_max = 10});
  EXPECT_EQ(t.reason, "TOO_LARGE");
  EXPECT_THAT(t.detail, HasSubstr("第2行第2列"));
  EXPECT_THAT(t.detail, Not(HasSubstr("1234")));
  t = ReadAll("a,b\n1,\"open\n" + std::string(100, 'x'), {.cell_bytes_max = 50});
  EXPECT_EQ(t.reason, "TOO_LARGE");
  EXPECT_THAT(t.detail, HasSubstr("双引号没有成对"));
  t = ReadAll(std::string(3 << 20, 'x') + "\n", {.bytes_max = 1 << 20, .cell_bytes_max = 1u << 31});
  EXPECT_EQ(t.reason, "TOO_LARGE");
}

TEST(Open, OtherKindsOfFilesAreRefusedWithAdvice) {
  EXPECT_EQ(ReadAll("").reason, "NOT_A_TABLE");
  EXPECT_THAT(ReadAll(std::string{"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"}).detail, HasSubstr(".xls"));
  EXPECT_THAT(ReadAll("\xEF\xBB\xBF \r\n<HTML xmlns:x=1><table>").detail, HasSubstr("网页"));
  EXPECT_THAT(ReadAll("%PDF-1.7").detail, HasSubstr("PDF"));
  EXPECT_EQ(ReadAll(std::string("a\0,b\0", 5)).reason, "NOT_A_TABLE");
}

TEST(Open, SaysWhichFileIsNotThere) {
  const auto none = Open("/nowhere/roster.csv");
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().code, base::Code::kNotFound);
  EXPECT_THAT(none.error().detail, HasSubstr("/nowhere/roster.csv"));
  EXPECT_EQ(Open("/tmp").error().reason, "NOT_A_TABLE");
}

TEST(Open, ReadsFromAFileAndTellsHowFar) {
  const auto path = std::filesystem::temp_directory_path() / "baoxue-tables-open-test.csv";
  {
    std::ofstream out{path};
    for (int i = 0; i < 200'000; ++i) out << i << ",x\n";
  }
  auto reader = Open(path.string());
  ASSERT_TRUE(reader.ok());
  Row row;
  int rows = 0;
  int permille = 0;
  bool between = false;
  for (;;) {
    const auto more = (*reader)->Next(row);
    ASSERT_TRUE(more.ok());
    if (!*more) break;
    ASSERT_EQ(row.cells[0], std::to_string(rows++));
    ASSERT_GE((*reader)->PermilleRead(), permille);
    permille = (*reader)->PermilleRead();
    between = between || (permille > 100 && permille < 900);
  }
  EXPECT_EQ(rows, 200'000);
  EXPECT_TRUE(between);
  EXPECT_EQ((*reader)->PermilleRead(), 1000);
  std::filesystem::remove(path);
}

TEST(FormatFor, TellsByTheEnding) {
  EXPECT_EQ(FormatFor("a/b.xlsx"), Format::kXlsx);
  EXPECT_EQ(FormatFor("B.XLSX"), Format::kXlsx);
  EXPECT_EQ(FormatFor("a.csv"), Format::kCsv);
  EXPECT_EQ(FormatFor("xlsx"), Format::kCsv);
}

}  // namespace
}  // namespace tables
