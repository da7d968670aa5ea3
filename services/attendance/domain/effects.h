// What a change of the ledger means: streaks that begin, end, vanish or return, and students who
// have become chronic absentees.
//
// Everything is computed anew from the days of each student whose history may differ, so the order
// in which roll calls, corrections and slips arrive does not matter. The results also go into
// `pending`. Pure and thread-safe.
#pragma once

#include <span>
#include <vector>

#include "attendance/domain/chronic.h"
#include "attendance/domain/pending.h"
#include "attendance/domain/rules.h"

namespace attendance {

struct NewChronic {
  StudentId student = {};
  ClassId class_id = {};
  base::Date term_first = {};
  ChronicRate rate = {};
  int window_school_days = 0;
};

struct Effects {
  std::vector<KnownStreak> streaks = {};  // rows to save
  std::vector<StreakEvent> events = {};
  std::vector<NewChronic> chronic = {};
  bool empty() const { return streaks.empty() && events.empty() && chronic.empty(); }
};

// Of the students in `pending.Touched()`.
Effects Judge(Pending& pending, const RuleBook& rules);
// Of all students: after the rules have changed, or at start.
Effects JudgeAll(Pending& pending, const RuleBook& rules);

// The part of `records` (rising) within a term.
std::span<const DayRecord> DaysOfTerm(std::span<const DayRecord> records, const base::Term& term);

}  // namespace attendance
