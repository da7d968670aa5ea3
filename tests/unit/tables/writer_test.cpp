#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tables/text.h"
#include "unit/tables/read_all.h"

namespace tables {
namespace {

using testing::Cells;
using testing::ReadAll;
using testing::Whole;
using ::testing::ElementsAre;

class Folder {
 public:
  Folder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "baoxue-writer-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string At(const std::string& name) const { return (path_ / name).string(); }
  std::size_t Files() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator{path_}, {}));
  }

 private:
  std::filesystem::path path_;
};

void WriteAll(const std::string& path, const std::vector<Cells>& rows) {
  auto writer = Create(path, FormatFor(path), "学生");
  ASSERT_TRUE(writer.ok()) << writer.error().ToString();
  for (const Cells& cells : rows) ASSERT_TRUE((*writer)->Write(cells).ok());
  const auto closed = (*writer)->Close();
  ASSERT_TRUE(closed.ok()) << closed.error().ToString();
}

std::string Text(const std::string& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

TEST(CsvWriter, WritesWhatExcelOpensRight) {
  const Folder folder;
  WriteAll(folder.At("a.csv"), {{"姓名", "a,b", "x\"y"}, {"=1+1", "-5", "两\n行"}, {""}});
  EXPECT_EQ(Text(folder.At("a.csv")),
            "\xEF\xBB\xBF姓名,\"a,b\",\"x\"\"y\"\r\n'=1+1,'-5,\"两\n行\"\r\n\"\"\r\n");
  EXPECT_EQ(folder.Files(), 1u);
}

TEST(CsvWriter, AFormulaInsideQuotesIsGuardedToo) {
  const Folder folder;
  WriteAll(folder.At("a.csv"), {{"=HYPERLINK(\"http://x\",\"y\")", "@a,b"}});
  EXPECT_EQ(Text(folder.At("a.csv")),
            "\xEF\xBB\xBF\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\",\"'@a,b\"\r\n");
}

TEST(Writer, NothingIsLeftOfAFileThatWasNotClosed) {
  const Folder folder;
  for (const char* name : {"a.csv", "a.xlsx"}) {
    {
      auto writer = Create(folder.At(name), FormatFor(name), "s");
      ASSERT_TRUE(writer.ok());
      ASSERT_TRUE((*writer)->Write({"x"}).ok());
    }
    EXPECT_EQ(folder.Files(), 0u) << name;
  }
}

TEST(Writer, AFileThatCannotBeMadeIsAnError) {
  const auto csv = Create("/nowhere/a.csv", Format::kCsv, "s");
  ASSERT_FALSE(csv.ok());
  EXPECT_EQ(csv.error().reason, "FILE_WRITE");
  const auto xlsx = Create("/nowhere/a.xlsx", Format::kXlsx, "s");
  ASSERT_FALSE(xlsx.ok());
  EXPECT_EQ(xlsx.error().reason, "FILE_WRITE");
}

TEST(Writer, ADeviceIsWrittenInPlace) {
  auto writer = Create("/dev/null", Format::kCsv, "");
  ASSERT_TRUE(writer.ok());
  EXPECT_TRUE((*writer)->Write({"x"}).ok());
  EXPECT_TRUE((*writer)->Close().ok());
  EXPECT_FALSE(std::filesystem::is_regular_file("/dev/null"));
}

TEST(XlsxWriter, RefusesASheetNameThatExcelRefuses) {
  const Folder folder;
  for (const char* name : {"", "a/b", "[x]", "a:b", "'a", "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二"}) {
    const auto writer = Create(folder.At("a.xlsx"), Format::kXlsx, name);
    ASSERT_FALSE(writer.ok()) << name;
    EXPECT_EQ(writer.error().reason, "BAD_SHEET_NAME");
  }
}

TEST(XlsxWriter, IdentityNumbersKeepTheirDigits) {
  const Folder folder;
  WriteAll(folder.At("a.xlsx"), {{"身份证件号", "班内学号"}, {"110105194912310021", "01"}});
  const Whole t = ReadAll(Open(folder.At("a.xlsx")));
  EXPECT_THAT(t.rows, ElementsAre(Cells{"身份证件号", "班内学号"}, Cells{"110105194912310021", "01"}));
  EXPECT_EQ(t.description, "XLSX, sheet 学生");
}

// Amounts can be summed; what only looks like a number stays text.
TEST(Writer, NumberColumnsAreNumbers) {
  const Folder folder;
  const Cells cells{"312.50", "-312.50",          "17",   "0.00", "007",
                    "1234567890123456", "=1+1", "3.5",  "6"};
  std::set<std::size_t> numbers;
  for (std::size_t i = 0; i + 1 < cells.size(); ++i) numbers.insert(i);
  const Cells header{"a", "b", "c", "d", "e", "f", "g", "h", "i"};
  for (const char* name : {"a.csv", "a.xlsx"}) {
    auto writer = Create(folder.At(name), FormatFor(name), "金额", numbers);
    ASSERT_TRUE(writer.ok());
    ASSERT_TRUE((*writer)->Write(header).ok());
    ASSERT_TRUE((*writer)->Write(cells).ok());
    ASSERT_TRUE((*writer)->Close().ok());
    const Whole t = ReadAll(Open(folder.At(name)));
    ASSERT_EQ(t.rows.size(), 2u) << t.detail;
    EXPECT_EQ(t.rows[0], header);
    for (std::size_t i = 4; i < cells.size(); ++i) EXPECT_EQ(t.rows[1][i], cells[i]) << name;
    EXPECT_EQ(std::stod(t.rows[1][0]), 312.5) << name;
    EXPECT_EQ(std::stod(t.rows[1][1]), -312.5) << name;
  }
  EXPECT_THAT(Text(folder.At("a.csv")), ::testing::HasSubstr("312.50,-312.50,17,0.00,007,"));
  EXPECT_EQ(DecimalsOf("-312.50"), 2);
  EXPECT_EQ(DecimalsOf("17"), 0);
  for (const char* text : {"", "-", "+1", "1.5", "1.", ".50", "1e5", "007", "1234567890123456"}) {
    EXPECT_EQ(DecimalsOf(text), std::nullopt) << text;
  }
}

TEST(XlsxWriter, ATooLongCellIsRefusedWithItsPlace) {
  const Folder folder;
  auto writer = Create(folder.At("a.xlsx"), Format::kXlsx, "s");
  ASSERT_TRUE(writer.ok());
  ASSERT_TRUE((*writer)->Write({"h"}).ok());
  const auto status = (*writer)->Write({"a", std::string(32768, 'x')});
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().reason, "TOO_LARGE");
  EXPECT_THAT(status.error().detail, ::testing::HasSubstr("第2行第2列"));
}

TEST(Writer, BadUtf8BecomesAReplacementCharacter) {
  const Folder folder;
  for (const char* name : {"a.csv", "a.xlsx"}) {
    WriteAll(folder.At(name), {{"张\xE5", "\xEF\xBF\xBF" "b"}});
    const Whole t = ReadAll(Open(folder.At(name)));
    EXPECT_EQ(t.reason, "") << name;
    ASSERT_EQ(t.rows.size(), 1u);
    EXPECT_EQ(t.rows[0][0], "张\xEF\xBF\xBD");
  }
}

std::vector<Cells> AnyRows() {
  const auto piece = rc::gen::element<std::string>(
      "a", "张", "=", "'", "+", "-", "@", ",", ";", "\"", "\n", "\r", " ", "\t", "𠮷", "_x0041_", "_",
      "&", "<", "]]>", "\x01", "\xE3\x80\x80", "\\", "0", "1E5", "TRUE", "\xC2\xA0");
  const auto cell = rc::gen::map(rc::gen::container<std::vector<std::string>>(piece),
                                 [](const std::vector<std::string>& pieces) {
                                   std::string text;
                                   for (const std::string& p : pieces) text += p;
                                   return text;
                                 });
  return *rc::gen::resize(
      15, rc::gen::container<std::vector<Cells>>(rc::gen::container<Cells>(cell)));
}

// What the reader makes of cells that were written: trimmed; rows without text left out.
std::vector<Cells> AsRead(std::vector<Cells> rows) {
  std::vector<Cells> read;
  for (Cells& cells : rows) {
    for (std::string& cell : cells) Trim(cell);
    while (!cells.empty() && cells.back().empty()) cells.pop_back();
    if (!cells.empty()) read.push_back(std::move(cells));
  }
  return read;
}

// Trims the cells first: a guard stands before the white space that a trim would reach.
std::vector<Cells> Trimmed(std::vector<Cells> rows) {
  for (Cells& cells : rows) {
    for (std::string& cell : cells) Trim(cell);
  }
  return rows;
}

TEST(Writer, WhatIsWrittenReadsBackTheSame) {
  const Folder folder;
  for (const char* name : {"a.csv", "a.xlsx"}) {
    EXPECT_TRUE(rc::check(std::string{"round trip of "} + name, [&] {
      std::vector<Cells> rows = Trimmed(AnyRows());
      rows.insert(rows.begin(), Cells{"h1", "h2"});  // a header tells the delimiter
      WriteAll(folder.At(name), rows);
      Whole t = ReadAll(Open(folder.At(name)));
      RC_ASSERT(t.detail == "");
      for (Cells& cells : t.rows) {
        while (!cells.empty() && cells.back().empty()) cells.pop_back();
      }
      RC_ASSERT(t.rows == AsRead(rows));
    }));
  }
}

}  // namespace
}  // namespace tables
