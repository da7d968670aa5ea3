// MakeMark and MatchMark: what only tracing may ask, whatever the access list says. Errors besides
// those of MarkTable: kPermissionDenied/ONLY_TRACING. Thread-safe.
#pragma once

#include "bus/bus.h"
#include "registry/app/mark_table.h"

namespace registry {

// `marks` outlives the server. Before the server starts.
void RegisterMarkHandlers(bus::Server& server, MarkTable& marks);

}  // namespace registry
