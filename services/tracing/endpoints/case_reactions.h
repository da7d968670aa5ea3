// What tracing does about the feed of cases, inside the follower's transaction: a township's visit
// is put down as an answer to be given, or as news of a child who lives elsewhere. Unknown events
// are skipped; only the database can fail it. Belongs to the thread of its follower.
#pragma once

#include <vector>

#include "bus/bus.h"
#include "store/store.h"

namespace tracing {

base::Status OnCases(store::Transaction& tx, const std::vector<bus::Event>& events,
                     base::UtcTime now);

}  // namespace tracing
