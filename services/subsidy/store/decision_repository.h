// Decisions and what counts now. The subject's row is locked before anything about a student is
// decided, in order of the ids. Errors: those of store::Session; kDataCorruption/FACTS_BROKEN.
#pragma once

#include <optional>
#include <vector>

#include "subsidy/store/rows.h"

namespace subsidy {

// Creates the rows that are missing.
base::Status LockSubjects(store::Transaction& tx, const std::vector<StudentId>& students);
base::Status SaveRechecks(store::Transaction& tx,
                          const std::vector<std::pair<StudentId, std::optional<base::Date>>>& rows);
// One of several workers takes those whose id leaves `part` when divided by `of`.
struct Share {
  int part = 0;
  int of = 1;
};
base::Result<std::vector<StudentId>> SubjectsDue(store::Session& session, base::Date today,
                                                 std::uint32_t limit, Share share);
base::Result<std::uint64_t> CountDue(store::Session& session, base::Date today);
base::Result<std::optional<base::Date>> NextRecheck(store::Session& session, base::Date after);
// Everybody is looked at again on that day.
base::Status RecheckAll(store::Transaction& tx, base::Date on);

base::Result<std::vector<StandingRow>> LoadStandings(store::Session& session,
                                                     const std::vector<StudentId>& students);
struct StandingFilter {
  std::string term = {};
  std::string school_code = {};
  std::string benefit = {};
  bool open_only = false;
  StudentId after = {};
  std::uint32_t limit = 0;
};
base::Result<std::vector<StandingRow>> ListStandings(store::Session& session,
                                                     const StandingFilter& filter);
base::Status InsertDecisions(store::Transaction& tx, const std::vector<DecisionRow>& rows);
// Money columns stay as they are.
base::Status SaveStandings(store::Transaction& tx, const std::vector<StandingRow>& rows);
// Rising by number.
base::Result<std::vector<DecisionRow>> LoadDecisions(store::Session& session, StudentId student,
                                                     std::string_view term);

struct TermTotal {
  std::uint64_t students = 0;
  std::int64_t paid_fen = 0, returned_fen = 0, pending_fen = 0, payable_fen = 0;
  std::vector<std::pair<std::string, std::uint64_t>> outcomes = {};  // amounts -> students
};
base::Result<TermTotal> TotalOf(store::Session& session, std::string_view term);

}  // namespace subsidy
