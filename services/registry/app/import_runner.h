// Applies imports in the background, chunk by chunk, each chunk one transaction that also says
// which chunk it was: whatever is killed when, applying goes on exactly where it stopped, and two
// copies of the service never apply a chunk twice.
//
// A row is decided again against what is stored at that moment: what changed since the dry run
// counts.
#pragma once

#include <atomic>

#include "base/result.h"
#include "registry/app/deps.h"
#include "registry/app/import_list.h"

namespace registry {

class ImportRunner {
 public:
  explicit ImportRunner(const Deps& deps) : deps_(deps) {}

  // Applies what is left of an import; returns when it is applied, failed for good, or `stop` is
  // set. Errors: kUnavailable and the like, when it is worth trying again.
  base::Status Run(ImportId id, const std::atomic<bool>& stop) const;
  // Imports that wait to be applied or are under way.
  base::Result<std::vector<ImportId>> Waiting() const;

 private:
  struct Step {
    bool done = false;
    std::uint64_t events = 0;
  };
  base::Result<Step> ApplyNext(ImportId id, const std::vector<ChunkSummary>& chunks,
                               Places& places) const;
  base::Status Fail(ImportId id, const base::Error& error) const;

  const Deps& deps_;
};

// True for an error after which the same work may succeed later.
bool WorthRetrying(const base::Error& error);

}  // namespace registry
