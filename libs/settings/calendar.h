// School calendars: config/calendars/*.yaml -> base::Calendar, the county's and each school's own.
//
// Ranges are inclusive on both ends, as people write them. A calendar with `draft: true` holds days
// that no notice has confirmed yet; whoever shows readiness says so.
// Errors: kNotFound/NO_FILE, kInvalidArgument/BAD_YAML, kInvalidArgument/BAD_SETTINGS with every
// problem. Immutable after loading; thread-safe then.
// Source of holidays and make-up days: the State Council's yearly notice, named in each file.
#pragma once

#include <map>
#include <string>

#include "base/calendar.h"
#include "base/result.h"
#include "settings/reader.h"

namespace settings {

struct SchoolCalendar {
  std::string name = {};
  std::string source = {};
  bool draft = false;
  std::string draft_reason = {};  // what is not confirmed; empty unless draft
  base::Calendar calendar = {};   // the county's
  // Schools with days off or days on of their own, by ten-digit school code.
  std::map<std::string, base::Calendar> by_school = {};

  const base::Calendar& For(const std::string& school_code) const {
    const auto found = by_school.find(school_code);
    return found == by_school.end() ? calendar : found->second;
  }
};

// Reads a whole calendar document; problems are recorded for Document::Finish.
SchoolCalendar ReadCalendar(Reader root);
base::Result<SchoolCalendar> LoadCalendar(const std::string& path);

}  // namespace settings
