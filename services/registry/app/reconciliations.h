// 人籍比对: starting a run, looking at its results, deciding what only a person can decide.
//
// The comparing itself runs in the background (reconciler.h); a run is done when its results, its
// counts and its events are committed, in one transaction. The ladder: Start: NO_LIST (kNotFound),
// DAY_IN_FUTURE. Decide: MATCH_UNKNOWN (kNotFound), MATCH_CLASS, REASON_MISSING, MATCH_DECIDED
// (kFailedPrecondition). Thread-safe.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "registry/app/deps.h"
#include "registry/app/messages.h"

namespace registry {

struct DecideCommand {
  MatchId id = {};
  std::string match_class = {};
  bool same_person = false;
  std::string reason = {};
};

class Reconciliations {
 public:
  explicit Reconciliations(const Deps& deps) : deps_(deps) {}

  base::Result<std::string> Start(const std::string& batch, std::optional<base::Date> on,
                                  const WriteContext& write,
                                  const std::function<std::string(const RunRow&)>& encode);
  base::Result<RunRow> Get(RunId id) const;
  base::Result<std::vector<MatchView>> List(const MatchFilter& filter) const;
  base::Result<std::string> Decide(const DecideCommand& command, const WriteContext& write,
                                   const std::function<std::string(const MatchView&)>& encode);

 private:
  const Deps& deps_;
};

// Both sides of each result, opened and masked.
base::Result<std::vector<MatchView>> ViewMatches(const Deps& deps, store::Session& session,
                                                 std::vector<MatchRow> rows);

}  // namespace registry
