// What attendance tells: domain findings as rows and as events of feed "attendance", in the
// transaction of their cause. Names of students come from the roster's table. Events carry no
// identity number. Errors: those of libs/store.
#pragma once

#include <string>
#include <vector>

#include "attendance/domain/effects.h"
#include "attendance/domain/rules.h"
#include "store/store.h"

namespace attendance {

inline constexpr const char* kFeed = "attendance";

// What goes with all findings of one transaction.
struct Telling {
  std::string why = {};  // Chinese: what changed
  base::UtcTime now = {};
};

// Saves streaks and chronic absences and appends their events; the last thing before COMMIT. The
// ledger may be the one before the change.
base::Status SaveEffects(store::Transaction& tx, const Ledger& ledger, const RuleBook& rules,
                         const Effects& effects, const Telling& telling);

// One school's classes without a roll call.
struct MissingAtSchool {
  std::string school_code = {};
  std::vector<ClassId> classes = {};
};
base::Status SaveMissing(store::Transaction& tx, HalfDay half_day, base::UtcTime due,
                         const std::vector<MissingAtSchool>& schools, base::UtcTime now);

}  // namespace attendance
