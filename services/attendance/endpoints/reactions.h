// Registry's events as roster news (app/roster.h). Kinds that attendance does not know are skipped.
// Errors: kDataCorruption/BAD_EVENT when a payload cannot be read. Pure and thread-safe.
#pragma once

#include <vector>

#include "attendance/app/roster.h"
#include "bus/bus.h"

namespace attendance {

base::Result<RosterNews> ReadNews(const std::vector<bus::Event>& events);

}  // namespace attendance
