// Facts that come in: the registry's news in one batch, what another county has paid, the steps of
// a recognition, and the days on which something told earlier begins to count.
//
// Refusals, in order: STUDENT_UNKNOWN (kNotFound), TERM_UNKNOWN, FEN_BAD, BAD_DATE, DAY_IN_FUTURE,
// then those of CheckStep. Thread-safe. Errors: those, and those of the store.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "subsidy/app/events.h"
#include "subsidy/app/once.h"
#include "subsidy/store/decision_repository.h"
#include "subsidy/store/place_repository.h"

namespace subsidy {

struct RegistryNews {
  std::vector<SchoolRow> schools = {};
  std::vector<ClassRow> classes = {};
  std::vector<StateRow> states = {};
  std::map<StudentId, std::vector<Tag>> tags = {};
  std::string cause = {};  // what decisions name as their reason
};
// In the follower's transaction.
base::Status TakeNews(store::Transaction& tx, const Office& office, const RegistryNews& news);

// Another county's letter says what it has paid. In the follower's transaction; a student whom the
// registry has not told yet is remembered until it does.
struct PaidElsewhere {
  StudentId student = {};
  std::string term = {};
  std::string division = {};
  std::int64_t fen = 0;
  std::string letter = {};
};
base::Status TakePaidElsewhere(store::Transaction& tx, const Office& office,
                               const std::vector<PaidElsewhere>& all);

base::Result<std::string> RecordPaidElsewhere(const Office& office, const Once& once,
                                              const v1::RecordPaidElsewhere& message);
base::Result<std::string> RecordStep(const Office& office, const Once& once,
                                     const v1::RecordStep& message, const Actor& actor);
// Looks again at some of those who are due; how many there were.
base::Result<std::size_t> AssessDue(const Office& office, std::uint32_t limit, Share share = {});

}  // namespace subsidy
