// Runs of 人籍比对, their results, and the ledger of cases. All SQL on reconciliation, match_result
// and ledger_case. Errors: those of store::Session.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "registry/domain/matching.h"
#include "registry/store/list_repository.h"

namespace registry {

using RunId = base::Id<struct RunIdTag>;
using MatchId = base::Id<struct MatchIdTag>;
using CaseId = base::Id<struct CaseIdTag>;

struct RunRow {
  RunId id = {};
  BatchId batch_id = {};
  base::Date on = {};
  std::string state = {};  // running, done, failed
  Actor actor = {};
  base::UtcTime started_at = {};
  std::uint64_t millis = 0;
  std::uint64_t people = 0;
  std::uint64_t students = 0;
  std::uint64_t needs_decision = 0;
  Counts counts = {};  // class code -> rows
  std::string error = {};
};
base::Status InsertRun(store::Transaction& tx, const RunRow& run);
base::Status SaveRun(store::Transaction& tx, const RunRow& run);
base::Result<std::optional<RunRow>> FindRun(store::Session& session, RunId id, Lock lock);
base::Result<std::vector<RunId>> RunsUnderWay(store::Session& session);

struct MatchRow {
  MatchId id = {};
  RunId run_id = {};
  PersonId person_id = {};    // 0: nobody on the list
  StudentId student_id = {};  // 0: nobody in the registry
  Verdict verdict = {};
  MatchClass decided_class = MatchClass::kNone;
  bool same_person = false;
  Actor decided_by = {};
  std::optional<base::UtcTime> decided_at = {};
  std::string decision_reason = {};
};
base::Status InsertMatches(store::Transaction& tx, std::span<const MatchRow> rows);
struct MatchFilter {
  RunId run_id = {};
  MatchClass match_class = MatchClass::kNone;  // kNone: all but B01
  MatchId after = {};
  std::uint32_t limit = 100;
  bool undecided_only = false;
};
base::Result<std::vector<MatchRow>> ListMatches(store::Session& session, const MatchFilter& filter);
base::Result<std::optional<MatchRow>> FindMatch(store::Session& session, MatchId id, Lock lock);
base::Status SaveDecision(store::Transaction& tx, const MatchRow& row);

// Both sides of a run, streamed.
struct PersonSide {
  PersonId id = {};
  std::string_view person_key = {};
  std::string_view name = {};
  Sex sex = Sex::kUnknown;
  base::Date birth = {};
  bool has_number = false;
};
base::Status StreamPeople(store::Session& session, BatchId batch,
                          const std::function<void(const PersonSide&)>& each);
struct StudentSide {
  StudentId id = {};
  std::string_view person_key = {};
  std::string_view name = {};
  Sex sex = Sex::kUnknown;
  base::Date birth = {};
  StudentStatus status = StudentStatus::kNone;
  bool home_teaching = false;
  bool non_local = false;
};
base::Status StreamStudents(store::Session& session,
                            const std::function<void(const StudentSide&)>& each);

struct LedgerCase {
  CaseId id = {};
  int version = 0;
  StudentId student_id = {};
  PersonId person_id = {};  // a child of the list who is in no school
  std::string state = {};
  std::string state_name = {};
  int level = 0;
  std::string level_name = {};
  Actor responsible = {};
  std::string found_by = {};
  std::string reason_code = {};
  std::optional<base::Date> first_absent = {};
  std::optional<base::Date> opened_on = {};
  std::optional<base::Date> dropout_on = {};
  std::optional<base::Date> returned_on = {};
  std::optional<base::Date> closed_on = {};
  int persuasions = 0;
  std::optional<base::Date> last_persuasion = {};
  bool open = true;
};
base::Result<std::optional<LedgerCase>> FindLedgerCase(store::Session& session, CaseId id);
base::Status SaveLedgerCase(store::Transaction& tx, const LedgerCase& row);
enum class LedgerPart { kSuspected, kDropout };
base::Result<std::vector<LedgerCase>> ListLedgerCases(store::Session& session, LedgerPart part,
                                                      CaseId after, std::uint32_t limit);
base::Result<std::uint64_t> CountLedgerCases(store::Session& session, LedgerPart part);
// Students whom an open case counts as not in school.
base::Result<std::vector<StudentId>> StudentsWithOpenCase(store::Session& session);

}  // namespace registry
