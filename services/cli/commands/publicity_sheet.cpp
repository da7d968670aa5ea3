#include "cli/commands/publicity_sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "print/print.h"

namespace cli {
namespace {

using print::Mm;

constexpr const char* kBodyFont = "FangSong_GB2312,仿宋_GB2312,Noto Serif CJK SC";
constexpr const char* kHeadFont = "SimHei,黑体,Noto Sans CJK SC";
constexpr double kLeft = Mm(28);
constexpr double kWidth = Mm(156);
constexpr double kTop = Mm(30);
constexpr double kBottom = Mm(268);
constexpr double kPageNumber = Mm(277);
constexpr double kRow = Mm(7.5);
// Where the columns 序号, 学校, 班级, 姓名 begin, and the table's right edge.
constexpr std::array<double, 5> kColumns{0, Mm(16), Mm(86), Mm(124), kWidth};

print::Style Body() {
  return {.font = kBodyFont, .size = 14, .pitch = 24, .bold = false, .color = {},
          .align = print::Align::kJustify, .spacing = 0, .indent = 28};
}
print::Style Cell() {
  return {.font = kBodyFont, .size = 11, .pitch = 15, .bold = false, .color = {},
          .align = print::Align::kLeft, .spacing = 0, .indent = 0};
}

std::string DayText(const std::optional<base::Date>& day) {
  if (!day) return "      年    月    日";
  return fmt::format("{}年{}月{}日", day->year(), day->month(), day->day());
}

double Heading(print::Document& document, const PublicitySheet& sheet) {
  const print::Style title{.font = kHeadFont, .size = 20, .pitch = 32, .bold = true, .color = {},
                           .align = print::Align::kCenter, .spacing = 0, .indent = 0};
  double y = document.Text(title, sheet.school_year + "学年家庭经济困难学生认定名单公示", kLeft,
                           kTop, kWidth);
  const std::string text = fmt::format(
      "经学校认定和复核，现将{}学年拟认定学生名单（共{}人）予以公示。公示期自{}至{}。"
      "如有异议，请在公示期内向所在学校或县级学生资助管理机构实名提出，受理者应为异议人保密。",
      sheet.school_year, sheet.lines.size(), DayText(sheet.from), DayText(sheet.until));
  return document.Text(Body(), text, kLeft, y + Mm(4), kWidth) + Mm(4);
}

using Cells = std::array<std::string, 4>;

double CellWidth(std::size_t column) {
  return kColumns[column + 1] - kColumns[column] - Mm(3);
}

// As high as its fullest cell: a long name goes on below, a cut one would be another's.
double RowHeight(const print::Document& document, const print::Style& style, const Cells& cells) {
  std::size_t lines = 1;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    lines = std::max(lines, document.Lines(style, cells[i], CellWidth(i)));
  }
  return kRow + static_cast<double>(lines - 1) * style.pitch;
}

// Returns the y below.
double Row(print::Document& document, double y, const print::Style& style, const Cells& cells) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    document.Text(style, cells[i], kLeft + kColumns[i] + Mm(1.5), y + Mm(1), CellWidth(i));
  }
  const double end = y + RowHeight(document, style, cells);
  const print::Document::Pen pen{.thickness = 0.5, .color = {}, .dash = 0};
  for (const double x : kColumns) document.Line(kLeft + x, y, kLeft + x, end, pen);
  document.Line(kLeft, end, kLeft + kWidth, end, pen);
  return end;
}

double TableHead(print::Document& document, double y) {
  document.Line(kLeft, y, kLeft + kWidth, y, {.thickness = 0.5, .color = {}, .dash = 0});
  print::Style style = Cell();
  style.font = kHeadFont;
  return Row(document, y, style, {"序号", "学校", "班级", "姓名"});
}

void PageNumber(print::Document& document) {
  print::Style style = Cell();
  style.align = print::Align::kCenter;
  document.Text(style, fmt::format("— {} —", document.page()), kLeft, kPageNumber, kWidth);
}

}  // namespace

base::Result<std::string> PrintPublicity(const PublicitySheet& sheet, base::UtcTime now) {
  print::Document document(print::kA4Width, print::kA4Height,
                           {.title = "公示名单", .author = "", .created = now});
  double y = TableHead(document, Heading(document, sheet));
  for (std::size_t i = 0; i < sheet.lines.size(); ++i) {
    const PublicityLine& line = sheet.lines[i];
    const Cells cells{std::to_string(i + 1), line.school, line.school_class, line.name};
    if (y + RowHeight(document, Cell(), cells) > kBottom) {
      PageNumber(document);
      document.NewPage();
      y = TableHead(document, kTop);
    }
    y = Row(document, y, Cell(), cells);
  }
  PageNumber(document);
  return document.Finish();
}

}  // namespace cli
