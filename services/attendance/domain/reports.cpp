#include "attendance/domain/reports.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "attendance/domain/effects.h"
#include "attendance/domain/pending.h"

namespace attendance {

bool IsExpected(const Ledger& ledger, ClassIndex c, base::Date day) {
  return ledger.IsSchoolDay(ledger.SchoolOf(c), day) && ledger.ExpectedOn(c, day) > 0;
}

std::vector<ClassIndex> MissingClasses(const Ledger& ledger, HalfDay half_day,
                                       std::optional<SchoolIndex> school) {
  std::vector<ClassIndex> missing;
  if (!ledger.horizon().Contains(half_day.day)) return missing;
  const Slot slot = ledger.SlotOf(half_day);
  for (ClassIndex c = 0; c < ledger.class_count(); ++c) {
    if (school && ledger.SchoolOf(c) != *school) continue;
    if (ledger.RevisionOf(c, slot) > 0) continue;
    if (IsExpected(ledger, c, half_day.day)) missing.push_back(c);
  }
  return missing;
}

Presence PresenceOf(std::span<const DayRecord> records, base::Date since, base::Date today) {
  Presence presence;
  for (const DayRecord& record : records) {
    if (record.day < since || record.day > today || !record.expected) continue;
    ++presence.school_days;
    int taken = 0, present = 0, excused = 0;
    for (const HalfRecord& half : record.halves) {
      taken += half.Taken() ? 1 : 0;
      present += half.Present() ? 1 : 0;
      excused += half.Excused() ? 1 : 0;
    }
    const int away = taken - present - std::min(excused, taken - present);
    if (away > 0) {
      presence.days_in_row = 0;
    } else if (present > 0 && present == taken && (taken == 2 || record.day < today)) {
      ++presence.days_in_row;
      ++presence.present_days;
      presence.last_counted = record.day;
    }
  }
  return presence;
}

namespace {

void AddClass(const Ledger& ledger, const RuleBook& rules, ClassIndex c, base::DateRange days,
              base::UtcTime now, Summary& sum) {
  for (base::Date day = days.begin; day < days.end; ++day) {
    if (!ledger.IsSchoolDay(ledger.SchoolOf(c), day)) continue;
    const bool anybody = ledger.ExpectedOn(c, day) > 0;
    for (const Half half : kHalves) {
      const int revision = ledger.RevisionOf(c, ledger.SlotOf({day, half}));
      if (revision > 0) {
        ++sum.taken;
        sum.corrections += static_cast<std::uint64_t>(revision - 1);
      }
      if (!anybody || rules.DueOf({day, half}) > now) continue;
      ++sum.expected;
      if (revision == 0) ++sum.missing;
    }
  }
}

}  // namespace

Summary SummaryOf(const Ledger& ledger, const RuleBook& rules, base::DateRange days,
                  base::UtcTime now) {
  Summary sum;
  if (days.empty()) return sum;
  const base::Date last = days.end - std::chrono::days{1};
  for (ClassIndex c = 0; c < ledger.class_count(); ++c) {
    AddClass(ledger, rules, c, days, now, sum);
    sum.students_expected += static_cast<std::uint64_t>(ledger.ExpectedOn(c, last));
  }
  const Slot begin = ledger.SlotOf({days.begin, Half::kMorning});
  const Slot end = ledger.SlotOf({last, Half::kAfternoon}) + 1;
  for (StudentIndex s = 0; s < ledger.student_count(); ++s) {
    for (const MarkEntry& entry : ledger.EntriesOf(s)) {
      if (entry.slot < begin || entry.slot >= end) continue;
      ++sum.marks[static_cast<std::size_t>(entry.mark)];
    }
  }
  return sum;
}

std::vector<FoundStreak> FindAll(const Ledger& ledger, const RuleBook& rules,
                                 base::DateRange days) {
  const Pending nothing{ledger};
  std::vector<FoundStreak> found;
  std::vector<DayRecord> records;
  for (StudentIndex s = 0; s < ledger.student_count(); ++s) {
    if (ledger.EntriesOf(s).size() < static_cast<std::size_t>(rules.NeededDaysMin())) continue;
    RecordsOf(nothing, s, records);
    for (Streak& streak : FindStreaks(records, rules)) {
      if (days.Contains(streak.reached.day)) found.push_back({s, std::move(streak)});
    }
  }
  return found;
}

namespace {

std::vector<FoundStreak> Without(const std::vector<FoundStreak>& these,
                                 const std::vector<FoundStreak>& those) {
  std::vector<FoundStreak> left;
  for (const FoundStreak& one : these) {
    auto other = std::lower_bound(
        those.begin(), those.end(), one.student,
        [](const FoundStreak& found, StudentIndex student) { return found.student < student; });
    bool both = false;
    for (; other != those.end() && other->student == one.student; ++other) {
      both = both || (one.streak.first_day <= other->streak.last_day &&
                      other->streak.first_day <= one.streak.last_day);
    }
    if (!both) left.push_back(one);
  }
  return left;
}

}  // namespace

ThresholdTrial Compare(std::vector<FoundStreak> now, std::vector<FoundStreak> then) {
  ThresholdTrial trial;
  trial.now_found = now.size();
  trial.only_now = Without(now, then);
  trial.only_then = Without(then, now);
  trial.found = std::move(then);
  return trial;
}

std::vector<ChronicStudent> ChronicOn(const Ledger& ledger, const RuleBook& rules, base::Date day) {
  std::vector<ChronicStudent> chronic;
  const base::Term* term = ledger.school_days().county.TermOf(day);
  if (term == nullptr) return chronic;
  const ChronicRule& rule = rules.At(day).chronic;
  const Pending nothing{ledger};
  std::vector<DayRecord> records;
  for (StudentIndex s = 0; s < ledger.student_count(); ++s) {
    if (ledger.EntriesOf(s).size() < static_cast<std::size_t>(rule.min_half_days)) continue;
    RecordsOf(nothing, s, records);
    base::Term window = *term;
    window.last = std::min(window.last, day);
    const ChronicRate rate = RateOf(DaysOfTerm(records, window), rule);
    if (rate.reached) chronic.push_back({s, rate});
  }
  std::stable_sort(chronic.begin(), chronic.end(),
                   [](const ChronicStudent& a, const ChronicStudent& b) {
                     return a.rate.rate_basis_points > b.rate.rate_basis_points;
                   });
  return chronic;
}

}  // namespace attendance
