// What the use cases decide by: the county's profiles and calendars, and how a change is told.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/calendar.h"
#include "cases/domain/profile.h"
#include "cases/store/rows.h"
#include "store/event_log.h"

namespace cases {

inline constexpr std::string_view kFeed = "cases";

struct Rules {
  Profiles profiles = {};
  base::Calendar calendar = {};
  std::map<std::string, base::Calendar> by_school = {};  // schools with days of their own

  const base::Calendar& CalendarOf(const std::string& school_code) const {
    const auto found = by_school.find(school_code);
    return found == by_school.end() ? calendar : found->second;
  }
};

// What one decision changed: the case as it is now, and the entries that were added.
struct Change {
  CaseRow row = {};
  std::vector<Entry> entries = {};
};

// The events that tell of a change, in order. Given by endpoints, which know the messages.
using DescribeEvents = std::function<std::vector<store::NewEvent>(const Change&)>;

}  // namespace cases
