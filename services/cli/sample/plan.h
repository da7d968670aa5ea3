// What the sample county looks like: its sizes, its rule of absence, its shares of groups.
//
// Sizes and the rule come from the county's profile (config/counties/<id>.yaml, sections `county`,
// `sizes`, `attendance`). Shares are basis points (10000 = all) and assumed: no document gives
// them. Errors: kNotFound/COUNTY_UNKNOWN, and those of settings::Document. Pure but for reading the
// profile.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/date.h"
#include "base/result.h"

namespace sample {

// How many days without excuse make a suspected dropout, as the profile says on the first day.
struct AbsenceRule {
  int days = 3;
  bool more_than = false;  // ">" rather than ">="
  bool all_half_days = false;
  int backdate_days_max = 14;
  // A day's submissions, minutes since midnight.
  int morning_start = 8 * 60;
  int morning_due = 9 * 60;
  int afternoon_start = 14 * 60;
  int afternoon_due = 15 * 60;
  int reached_at() const { return more_than ? days + 1 : days; }
};

struct CountyPlan {
  std::string id = {};        // "tongan"
  std::string name = {};      // "厦门市同安区"
  std::string bureau = {};    // "厦门市同安区教育局"
  std::string division = {};  // GB/T 2260, six digits
  std::string calendar = {};  // path of the calendar file
  bool stated = true;         // false: no document gives the sizes, they are assumed
  std::uint32_t primary_students = 0;
  std::uint32_t junior_students = 0;
  std::uint32_t special_students = 0;  // beside the two above
  std::uint32_t primary_schools = 0;
  std::uint32_t junior_schools = 0;  // 初中, and the junior parts of 完中 and 职教中心
  std::uint32_t nine_year_schools = 0;
  std::uint32_t teaching_points = 0;
  std::uint32_t special_schools = 0;
  std::uint32_t non_local_bp = 0;
  std::uint32_t left_behind_bp = 0;
  std::uint32_t boarding_primary_bp = 0;
  std::uint32_t boarding_junior_bp = 0;
  std::uint32_t poor_bp = 0;
  std::string postcode = {};
  std::vector<std::string> towns = {};
  AbsenceRule rule = {};

  std::uint32_t students() const { return primary_students + junior_students + special_students; }
};

// The counties that there is a sample of.
std::vector<std::string> CountyIds();

// The plan of <config_dir>/counties/<county>.yaml with the rule of `first_day`.
base::Result<CountyPlan> LoadPlan(const std::string& config_dir, const std::string& county,
                                  base::Date first_day);

// The same county with exactly `students` students (0: as it is). Schools become fewer more slowly
// than students, so that every kind of school is still there.
CountyPlan Scaled(const CountyPlan& plan, std::uint32_t students);

}  // namespace sample
