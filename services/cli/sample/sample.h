// Generate(): writes a whole sample county into a folder. README.md describes the files.
//
//   auto setting = sample::LoadSetting("config", "tongan", {.weeks = 4});
//   auto truth = sample::Generate(*setting, {.seed = 1, .students = 1500}, "/tmp/sample");
//
// Deterministic: the same setting, seed and number of students give the same bytes.
// Errors: kNotFound/COUNTY_UNKNOWN, kInvalidArgument/NO_TERM, kInvalidArgument/TOO_FEW_STUDENTS,
// kUnavailable/FILE_NOT_WRITTEN, and those of the settings files.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "cli/sample/plan.h"
#include "cli/sample/truth.h"
#include "settings/calendar.h"

namespace sample {

// Which days: from the first day of a term, `weeks` calendar weeks or the whole term.
struct Days {
  int weeks = 0;                        // 0: the whole term
  std::optional<base::Date> from = {};  // none: the calendar's first autumn term
};

// What the profile and the calendar say.
struct Setting {
  CountyPlan plan = {};
  settings::SchoolCalendar calendar = {};
  base::Date first_day = {};
  base::Date last_day = {};
};
base::Result<Setting> LoadSetting(const std::string& config_dir, const std::string& county,
                                  const Days& days);

struct Options {
  std::uint64_t seed = 1;
  std::uint32_t students = 0;  // 0: as many as the county has
};

// What is being written, and how far it is: 0..1000.
using Watch = std::function<void(const std::string& what, int permille)>;

// Writes the files into `folder`, which is made; files of an earlier sample are replaced.
base::Result<Truth> Generate(const Setting& setting, const Options& options,
                             const std::string& folder, const Watch& watch = {});

}  // namespace sample
