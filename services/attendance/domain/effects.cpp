#include "attendance/domain/effects.h"

#include <algorithm>

namespace attendance {
namespace {

// Enough to know that nothing can come of it: how many days with a mark that some rule counts, how
// many half-days away.
struct Tally {
  int absent_days = 0;
  int away_half_days = 0;
};

Tally TallyOf(const MarkEntries& entries) {
  Tally tally;
  int last_day = -1;
  for (const MarkEntry& entry : entries) {
    if (IsAtSchool(entry.mark)) continue;
    ++tally.away_half_days;
    const int day = entry.slot / 2;
    if ((entry.mark == Mark::kAbsent || entry.mark == Mark::kUnknown) && day != last_day) {
      ++tally.absent_days;
      last_day = day;
    }
  }
  return tally;
}

class Judging {
 public:
  Judging(Pending& pending, const RuleBook& rules) : pending_(pending), rules_(rules) {}

  void Student(StudentIndex student) {
    const Tally tally = TallyOf(pending_.EntriesOf(student));
    const bool streaks =
        tally.absent_days >= rules_.NeededDaysMin() || !pending_.StreaksOf(student).empty();
    const bool chronic = tally.away_half_days >= rules_.ChronicHalfDaysMin();
    if (!streaks && !chronic) return;
    RecordsOf(pending_, student, records_);
    if (streaks) Streaks(student);
    if (chronic) Chronic(student);
  }

  Effects Take() { return std::move(effects_); }

 private:
  void Streaks(StudentIndex student) {
    const Ledger& ledger = pending_.base();
    const std::vector<Streak> found = FindStreaks(records_, rules_);
    const std::span<const KnownStreak> known = pending_.StreaksOf(student);
    if (found.empty() && known.empty()) return;
    StreakChange change = Reconcile(
        ledger.IdOfStudent(student), known, found,
        [&](base::Date day) { return ClassOn(student, day); }, pending_.next_streak_id);
    if (change.saved.empty()) return;
    for (KnownStreak& row : change.saved) effects_.streaks.push_back(std::move(row));
    for (StreakEvent& event : change.events) effects_.events.push_back(std::move(event));
    pending_.SetStreaks(student, std::move(change.live));
  }

  void Chronic(StudentIndex student) {
    const Ledger& ledger = pending_.base();
    for (const base::Term& term : ledger.school_days().county.terms()) {
      // Of a term that began before the horizon only a part is known, and it was judged in its
      // time.
      if (term.first < ledger.horizon().begin) continue;
      const std::span<const DayRecord> days = DaysOfTerm(records_, term);
      if (days.empty() || pending_.IsChronic(student, term.first)) continue;
      const std::optional<ChronicRate> rate = FindChronic(days, rules_);
      if (!rate) continue;
      effects_.chronic.push_back(
          {.student = ledger.IdOfStudent(student),
           .class_id = ClassOn(student, rate->on),
           .term_first = term.first,
           .rate = *rate,
           .window_school_days = rules_.At(rate->on).chronic.window_school_days});
      pending_.SetChronic(student, term.first);
    }
  }

  ClassId ClassOn(StudentIndex student, base::Date day) const {
    ClassIndex found = kNoClass;
    for (const Segment& segment : pending_.TimelineOf(student)) {
      if (segment.from_serial <= day.serial()) found = segment.class_index;
    }
    return found == kNoClass ? ClassId{} : pending_.base().IdOfClass(found);
  }

  Pending& pending_;
  const RuleBook& rules_;
  Effects effects_;
  std::vector<DayRecord> records_;
};

}  // namespace

Effects Judge(Pending& pending, const RuleBook& rules) {
  Judging judging{pending, rules};
  for (const StudentIndex student : pending.Touched()) judging.Student(student);
  return judging.Take();
}

Effects JudgeAll(Pending& pending, const RuleBook& rules) {
  Judging judging{pending, rules};
  for (StudentIndex s = 0; s < pending.base().student_count(); ++s) judging.Student(s);
  return judging.Take();
}

std::span<const DayRecord> DaysOfTerm(std::span<const DayRecord> records, const base::Term& term) {
  const auto begin =
      std::lower_bound(records.begin(), records.end(), term.first,
                       [](const DayRecord& record, base::Date day) { return record.day < day; });
  const auto end =
      std::upper_bound(begin, records.end(), term.last,
                       [](base::Date day, const DayRecord& record) { return day < record.day; });
  return {begin, end};
}

}  // namespace attendance
