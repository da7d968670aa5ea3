// Decides who is away too often: the share of called half-days on which a student was not at
// school, over the last school days of a term.
//
// A window never reaches over the start of a term. Half-days without a roll call are not counted.
// Rates are basis points, rounded down. Pure and thread-safe.
// Source: issue 2 ("chronic absence (rate in a window)"); the numbers are the profile's.
#pragma once

#include <optional>
#include <span>

#include "attendance/domain/day_record.h"
#include "attendance/domain/rules.h"

namespace attendance {

struct ChronicRate {
  base::Date on = {};  // last day of the window
  int away_half_days = 0;
  int counted_half_days = 0;
  int rate_basis_points = 0;
  bool reached = false;  // as the rule of that day says
  friend bool operator==(const ChronicRate&, const ChronicRate&) = default;
};

// The window that ends with the last of `days` (days of one term, in rising order).
ChronicRate RateOf(std::span<const DayRecord> days, const ChronicRule& rule);
// The first day of the term on which it is reached.
std::optional<ChronicRate> FindChronic(std::span<const DayRecord> days, const RuleBook& rules);

}  // namespace attendance
