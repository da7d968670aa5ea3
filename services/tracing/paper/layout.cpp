// GB/T 9704-2012 信函格式 (10.1) with what all formats share (5, 7): A4, type area 156 x 225 mm,
// 22 lines of 28 characters of 3号. Numbers below without another source are from there.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "print/flow.h"
#include "tracing/paper/sheet.h"

namespace tracing {
namespace {

using print::Align;
using print::Mm;
using print::Style;

constexpr double kLeft = Mm(28);
constexpr double kTop = Mm(37);
constexpr double kWidth = Mm(156);
constexpr double kBottom = Mm(37 + 225);
constexpr double kFullPitch = Mm(225.0 / 22);
// What is tried where a page would hold little more than the seal (7.3.5.4: line spacing may be
// adjusted so that seal and date stand with the text).
constexpr double kTighter[] = {1.0, 0.96, 0.92, 0.88};
constexpr double kSize2 = 22;    // 2号, points
constexpr double kSize3 = 16;    // 3号
constexpr double kSize4 = 14;    // 4号
constexpr double kCharacter = kWidth / 28;
constexpr double kSpacing = kCharacter - kSize3;
constexpr double kMarkTop = Mm(30);
constexpr double kMarkMax = 46;  // the standard leaves the mark's size to the organ
constexpr double kMarkMin = 18;
constexpr double kRuleWidth = Mm(170);
constexpr double kRuleGap = Mm(4);
constexpr double kFootRule = print::kA4Height - Mm(20);
constexpr double kUnderRule = kSize3 * 7 / 8;
constexpr double kSealRadius = Mm(21);  // a county's seal is 42 mm wide (国发〔1999〕25号)
constexpr double kPageNumber = Mm(7);   // below the type area
constexpr print::Color kRed{0.86, 0.08, 0.08};
constexpr print::Color kGrey{0.6, 0.6, 0.6};
constexpr print::Color kPale{0.88, 0.88, 0.88};
constexpr double kDraftSize = 96;

// Licensed official fonts where they are installed, else Debian's (libs/print/README.md).
constexpr const char* kBodyFont = "FangSong_GB2312,仿宋_GB2312,Noto Serif CJK SC,HanaMinA,HanaMinB";
constexpr const char* kTitleFont =
    "FZXiaoBiaoSong-B05S,方正小标宋简体,Noto Serif CJK SC,HanaMinA,HanaMinB";
constexpr const char* kHeadFont = "SimHei,黑体,Noto Sans CJK SC,HanaMinA,HanaMinB";

Style Title(double size, Align align = Align::kCenter) {
  return {.font = kTitleFont, .size = size, .pitch = size * 1.45, .bold = true, .color = {},
          .align = align, .spacing = 0, .indent = 0};
}

// A letter's words being put on pages.
class Layout {
 public:
  Layout(const Sheet& sheet, double tightness)
      : pitch_(kFullPitch * tightness),
        sheet_(sheet),
        document_(print::kA4Width, print::kA4Height,
                  {.title = sheet.title, .author = sheet.author, .created = sheet.printed_at}),
        flow_(document_, {.x = kLeft, .top = kTop, .width = kWidth, .bottom = kBottom},
              [this](int page) { return NextPage(page); }) {}

  int letter_pages() const { return letter_pages_; }  // without the tear-off reply

  base::Result<PrintedSheet> Render() {
    FootMark();
    Head();
    Text();
    Sign();
    if (!sheet_.copies.empty()) Copies();
    PrintedSheet out;
    letter_pages_ = document_.page();
    if (sheet_.slip) TearOff(*sheet_.slip);
    out.pages = document_.page();
    out.missing = document_.missing();
    ASSIGN_OR_RETURN(out.pdf, document_.Finish());
    return out;
  }

 private:
  void Head();
  void Text();
  void Sign();
  void Copies();
  double CopiesHeight() const;
  double SignHeight() const { return 2 * kSealRadius + pitch_ * 0.3; }
  std::string CopiesText() const;
  void TearOff(const Slip& slip);
  std::vector<print::Row> SlipRows(const Slip& slip) const;
  void DoubleRule(double top, bool thick_first);
  void FootMark();
  void DraftMark();
  print::Frame NextPage(int page);
  std::string TitleInLines(double size) const;
  Style Body(Align align = Align::kJustify) const {
    return {.font = kBodyFont, .size = kSize3, .pitch = pitch_, .bold = false, .color = {},
            .align = align, .spacing = kSpacing, .indent = 0};
  }
  Style Indented() const {
    Style style = Body();
    style.indent = 2 * kCharacter;
    return style;
  }
  Style Heading() const {
    Style style = Indented();
    style.font = kHeadFont;
    return style;
  }
  // 7.4.2: 4号, one character in on both sides, the second line under the first office.
  Style Small() const {
    return {.font = kBodyFont, .size = kSize4, .pitch = kSize4 * 1.6, .bold = false, .color = {},
            .align = Align::kLeft, .spacing = 0, .indent = 0};
  }

  double pitch_;
  int letter_pages_ = 0;
  const Sheet& sheet_;
  print::Document document_;
  print::Flow flow_;
};

// A page of its own from the second on has a number: odd ones right, even ones left, one character
// in. The first page of a letter has none.
print::Frame Layout::NextPage(int page) {
  Style style{.font = kBodyFont, .size = kSize4, .pitch = kSize4 * 1.5, .bold = false,
              .color = {}, .align = page % 2 == 1 ? Align::kRight : Align::kLeft, .spacing = 0,
              .indent = 0};
  document_.Text(style, fmt::format("— {} —", page), kLeft + kSize4, kBottom + kPageNumber,
                 kWidth - 2 * kSize4);
  FootMark();
  return {.x = kLeft, .top = kTop, .width = kWidth, .bottom = kBottom};
}

// What nobody has approved says so across the page, wherever it is cut off.
void Layout::DraftMark() {
  if (!sheet_.draft) return;
  const Style style{.font = kTitleFont, .size = kDraftSize, .pitch = kDraftSize * 1.2,
                    .bold = true, .color = kPale, .align = Align::kCenter, .spacing = 0,
                    .indent = 0};
  for (const double part : {0.25, 0.5, 0.75}) {
    document_.Text(style, "草　稿", kLeft, print::kA4Height * part - kDraftSize / 2, kWidth);
  }
}

void Layout::FootMark() {
  DraftMark();
  if (sheet_.print_mark.empty()) return;
  const Style style{.font = kBodyFont, .size = 7.5, .pitch = 10, .bold = false, .color = kGrey,
                    .align = Align::kCenter, .spacing = 0, .indent = 0};
  document_.Text(style, sheet_.print_mark, kLeft, kFootRule + Mm(6), kWidth, 0, 1);
}

void Layout::DoubleRule(double top, bool thick_first) {
  constexpr double kThick = Mm(1);
  constexpr double kThin = Mm(0.35);
  constexpr double kBetween = Mm(0.6);
  const double x = (print::kA4Width - kRuleWidth) / 2;
  double y = top;
  for (const double thickness : {thick_first ? kThick : kThin, thick_first ? kThin : kThick}) {
    document_.Line(x, y + thickness / 2, x + kRuleWidth, y + thickness / 2,
                   {.thickness = thickness, .color = kRed, .dash = 0});
    y += thickness + kBetween;
  }
}

// Broken after the organ's name where one line does not hold it: no word is cut.
std::string Layout::TitleInLines(double size) const {
  const Style style = Title(size);
  if (document_.Width(style, sheet_.title) <= kWidth || !sheet_.title.starts_with(sheet_.mark)) {
    return sheet_.title;
  }
  return sheet_.mark + "\n" + sheet_.title.substr(sheet_.mark.size());
}

void Layout::Head() {
  Style mark = Title(kMarkMax);
  mark.color = kRed;
  const double natural = document_.Width(mark, sheet_.mark);
  mark.size = std::clamp(kMarkMax * kRuleWidth / std::max(natural, 1.0), kMarkMin, kMarkMax);
  const double x = (print::kA4Width - kRuleWidth) / 2;
  const double ends = document_.Ink(mark, sheet_.mark, x, kMarkTop, kRuleWidth);
  const double rule = ends + kRuleGap;
  DoubleRule(rule, true);
  DoubleRule(kFootRule - Mm(1.95), false);

  double y = rule + Mm(1.95) + kUnderRule - (pitch_ - kSize3) / 2;
  Style warning = Body(Align::kLeft);
  warning.font = kHeadFont;
  const Style number = Body(Align::kRight);
  document_.Text(number, sheet_.document_no, kLeft, y, kWidth);
  const bool beside = document_.Width(warning, sheet_.warning) +
                          document_.Width(number, sheet_.document_no) + kCharacter <= kWidth;
  if (!sheet_.warning.empty()) {
    if (!beside) y += pitch_;
    document_.Text(warning, sheet_.warning, kLeft, y, kWidth);
  }
  flow_.Skip(y + pitch_ * 3 - flow_.y());
  flow_.Paragraph(Title(kSize2), TitleInLines(kSize2));
  flow_.Skip(pitch_);
  flow_.Paragraph(Body(Align::kLeft), sheet_.addressee + "：");
}

void Layout::Text() {
  const std::size_t count = sheet_.body.size();
  // The last paragraph stays with the seal: no page holds a signature alone.
  double end = SignHeight();
  if (!sheet_.copies.empty()) end += CopiesHeight() + pitch_;
  if (!sheet_.note.empty()) end += flow_.Height(Indented(), sheet_.note);
  end += static_cast<double>(sheet_.attachments.empty() ? 0 : 1 + sheet_.attachments.size()) *
         pitch_;
  for (std::size_t i = 0; i < count; ++i) {
    const SheetParagraph& one = sheet_.body[i];
    const bool last = i + 1 == count;
    if (last && !flow_.Fits(flow_.Height(Indented(), one.text) + end)) {
      flow_.Break();
    }
    if (!one.heading.empty()) {
      if (!flow_.Fits(2 * pitch_)) flow_.Break();
      flow_.Paragraph(Heading(), one.heading);
    }
    if (!one.text.empty()) flow_.Paragraph(Indented(), one.text);
  }
  if (sheet_.attachments.empty()) return;
  flow_.Skip(pitch_);
  const bool many = sheet_.attachments.size() > 1;
  for (std::size_t i = 0; i < sheet_.attachments.size(); ++i) {
    const std::string lead = i == 0 ? "附件：" : "　　　";
    flow_.Paragraph(Indented(), lead + (many ? fmt::format("{}. ", i + 1) : "") +
                                    sheet_.attachments[i]);
  }
}

// Organ and date lie just below the middle of the seal, whose top is within a line of the text.
void Layout::Sign() {
  if (!flow_.Fits(SignHeight())) flow_.Break();
  const Style style = Body(Align::kLeft);
  const double date_width = document_.Width(style, sheet_.date);
  const double author_width = document_.Width(style, sheet_.author);
  double middle = kLeft + kWidth - 4 * kCharacter - date_width / 2;
  middle = std::min(middle, kLeft + kWidth - author_width / 2);
  middle = std::min(middle, kLeft + kWidth - kSealRadius);
  const double seal_top = flow_.y() + pitch_ * 0.2;
  document_.Circle(middle, seal_top + kSealRadius, kSealRadius,
                   {.thickness = 0.4, .color = kGrey, .dash = 3});
  const Style place{.font = kBodyFont, .size = 9, .pitch = 12, .bold = false, .color = kGrey,
                    .align = Align::kCenter, .spacing = 0, .indent = 0};
  document_.Text(place, "（印章）", middle - kSealRadius, seal_top + Mm(8), 2 * kSealRadius);
  flow_.Skip(2 * pitch_);
  document_.Text(style, sheet_.author, middle - author_width / 2, flow_.y(), author_width + 1);
  flow_.Skip(pitch_);
  document_.Text(style, sheet_.date, middle - date_width / 2, flow_.y(), date_width + 1);
  flow_.Skip(SignHeight() - 3 * pitch_);
  if (!sheet_.note.empty()) flow_.Paragraph(Indented(), sheet_.note);
}

std::string Layout::CopiesText() const {
  std::string all;
  for (const std::string& one : sheet_.copies) all += (all.empty() ? "" : "，") + one;
  return all + "。";
}

double Layout::CopiesHeight() const {
  if (sheet_.copies.empty()) return 0;
  const double label = 3 * kSize4;
  return flow_.HeightWithin(Small(), CopiesText(), kWidth - 2 * kSize4 - label);
}

// 版记 of a letter (10.1): neither lines nor printing office nor date, at the foot of the last page.
void Layout::Copies() {
  const double height = CopiesHeight();
  if (!flow_.Fits(height + pitch_)) flow_.Break();
  const double label = 3 * kSize4;
  const double y = kBottom - height;
  document_.Text(Small(), "抄送：", kLeft + kSize4, y, label + 1);
  document_.Text(Small(), CopiesText(), kLeft + kSize4 + label, y, kWidth - 2 * kSize4 - label);
}

std::vector<print::Row> Layout::SlipRows(const Slip& slip) const {
  const auto pair = [](std::string a, std::string b, std::string c, std::string d) {
    return print::Row{.cells = {{std::move(a), Align::kCenter, 1}, {std::move(b), Align::kLeft, 1},
                                {std::move(c), Align::kCenter, 1}, {std::move(d), Align::kLeft, 1}},
                      .height_min = Mm(9)};
  };
  const auto wide = [](std::string a, std::string b, double height) {
    return print::Row{.cells = {{std::move(a), Align::kCenter, 1}, {std::move(b), Align::kLeft, 3}},
                      .height_min = height};
  };
  std::string codes;
  for (const std::string& code : slip.codes) codes += (codes.empty() ? "□ " : "\n□ ") + code;
  std::vector<print::Row> rows;
  rows.push_back(pair("来函文号", slip.document_no, "回复期限", slip.reply_by));
  rows.push_back(pair("学生姓名", slip.student, "公民身份号码", slip.id_masked));
  rows.push_back(wide("核查结果\n（选一项打√）", codes, 0));
  rows.push_back(wide("学校、年级班\n（R01、R02）", "", Mm(11)));
  rows.push_back(pair("起始日期", "", "期限或\n返校日期", ""));
  rows.push_back(wide("第三地地址\n和联系电话", "", Mm(11)));
  rows.push_back(wide("情况说明", "", Mm(15)));
  rows.push_back(pair("经办人", "", "联系电话", ""));
  rows.push_back(wide("回函单位", "　\n（盖章）　　　　　　　年　　　月　　　日", Mm(15)));
  return rows;
}

// Below a dashed line where the page has room, else on a sheet of its own.
void Layout::TearOff(const Slip& slip) {
  const print::TableStyle style{
      .text = {.font = kBodyFont, .size = 11, .pitch = 14.3, .bold = false, .color = {},
               .align = Align::kLeft, .spacing = 0, .indent = 0},
      .padding = 4,
      .border = {.thickness = 0.6, .color = {}, .dash = 0}};
  const std::array<double, 4> columns{Mm(30), Mm(51), Mm(28), Mm(47)};
  const std::vector<print::Row> rows = SlipRows(slip);
  const Style title = Title(kSize2);
  Style small = style.text;
  small.pitch = 15;
  Style to = Body(Align::kLeft);
  Style lead = Indented();
  to.size = lead.size = kSize4;
  to.spacing = lead.spacing = 0;
  lead.indent = 2 * kSize4;
  to.pitch = lead.pitch = 22;
  const std::string cited = slip.document_no.empty() ? "" : "（" + slip.document_no + "）";
  const std::string text =
      fmt::format("你局《{}》{}收悉，现将核查结果回复如下：", slip.title, cited);
  std::string back = "填写盖章后";
  if (!slip.reply_by.empty()) back += "，请于" + slip.reply_by + "前";
  back += "寄回" + slip.to + (slip.contact.empty() ? "。" : "（联系人：" + slip.contact + "）。");
  const double height = pitch_ + title.pitch + flow_.Height(to, slip.to + "：") +
                        flow_.Height(lead, text) + flow_.TableHeight(style, columns, rows) +
                        flow_.Height(small, back) + 8;
  if (sheet_.copies.empty() && flow_.Fits(height + pitch_)) {
    flow_.Skip(pitch_ / 2);
    document_.Line(kLeft, flow_.y(), kLeft + kWidth, flow_.y(),
                   {.thickness = 0.6, .color = {}, .dash = 4});
    flow_.Skip(pitch_ / 2);
  } else {
    flow_.Break();
  }
  flow_.Paragraph(title, "回　执");
  flow_.Paragraph(to, slip.to + "：");
  flow_.Paragraph(lead, text);
  flow_.Skip(4);
  flow_.Table(style, columns, rows);
  flow_.Skip(4);
  flow_.Paragraph(small, back);
}

}  // namespace

base::Result<PrintedSheet> RenderSheet(const Sheet& sheet) {
  Layout first{sheet, kTighter[0]};
  ASSIGN_OR_RETURN(PrintedSheet best, first.Render());
  if (first.letter_pages() == 1) return best;
  for (const double tightness : kTighter) {
    Layout next{sheet, tightness};
    ASSIGN_OR_RETURN(PrintedSheet tighter, next.Render());
    if (next.letter_pages() < first.letter_pages()) return tighter;
  }
  return best;
}

}  // namespace tracing
