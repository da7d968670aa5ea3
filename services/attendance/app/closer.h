// Closes half-days: when the profile's time has come, tells each school which of its classes have
// no roll call, once. The last row of table closing says how far it has come, so a restart goes on
// there.
//
// Half-days on which no class is expected are passed over. The first start of a deployment begins
// with the first half-day that is due after it. Errors: those of Turn::Commit. Thread-safe.
#pragma once

#include <cstdint>
#include <optional>

#include "attendance/app/office.h"

namespace attendance {

// Half-days with an expected class whose time has come by `now` and that are not closed; earliest
// first.
std::vector<HalfDay> DueHalfDays(const Ledger& ledger, const RuleBook& rules, HalfDay last_closed,
                                 base::UtcTime now, std::size_t limit);
// The next time after `now`; nothing if the calendar ends before it.
std::optional<base::UtcTime> NextClosing(const Ledger& ledger, const RuleBook& rules,
                                         base::UtcTime now);
// The last half-day whose time has come by `now`.
HalfDay LastDueBefore(const RuleBook& rules, base::UtcTime now);

// Writes down where closing begins, if that is not known yet.
base::Status BeginClosing(Office::Turn& turn);

class Closer {
 public:
  explicit Closer(Office& office) : office_(office) {}
  // Closes everything that is due; returns how many half-days.
  base::Result<std::uint64_t> CloseDue();
  // Half-days that are due and not closed; 0 on a standby.
  std::uint64_t Waiting() const;
  std::optional<base::UtcTime> NextDue() const;

 private:
  base::Status Close(Office::Turn& turn, HalfDay half_day);
  Office& office_;
};

}  // namespace attendance
