// Whether a gate is met, and if not, why not, in Chinese.
//
// Conditions are what must already have happened; inputs are what must come with the act (or be on
// file). Reasons: LEVEL_TOO_LOW, PERSUASIONS_MISSING, JOINT_PERSUASIONS_MISSING,
// HOME_VISIT_MISSING, ROUTES_MISSING, INQUIRY_MISSING, TOO_EARLY, PERIOD_NOT_OVER, TASK_OPEN,
// APPROVAL_MISSING, GROUPS_UNKNOWN, CONSENT_MISSING, PRESENCE_MISSING, WATCH_NOT_OVER,
// SAME_PERSON; EVIDENCE_MISSING, FIELD_MISSING, UNTIL_PAST, UNTIL_TOO_FAR. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cases/domain/facts.h"
#include "cases/domain/profile.h"

namespace cases {

struct Unmet {
  std::string reason = {};  // stable code
  std::string detail = {};  // Chinese
};

struct GateContext {
  const Profile& profile;
  base::UtcTime now = {};
  const Actor* actor = nullptr;  // null: nobody in particular asks
};

std::vector<Unmet> UnmetConditions(const Gate& gate, const Facts& facts,
                                   const GateContext& context);
std::vector<Unmet> UnmetInputs(const Gate& gate, const Facts& facts, const Act& act,
                               base::Date today);
// What must come with the act, for people: "佐证材料：送达回证", "文号".
std::vector<std::string> NeedsOf(const Gate& gate, const Facts& facts);

// "A；B": the details of all, with the reason of the first. Precondition: not empty.
base::Error Refuse(const std::vector<Unmet>& unmet);
std::string Explain(const std::vector<Unmet>& unmet);

// Where the watch of a returned student stands.
struct WatchStand {
  base::Date window_end = {};   // first day on which the window is over
  int missing_days = 0;         // present school days in a row still to come
  bool window_over = false;
  bool passed = false;
};
WatchStand WatchOf(const Facts& facts, const Profile& profile, base::Date today);

}  // namespace cases
