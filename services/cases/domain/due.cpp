#include "cases/domain/due.h"

#include <algorithm>

namespace cases {
namespace {

using std::chrono::days;

// Longer than any period of the suite; bounds every search.
constexpr int kSearchDaysMax = 4000;
constexpr int kMinutesPerDay = 24 * 60;

base::Date EndOfKnownTerms(const base::Calendar& calendar) {
  return calendar.terms().empty() ? base::Date{} : calendar.terms().back().last;
}

int TimeOfDay(const Due& due, int day_end_minute) {
  const int minute = due.at_minute >= 0 ? due.at_minute : day_end_minute;
  return std::clamp(minute, 0, kMinutesPerDay - 1);
}

// That time on the day of `start`, or on the next working day if it has passed.
base::UtcTime SameDay(base::UtcTime start, int minute, const base::Calendar& calendar) {
  const base::Date today = base::DateAt(start);
  const base::UtcTime due = base::InstantAt(today, minute);
  if (due > start) return due;
  return base::InstantAt(calendar.OnOrNextWorkingDay(today + days{1}), minute);
}

base::Date EndOfPeriod(const base::Calendar& calendar, Unit unit, base::Date from, int n) {
  if (unit == Unit::kSchoolDays || unit == Unit::kWorkingDays) {
    return AddUnitDays(calendar, unit, from, n);
  }
  return calendar.OnOrNextWorkingDay(from + days{n});
}

// The first time of the unit at that minute that is later than `at`, at least `n` unit days on.
base::UtcTime AfterDays(const base::Calendar& calendar, Unit unit, base::UtcTime at, int n,
                        int minute) {
  const base::Date today = base::DateAt(at);
  const base::UtcTime due = base::InstantAt(EndOfPeriod(calendar, unit, today, n), minute);
  if (due > at) return due;
  return base::InstantAt(EndOfPeriod(calendar, unit, today, std::max(n, 0) + 1), minute);
}

}  // namespace

bool IsUnitDay(const base::Calendar& calendar, Unit unit, base::Date day) {
  switch (unit) {
    case Unit::kSchoolDays:
      return day <= EndOfKnownTerms(calendar) ? calendar.IsSchoolDay(day)
                                              : calendar.IsWorkingDay(day);
    case Unit::kWorkingDays:
      return calendar.IsWorkingDay(day);
    default:
      return true;
  }
}

base::Date AddUnitDays(const base::Calendar& calendar, Unit unit, base::Date from, int n) {
  base::Date day = from;
  if (n <= 0) {
    for (int i = 0; i < kSearchDaysMax && !IsUnitDay(calendar, unit, day); ++i) ++day;
    return day;
  }
  for (int i = 0; n > 0 && i < kSearchDaysMax; ++i) {
    ++day;
    if (IsUnitDay(calendar, unit, day)) --n;
  }
  return day;
}

base::UtcTime DueAt(const Due& due, base::UtcTime start, const base::Calendar& calendar,
                    int day_end_minute, std::optional<base::Date> until) {
  const int minute = TimeOfDay(due, day_end_minute);
  switch (due.unit) {
    case Unit::kMinutes:
      return start + std::chrono::minutes{std::max(due.count, 1)};
    case Unit::kSameDay:
      return SameDay(start, minute, calendar);
    case Unit::kUntil: {
      const base::Date day = until.value_or(base::DateAt(start) + days{1});
      const base::UtcTime end = base::InstantAt(day, minute);
      return end > start ? end : SameDay(start, minute, calendar);
    }
    default:
      return AfterDays(calendar, due.unit, start, due.count, minute);
  }
}

std::int64_t RemainingAt(Unit unit, base::UtcTime due, base::UtcTime at,
                         const base::Calendar& calendar) {
  if (unit == Unit::kMinutes) return std::max<std::int64_t>((due - at).count(), 0);
  const base::Date last = base::DateAt(due);
  std::int64_t left = 0;
  for (base::Date day = base::DateAt(at) + days{1}; day <= last; ++day) {
    left += IsUnitDay(calendar, unit, day) ? 1 : 0;
  }
  return left;
}

base::UtcTime ResumeAt(Unit unit, std::int64_t remaining, base::UtcTime old_due, base::UtcTime at,
                       const base::Calendar& calendar) {
  if (unit == Unit::kMinutes) {
    return at + std::chrono::milliseconds{std::max<std::int64_t>(remaining, 1)};
  }
  const int minute = base::MinuteOfDay(old_due);
  const auto n = static_cast<int>(std::clamp<std::int64_t>(remaining, 0, kSearchDaysMax));
  return AfterDays(calendar, unit, at, n, minute);
}

}  // namespace cases
