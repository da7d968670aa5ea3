// Questions about classes and the county: roll calls, who is missing, sums, streaks, chronic
// absentees, another threshold. Answers come from the ledger, names from the roster's tables;
// nothing changes.
//
// Errors: kUnavailable/STANDBY; kNotFound/CLASS_UNKNOWN, SCHOOL_UNKNOWN;
// kInvalidArgument/BAD_RANGE; kFailedPrecondition/RANGE_TOO_OLD for days before the terms in
// memory; those of libs/store. Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "attendance/app/office.h"
#include "attendance/domain/reports.h"
#include "attendance/store/leave_rows.h"
#include "attendance/store/roll_call_rows.h"
#include "attendance/store/roster_rows.h"
#include "attendance/store/streak_rows.h"

namespace attendance {

enum class Revisions : std::uint8_t { kLatest, kAll };

struct MissingList {
  std::vector<ClassRow> classes = {};
  std::uint64_t expected = 0;  // classes that ought to have a roll call
  base::UtcTime due = {};
  bool past_due = false;
};
struct CountySummary {
  Summary sums = {};
  StreakCounts streaks = {};
};
struct NamedTrial {
  std::vector<ListedStreak> found = {};
  std::uint64_t now_found = 0;
  std::vector<ListedStreak> only_now = {};
  std::vector<ListedStreak> only_then = {};
};
struct NamedChronic {
  StudentId student = {};
  ClassId class_id = {};
  std::string name = {};
  ChronicRate rate = {};
};

class Lookups {
 public:
  explicit Lookups(Office& office) : office_(office) {}

  base::Result<std::vector<StoredRollCall>> RollCalls(ClassId class_id, HalfDay half_day,
                                                      Revisions revisions);
  // `school` empty: all.
  base::Result<MissingList> Missing(HalfDay half_day, const std::string& school);
  // Both days inclusive.
  base::Result<CountySummary> SumUp(base::Date from, base::Date to);
  base::Result<NamedTrial> TryThreshold(base::Date from, base::Date to, const Threshold& threshold);
  base::Result<std::vector<ListedStreak>> Streaks(const StreakQuery& query);
  base::Result<std::vector<NamedChronic>> Chronic(base::Date on, std::size_t limit);
  // The students of a class today, for lists of their slips.
  base::Result<std::vector<StudentId>> StudentsOf(ClassId class_id);
  base::Result<std::vector<LeaveFile>> Leaves(const LeaveQuery& query);
  // The county's calendar, or a school's own.
  const base::Calendar& CalendarOf(const std::string& school_code) const {
    return office_.profile().days.For(school_code);
  }

 private:
  base::Result<std::vector<ListedStreak>> Named(const std::vector<FoundStreak>& found);
  Office& office_;
};

}  // namespace attendance
