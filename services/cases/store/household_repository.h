// All SQL over household_task and household_visit.
//
// Instants are UTC. Errors: those of libs/store; kDataCorruption/BAD_HOUSEHOLD_ROW. Belongs to the
// thread of its session.
#pragma once

#include <optional>
#include <vector>

#include "cases/domain/household.h"
#include "cases/store/rows.h"
#include "store/store.h"

namespace cases {

// Nothing if the reference is known already.
base::Result<std::optional<HouseholdId>> InsertHousehold(store::Transaction& tx,
                                                         const HouseholdTask& task);
base::Result<std::optional<HouseholdTask>> LockHousehold(store::Transaction& tx, HouseholdId id);
base::Result<std::optional<HouseholdTask>> FindHousehold(store::Session& session, HouseholdId id);
// Every task of a letter, locked.
base::Result<std::vector<HouseholdTask>> LockHouseholdsOf(store::Transaction& tx,
                                                          const std::string& conversation);
base::Status UpdateHousehold(store::Transaction& tx, const HouseholdTask& task);
base::Status InsertVisit(store::Transaction& tx, HouseholdId id, const HouseholdVisit& visit);
base::Result<std::vector<HouseholdVisit>> VisitsOf(store::Session& session, HouseholdId id);

// Live tasks by due time.
base::Result<std::vector<HouseholdTask>> SelectHouseholds(store::Session& session,
                                                          const TaskFilter& filter,
                                                          base::UtcTime now);
struct HouseholdCounts {
  std::uint64_t open = 0;     // overdue ones too
  std::uint64_t overdue = 0;
};
base::Result<HouseholdCounts> CountHouseholds(store::Session& session, const TaskFilter& filter,
                                              base::UtcTime now);

// ---- deadlines ----
base::Result<std::vector<HouseholdId>> DueHouseholds(store::Session& session, base::UtcTime now,
                                                     std::uint32_t limit);
base::Result<std::uint64_t> CountDueHouseholds(store::Session& session, base::UtcTime now);
base::Result<std::optional<base::UtcTime>> NextHouseholdAfter(store::Session& session,
                                                              base::UtcTime now);

}  // namespace cases
