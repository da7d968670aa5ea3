// When the file of a dropped-out migrant student goes to the household's county.
// Days are civil days; at the opening hour. Pure. Source: domain.md 3.1, R-34 (湖南, 辽宁: at the end
// of each term).
#pragma once

#include <optional>

#include "base/calendar.h"
#include "tracing/domain/away_rules.h"

namespace tracing {

// The numbers are stored: never changed.
enum class HandOverStand : std::uint8_t {
  kNone = 0,
  kWaiting = 1,   // for the term's end
  kLocal = 2,     // the household is ours, or in no county that is known; looked at again next term
  kDrafted = 3,   // the letter is written
  kTaken = 4,     // acknowledged: the household's county owns the entry
  kStopped = 5,   // the case went on before
  kProblem = 6    // an officer must look
};
std::string_view HandOverStandName(HandOverStand stand);     // "waiting"
std::string_view HandOverStandChinese(HandOverStand stand);

// The first hand-over that is not before `day` (`after`: later than it). Nothing: no term is known.
enum class Bound { kFrom, kAfter };
std::optional<base::UtcTime> HandOverAt(base::Date day, Bound bound, const HandOverRules& rules,
                                        const base::Calendar& calendar);

}  // namespace tracing
