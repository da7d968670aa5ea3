// FindLikely: what only tracing may ask, whatever the access list says, since the answer tells how
// near an identity number is to one of ours. Errors besides those of Likely:
// kPermissionDenied/ONLY_TRACING; kInvalidArgument/BAD_DATE. Thread-safe.
#pragma once

#include "bus/bus.h"
#include "registry/app/likely.h"

namespace registry {

// `likely` outlives the server. Before the server starts.
void RegisterLikelyHandlers(bus::Server& server, Likely& likely);

}  // namespace registry
