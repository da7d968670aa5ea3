// What is refused of an XLSX file: bombs, damage, tricks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/tables/make_xlsx.h"
#include "unit/tables/read_all.h"

namespace tables {
namespace {

using testing::AddSharedStrings;
using testing::OneSheet;
using testing::Parts;
using testing::ReadAll;
using testing::Whole;
using testing::Zip;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kRow = "<row><c><v>1</v></c></row>";

TEST(XlsxBomb, ARatioNoTableHasIsRefused) {
  std::string rows;
  for (int i = 0; i < 400'000; ++i) rows += "<row></row>";
  const std::string bytes = Zip(OneSheet(rows + kRow));
  ASSERT_LT(bytes.size(), rows.size() / 200);
  const Whole t = ReadAll(bytes);
  EXPECT_EQ(t.reason, "XLSX_LIMIT");
  EXPECT_THAT(t.detail, HasSubstr("200 倍"));
  EXPECT_EQ(ReadAll(bytes, {.ratio_max = 2000}).reason, "");
}

TEST(XlsxBomb, MoreUnpackedBytesThanAllowedAreRefused) {
  std::string rows;
  for (int i = 0; i < 50'000; ++i)
    rows += "<row><c><v>" + std::to_string(i * 7919) + "</v></c></row>";
  const Whole t = ReadAll(Zip(OneSheet(rows)), {.bytes_max = 1 << 20});
  EXPECT_EQ(t.reason, "XLSX_LIMIT");
  EXPECT_THAT(t.detail, HasSubstr("1 MiB"));
}

TEST(XlsxBomb, SharedStringsAreLimited) {
  Parts parts = OneSheet(kRow);
  std::string items;
  for (int i = 0; i < 2000; ++i) items += "<si><t>" + std::to_string(i * 7919) + "</t></si>";
  AddSharedStrings(parts, items);
  EXPECT_EQ(ReadAll(Zip(parts), {.shared_strings_bytes_max = 10'000}).reason, "XLSX_LIMIT");
  EXPECT_EQ(ReadAll(Zip(parts)).reason, "");
}

TEST(XlsxBomb, RowsColumnsAndCellsAreLimitedAndNamed) {
  Whole t =
      ReadAll(Zip(OneSheet("<row r=\"5\"><c r=\"C5\"><v>1</v></c></row>")), {.columns_max = 2});
  EXPECT_EQ(t.reason, "XLSX_LIMIT");
  EXPECT_THAT(t.detail, HasSubstr("第5行第3列"));
  t = ReadAll(Zip(OneSheet("<row r=\"5\"><c r=\"C5\"/><c r=\"XFD5\" s=\"1\"/></row>")),
              {.columns_max = 2});
  EXPECT_EQ(t.reason, "") << "a cell with a look but no content is no column";
  t = ReadAll(Zip(OneSheet("<row r=\"50\"><c><v>1</v></c></row>")), {.rows_max = 49});
  EXPECT_EQ(t.reason, "XLSX_LIMIT");
  const std::string long_text(200, 'x');
  t = ReadAll(Zip(OneSheet("<row><c t=\"inlineStr\"><is><t>" + long_text + "</t></is></c></row>")),
              {.cell_bytes_max = 100});
  EXPECT_EQ(t.reason, "XLSX_LIMIT");
  EXPECT_THAT(t.detail, HasSubstr("第1行第1列"));
  EXPECT_THAT(t.detail, Not(HasSubstr("xxx")));
  Parts parts = OneSheet(kRow);
  AddSharedStrings(parts, "<si><t>" + long_text + "</t></si>");
  EXPECT_EQ(ReadAll(Zip(parts), {.cell_bytes_max = 100}).reason, "XLSX_LIMIT");
}

TEST(XlsxBomb, AnEndlessTokenIsRefused) {
  Parts parts = OneSheet(kRow);
  std::string filler;
  for (int i = 0; i < 1'200'000; ++i) filler += std::to_string(std::int64_t{i} * 7919 % 1'000'003);
  parts["xl/worksheets/sheet1.xml"] = "<worksheet a=\"" + filler + "\"><sheetData/></worksheet>";
  EXPECT_EQ(ReadAll(Zip(parts)).reason, "XLSX_LIMIT");
}

TEST(XlsxTrick, ADocumentTypeIsRefused) {
  const std::string entity =
      "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\"><!ENTITY b \"&#x4e2d;\">]>";
  Parts parts = OneSheet("<row><c t=\"inlineStr\"><is><t>&b;&a;</t></is></c></row>");
  std::string& sheet = parts["xl/worksheets/sheet1.xml"];
  sheet.insert(sheet.find("<worksheet>"), entity);
  const Whole t = ReadAll(Zip(parts));
  EXPECT_EQ(t.reason, "BAD_XLSX");
  EXPECT_THAT(t.detail, HasSubstr("DOCTYPE"));
  EXPECT_TRUE(t.rows.empty());
  Parts strings = OneSheet(kRow);
  AddSharedStrings(strings, "<si><t>x</t></si>");
  strings["xl/sharedStrings.xml"].insert(0, entity);
  EXPECT_EQ(ReadAll(Zip(strings)).reason, "BAD_XLSX");
}

TEST(XlsxTrick, DeepNestingIsRefused) {
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "<a>";
  for (int i = 0; i < 100; ++i) deep += "</a>";
  EXPECT_EQ(ReadAll(Zip(OneSheet(deep))).reason, "BAD_XLSX");
}

TEST(XlsxDamage, IsRefusedWithAdvice) {
  const std::string whole = Zip(OneSheet(kRow));
  for (const std::size_t n : {4ul, 30ul, whole.size() / 2, whole.size() - 1}) {
    const Whole t = ReadAll(whole.substr(0, n));
    EXPECT_EQ(t.reason, "BAD_XLSX") << n;
    EXPECT_THAT(t.detail, HasSubstr("另存为"));
  }
  const auto with_rows = [](const std::string& rows) {
    return ReadAll(Zip(OneSheet(rows))).reason;
  };
  EXPECT_EQ(with_rows("<row><c><v>1</row>"), "BAD_XLSX");
  EXPECT_EQ(with_rows("<row r=\"3\"/><row r=\"2\"/>"), "BAD_XLSX");
  EXPECT_EQ(with_rows("<row r=\"9999999999999999999999\"/>"), "BAD_XLSX");
  EXPECT_EQ(with_rows("<row r=\"0\"/>"), "BAD_XLSX");
  EXPECT_EQ(with_rows("<row><c r=\"B1\"/><c r=\"A1\"/></row>"), "BAD_XLSX");
  EXPECT_EQ(with_rows("<row><c r=\"ZZZZ1\"/></row>"), "BAD_XLSX");
  EXPECT_EQ(with_rows("<row><c t=\"s\"><v>0</v></c></row>"), "BAD_XLSX");
  EXPECT_EQ(with_rows("<row><c t=\"s\"><v>-1</v></c></row>"), "BAD_XLSX");
}

TEST(XlsxDamage, ChangedBytesNeverReadAsOtherData) {
  std::string rows;
  for (int i = 0; i < 300; ++i) rows += "<row><c><v>" + std::to_string(i * 7919) + "</v></c></row>";
  const std::string whole = Zip(OneSheet(rows));
  const Whole good = ReadAll(whole);
  ASSERT_EQ(good.rows.size(), 300u);
  for (std::size_t i = 4; i < whole.size(); i += 7) {
    std::string changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ 0x55);
    const Whole t = ReadAll(changed);
    if (t.reason.empty()) {
      EXPECT_EQ(t.rows, good.rows) << i;
    }
  }
}

TEST(XlsxDamage, APackageThatIsNoWorkbookIsSaidToBeNone) {
  EXPECT_EQ(ReadAll(Zip({{"word/document.xml", "<x/>"}})).reason, "NOT_A_TABLE");
  Parts hidden = OneSheet(kRow);
  hidden["xl/workbook.xml"] =
      "<workbook xmlns:r=\"x\"><sheets><sheet name=\"a\" state=\"veryHidden\" "
      "r:id=\"rs1\"/></sheets>"
      "</workbook>";
  EXPECT_THAT(ReadAll(Zip(hidden)).detail, HasSubstr("没有可见的工作表"));
  Parts missing = OneSheet(kRow);
  missing.erase("xl/worksheets/sheet1.xml");
  EXPECT_EQ(ReadAll(Zip(missing)).reason, "BAD_XLSX");
}

}  // namespace
}  // namespace tables
