// Whether an act may be done now, and if not, every reason; the one judge for the list of what is
// allowed and for the act itself, so that both always agree.
//
// Reasons besides those of gates.h: CASE_CLOSED, WRONG_STATE, TARGET_UNKNOWN, NO_HIGHER_LEVEL,
// LEVEL_DOWN, SKIP_REASON_MISSING, NOTHING_TO_ACKNOWLEDGE, CLOCK_UNKNOWN, CLOCK_NOT_RUNNING,
// CLOCK_NOT_SUSPENDED, CLOCK_FIXED, SUSPEND_TOO_LONG, UNTIL_PAST. Pure.
#pragma once

#include <vector>

#include "cases/domain/gates.h"

namespace cases {

struct Verdict {
  std::vector<Unmet> blocked = {};        // conditions that are not met
  std::vector<const Gate*> inputs = {};   // what must come along
  const State* to_state = nullptr;        // where a transition leads
  int to_level = 0;                       // where a hand-over leads
  bool skips = false;
};

// `act` needs only its kind, target, clock, reason_code and `approve` for this; context.actor may
// be null. Precondition: FindAct(act.kind) != nullptr.
Verdict Judge(const Facts& facts, const Act& act, const GateContext& context);

}  // namespace cases
