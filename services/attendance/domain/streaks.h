// Decides which absences without leave in a row are a suspected dropout, and when the child is
// back.
//
// Counted are school days in a row. A day counts when any half-day (or both, as the rule says) is
// an absence without leave. A day that was called and does not count ends the row; so do a leave
// slip and a day on which the student is not expected. A day without any roll call is neither: it
// is skipped. Where both half-days must count and one has no roll call, the day is skipped too. The
// half-day that reaches the threshold starts a streak; the row goes on adding days to it. The first
// half-day at school after it is the return: it closes every streak before it and a new row starts.
// FindStreaks depends on the days alone, never on the order in which they became known.
// Pure and thread-safe. Source: issue 2, attendance; domain.md 1.5, R-08, R-09, R-51.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "attendance/domain/day_record.h"
#include "attendance/domain/rules.h"

namespace attendance {

struct Streak {
  base::Date first_day = {};
  base::Date last_day = {};              // last counted day
  HalfDay reached = {};                  // the half-day that reached the threshold
  int days = 0;                          // counted days
  bool running = true;                   // the row has not been ended
  std::optional<HalfDay> returned = {};  // first half-day at school afterwards
  friend bool operator==(const Streak&, const Streak&) = default;
};

// `days` in rising order, each a school day. Streaks in rising order.
std::vector<Streak> FindStreaks(std::span<const DayRecord> days, const RuleBook& rules);

enum class StreakState : std::uint8_t {
  kOpen = 1,   // the row goes on
  kEnded = 2,  // ended by leave or by leaving the class; not seen at school since
  kReturned = 3,
  kWithdrawn = 4,  // a correction or a leave slip took it away
  kMerged = 5,     // a correction joined it to an earlier one
};
StreakState StateOf(const Streak& streak);  // kOpen, kEnded or kReturned

// A streak that was reported.
struct KnownStreak {
  StreakId id = {};
  StudentId student = {};
  ClassId class_id = {};  // the class on the day it was reached
  Streak streak = {};
  StreakState state = StreakState::kOpen;
  friend bool operator==(const KnownStreak&, const KnownStreak&) = default;
};

enum class StreakNews : std::uint8_t { kSuspected, kWithdrawn, kReturned, kReturnWithdrawn };
struct StreakEvent {
  StreakNews news = StreakNews::kSuspected;
  KnownStreak streak = {};  // as it is afterwards; for the withdrawn ones as it was before
};

// What changes when the streaks of a student are computed anew.
struct StreakChange {
  std::vector<KnownStreak> live = {};   // what stands: neither withdrawn nor merged
  std::vector<KnownStreak> saved = {};  // rows that are new or differ
  std::vector<StreakEvent> events = {};
};

// A found streak keeps the id of the earliest known one whose days it shares; another known one
// whose days it shares is merged into it; one that shares days with none is withdrawn. `known`
// holds live streaks only; new ones take ids from `next_id` on.
StreakChange Reconcile(StudentId student, std::span<const KnownStreak> known,
                       std::span<const Streak> found,
                       const std::function<ClassId(base::Date)>& class_on, StreakId& next_id);

}  // namespace attendance
