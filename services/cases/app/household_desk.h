// The use cases of townships' tasks: wanted by a letter, answered by a visit, overdue, cancelled.
//
// Each is one transaction with its events, retried as a whole; what follows a feed runs inside the
// follower's. Writes are idempotent by the caller's key. Thread-safe. Errors: those of DecideVisit
// and libs/store; kNotFound/NO_TASK; kConflict/VERSION_MISMATCH; kInvalidArgument/KEY_MISSING,
// KEY_REUSED.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "cases/app/case_desk.h"
#include "cases/store/household_repository.h"

namespace cases {

// What happened to a task, for its event.
enum class HouseholdNews { kWanted, kAnswered, kOverdue, kCancelled };
using DescribeHousehold = std::function<store::NewEvent(
    HouseholdNews news, const HouseholdTask& task, const HouseholdVisit* visit, base::UtcTime now)>;

struct HouseholdSheet {
  HouseholdTask task = {};
  std::vector<HouseholdVisit> visits = {};
};
struct DoVisit {
  HouseholdId id = {};
  int expected_version = 0;  // 0: any
  HouseholdVisit visit = {};
};

class HouseholdDesk {
 public:
  // All references outlive the desk. `describe` must not throw.
  HouseholdDesk(store::Pool& pool, const Rules& rules, const base::Clock& clock,
                DescribeHousehold describe)
      : pool_(pool), rules_(rules), clock_(clock), describe_(std::move(describe)) {}

  // ---- inside a follower's transaction; events go to `out`, which is appended last ----
  // The owner is worked out here. A reference that is known changes nothing.
  base::Status Want(store::Transaction& tx, HouseholdTask task, std::vector<store::NewEvent>& out);
  // The letter needs no visit any more. `over`: and can no longer be answered.
  base::Status Moot(store::Transaction& tx, const std::string& conversation, bool over,
                    std::vector<store::NewEvent>& out);

  using Encode = std::function<std::string(const HouseholdSheet&)>;
  base::Result<std::string> Do(const DoVisit& command, const Once& once, const Encode& encode);
  base::Result<HouseholdSheet> Get(HouseholdId id);
  base::Result<std::vector<HouseholdTask>> List(const TaskFilter& filter);
  base::Result<HouseholdCounts> Count(const TaskFilter& filter);

  // ---- deadlines ----
  base::Result<std::vector<HouseholdId>> Due(std::uint32_t limit);
  base::Result<std::uint64_t> CountDue();
  base::Result<std::optional<base::UtcTime>> NextDue();
  // A second run finds nothing. True if it became overdue now.
  base::Result<bool> RunDeadline(HouseholdId id);

  base::UtcTime Now() const { return clock_.Now(); }

 private:
  store::Pool& pool_;
  const Rules& rules_;
  const base::Clock& clock_;
  DescribeHousehold describe_;
};

}  // namespace cases
