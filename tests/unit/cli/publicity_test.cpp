// The list for the notice board, as Poppler reads it: all of its text, so that whatever else would
// stand there is seen.
#include "cli/commands/publicity_sheet.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>

#include "harness/child_process.h"
#include "harness/temp_dir.h"

namespace cli {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

// Without blanks and line ends, page by page.
std::string TextOf(const PublicitySheet& sheet) {
  const auto pdf = PrintPublicity(sheet, base::InstantAt(*base::Date::Parse("2026-09-14"), 480));
  EXPECT_TRUE(pdf.ok());
  if (!pdf.ok()) return {};
  const harness::TempDir dir{"publicity"};
  std::ofstream{dir.File("list.pdf"), std::ios::binary} << *pdf;
  const auto run = harness::RunProgram({"pdftotext", "-raw", dir.File("list.pdf"), "-"},
                                       std::chrono::seconds{60});
  EXPECT_EQ(run.exit_code, 0) << run.output;
  std::string out;
  for (const char c : run.output) {
    if (c != ' ' && c != '\n') out += c;
  }
  return out;
}

PublicitySheet Sheet(int lines) {
  PublicitySheet sheet{.school_year = "2026-2027",
                       .from = base::Date::Parse("2026-09-14").value(),
                       .until = base::Date::Parse("2026-09-18").value()};
  for (int i = 1; i <= lines; ++i) {
    sheet.lines.push_back({.school = "第一小学", .school_class = "三年级1班",
                           .name = "学生" + std::to_string(i)});
  }
  return sheet;
}

// 教财〔2018〕16号: who was recognised, by school, class and name, and nothing else about him.
TEST(Publicity, SaysSchoolClassAndNameAndNothingElse) {
  PublicitySheet sheet = Sheet(1);
  sheet.lines.push_back({.school = "绥宁县长铺镇中心小学", .school_class = "六年级2班",
                         .name = "阿卜杜热合曼·麦麦提"});
  EXPECT_EQ(TextOf(sheet),
            "2026-2027学年家庭经济困难学生认定名单公示"
            "经学校认定和复核，现将2026-2027学年拟认定学生名单（共2人）予以公示。"
            "公示期自2026年9月14日至2026年9月18日。如有异议，请在公示期内向所在学校或县级学生资助"
            "管理机构实名提出，受理者应为异议人保密。"
            "序号学校班级姓名"
            "1第一小学三年级1班学生1"
            "2绥宁县长铺镇中心小学六年级2班阿卜杜热合曼·麦麦提"
            "—1—\f");
}

TEST(Publicity, DaysThatAreNotKnownAreLeftToBeWrittenIn) {
  PublicitySheet sheet = Sheet(1);
  sheet.from.reset();
  sheet.until.reset();
  EXPECT_THAT(TextOf(sheet), HasSubstr("公示期自年月日至年月日。"));
}

// The total in the heading is what stands in the table, on however many pages, each with its head.
TEST(Publicity, TheTotalIsThatOfAllPages) {
  constexpr int kLines = 75;
  const std::string text = TextOf(Sheet(kLines));
  EXPECT_THAT(text, HasSubstr("（共75人）"));
  for (int i = 1; i <= kLines; ++i) {
    const std::string row = std::to_string(i) + "第一小学三年级1班学生" + std::to_string(i);
    EXPECT_THAT(text, HasSubstr(row));
  }
  const auto pages = std::count(text.begin(), text.end(), '\f');
  EXPECT_GE(pages, 3);
  for (int page = 1; page <= pages; ++page) {
    EXPECT_THAT(text, HasSubstr("—" + std::to_string(page) + "—\f"));
  }
  std::size_t heads = 0;
  const std::string head = "序号学校班级姓名";
  for (auto at = text.find(head); at != std::string::npos; at = text.find(head, at + 1)) ++heads;
  EXPECT_EQ(heads, static_cast<std::size_t>(pages));
  EXPECT_THAT(text, Not(ContainsRegex("[0-9]{15}")));
}

}  // namespace
}  // namespace cli
