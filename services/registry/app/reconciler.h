// Compares the list of school-age children with the registry (domain/matching.h says how): both
// sides streamed into flat arrays, exact pairs by merging on the blind index, and only the rest
// opened and looked at one by one. 119,003 against 119,003 in seconds.
#pragma once

#include <atomic>
#include <vector>

#include "base/result.h"
#include "registry/app/deps.h"
#include "registry/store/match_repository.h"

namespace registry {

class Reconciler {
 public:
  explicit Reconciler(const Deps& deps) : deps_(deps) {}

  // Errors: kUnavailable and the like, when it is worth trying again.
  base::Status Run(RunId id) const;
  base::Result<std::vector<RunId>> Waiting() const;

 private:
  base::Status Fail(RunId id, const base::Error& error) const;

  const Deps& deps_;
};

}  // namespace registry
