#include "base/calendar.h"

#include <fmt/format.h>

namespace base {
namespace {

bool IsWeekend(Date day) {
  const auto weekday = day.weekday();
  return weekday == std::chrono::Saturday || weekday == std::chrono::Sunday;
}

// No office period of the suite is longer; it bounds the search for a working day.
constexpr int kSearchDaysMax = 4000;

}  // namespace

std::string DayKindChinese(DayKind kind) {
  switch (kind) {
    case DayKind::kSchoolDay: return "教学日";
    case DayKind::kWeekend: return "周末";
    case DayKind::kHoliday: return "节假日";
    case DayKind::kOutsideTerm: return "不在学期内";
    case DayKind::kSchoolOff: return "本校放假";
  }
  return "";
}

Result<Calendar> Calendar::Make(
    std::vector<Term> terms, std::set<Date> holidays,
    std::map<Date, std::optional<std::chrono::weekday>> makeup_days) {
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const Term& term = terms[i];
    if (term.last < term.first || (i > 0 && term.first <= terms[i - 1].last)) {
      return Error{Code::kInvalidArgument, "BAD_CALENDAR",
                   fmt::format("term '{}' ends before it starts or overlaps the one before",
                               term.name)};
    }
  }
  for (const auto& [day, replaces] : makeup_days) {
    if (holidays.contains(day)) {
      return Error{Code::kInvalidArgument, "BAD_CALENDAR",
                   fmt::format("{} is both a holiday and a make-up day", day.ToString())};
    }
  }
  Calendar calendar;
  calendar.terms_ = std::move(terms);
  calendar.holidays_ = std::move(holidays);
  calendar.makeup_days_ = std::move(makeup_days);
  return calendar;
}

Calendar Calendar::WithOverrides(const std::set<Date>& days_off,
                                 const std::set<Date>& days_on) const {
  Calendar copy = *this;
  copy.days_off_.insert(days_off.begin(), days_off.end());
  copy.days_on_.insert(days_on.begin(), days_on.end());
  return copy;
}

const Term* Calendar::TermOf(Date day) const {
  for (const Term& term : terms_) {
    if (term.first <= day && day <= term.last) return &term;
  }
  return nullptr;
}

DayKind Calendar::KindOf(Date day) const {
  if (days_off_.contains(day)) return DayKind::kSchoolOff;
  if (days_on_.contains(day)) return DayKind::kSchoolDay;
  if (TermOf(day) == nullptr) return DayKind::kOutsideTerm;
  if (makeup_days_.contains(day)) return DayKind::kSchoolDay;
  if (holidays_.contains(day)) return DayKind::kHoliday;
  return IsWeekend(day) ? DayKind::kWeekend : DayKind::kSchoolDay;
}

bool Calendar::IsWorkingDay(Date day) const {
  if (makeup_days_.contains(day)) return true;
  return !holidays_.contains(day) && !IsWeekend(day);
}

std::optional<Date> Calendar::AddSchoolDays(Date from, int n) const {
  CHECK(n >= 1);
  if (terms_.empty()) return std::nullopt;
  const Date end = std::max(terms_.back().last, days_on_.empty() ? from : *days_on_.rbegin());
  for (Date day = from + std::chrono::days{1}; day <= end; ++day) {
    if (IsSchoolDay(day) && --n == 0) return day;
  }
  return std::nullopt;
}

Date Calendar::AddWorkingDays(Date from, int n) const {
  CHECK(n >= 0);
  Date day = from;
  for (int i = 0; n > 0 && i < kSearchDaysMax; ++i) {
    ++day;
    if (IsWorkingDay(day)) --n;
  }
  return day;
}

int Calendar::CountSchoolDays(DateRange range) const {
  int count = 0;
  for (Date day = range.begin; day < range.end; ++day) count += IsSchoolDay(day) ? 1 : 0;
  return count;
}

std::optional<Date> Calendar::PreviousSchoolDay(Date day) const {
  if (terms_.empty()) return std::nullopt;
  const Date first = std::min(terms_.front().first, days_on_.empty() ? day : *days_on_.begin());
  for (Date at = day - std::chrono::days{1}; at >= first; at = at - std::chrono::days{1}) {
    if (IsSchoolDay(at)) return at;
  }
  return std::nullopt;
}

std::vector<Date> Calendar::SchoolDays(DateRange range) const {
  std::vector<Date> days;
  for (Date day = range.begin; day < range.end; ++day) {
    if (IsSchoolDay(day)) days.push_back(day);
  }
  return days;
}

Date Calendar::OnOrNextWorkingDay(Date day) const {
  return IsWorkingDay(day) ? day : AddWorkingDays(day, 1);
}

}  // namespace base
