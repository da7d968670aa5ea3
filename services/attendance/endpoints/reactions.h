// Registry's events as roster news (app/roster.h). Kinds that attendance does not know are skipped;
// events that make no sense are counted and skipped too, so that one of them cannot stop the
// roster. Pure and thread-safe.
#pragma once

#include <vector>

#include "attendance/app/roster.h"
#include "bus/bus.h"

namespace attendance {

struct ReadEvents {
  RosterNews news = {};
  std::vector<std::uint64_t> unreadable = {};  // their numbers
};
ReadEvents ReadNews(const std::vector<bus::Event>& events);

}  // namespace attendance
