// When a task falls due, and what is left of a clock that stands still.
//
// The day a period starts on is not counted; a period of calendar days that ends on a day off
// ends on the next working day. Day units fall due at a time of day. After the known terms end,
// school days are counted as working days, so that there is always a due time. Pure. Source:
// Civil Code art. 201, 203 (first day, last day), 1259 (以上 includes the number).
#pragma once

#include <cstdint>

#include "base/calendar.h"
#include "base/date.h"
#include "cases/domain/profile.h"

namespace cases {

bool IsUnitDay(const base::Calendar& calendar, Unit unit, base::Date day);
// The n-th day of the unit after `from`; n = 0 is `from` itself or the next day of the unit.
base::Date AddUnitDays(const base::Calendar& calendar, Unit unit, base::Date from, int n);

// kUntil takes `until`; without it the day after `start`. Always later than `start`.
base::UtcTime DueAt(const Due& due, base::UtcTime start, const base::Calendar& calendar,
                    int day_end_minute, std::optional<base::Date> until = {});

// What is left at `at` of a clock that falls due at `due`: days of the unit after the day of
// `at`, or milliseconds for kMinutes. Never negative.
std::int64_t RemainingAt(Unit unit, base::UtcTime due, base::UtcTime at,
                         const base::Calendar& calendar);
// The new due time of a clock with `remaining` left that runs again from `at`; the time of day
// stays.
base::UtcTime ResumeAt(Unit unit, std::int64_t remaining, base::UtcTime old_due, base::UtcTime at,
                       const base::Calendar& calendar);

}  // namespace cases
