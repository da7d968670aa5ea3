// What day it is for a school and for an office: terms, holidays and make-up days (调休).
//
// Three kinds of exception make it: a holiday range is no school day and no working day; a make-up
// day (a Saturday or Sunday that is worked) is both, with the timetable of the weekday it replaces;
// a school may add days off (sports meeting, typhoon) or days on of its own.
// Days are civil days of the county's zone. Pure and thread-safe after it is built.
// Sources: the State Council's yearly holiday notice; Civil Code art. 201 and 203 (the first day is
// not counted; a period that ends on a day off ends on the next working day).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/date.h"

namespace base {

struct Term {
  std::string name = {};  // "2026-2027学年第一学期"
  Date first = {};        // first school day, inclusive
  Date last = {};         // last school day, inclusive
  friend bool operator==(const Term&, const Term&) = default;
};

enum class DayKind { kSchoolDay, kWeekend, kHoliday, kOutsideTerm, kSchoolOff };

// Name for people: "教学日", "周末", "节假日", "不在学期内", "本校放假".
std::string DayKindChinese(DayKind kind);

class Calendar {
 public:
  // Terms must be sorted and must not overlap. Errors: kInvalidArgument/BAD_CALENDAR.
  static Result<Calendar> Make(std::vector<Term> terms, std::set<Date> holidays,
                               std::map<Date, std::optional<std::chrono::weekday>> makeup_days);
  Calendar() = default;

  // A copy with one school's own days off and days on.
  Calendar WithOverrides(const std::set<Date>& days_off, const std::set<Date>& days_on) const;

  DayKind KindOf(Date day) const;
  bool IsSchoolDay(Date day) const { return KindOf(day) == DayKind::kSchoolDay; }
  // A working day of an office: the same exceptions, but terms do not matter.
  bool IsWorkingDay(Date day) const;
  const Term* TermOf(Date day) const;
  const std::vector<Term>& terms() const { return terms_; }

  // The n-th school (working) day after `from`, `from` itself not counted; n >= 1. Nothing if the
  // known terms end before it.
  std::optional<Date> AddSchoolDays(Date from, int n) const;
  Date AddWorkingDays(Date from, int n) const;
  // School days in [begin, end).
  int CountSchoolDays(DateRange range) const;
  // The last school day before `day`; nothing if there is none.
  std::optional<Date> PreviousSchoolDay(Date day) const;
  std::vector<Date> SchoolDays(DateRange range) const;
  // `day` itself, or the first working day after it.
  Date OnOrNextWorkingDay(Date day) const;

 private:
  std::vector<Term> terms_;
  std::set<Date> holidays_;
  std::map<Date, std::optional<std::chrono::weekday>> makeup_days_;
  std::set<Date> days_off_;
  std::set<Date> days_on_;
};

}  // namespace base
