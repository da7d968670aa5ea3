// What a document of libs/print holds, as Poppler's tools read it.
#include <gmock/gmock.h>

#include <array>
#include <fstream>

#include "harness/child_process.h"
#include "harness/temp_dir.h"
#include "print/flow.h"

namespace print {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Style Song() { return {.font = "Noto Serif CJK SC,HanaMinA,HanaMinB", .size = 16, .pitch = 29}; }

std::string TextOf(Document& document) {
  const auto pdf = document.Finish();
  EXPECT_TRUE(pdf.ok());
  const harness::TempDir dir;
  const std::string path = dir.path() + "/a.pdf";
  std::ofstream{path, std::ios::binary} << *pdf;
  const auto run = harness::RunProgram({"pdftotext", "-layout", path, "-"},
                                       std::chrono::seconds{60});
  EXPECT_EQ(run.exit_code, 0) << run.output;
  return run.output;
}

TEST(Print, CountsCharactersThatNoFontHas) {
  Document document{kA4Width, kA4Height, {}};
  document.Text(Song(), "张㛃𠅤𪚥", 50, 50, 400);
  EXPECT_EQ(document.missing(), 0u) << "fonts-noto-cjk and fonts-hanazono hold them";
  document.Text(Song(), "\U00032FFF", 50, 100, 400);
  EXPECT_EQ(document.missing(), 1u);
  EXPECT_THAT(TextOf(document), HasSubstr("张㛃𠅤𪚥"));
}

TEST(Print, TakesAnyBytes) {
  Document document{kA4Width, kA4Height, {.title = std::string{"\xFF\0(", 3}}};
  std::string bytes;
  for (int i = 255; i >= 0; --i) bytes += static_cast<char>(i);
  document.Text(Song(), bytes, 50, 50, 400);
  document.Text(Song(), "前\u202E后", 50, 700, 400);
  const std::string text = TextOf(document);
  EXPECT_THAT(text, HasSubstr("前后"));
  EXPECT_THAT(text, HasSubstr("CBA"));
}

TEST(Print, AnEmptyTextIsALine) {
  Document document{kA4Width, kA4Height, {}};
  EXPECT_EQ(document.Lines(Song(), "", 400), 1u);
  EXPECT_DOUBLE_EQ(document.Text(Song(), "", 0, 10, 400), 39);
}

TEST(Print, ALineKeepsItsPlaceWhateverFontACharacterComesFrom) {
  Document document{kA4Width, kA4Height, {}};
  EXPECT_DOUBLE_EQ(document.Text(Song(), "一\n𪚥g\n二", 0, 0, 400), 3 * 29);
}

TEST(Print, NoLineBeginsWithAClosingMark) {
  Document document{kA4Width, kA4Height, {}};
  document.Text(Song(), "一二三四五六七八九十，一二三", 50, 50, 10 * 16 + 1);
  EXPECT_THAT(TextOf(document), Not(HasSubstr("\n，")));
}

class Pages : public ::testing::Test {
 protected:
  Document document_{kA4Width, kA4Height, {}};
  Flow flow_{document_, {.x = 50, .top = 50, .width = 400, .bottom = 50 + 29 * 3},
             [](int) {
               return Frame{.x = 50, .top = 50, .width = 400, .bottom = 50 + 29 * 3};
             }};
};

TEST_F(Pages, AParagraphGoesOnWhereItsLinesEnd) {
  flow_.Paragraph(Song(), "一\n二\n三\n四\n五\n六\n七");
  EXPECT_EQ(document_.page(), 3);
  EXPECT_DOUBLE_EQ(flow_.y(), 50 + 29);
  const std::string text = TextOf(document_);
  EXPECT_LT(text.find("六"), text.find("七"));
}

TEST_F(Pages, ARowOfATableIsNeverCut) {
  const TableStyle style{.text = Song(), .padding = 2, .border = {}};
  const std::array<double, 2> columns{100, 300};
  const std::vector<Row> rows{{.cells = {{.text = "甲"}, {.text = "一\n二"}}},
                              {.cells = {{.text = "乙", .columns = 2}}, .height_min = 40}};
  EXPECT_DOUBLE_EQ(flow_.TableHeight(style, columns, rows), 2 * 29 + 4 + 40);
  flow_.Table(style, columns, rows);
  EXPECT_EQ(document_.page(), 2);
  EXPECT_DOUBLE_EQ(flow_.y(), 50 + 40);
}

}  // namespace
}  // namespace print
