// Rule sets that are or were in force, and trials with their approvals. Errors: those of
// store::Session.
#pragma once

#include <optional>
#include <vector>

#include "subsidy/store/rows.h"

namespace subsidy {

struct ReleaseRow {
  std::string version = {};
  std::string texts = {};  // as app/ encodes them
  bool in_force = false;
  std::string approved_by = {};
  base::UtcTime released_at = {};
};
base::Result<std::string> VersionInForce(store::Session& session);  // empty: none yet
base::Result<std::optional<ReleaseRow>> FindRelease(store::Session& session,
                                                    std::string_view version);
// Becomes the one in force.
base::Status SaveRelease(store::Transaction& tx, const ReleaseRow& row);

struct WhatIfRun {
  std::int64_t id = 0;
  std::string version = {};
  std::string texts = {};
  base::Date on = {};
  Actor actor = {};
  std::vector<std::string> approved_by = {};
  base::UtcTime made_at = {};
};
struct WhatIfLine {
  StudentId student = {};
  std::string school_code = {};
  std::vector<Amount> before = {};
  std::vector<Amount> after = {};
  std::int64_t difference_fen = 0;
};
base::Status SaveRun(store::Transaction& tx, const WhatIfRun& run,
                     const std::vector<WhatIfLine>& lines);
base::Result<std::optional<WhatIfRun>> LockRun(store::Transaction& tx, std::int64_t id);
base::Status SaveApprovals(store::Transaction& tx, const WhatIfRun& run);
base::Result<std::vector<WhatIfLine>> ListRunLines(store::Session& session, std::int64_t id,
                                                   StudentId after, std::uint32_t limit);

}  // namespace subsidy
