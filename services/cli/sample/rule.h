// Which cases a term must open, and when: the county's rule said once more, in the simplest way.
//
// This is the oracle that the services are tested against, so it shares no code with them. After
// every moment of every day it looks at all that is known about a student then and asks:
//   a half-day is missed     if its roll call was taken, the mark is 旷课 or 未到 and no approved
//   leave
//                            slip covers it;
//   a half-day is accounted  if the child was there or has leave (taken or not);
//   a day counts             if any half-day is missed (profile any_half_day), or both
//   (all_half_days); a day interrupts         if it does not count and a half-day of it is
//   accounted for; any other day            decides nothing: nobody took roll, or of one half-day
//   only; a case opens             the first time that enough counted days stand in a row; a case
//   is withdrawn      when the row that opened it is no longer long enough.
// Days are school days of the student's own school.
#pragma once

#include <cstdint>
#include <vector>

#include "cli/sample/behaviour.h"

namespace sample {

struct ExpectedCase {
  std::uint32_t student = 0;
  std::uint16_t opens_day = 0;  // index into TermDays::days
  Moment opens_at = Moment::kMorning;
  std::uint16_t first_day = 0;  // first day of absence
  int withdrawn_day = -1;       // -1: stays
  friend bool operator==(const ExpectedCase&, const ExpectedCase&) = default;
};

// By (opens_day, student).
std::vector<ExpectedCase> ExpectedCases(const County& county, const TermDays& term,
                                        const Behaviour& behaviour);

}  // namespace sample
