#include "attendance/domain/streaks.h"

#include <algorithm>

namespace attendance {
namespace {

// Walks over the days once.
class Scan {
 public:
  explicit Scan(const RuleBook& rules) : rules_(rules) {}

  void Day(const DayRecord& day) {
    if (!day.expected) {
      Break();
      return;
    }
    const Threshold& rule = rules_.At(day.day).threshold;
    const bool counted =
        rule.counting == Counting::kAnyHalfDay ? AnyHalfDay(day, rule) : AllHalfDays(day, rule);
    if (!counted && KnownNotToCount(day)) Break();
  }

  std::vector<Streak> Take() { return std::move(streaks_); }

 private:
  bool AnyHalfDay(const DayRecord& day, const Threshold& rule) {
    bool counted = false;
    for (const Half half : kHalves) {
      const HalfRecord& record = day.At(half);
      if (record.Present()) {
        // What is counted of today belongs to the row that ends here.
        if (Return({day.day, half})) counted = false;
      } else if (!counted && record.AbsentWithoutLeave(rule.marks)) {
        Count({day.day, half}, rule);
        counted = true;
      }
    }
    return counted;
  }

  bool AllHalfDays(const DayRecord& day, const Threshold& rule) {
    bool all = true;
    for (const Half half : kHalves) {
      const HalfRecord& record = day.At(half);
      if (record.Present()) Return({day.day, half});
      all = all && record.AbsentWithoutLeave(rule.marks);
    }
    if (all) Count({day.day, Half::kAfternoon}, rule);
    return all;
  }

  static bool KnownNotToCount(const DayRecord& day) {
    return std::any_of(day.halves.begin(), day.halves.end(), [](const HalfRecord& record) {
      return record.Present() || record.Excused();
    });
  }

  void Count(HalfDay half_day, const Threshold& rule) {
    if (days_ == 0) first_day_ = half_day.day;
    ++days_;
    if (reported_) {
      streaks_.back().days = days_;
      streaks_.back().last_day = half_day.day;
    } else if (days_ >= rule.NeededDays()) {
      reported_ = true;
      streaks_.push_back(
          {.first_day = first_day_, .last_day = half_day.day, .reached = half_day, .days = days_});
    }
  }

  void Break() {
    if (reported_) streaks_.back().running = false;
    reported_ = false;
    days_ = 0;
  }

  // True if there was a streak to return from.
  bool Return(HalfDay half_day) {
    bool any = false;
    for (auto streak = streaks_.rbegin(); streak != streaks_.rend() && !streak->returned;
         ++streak) {
      streak->returned = half_day;
      any = true;
    }
    if (any) Break();
    return any;
  }

  const RuleBook& rules_;
  std::vector<Streak> streaks_;
  base::Date first_day_ = {};
  int days_ = 0;           // counted days of the present row
  bool reported_ = false;  // the present row is streaks_.back()
};

bool ShareDays(const Streak& a, const Streak& b) {
  return a.first_day <= b.last_day && b.first_day <= a.last_day;
}

// Of several streaks that one return closes only the last one is told.
bool TellsReturn(std::span<const Streak> all, std::size_t index) {
  return all[index].returned &&
         (index + 1 == all.size() || all[index + 1].returned != all[index].returned);
}

// Gives each found streak the earliest known one that shares days with it; -1 none.
std::vector<int> Match(std::span<const KnownStreak> known, std::span<const Streak> found) {
  std::vector<int> match(found.size(), -1);
  std::vector<bool> taken(known.size(), false);
  for (std::size_t f = 0; f < found.size(); ++f) {
    for (std::size_t k = 0; k < known.size() && match[f] < 0; ++k) {
      if (taken[k] || !ShareDays(known[k].streak, found[f])) continue;
      match[f] = static_cast<int>(k);
      taken[k] = true;
    }
  }
  return match;
}

}  // namespace

std::vector<Streak> FindStreaks(std::span<const DayRecord> days, const RuleBook& rules) {
  Scan scan{rules};
  for (const DayRecord& day : days) scan.Day(day);
  return scan.Take();
}

StreakState StateOf(const Streak& streak) {
  if (streak.returned) return StreakState::kReturned;
  return streak.running ? StreakState::kOpen : StreakState::kEnded;
}

StreakChange Reconcile(StudentId student, std::span<const KnownStreak> known,
                       std::span<const Streak> found,
                       const std::function<ClassId(base::Date)>& class_on, StreakId& next_id) {
  StreakChange change;
  const std::vector<int> match = Match(known, found);
  for (std::size_t k = 0; k < known.size(); ++k) {
    if (std::find(match.begin(), match.end(), static_cast<int>(k)) != match.end()) continue;
    KnownStreak gone = known[k];
    const bool joined = std::any_of(found.begin(), found.end(), [&](const Streak& streak) {
      return ShareDays(streak, gone.streak);
    });
    if (!joined) change.events.push_back({StreakNews::kWithdrawn, gone});
    gone.state = joined ? StreakState::kMerged : StreakState::kWithdrawn;
    change.saved.push_back(gone);
  }
  for (std::size_t f = 0; f < found.size(); ++f) {
    KnownStreak now{.student = student, .streak = found[f], .state = StateOf(found[f])};
    const bool tells = TellsReturn(found, f);
    if (match[f] < 0) {
      now.id = next_id;
      next_id = StreakId{next_id.raw() + 1};
      now.class_id = class_on(found[f].reached.day);
      change.events.push_back({StreakNews::kSuspected, now});
      if (tells) change.events.push_back({StreakNews::kReturned, now});
      change.saved.push_back(now);
    } else {
      const KnownStreak& before = known[static_cast<std::size_t>(match[f])];
      now.id = before.id;
      now.class_id = before.class_id;
      if (tells && !before.streak.returned) {
        change.events.push_back({StreakNews::kReturned, now});
      } else if (before.streak.returned && !found[f].returned) {
        change.events.push_back({StreakNews::kReturnWithdrawn, now});
      }
      if (now != before) change.saved.push_back(now);
    }
    change.live.push_back(now);
  }
  return change;
}

}  // namespace attendance
