// What people ask of the ledger: who is missing, who was present, sums, and who another rule would
// find.
//
// All of it reads; nothing changes. Pure; thread-safe while the ledger does not change.
#pragma once

#include <optional>
#include <vector>

#include "attendance/domain/chronic.h"
#include "attendance/domain/ledger.h"
#include "attendance/domain/rules.h"

namespace attendance {

// A class that ought to have a roll call on that half-day: its school is open and somebody is
// expected.
bool IsExpected(const Ledger& ledger, ClassIndex c, base::Date day);
std::vector<ClassIndex> MissingClasses(const Ledger& ledger, HalfDay half_day,
                                       std::optional<SchoolIndex> school = {});

// School days on which a student was at school, for whoever watches a returned one. A day counts as
// present when it was called, nobody marked the student away, and the day is over or called twice.
// A day away without leave starts the row again; an excused day and a day without roll call are
// neither.
struct Presence {
  int days_in_row = 0;
  int school_days = 0;  // expected on, from `since` to `today`
  int present_days = 0;
  base::Date last_counted = {};  // meaningful when present_days > 0
};
Presence PresenceOf(std::span<const DayRecord> records, base::Date since, base::Date today);

struct Summary {
  std::uint64_t expected = 0;  // class half-days whose roll call was due by `now`
  std::uint64_t taken = 0;
  std::uint64_t missing = 0;  // due and not taken
  std::uint64_t corrections = 0;
  std::array<std::uint64_t, 9> marks = {};  // by Mark; as recorded, whether or not a slip excuses
  std::uint64_t students_expected = 0;      // on the last day
};
// `days` within the horizon, half-open.
Summary SummaryOf(const Ledger& ledger, const RuleBook& rules, base::DateRange days,
                  base::UtcTime now);

struct FoundStreak {
  StudentIndex student = 0;
  Streak streak = {};
};
// Whom `rules` find, with the threshold reached within `days`.
std::vector<FoundStreak> FindAll(const Ledger& ledger, const RuleBook& rules, base::DateRange days);

struct ThresholdTrial {
  std::vector<FoundStreak> found = {};  // under the other rules
  std::size_t now_found = 0;
  std::vector<FoundStreak> only_now = {};   // found under the present rules, not under the others
  std::vector<FoundStreak> only_then = {};  // found under the others, not under the present ones
};
// A streak is found by both when it shares days with one of the same student.
ThresholdTrial Compare(std::vector<FoundStreak> now, std::vector<FoundStreak> then);

struct ChronicStudent {
  StudentIndex student = 0;
  ChronicRate rate = {};
};
// Whose window that ends on `day` reaches the rule of that day; highest rate first.
std::vector<ChronicStudent> ChronicOn(const Ledger& ledger, const RuleBook& rules, base::Date day);

}  // namespace attendance
