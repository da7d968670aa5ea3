// Letters on paper, as Poppler's tools read the file: what stands there, in which order, in whose
// fonts, on how many pages. BAOXUE_KEEP_PDF=FOLDER keeps the files, to be looked at.
#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "harness/child_process.h"
#include "harness/temp_dir.h"
#include "tracing/paper/sheet.h"

namespace tracing {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kNumber = "430527201403050017";
const Parties kParties{.asker_bureau = "厦门市同安区教育局", .answerer_bureau = "绥宁县教育局"};

void Day(baoxue::bus::v1::Date* out, int year, int month, int day) {
  out->set_year(year);
  out->set_month(month);
  out->set_day(day);
}

v1::Item Inquiry(int measures) {
  v1::Item item;
  item.set_from_asker(true);
  item.set_document_no("同教函〔2026〕37号");
  item.set_letter_kind(v1::LETTER_KIND_HC);
  item.mutable_written_at()->set_seconds(1'795'276'800);  // 2026-11-22, 00:00 in China
  Day(item.mutable_reply_by(), 2026, 12, 4);
  v1::InquiryLetter& letter = *item.mutable_inquiry();
  v1::Child& child = *letter.mutable_child();
  child.set_name("阿卜杜热合曼·麦麦提吐尔逊𠅤㛃");
  child.set_sex("男");
  Day(child.mutable_birth(), 2014, 3, 5);
  child.set_id_number(kNumber);
  child.set_student_no("G" + std::string{kNumber});
  child.set_school("厦门市同安区第一实验小学");
  child.set_grade_class("六年级（2）班");
  child.set_household_address("湖南省邵阳市绥宁县长铺子苗族侗族乡枫木团村三组");
  v1::GuardianContact& guardian = *letter.add_guardians();
  guardian.set_name("吐尔逊·阿卜杜拉");
  guardian.set_relation("父亲");
  guardian.set_phone("13800000000");
  Day(letter.mutable_last_seen(), 2026, 9, 1);
  letter.set_known_destination("随父母返回户籍地");
  for (int i = 0; i < measures; ++i) {
    v1::Measure& measure = *letter.add_measures();
    Day(measure.mutable_day(), 2026, 9, 3 + i);
    measure.set_kind("家访");
    measure.set_text("租住处已无人居住，房东称一家人于八月底搬走，联系电话无人接听");
  }
  letter.set_request("请协助核查该生去向及就读情况");
  letter.mutable_contact()->set_person("张三");
  letter.mutable_contact()->set_phone("0592-7000000");
  letter.add_attachments()->set_name("家访记录");
  letter.add_attachments()->set_name("劝返通知书存根");
  return item;
}

v1::Item Reply() {
  v1::Item item;
  item.set_from_asker(false);
  item.set_document_no("绥教函〔2026〕5号");
  item.set_letter_kind(v1::LETTER_KIND_HC);
  item.mutable_written_at()->set_seconds(1'796'054'400);
  v1::ReplyLetter& reply = *item.mutable_reply();
  reply.set_code(v1::REPLY_CODE_R01);
  reply.set_school("绥宁县长铺镇第一小学");
  reply.set_grade_class("六年级1班");
  Day(reply.mutable_since(), 2026, 9, 1);
  return item;
}

class Paper {
 public:
  explicit Paper(const Sheet& sheet) {
    const auto printed = RenderSheet(sheet);
    EXPECT_TRUE(printed.ok());
    if (!printed.ok()) return;
    printed_ = *printed;
    path_ = dir_.path() + "/letter.pdf";
    std::ofstream{path_, std::ios::binary} << printed_.pdf;
    const std::string keep = harness::EnvironmentVariable("BAOXUE_KEEP_PDF");
    const auto* const test = ::testing::UnitTest::GetInstance()->current_test_info();
    if (!keep.empty()) {
      std::ofstream{keep + "/" + test->name() + ".pdf", std::ios::binary} << printed_.pdf;
    }
  }
  std::string Tool(std::vector<std::string> words) const {
    const auto run = harness::RunProgram(std::move(words), std::chrono::seconds{60});
    EXPECT_EQ(run.exit_code, 0) << run.output;
    return run.output;
  }
  // Without blanks and line ends, so that a line's end within a word does not matter.
  std::string text() const {
    std::string out;
    for (const char c : Tool({"pdftotext", "-raw", path_, "-"})) {
      if (c != ' ' && c != '\n' && c != '\f') out += c;
    }
    return out;
  }
  // The first page as a picture (PPM).
  std::string Image(int dpi) const {
    const std::string path = path_ + ".page.ppm";
    if (!std::ifstream{path}) {
      Tool({"pdftoppm", "-r", std::to_string(dpi), "-singlefile", path_, path_ + ".page"});
    }
    return path;
  }
  const PrintedSheet& printed() const { return printed_; }
  const std::string& path() const { return path_; }

 private:
  harness::TempDir dir_;
  PrintedSheet printed_ = {};
  std::string path_ = {};
};

Sheet SheetFor(const v1::Item& item, const v1::Item& opening) {
  auto sheet = SheetOf(item, opening, kParties);
  EXPECT_TRUE(sheet.ok());
  return sheet.ok() ? *sheet : Sheet{};
}

void ExpectInOrder(const std::string& text, const std::vector<std::string>& parts) {
  std::size_t at = 0;
  for (const std::string& part : parts) {
    const std::size_t found = text.find(part, at);
    ASSERT_NE(found, std::string::npos) << part << " is not there after what is before it in\n"
                                        << text;
    at = found + part.size();
  }
}

TEST(PrintedLetter, EverythingIsThereInOrder) {
  const v1::Item letter = Inquiry(1);
  const Paper paper{SheetFor(letter, letter)};
  ExpectInOrder(paper.text(),
                {"厦门市同安区教育局", "同教函〔2026〕37号",
                 "厦门市同安区教育局关于核查学生去向和就读情况的函", "绥宁县教育局：",
                 "阿卜杜热合曼·麦麦提吐尔逊𠅤㛃", kNumber, "2026年9月3日家访", "请于2026年12月4日前",
                 "附件：1.家访记录", "厦门市同安区教育局", "2026年11月22日", "联系人：张三",
                 "回执", "同教函〔2026〕37号", "阿卜杜热合曼·麦麦提吐尔逊𠅤㛃", "□R01", "□R99",
                 "（盖章）", "寄回厦门市同安区教育局"});
  EXPECT_THAT(paper.text(), HasSubstr("含未成年人个人信息，注意保密"));
  EXPECT_EQ(paper.printed().missing, 0u);
  EXPECT_EQ(paper.printed().pages, 3) << "the tear-off reply is one sheet";
}

TEST(PrintedLetter, TheTearOffReplyShowsTheLastFourOnly) {
  const v1::Item letter = Inquiry(1);
  const std::string text = Paper{SheetFor(letter, letter)}.text();
  const std::size_t slip = text.find("回执厦门市");
  ASSERT_NE(slip, std::string::npos) << text;
  EXPECT_THAT(text.substr(0, slip), HasSubstr(kNumber));
  EXPECT_THAT(text.substr(slip), Not(HasSubstr(kNumber)));
  EXPECT_THAT(text.substr(slip), HasSubstr("后四位0017"));
}

TEST(PrintedLetter, KindsThatNeedNoSearchShowTheLastFourOnly) {
  v1::Item letter = Inquiry(1);
  const v1::Child child = letter.inquiry().child();
  letter.set_letter_kind(v1::LETTER_KIND_QF);
  *letter.mutable_persuasion()->mutable_child() = child;
  const std::string persuasion = Paper{SheetFor(letter, letter)}.text();
  letter.set_letter_kind(v1::LETTER_KIND_GZ);
  *letter.mutable_notice()->mutable_child() = child;
  letter.mutable_notice()->set_text("该生学籍已转入贵县");
  const std::string notice = Paper{SheetFor(letter, letter)}.text();
  const std::string reply = Paper{SheetFor(Reply(), Inquiry(1))}.text();
  for (const std::string& text : {persuasion, notice, reply}) {
    EXPECT_THAT(text, HasSubstr("0017"));
    EXPECT_THAT(text, Not(HasSubstr("43052720140305001")));
  }
  EXPECT_THAT(notice, Not(HasSubstr("回执"))) << "a notice is not answered";
}

TEST(PrintedLetter, FontsAreEmbedded) {
  const v1::Item letter = Inquiry(1);
  const Paper paper{SheetFor(letter, letter)};
  const std::string fonts = paper.Tool({"pdffonts", paper.path()});
  std::istringstream lines{fonts};
  std::string line;
  int seen = 0;
  while (std::getline(lines, line)) {
    if (line.find("CID") == std::string::npos) continue;
    ++seen;
    EXPECT_THAT(line, HasSubstr(" yes yes yes ")) << "embedded, a subset, with Unicode";
  }
  EXPECT_GE(seen, 2) << fonts;
}

TEST(PrintedLetter, ALongLetterGoesOnWithPageNumbersFromTheSecondPageOn) {
  const v1::Item letter = Inquiry(24);
  const Paper paper{SheetFor(letter, letter)};
  EXPECT_GE(paper.printed().pages, 3);
  EXPECT_THAT(paper.Tool({"pdfinfo", paper.path()}),
              HasSubstr("Pages:           " + std::to_string(paper.printed().pages)));
  const std::string first =
      paper.Tool({"pdftotext", "-l", "1", paper.path(), "-"});
  EXPECT_THAT(first, Not(ContainsRegex("— ?1 ?—")));
  EXPECT_THAT(paper.Tool({"pdftotext", "-f", "2", "-l", "2", paper.path(), "-"}),
              ContainsRegex("— ?2 ?—"));
  EXPECT_THAT(paper.text(), HasSubstr("2026年9月26日家访"));
}

TEST(PrintedLetter, AReplyCitesTheLetterAndHasNoTearOff) {
  const std::string text = Paper{SheetFor(Reply(), Inquiry(1))}.text();
  ExpectInOrder(text, {"绥宁县教育局", "绥教函〔2026〕5号", "关于核查学生去向和就读情况的复函",
                       "厦门市同安区教育局：", "《关于核查学生去向和就读情况的函》（同教函〔2026〕37号）",
                       "在我地就读有学籍（R01）", "绥宁县长铺镇第一小学", "特此函复", "绥宁县教育局"});
  EXPECT_THAT(text, Not(HasSubstr("回执")));
}

// What the last term was paid, for the county that must not pay it again.
v1::Item Transfer(std::int64_t fen) {
  v1::Item item = Inquiry(0);
  const v1::Child child = item.inquiry().child();
  item.set_letter_kind(v1::LETTER_KIND_ZX);
  v1::TransferLetter& letter = *item.mutable_transfer();
  *letter.mutable_child() = child;
  letter.set_from_school("厦门市同安区第一实验小学");
  letter.set_last_paid_term("2026秋");
  letter.set_last_paid_fen(fen);
  letter.set_request("请在该生到校后函复");
  return item;
}

TEST(PrintedLetter, ATransferLetterSaysWhatWasPaidInFiguresAndInCapitals) {
  const v1::Item letter = Transfer(62'503);
  const std::string text = Paper{SheetFor(letter, letter)}.text();
  EXPECT_THAT(text, HasSubstr("转出学校：厦门市同安区第一实验小学；学生资助已发放至：2026秋，"
                              "金额625.03元（大写：陆佰贰拾伍元零叁分）。"));
  v1::Item reply = Reply();
  reply.mutable_reply()->set_last_paid_term("2026秋");
  reply.mutable_reply()->set_last_paid_fen(62'550);
  EXPECT_THAT(Paper{SheetFor(reply, letter)}.text(),
              HasSubstr("学生资助已发放至：2026秋，金额625.50元（大写：陆佰贰拾伍元伍角整）"));
}

TEST(PrintedLetter, AmountsInCapitalsAreWrittenAsTheRuleSays) {
  const std::vector<std::pair<std::int64_t, std::string>> cases{
      {1, "0.01元（大写：壹分）"},
      {50, "0.50元（大写：伍角整）"},
      {100'000, "1000.00元（大写：壹仟元整）"},
      {120'506, "1205.06元（大写：壹仟贰佰零伍元零陆分）"},
      {100'100, "1001.00元（大写：壹仟零壹元整）"},
      {1'000'000, "10000.00元（大写：壹万元整）"},
      {1'020'010, "10200.10元（大写：壹万零贰佰元壹角整）"},
      {1'000'000'037, "10000000.37元（大写：壹仟万元叁角柒分）"}};
  for (const auto& [fen, expected] : cases) {
    const v1::Item letter = Transfer(fen);
    std::string text;
    for (const SheetParagraph& one : SheetFor(letter, letter).body) text += one.text;
    EXPECT_THAT(text, HasSubstr("已发放至：2026秋，金额" + expected + "。"));
  }
  const v1::Item none = Transfer(0);  // a term that was decided and not paid out
  std::string text;
  for (const SheetParagraph& one : SheetFor(none, none).body) text += one.text;
  EXPECT_THAT(text, HasSubstr("已发放至：2026秋。"));
}

// Millimetres from the page's top left corner, of the first line of ink of one colour.
struct Inked {
  double top = 0;
  double bottom = 0;
  double left = 0;
  double right = 0;
};
// Of the first page's red between those two heights, in mm.
Inked RedOf(const Paper& paper, double from, double to) {
  constexpr int kDpi = 150;
  std::ifstream in{paper.Image(kDpi), std::ios::binary};
  std::string magic;
  int width = 0;
  int height = 0;
  int most = 0;
  in >> magic >> width >> height >> most;
  in.get();
  const std::string pixels{std::istreambuf_iterator<char>{in}, {}};
  EXPECT_EQ(pixels.size(), static_cast<std::size_t>(width * height * 3));
  const double mm = 25.4 / kDpi;
  Inked out{.top = 1e9, .bottom = -1, .left = 1e9, .right = -1};
  for (int y = 0; y < height; ++y) {
    if (y * mm < from || y * mm > to) continue;
    for (int x = 0; x < width; ++x) {
      const auto* const p =
          reinterpret_cast<const unsigned char*>(pixels.data()) + (y * width + x) * 3;
      if (p[0] < 180 || p[1] > 120 || p[2] > 120) continue;
      out.top = std::min(out.top, y * mm);
      out.bottom = std::max(out.bottom, (y + 1) * mm);
      out.left = std::min(out.left, x * mm);
      out.right = std::max(out.right, (x + 1) * mm);
    }
  }
  return out;
}

// Of the first words that begin with `text`, in points: xMin, yMin, xMax, yMax; page from 1.
std::array<double, 4> WhereIs(const Paper& paper, const std::string& text, int page) {
  const std::string number = std::to_string(page);
  const std::string out =
      paper.Tool({"pdftotext", "-bbox", "-f", number, "-l", number, paper.path(), "-"});
  std::istringstream lines{out};
  std::array<double, 4> box{};
  for (std::string line; std::getline(lines, line);) {
    if (line.find(">" + text) == std::string::npos) continue;
    EXPECT_EQ(std::sscanf(line.c_str(),
                          " <word xMin=\"%lf\" yMin=\"%lf\" xMax=\"%lf\" yMax=\"%lf\"",
                          &box[0], &box[1], &box[2], &box[3]),
              4)
        << line;
    return box;
  }
  ADD_FAILURE() << text << " is not on page " << page << "\n" << out;
  return box;
}

// GB/T 9704-2012, 10.1.
TEST(PrintedLetter, MarkAndRedLinesStandWhereTheStandardSays) {
  const v1::Item letter = Inquiry(1);
  const Paper paper{SheetFor(letter, letter)};
  const Inked mark = RedOf(paper, 0, 48.0);
  EXPECT_NEAR(mark.top, 30.0, 0.4) << "the mark's top edge";
  const Inked above = RedOf(paper, mark.bottom + 2, 60);
  EXPECT_NEAR(above.top - RedOf(paper, 0, above.top - 1).bottom, 4.0, 0.4) << "under the mark";
  EXPECT_NEAR(above.right - above.left, 170.0, 0.5);
  EXPECT_NEAR((above.right + above.left) / 2, 105.0, 0.3) << "centred";
  const Inked below = RedOf(paper, 200, 297);
  EXPECT_NEAR(below.bottom, 297.0 - 20.0, 0.4) << "the second line";
  EXPECT_NEAR(below.right - below.left, 170.0, 0.5);
}

TEST(PrintedLetter, NumberTitleAndPageNumberStandWhereTheStandardSays) {
  const v1::Item letter = Inquiry(1);
  const Paper paper{SheetFor(letter, letter)};
  constexpr double kMm = 72.0 / 25.4;
  EXPECT_NEAR(WhereIs(paper, "同教函〔2026〕37号", 1)[2] / kMm, 210 - 26, 1.0) << "right edge";
  EXPECT_NEAR(WhereIs(paper, "含未成年人个人信息", 1)[0] / kMm, 28, 0.5) << "left edge";
  const auto title = WhereIs(paper, "关于核查学生", 1);
  EXPECT_NEAR((title[0] + title[2]) / 2 / kMm, 106, 1.0) << "in the middle of the type area";
  const auto page = WhereIs(paper, "—", 2);
  EXPECT_GT(page[1] / kMm, 37 + 225) << "below the type area";
  EXPECT_LT(page[0] / kMm, 105) << "an even page's number is on the left";
}

TEST(PrintedLetter, AShortReplyIsOnePage) {
  const Paper paper{SheetFor(Reply(), Inquiry(1))};
  EXPECT_EQ(paper.printed().pages, 1);
  constexpr double kMm = 72.0 / 25.4;
  const auto date = WhereIs(paper, "2026年12月1日", 1);
  EXPECT_LT(date[3] / kMm, 37 + 225) << "the date is within the type area";
  EXPECT_NEAR(date[2] / kMm, 210 - 26 - 4 * 156.0 / 28, 1.5) << "four characters from the right";
}

TEST(PrintedLetter, ALetterIsASmallFile) {
  const v1::Item letter = Inquiry(24);
  EXPECT_LT(Paper{SheetFor(letter, letter)}.printed().pdf.size(), 100'000u);
  EXPECT_LT(Paper{SheetFor(Reply(), Inquiry(1))}.printed().pdf.size(), 50'000u);
}

TEST(PrintedLetter, ACopyStandsAtTheFootOfTheLastPage) {
  v1::Item urge;
  urge.set_from_asker(true);
  urge.set_document_no("同教函〔2026〕41号");
  urge.mutable_written_at()->set_seconds(1'796'486'400);
  urge.mutable_urge()->set_step(2);
  Day(urge.mutable_urge()->mutable_was_due(), 2026, 12, 4);
  Parties parties = kParties;
  parties.copies = {"教育部", "湖南省教育厅"};
  auto sheet = SheetOf(urge, Inquiry(1), parties);
  ASSERT_TRUE(sheet.ok());
  const Paper paper{*sheet};
  ExpectInOrder(paper.text(), {"特此函催", "2026年12月6日", "抄送：教育部，湖南省教育厅。", "回执"});
  constexpr double kMm = 72.0 / 25.4;
  EXPECT_EQ(paper.printed().pages, 2);
  EXPECT_NEAR(WhereIs(paper, "抄送", 1)[3] / kMm, 37 + 225, 3.0) << "the foot of the type area";
}

TEST(PrintedLetter, AnUrgingHasTheTearOffAgain) {
  v1::Item urge;
  urge.set_from_asker(true);
  urge.set_document_no("同教函〔2026〕40号");
  urge.mutable_written_at()->set_seconds(1'796'486'400);
  urge.mutable_urge()->set_step(1);
  Day(urge.mutable_urge()->mutable_was_due(), 2026, 12, 4);
  ExpectInOrder(Paper{SheetFor(urge, Inquiry(1))}.text(),
                {"同教函〔2026〕40号", "催办函", "2026年12月4日", "第1次函催", "回执"});
}

TEST(PrintedLetter, WhatIsNoDocumentIsNotPrinted) {
  v1::Item item;
  item.mutable_acknowledgement();
  const auto sheet = SheetOf(item, Inquiry(1), kParties);
  ASSERT_FALSE(sheet.ok());
  EXPECT_EQ(sheet.error().reason, "NOT_A_DOCUMENT");
}

}  // namespace
}  // namespace tracing
