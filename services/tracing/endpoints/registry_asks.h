// What is asked of the registry about the child of a letter. Errors: those of the bus and the
// registry. Thread-safe.
#pragma once

#include "bus/bus.h"
#include "tracing/app/letter_content.h"

namespace tracing {

// This student of ours as a match for the child, with since when.
base::Result<Match> AskStudent(bus::Client& client, std::int64_t student_id,
                               const v1::Child& child);

}  // namespace tracing
