// A list of children who live elsewhere: columns by name, cells to entries.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "tracing/app/away_entry.h"
#include "tracing/app/letter_content.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

constexpr int kRowsMax = 2000;

enum class Column {
  kName, kSex, kIdNumber, kBirth, kTown, kWhy, kGuardian, kRelation, kGuardianPhone, kHousehold,
  kDivision, kAddress, kPhone, kSchool, kGrade, kSince, kLeftOn, kStudentNo, kNote
};
struct Alias {
  std::string_view header;
  Column column;
};
constexpr std::array<Alias, 40> kAliases{{
    {"姓名", Column::kName}, {"学生姓名", Column::kName}, {"儿童姓名", Column::kName},
    {"性别", Column::kSex},
    {"身份证件号", Column::kIdNumber}, {"身份证号", Column::kIdNumber},
    {"身份证号码", Column::kIdNumber}, {"公民身份号码", Column::kIdNumber},
    {"出生日期", Column::kBirth}, {"出生年月", Column::kBirth},
    {"乡镇", Column::kTown}, {"户籍乡镇", Column::kTown}, {"所属乡镇", Column::kTown},
    {"类型", Column::kWhy}, {"外出类型", Column::kWhy},
    {"监护人", Column::kGuardian}, {"监护人姓名", Column::kGuardian},
    {"与监护人关系", Column::kRelation}, {"关系", Column::kRelation},
    {"监护人电话", Column::kGuardianPhone}, {"联系电话", Column::kGuardianPhone},
    {"户籍地址", Column::kHousehold}, {"家庭地址", Column::kHousehold},
    {"现居住地区划", Column::kDivision}, {"现居住地区划代码", Column::kDivision},
    {"居住地区划代码", Column::kDivision},
    {"现居住地址", Column::kAddress}, {"现住址", Column::kAddress}, {"外出地点", Column::kAddress},
    {"现居住地电话", Column::kPhone},
    {"就读学校", Column::kSchool}, {"现就读学校", Column::kSchool},
    {"就读年级", Column::kGrade}, {"年级班级", Column::kGrade},
    {"就读起始日期", Column::kSince}, {"入学时间", Column::kSince},
    {"外出日期", Column::kLeftOn}, {"外出时间", Column::kLeftOn},
    {"学籍号", Column::kStudentNo},
    {"备注", Column::kNote},
}};

std::optional<Column> ColumnOf(std::string_view header) {
  for (const Alias& alias : kAliases) {
    if (alias.header == header) return alias.column;
  }
  return std::nullopt;
}

// 2026-09-01, 2026/9/1, 20260901, 2026年9月1日, 2026年9月 (its first day).
std::optional<base::Date> DayFrom(std::string_view text) {
  std::vector<int> parts;
  int digits = 0;
  for (const char c : text) {
    if (c >= '0' && c <= '9') {
      if (digits == 0) parts.push_back(0);
      if (++digits > 8) return std::nullopt;
      parts.back() = parts.back() * 10 + (c - '0');
    } else {
      digits = 0;
    }
  }
  if (parts.size() == 1 && text.size() == 8) {
    parts = {parts[0] / 10000, parts[0] / 100 % 100, parts[0] % 100};
  }
  if (parts.size() == 1 && text.size() == 6) parts = {parts[0] / 100, parts[0] % 100};
  if (parts.size() == 2) parts.push_back(1);
  if (parts.size() != 3 || parts[0] < 1990 || parts[0] > 2200) return std::nullopt;
  return base::Date::FromYmd(parts[0], static_cast<unsigned>(parts[1]),
                             static_cast<unsigned>(parts[2]));
}

void PutDay(const std::string& text, std::string_view column, baoxue::bus::v1::Date* out,
            AwayList::Line& line) {
  const std::optional<base::Date> day = DayFrom(text);
  if (day) return PutDate(*day, out);
  out->set_year(1);  // given, and wrong
  line.problems.push_back({Code::kInvalidArgument, "BAD_DATE",
                           fmt::format("{}：不是日期，写成2026-09-01", column)});
}

std::string Upper(std::string text) {
  std::replace(text.begin(), text.end(), 'x', 'X');
  return text;
}

void PutCell(Column column, const std::string& text, AwayList::Line& line) {
  v1::AwayEntry& entry = line.entry;
  switch (column) {
    case Column::kName: return entry.mutable_child()->set_name(text);
    case Column::kSex: return entry.mutable_child()->set_sex(text);
    case Column::kIdNumber: return entry.mutable_child()->set_id_number(Upper(text));
    case Column::kBirth: return PutDay(text, "出生日期", entry.mutable_child()->mutable_birth(), line);
    case Column::kTown: return entry.set_town(text);
    case Column::kWhy: return entry.set_why(text);
    case Column::kGuardian: return entry.mutable_guardian()->set_name(text);
    case Column::kRelation: return entry.mutable_guardian()->set_relation(text);
    case Column::kGuardianPhone: return entry.mutable_guardian()->set_phone(text);
    case Column::kHousehold: return entry.mutable_child()->set_household_address(text);
    case Column::kDivision: return entry.set_division(text.substr(0, 6));
    case Column::kAddress: return entry.set_address(text);
    case Column::kPhone: return entry.set_phone(text);
    case Column::kSchool: return entry.set_school(text);
    case Column::kGrade: return entry.mutable_child()->set_grade_class(text);
    case Column::kSince: return PutDay(text, "就读起始日期", entry.mutable_since(), line);
    case Column::kLeftOn: return PutDay(text, "外出日期", entry.mutable_left_on(), line);
    case Column::kStudentNo: return entry.mutable_child()->set_student_no(text);
    case Column::kNote: return entry.set_note(text);
  }
}

base::Result<std::vector<std::optional<Column>>> ReadHeader(const v1::ImportAway& list,
                                                            AwayList& out) {
  std::vector<std::optional<Column>> columns;
  std::map<Column, int> seen;
  for (const std::string& header : list.header()) {
    columns.push_back(ColumnOf(header));
    if (!columns.back()) {
      if (!header.empty()) out.unknown_columns.push_back(header);
    } else if (++seen[*columns.back()] > 1) {
      return Error{Code::kInvalidArgument, "HEADER_DUPLICATE_COLUMN",
                   fmt::format("表头中“{}”出现了两次，请删去一列", header)};
    }
  }
  std::string missing;
  for (const auto& [column, name] : {std::pair{Column::kName, "姓名"}, {Column::kTown, "乡镇"},
                                     {Column::kLeftOn, "外出日期"}}) {
    if (!seen.contains(column)) missing += std::string{missing.empty() ? "" : "、"} + name;
  }
  if (!seen.contains(Column::kIdNumber) && !seen.contains(Column::kBirth)) {
    missing += std::string{missing.empty() ? "" : "、"} + "身份证件号";
  }
  if (!missing.empty()) {
    return Error{Code::kInvalidArgument, "HEADER_MISSING_COLUMNS", "表头缺少：" + missing +
                     "。请用模板的表头（config/reference/templates/away.csv），表头上面不要有标题行"};
  }
  return columns;
}

}  // namespace

std::uint32_t ColumnOfProblem(const v1::ImportAway& list, const std::string& detail) {
  const std::optional<Column> column = ColumnOf(detail.substr(0, detail.find("：")));
  for (int i = 0; column && i < list.header_size(); ++i) {
    if (ColumnOf(list.header(i)) == column) return static_cast<std::uint32_t>(i) + 1;
  }
  return 0;
}

base::Result<AwayList> ReadAwayList(const v1::ImportAway& list, const Office& office,
                                    base::Date today) {
  AwayList out;
  if (list.rows_size() > kRowsMax) {
    return Error{Code::kInvalidArgument, "TOO_MANY_ROWS",
                 fmt::format("一次最多{}行，请分批导入", kRowsMax)};
  }
  ASSIGN_OR_RETURN(const auto columns, ReadHeader(list, out));
  std::map<std::string, std::uint64_t> numbers;
  for (const v1::AwayListRow& row : list.rows()) {
    AwayList::Line line;
    line.number = row.number();
    for (int i = 0; i < row.cells_size() && i < static_cast<int>(columns.size()); ++i) {
      const auto column = columns[static_cast<std::size_t>(i)];
      if (column && !row.cells(i).empty()) PutCell(*column, row.cells(i), line);
    }
    for (Error& problem : ProblemsOf(line.entry, office, today)) {
      const bool told = std::any_of(line.problems.begin(), line.problems.end(), [&](const auto& e) {
        return e.reason == "BAD_DATE" && problem.detail.starts_with(e.detail.substr(0, 12));
      });
      if (!told) line.problems.push_back(std::move(problem));
    }
    const std::string key = AwayKeyOf(line.entry.child(), *office.keyring);
    const auto [first, fresh] = numbers.emplace(key, line.number);
    if (!fresh && !line.entry.child().name().empty()) {
      line.problems.push_back({Code::kInvalidArgument, "ROW_TWICE",
                               fmt::format("整行：与第{}行是同一儿童，请删去一行", first->second)});
    }
    out.lines.push_back(std::move(line));
  }
  return out;
}

}  // namespace tracing
