#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/tables/make_xlsx.h"
#include "unit/tables/read_all.h"

namespace tables {
namespace {

using testing::AddSharedStrings;
using testing::AddStyles;
using testing::Cells;
using testing::OneSheet;
using testing::Parts;
using testing::ReadAll;
using testing::Whole;
using testing::Zip;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Xlsx, ReadsEveryKindOfCell) {
  Parts parts = OneSheet(
      R"(<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1"><v>3135000001</v></c>)"
      R"(<c r="C1" t="b"><v>1</v></c><c r="D1" t="b"><v>0</v></c>)"
      R"(<c r="E1" t="str"><f>A1&amp;B1</f><v>算出来的</v></c><c r="F1"><f>1+1</f><v>2</v></c>)"
      R"(<c r="G1" t="e"><v>#N/A</v></c>)"
      R"(<c r="H1" t="inlineStr"><is><t>行</t><rPh sb="0" eb="1"><t>xing</t></rPh>)"
      R"(<t>内</t></is></c>)"
      R"(<c r="I1" t="d"><v>2012-01-01</v></c>)"
      R"(<c r="J1" t="n"><v>1.10105194912310E17</v></c></row>)");
  AddSharedStrings(parts,
                   "<si><t>unused</t></si><si><r><t>张</t></r><r><rPr><b/></rPr><t>三</t></r>"
                   "<rPh sb=\"0\" eb=\"1\"><t>zhang</t></rPh></si>");
  const Whole t = ReadAll(Zip(parts));
  EXPECT_EQ(t.detail, "");
  EXPECT_THAT(t.rows, ElementsAre(Cells{"张三", "3135000001", "TRUE", "FALSE", "算出来的", "2",
                                        "#N/A", "行内", "2012-01-01", "1.10105E+17"}));
  EXPECT_EQ(t.description, "XLSX, sheet Sheet1");
}

TEST(Xlsx, DatesComeByTheirFormat) {
  Parts parts = OneSheet(R"(<row><c s="1"><v>40909</v></c><c s="0"><v>40909</v></c>)"
                         R"(<c s="2"><v>40909</v></c><c s="3"><v>40909.5</v></c>)"
                         R"(<c s="4"><v>7</v></c><c s="99"><v>40909</v></c></row>)");
  AddStyles(parts, {"0", "14", "yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@", "22", "00"});
  EXPECT_THAT(ReadAll(Zip(parts)).rows,
              ElementsAre(Cells{"2012-01-01", "40909", "2012-01-01", "2012-01-01 12:00", "07",
                                "40909"}));
}

TEST(Xlsx, DatesOf1904) {
  Parts parts = OneSheet(R"(<row><c s="0"><v>39447</v></c></row>)");
  AddStyles(parts, {"14"});
  std::string& workbook = parts["xl/workbook.xml"];
  workbook.insert(workbook.find("<sheets>"), "<workbookPr date1904=\"1\"/>");
  EXPECT_THAT(ReadAll(Zip(parts)).rows, ElementsAre(Cells{"2012-01-01"}));
}

TEST(Xlsx, GapsInRowsAndCellsKeepTheirPlaces) {
  const Whole t = ReadAll(Zip(OneSheet(
      R"(<row r="2"><c r="B2"><v>1</v></c><c r="AA2"><v>2</v></c></row>)"
      R"(<row r="3"/><row r="4"><c r="A4"/><c r="B4" t="inlineStr"><is><t>  </t></is></c></row>)"
      R"(<row r="7"><c r="A7"><v>3</v></c></row><row><c><v>4</v></c><c><v>5</v></c></row>)")));
  EXPECT_THAT(t.numbers, ElementsAre(2, 7, 8));
  ASSERT_EQ(t.rows[0].size(), 27u);
  EXPECT_EQ(t.rows[0][0], "");
  EXPECT_EQ(t.rows[0][1], "1");
  EXPECT_EQ(t.rows[0][26], "2");
  EXPECT_EQ(t.rows[1], Cells{"3"});
  EXPECT_EQ(t.rows[2], (Cells{"4", "5"}));
}

TEST(Xlsx, NothingOfAnEarlierRowStaysInALaterOne) {
  const Whole t = ReadAll(Zip(OneSheet(
      R"(<row><c><v>1</v></c><c><v>2</v></c><c><v>3</v></c></row>)"
      R"(<row><c r="C2"><v>9</v></c></row><row><c r="B3"><v>8</v></c></row>)")));
  EXPECT_THAT(t.rows, ElementsAre(Cells{"1", "2", "3"}, Cells{"", "", "9"}, Cells{"", "8"}));
}

TEST(Xlsx, TakesTheFirstVisibleSheetOrTheNamedOne) {
  Parts parts = OneSheet("<row><c><v>1</v></c></row>");
  parts["xl/worksheets/sheet2.xml"] =
      "<x:worksheet xmlns:x=\"m\"><x:sheetData><x:row><x:c><x:v>2</x:v></x:c></x:row></x:sheetData>"
      "</x:worksheet>";
  parts["xl/workbook.xml"] =
      "<workbook xmlns:r=\"x\"><sheets><sheet name=\"说明\" state=\"hidden\" r:id=\"rs1\"/>"
      "<sheet name=\"图\" r:id=\"rs3\"/><sheet name=\"学生\" r:id=\"rs2\"/></sheets></workbook>";
  std::string& relations = parts["xl/_rels/workbook.xml.rels"];
  relations.insert(relations.rfind("</"),
                   "<Relationship Id=\"rs2\" Type=\"a/worksheet\" "
                   "Target=\"./worksheets/sheet2.xml\"/>"
                   "<Relationship Id=\"rs3\" Type=\"a/chartsheet\" Target=\"chart.xml\"/>");
  const std::string bytes = Zip(parts);
  const Whole first = ReadAll(bytes);
  EXPECT_THAT(first.rows, ElementsAre(Cells{"2"}));
  EXPECT_EQ(first.description, "XLSX, sheet 学生");
  EXPECT_THAT(ReadAll(bytes, {}, "说明").rows, ElementsAre(Cells{"1"}));
  const Whole none = ReadAll(bytes, {}, "教师");
  EXPECT_EQ(none.reason, "NOT_A_TABLE");
  EXPECT_THAT(none.detail, HasSubstr("说明、学生"));
}

TEST(Xlsx, EscapedCharactersAndSpacesAreMended) {
  Parts parts = OneSheet(
      R"(<row><c t="inlineStr"><is><t xml:space="preserve"> a_x000A_b_x005F_x0041_ </t></is></c>)"
      R"(<c t="inlineStr"><is><t>_x00_x000d_x</t></is></c>)"
      R"(<c t="inlineStr"><is><t>'=1</t></is></c></row>)");
  EXPECT_THAT(ReadAll(Zip(parts)).rows, ElementsAre(Cells{"a\nb_x0041_", "_x00\rx", "=1"}));
}

TEST(Xlsx, WhatStandsOutsideTheDataIsNoRow) {
  Parts parts = OneSheet("<row><c><v>1</v></c></row>");
  std::string& sheet = parts["xl/worksheets/sheet1.xml"];
  sheet.insert(sheet.rfind("</worksheet>"), "<extLst><row><c><v>7</v></c></row></extLst>");
  EXPECT_THAT(ReadAll(Zip(parts)).rows, ElementsAre(Cells{"1"}));
}

TEST(Xlsx, RowsAcrossChunksStayWhole) {
  std::string rows;
  std::vector<Cells> expected;
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = std::to_string(i) + "号学生";
    rows += "<row><c t=\"inlineStr\"><is><t>" + text + "</t></is></c><c><v>" + std::to_string(i) +
            "</v></c></row>";
    expected.push_back({text, std::to_string(i)});
  }
  const Whole t = ReadAll(Zip(OneSheet(rows)));
  EXPECT_EQ(t.detail, "");
  EXPECT_EQ(t.rows, expected);
}

}  // namespace
}  // namespace tables
