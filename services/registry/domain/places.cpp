#include "registry/domain/places.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <utility>

namespace registry {
namespace {

constexpr int kEntryAge = 6;  // Compulsory Education Law art. 11: six years by the start of grade 1

bool AllDigits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

int ToInt(std::string_view digits) {
  int value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

struct Grades {
  int first = 1;
  int last = 9;
};
Grades GradesOf(Stage stage) {
  switch (stage) {
    case Stage::kPrimary:
      return {1, 6};
    case Stage::kJunior:
      return {7, 9};
    default:
      return {1, 9};
  }
}

bool Fits(Stage stage, int grade) {
  const Grades grades = GradesOf(stage);
  return grade >= grades.first && grade <= grades.last;
}

// 202301, 2023101: the class entered in 2023.
std::optional<int> YearIn(std::string_view class_no, int school_year) {
  if (class_no.size() < 6 || !AllDigits(class_no.substr(0, 6))) return std::nullopt;
  const int year = ToInt(class_no.substr(0, 4));
  if (year < school_year - 9 || year > school_year) return std::nullopt;
  return year;
}

// 302, 0302: class 2 of grade 3.
std::optional<int> GradeIn(std::string_view class_no) {
  if (class_no.size() == 4 && class_no.front() == '0') class_no.remove_prefix(1);
  if (class_no.size() != 3 || !AllDigits(class_no) || class_no.front() == '0') return std::nullopt;
  return class_no.front() - '0';
}

}  // namespace

Stage StageFromText(std::string_view text) {
  if (text == "小学") return Stage::kPrimary;
  if (text == "初中") return Stage::kJunior;
  if (text == "九年一贯制") return Stage::kNineYear;
  if (text == "特殊教育") return Stage::kSpecial;
  return Stage::kUnknown;
}

std::string_view StageText(Stage stage) {
  switch (stage) {
    case Stage::kPrimary:
      return "小学";
    case Stage::kJunior:
      return "初中";
    case Stage::kNineYear:
      return "九年一贯制";
    case Stage::kSpecial:
      return "特殊教育";
    case Stage::kUnknown:
      break;
  }
  return "";
}

std::string Places::Key(std::string_view school_code, std::string_view class_no) {
  std::string key;
  key.reserve(school_code.size() + class_no.size() + 1);
  key.append(school_code).append("/").append(class_no);
  return key;
}

void Places::Add(School school) {
  std::string code = school.code;
  schools_.insert_or_assign(std::move(code), std::move(school));
}

void Places::Add(SchoolClass school_class) {
  std::string key = Key(school_class.school_code, school_class.class_no);
  class_keys_.insert_or_assign(school_class.id, key);
  classes_.insert_or_assign(std::move(key), std::move(school_class));
}

const School* Places::FindSchool(std::string_view code) const {
  const auto found = schools_.find(code);
  return found == schools_.end() ? nullptr : &found->second;
}

const SchoolClass* Places::FindClass(std::string_view school_code,
                                     std::string_view class_no) const {
  const auto found = classes_.find(Key(school_code, class_no));
  return found == classes_.end() ? nullptr : &found->second;
}

const SchoolClass* Places::FindClass(ClassId id) const {
  const auto key = class_keys_.find(id);
  if (key == class_keys_.end()) return nullptr;
  return &classes_.find(key->second)->second;
}

int SchoolYearOf(base::Date day) { return day.month() >= 8 ? day.year() : day.year() - 1; }

std::optional<int> DeriveGrade(const ClassFacts& facts) {
  const int school_year = SchoolYearOf(facts.today);
  if (const auto grade = GradeIn(facts.class_no); grade && Fits(facts.stage, *grade)) return grade;
  std::optional<int> entered = YearIn(facts.class_no, school_year);
  if (!entered && facts.entry_month.size() == 6) entered = ToInt(facts.entry_month.substr(0, 4));
  if (!entered) return std::nullopt;
  const int years = std::max(0, school_year - *entered);
  if (facts.stage == Stage::kJunior) {
    return Fits(facts.stage, 7 + years) ? std::optional{7 + years} : std::nullopt;
  }
  const int as_primary = 1 + years;
  if (facts.stage == Stage::kPrimary || !facts.birth) {
    return Fits(facts.stage, as_primary) ? std::optional{as_primary} : std::nullopt;
  }
  // Entered at grade 1 or at grade 7: what fits the age better.
  const auto september = base::Date::FromYmd(school_year, 9, 1);
  const int by_age = base::AgeOn(*facts.birth, *september) - kEntryAge + 1;
  const int as_junior = 7 + years;
  const bool junior_fits =
      Fits(facts.stage, as_junior) && std::abs(as_junior - by_age) < std::abs(as_primary - by_age);
  if (junior_fits) return as_junior;
  return Fits(facts.stage, as_primary) ? std::optional{as_primary} : std::nullopt;
}

int EntryYearFor(Stage stage, int grade, base::Date today) {
  const int first = stage == Stage::kJunior || (stage != Stage::kPrimary && grade >= 7) ? 7 : 1;
  return SchoolYearOf(today) - (grade - first);
}

std::string GradeText(int grade) {
  static constexpr std::array<std::string_view, 9> kNames{"一", "二", "三", "四", "五",
                                                          "六", "七", "八", "九"};
  if (grade < 1 || grade > 9) return "";
  return fmt::format("{}年级", kNames[static_cast<std::size_t>(grade - 1)]);
}

std::string ClassName(int grade, std::string_view class_no) {
  std::string_view number = class_no;
  if (class_no.size() >= 6 && AllDigits(class_no)) {
    number = class_no.substr(4);
  } else if (GradeIn(class_no)) {
    number = class_no.substr(class_no.size() - 2);
  }
  if (AllDigits(number)) {
    while (number.size() > 1 && number.front() == '0') number.remove_prefix(1);
  }
  return fmt::format("{}{}班", GradeText(grade), number);
}

int FinalGrade(Stage stage, int grade) { return stage == Stage::kPrimary && grade <= 6 ? 6 : 9; }

}  // namespace registry
