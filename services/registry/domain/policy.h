// What the county decides about its registry: the `registry` list of its profile, dated entries.
// Ages are completed years on the cut-off day of the school year; lengths are calendar months.
// Source of the defaults: design/domain.md 10 (R-01..R-04, R-27..R-30, R-36).
#pragma once

#include <utility>
#include <vector>

#include "base/date.h"

namespace registry {

struct Policy {
  int age_min = 6;
  int age_max = 15;
  unsigned cutoff_month = 8;  // 31 August
  unsigned cutoff_day = 31;
  int overage_general = 17;
  int overage_disabled = 18;
  int suspend_months_max = 12;
  int suspend_extensions_max = 1;
  int defer_months_max = 12;
  int home_teaching_age_min = 6;
  int home_teaching_age_max = 15;
  int backdate_days_max = 365;  // how far back a change may take effect
  int student_age_min = 4;      // a row with a younger or older child is refused as a typing error
  int student_age_max = 22;
  bool final_term_frozen =
      false;  // provincial: no transfer, no suspension in the last term of a stage
  bool import_changes_names =
      true;                     // a roster may change a name; false: only with papers, one by one
  int match_same_score = 900;   // from here on two people are proposed as the same
  int match_maybe_score = 600;  // from here on a person is asked
  int match_ahead_days = 45;    // a match this near to the next cut-off counts who enters then
};

// The cut-off day in the school year that `day` belongs to: 2026-08-31 for any day from 2026-09-01
// to 2027-08-31.
inline base::Date CutoffFor(const Policy& policy, base::Date day) {
  const auto make = [&](int year) {
    return base::Date::FromYmd(year, policy.cutoff_month, policy.cutoff_day).value_or(day);
  };
  const base::Date this_year = make(day.year());
  return this_year < day ? this_year : make(day.year() - 1);
}

// Completed years that a match (人籍比对) run on `day` holds against the bounds of school age. In
// the weeks before a school year whoever enters then counts already, and whoever leaves then still
// does: nobody may be lost between two years.
struct MatchAge {
  int coming;   // against age_min
  int present;  // against age_max
};
inline MatchAge MatchAgeOn(const Policy& policy, base::Date birth, base::Date day) {
  const base::Date ahead = day + std::chrono::days{policy.match_ahead_days};
  return {.coming = base::AgeOn(birth, CutoffFor(policy, ahead)),
          .present = base::AgeOn(birth, CutoffFor(policy, day))};
}

// The county's entries, rising by their first day.
class PolicyBook {
 public:
  struct Entry {
    base::Date from = {};
    Policy policy = {};
  };
  PolicyBook() = default;
  explicit PolicyBook(std::vector<Entry> entries) : entries_(std::move(entries)) {}
  // The entry with the latest first day not after `day`; before the first entry that one applies.
  Policy At(base::Date day) const {
    Policy found = entries_.empty() ? Policy{} : entries_.front().policy;
    for (const Entry& entry : entries_) {
      if (entry.from <= day) found = entry.policy;
    }
    return found;
  }

 private:
  std::vector<Entry> entries_;
};

}  // namespace registry
