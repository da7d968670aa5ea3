// The county's profile as attendance needs it: the section `attendance:` and the calendar.
//
// Keys, units, bounds and defaults: config/counties/README.md, part attendance. Immutable after
// loading. Errors: kNotFound/NO_FILE, kInvalidArgument/BAD_YAML, kInvalidArgument/BAD_SETTINGS with
// every problem.
#pragma once

#include <string>

#include "attendance/domain/ledger.h"
#include "attendance/domain/rules.h"
#include "base/result.h"
#include "settings/reader.h"

namespace attendance {

struct Profile {
  std::string county = {};  // "厦门市同安区"
  RuleBook rules = {};
  SchoolDays days = {};
  std::string calendar_name = {};
  std::string draft_reason = {};  // why the calendar is a draft; empty: it is none
};

// The section alone; problems are recorded for Document::Finish.
RuleBook ReadRules(settings::Reader& root);
base::Result<Profile> LoadProfile(const std::string& path);

}  // namespace attendance
