#include "registry/domain/normalise.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "registry/domain/text.h"

namespace registry {
namespace {

constexpr std::size_t kTextCharactersMax = 200;  // what every text column holds
constexpr std::size_t kQuoteCharactersMax = 20;
constexpr int kLongRunOfDigits = 9;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool AllDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsDigit);
}

// Up to `N` numbers separated by anything that is not a digit; the count found, or -1 if there are
// more or one has more than four digits.
template <std::size_t N>
int Numbers(std::string_view text, std::array<int, N>& out) {
  int count = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (!IsDigit(text[i])) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && IsDigit(text[end])) ++end;
    if (end - i > 4 || count == static_cast<int>(N)) return -1;
    std::from_chars(text.data() + i, text.data() + end, out[static_cast<std::size_t>(count++)]);
    i = end;
  }
  return count;
}

std::string_view WithoutTime(std::string_view text) {
  const std::size_t cut = text.find_first_of(" T");
  return cut == std::string_view::npos || text.find(':') == std::string_view::npos
             ? text
             : text.substr(0, cut);
}

// Only digits and the separators of dates.
bool LooksLikeDate(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = NextCodePoint(text, at);
    const bool allowed = (c >= '0' && c <= '9') || c == '-' || c == '/' || c == '.' || c == ' ' ||
                         c == U'年' || c == U'月' || c == U'日' || c == U'号';
    if (!allowed) return false;
  }
  return true;
}

std::optional<base::Date> Ymd(int year, int month, int day) {
  if (month < 1 || day < 1) return std::nullopt;
  return base::Date::FromYmd(year, static_cast<unsigned>(month), static_cast<unsigned>(day));
}

int ToInt(std::string_view digits) {
  int value = -1;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

// What every cell reader is given.
struct Cell {
  const Column& column;
  const Reference& reference;
  std::string_view text;  // clean, not empty
  Record& record;
  RowNotes& notes;

  void Put(std::string_view value) const { record.Set(column.field, value); }
  void Refuse(std::string_view reason, const std::string& why) const {
    notes.refusals.push_back(
        Problem{std::string{reason}, column.field,
                fmt::format("「{}」填写为“{}”,{}", column.name, Quote(text), why)});
  }
  void Warn(std::string_view reason, const std::string& why) const {
    notes.warnings.push_back(
        Problem{std::string{reason}, column.field,
                fmt::format("「{}」填写为“{}”,{}", column.name, Quote(text), why)});
  }
};

void PutDate(const Cell& cell) {
  if (const auto day = ReadDate(cell.text)) return cell.Put(day->ToString());
  cell.Refuse("DATE_BAD", "不是一个存在的日期:请写成 2015-09-01 或 20150901");
}

void PutMonth(const Cell& cell) {
  if (const auto month = ReadMonth(cell.text)) return cell.Put(*month);
  cell.Refuse("MONTH_BAD", "不是年月:请写成 202309 这样的六位数字");
}

void PutYear(const Cell& cell) {
  std::string_view text = cell.text;
  for (const std::string_view tail : {"年", "级"}) {
    if (text.ends_with(tail)) text.remove_suffix(tail.size());
  }
  if (text.size() == 4 && AllDigits(text) && text >= "1990" && text <= "2100")
    return cell.Put(text);
  cell.Refuse("YEAR_BAD", "不是年份:请写成 2023 这样的四位数字");
}

void PutYesNo(const Cell& cell) {
  static constexpr std::array<std::string_view, 10> kYes{"是", "1",   "Y",    "y",    "有",
                                                         "√",  "YES", "true", "TRUE", "1-是"};
  static constexpr std::array<std::string_view, 12> kNo{
      "否", "0", "N", "n", "无", "×", "NO", "2", "false", "FALSE", "0-否", "不是"};
  if (std::find(kYes.begin(), kYes.end(), cell.text) != kYes.end()) return cell.Put("是");
  if (std::find(kNo.begin(), kNo.end(), cell.text) != kNo.end()) return cell.Put("否");
  cell.Refuse("YES_NO_BAD", "应填“是”或“否”");
}

void PutSex(const Cell& cell) {
  static constexpr std::array<std::string_view, 7> kMale{"男", "1",  "男性", "1-男",
                                                         "M",  "01", "男生"};
  static constexpr std::array<std::string_view, 7> kFemale{"女", "2",  "女性", "2-女",
                                                           "F",  "02", "女生"};
  if (std::find(kMale.begin(), kMale.end(), cell.text) != kMale.end()) return cell.Put("男");
  if (std::find(kFemale.begin(), kFemale.end(), cell.text) != kFemale.end()) return cell.Put("女");
  cell.Refuse("SEX_BAD", "应填“男”或“女”(也可填代码 1、2)");
}

void PutCode(const Cell& cell) {
  const CodeList* list = cell.reference.List(cell.column.list);
  if (list == nullptr) return cell.Put(cell.text);
  if (const std::string* text = list->Find(cell.text)) return cell.Put(*text);
  cell.Refuse("CODE_UNKNOWN", fmt::format("不在代码表中:可填 {}", list->Choices()));
}

void PutDivision(const Cell& cell) {
  std::string_view code = cell.text;
  // "350212-同安区" and "350212 福建省厦门市同安区": the code decides.
  std::size_t digits = 0;
  while (digits < code.size() && IsDigit(code[digits])) ++digits;
  if (digits == 6 || digits == 9 || digits == 12) code = code.substr(0, digits);
  switch (cell.reference.divisions.Check(code)) {
    case DivisionCheck::kForm:
      return cell.Refuse("DIVISION_BAD", "不是行政区划代码:请填六位数字,如 350212");
    case DivisionCheck::kProvince:
      return cell.Refuse("DIVISION_BAD", "前两位不是任何省级区划:请核对六位代码");
    case DivisionCheck::kPrefectureUnknown:
      cell.Warn("DIVISION_UNKNOWN", "前四位不在区划表中,请核对");
      break;
    case DivisionCheck::kOk:
      break;
  }
  while (code.size() > 6 && code.ends_with("000")) code.remove_suffix(3);
  cell.Put(code);
}

void PutPhone(const Cell& cell) {
  std::string digits;
  for (const char c : cell.text) {
    if (c != ' ' && c != '-' && c != '\'') digits.push_back(c);
  }
  const bool mobile = digits.size() == 11 && AllDigits(digits) && digits.front() == '1';
  const bool fixed = digits.size() >= 7 && digits.size() <= 12 && AllDigits(digits);
  if (!mobile && !fixed) cell.Warn("PHONE_ODD", "不像电话号码,请核对");
  cell.Put(digits);
}

void PutNumber(const Cell& cell) {
  std::string_view text = cell.text;
  for (const std::string_view tail : {"公里", "千米", "KM", "km"}) {
    if (text.ends_with(tail)) text.remove_suffix(tail.size());
  }
  const auto dots = std::count(text.begin(), text.end(), '.');
  std::string digits{text};
  std::erase(digits, '.');
  if (dots <= 1 && digits.size() <= 8 && AllDigits(digits) && text.front() != '.') {
    return cell.Put(text.ends_with('.') ? text.substr(0, text.size() - 1) : text);
  }
  cell.Refuse("NUMBER_BAD", "不是数字:请只填数字,如 1.5");
}

void PutGrade(const Cell& cell) {
  static constexpr std::array<std::string_view, 9> kNames{"一", "二", "三", "四", "五",
                                                          "六", "七", "八", "九"};
  std::string_view text = cell.text;
  if (text.ends_with("年级")) text.remove_suffix(std::string_view{"年级"}.size());
  if (text == "初一") text = "七";
  if (text == "初二") text = "八";
  if (text == "初三") text = "九";
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    const std::string digit(1, static_cast<char>('1' + i));
    if (text == kNames[i] || text == digit || text == "0" + digit) return cell.Put(digit);
  }
  cell.Refuse("GRADE_BAD", "不是年级:请填 1 至 9,或 一年级 至 九年级");
}

void PutIdNumber(const Cell& cell) { cell.Put(NormaliseId(cell.text)); }

void PutText(const Cell& cell) {
  if (Characters(cell.text) > kTextCharactersMax) {
    return cell.Refuse("TEXT_TOO_LONG", "超过 200 个字:请缩短");
  }
  cell.Put(cell.text);
}

void PutCell(const Cell& cell) {
  switch (cell.column.kind) {
    case FieldKind::kText:
      return PutText(cell);
    case FieldKind::kName:
      return cell.Put(CleanName(cell.text));
    case FieldKind::kSex:
      return PutSex(cell);
    case FieldKind::kDate:
      return PutDate(cell);
    case FieldKind::kMonth:
      return PutMonth(cell);
    case FieldKind::kYear:
      return PutYear(cell);
    case FieldKind::kYesNo:
      return PutYesNo(cell);
    case FieldKind::kCode:
      return PutCode(cell);
    case FieldKind::kDivision:
      return PutDivision(cell);
    case FieldKind::kIdNumber:
      return PutIdNumber(cell);
    case FieldKind::kPhone:
      return PutPhone(cell);
    case FieldKind::kSchoolCode:
    case FieldKind::kClassNo:
      return PutText(cell);
    case FieldKind::kNumber:
      return PutNumber(cell);
    case FieldKind::kGrade:
      return PutGrade(cell);
  }
}

}  // namespace

std::optional<base::Date> ReadDate(std::string_view text) {
  text = WithoutTime(text);
  if (!LooksLikeDate(text)) return std::nullopt;
  if (text.size() == 8 && AllDigits(text)) {
    return Ymd(ToInt(text.substr(0, 4)), ToInt(text.substr(4, 2)), ToInt(text.substr(6, 2)));
  }
  std::array<int, 3> parts{};
  if (Numbers(text, parts) != 3 || parts[0] < 1000) return std::nullopt;
  return Ymd(parts[0], parts[1], parts[2]);
}

std::optional<std::string> ReadMonth(std::string_view text) {
  if (const auto day = ReadDate(text)) return fmt::format("{:04}{:02}", day->year(), day->month());
  if (!LooksLikeDate(text)) return std::nullopt;
  int year = 0;
  int month = 0;
  std::array<int, 2> parts{};
  if (text.size() == 6 && AllDigits(text)) {
    year = ToInt(text.substr(0, 4));
    month = ToInt(text.substr(4, 2));
  } else if (Numbers(text, parts) == 2) {
    year = parts[0];
    month = parts[1];
  }
  if (!Ymd(year, month, 1)) return std::nullopt;
  return fmt::format("{:04}{:02}", year, month);
}

std::string NormaliseId(std::string_view text) {
  std::string id;
  for (char c : CleanText(text)) {
    if (c == ' ' || c == '\'' || c == '-') continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    id.push_back(c);
  }
  return id;
}

std::string Quote(std::string_view cell) {
  std::string out;
  std::size_t characters = 0;
  int run = 0;
  for (std::size_t at = 0; at < cell.size(); ++characters) {
    if (characters == kQuoteCharactersMax) return out + "…";
    const std::size_t begin = at;
    const char32_t c = NextCodePoint(cell, at);
    run = c < 0x80 && IsDigit(static_cast<char>(c)) ? run + 1 : 0;
    if (run >= kLongRunOfDigits) {
      out += '*';
    } else {
      out.append(cell.substr(begin, at - begin));
    }
  }
  return out;
}

std::optional<base::Date> DateOf(const Record& record, Field field) {
  const std::string_view text = record.Get(field);
  if (text.empty()) return std::nullopt;
  auto day = base::Date::Parse(text);
  if (!day.ok()) return std::nullopt;
  return *day;
}

void NormaliseCell(const Column& column, const Reference& reference, std::string_view cell,
                   Record& record, RowNotes& notes) {
  thread_local std::string clean;
  CleanTextTo(cell, clean);
  if (clean.empty()) return;
  PutCell(Cell{column, reference, clean, record, notes});
}

void NormaliseRow(const HeaderMap& header, const Reference& reference, Cells cells, Record& record,
                  RowNotes& notes) {
  record.Clear();
  notes.refusals.clear();
  notes.warnings.clear();
  const std::size_t columns = std::min(cells.size(), header.columns.size());
  for (std::size_t i = 0; i < columns; ++i) {
    if (header.columns[i] == nullptr || cells[i]->empty()) continue;
    NormaliseCell(*header.columns[i], reference, *cells[i], record, notes);
  }
}

}  // namespace registry
