// All SQL over case_file, case_history and case_clock.
//
// Instants are UTC. Errors: those of libs/store; kDataCorruption/BAD_HISTORY_ROW for a row that
// makes no sense. Belongs to the thread of its session. Lock order: the case row first, then what
// hangs on it.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "cases/domain/types.h"
#include "cases/store/rows.h"
#include "store/migrations.h"
#include "store/store.h"

namespace cases {

std::span<const store::Migration> Migrations();

struct LockedCase {
  CaseId id = {};
  Subject subject = {};
  int version = 0;
  bool open = false;
};

// Each takes the case's row FOR UPDATE; nothing if there is none.
base::Result<std::optional<LockedCase>> LockCase(store::Transaction& tx, CaseId id);
base::Result<std::optional<LockedCase>> LockOpenCase(store::Transaction& tx, Subject subject);
// The latest of the subject's cases, open or not.
base::Result<std::optional<LockedCase>> LockLatestCase(store::Transaction& tx, Subject subject);

base::Result<History> LoadHistory(store::Session& session, CaseId id);

// Errors: kConflict/RETRY when another transaction has just opened a case for the subject.
base::Result<CaseId> InsertCase(store::Transaction& tx, const CaseRow& row);
// Errors: kConflict/RETRY when the row is not at `from_version` any more.
base::Status UpdateCase(store::Transaction& tx, const CaseRow& row, int from_version);
base::Status AppendHistory(store::Transaction& tx, CaseId id, const History& entries);
base::Status SaveClocks(store::Transaction& tx, const std::vector<ClockRow>& rows);

// ---- looking ------------------------------------------------------------------------------------

base::Result<std::optional<CaseRow>> FindCase(store::Session& session, CaseId id);
// The open case of the subject, else its latest.
base::Result<std::optional<CaseRow>> FindCaseOf(store::Session& session, Subject subject);
base::Result<std::vector<CaseRow>> SelectCases(store::Session& session, const CaseFilter& filter);
base::Result<std::uint64_t> CountCases(store::Session& session, const CaseFilter& filter);
// Live tasks by due time. `now` decides which are overdue.
base::Result<std::vector<ClockRow>> SelectTasks(store::Session& session, const TaskFilter& filter,
                                                base::UtcTime now);
base::Result<std::uint64_t> CountTasks(store::Session& session, const TaskFilter& filter,
                                       base::UtcTime now);
base::Result<CaseCounts> SelectCounts(store::Session& session, base::UtcTime now);
// Open cases of these students, or whose child sits in one of these classes or schools.
base::Result<std::vector<CaseId>> OpenCasesOfStudents(store::Session& session,
                                                      const std::vector<StudentId>& students);
base::Result<std::vector<CaseId>> OpenCasesOfClasses(store::Session& session,
                                                     const std::vector<ClassId>& classes);
base::Result<std::vector<CaseId>> OpenCasesOfSchools(store::Session& session,
                                                     const std::vector<std::string>& schools);

// ---- deadlines ----------------------------------------------------------------------------------

// Cases with a clock that makes something happen by `now`, those longest due first.
base::Result<std::vector<CaseId>> DueCases(store::Session& session, base::UtcTime now,
                                           std::uint32_t limit);
base::Result<std::uint64_t> CountDueCases(store::Session& session, base::UtcTime now);
base::Result<std::optional<base::UtcTime>> NextDueAfter(store::Session& session,
                                                        base::UtcTime now);

}  // namespace cases
