#include "attendance/domain/chronic.h"

#include <algorithm>

namespace attendance {
namespace {

bool Away(const HalfRecord& record, MarkSet marks) {
  if (!record.Taken() || record.Present()) return false;
  // An absence that a slip excuses is a leave, whatever the teacher wrote.
  if (record.on_leave) return marks.Has(Mark::kSickLeave) || marks.Has(Mark::kPersonalLeave);
  return marks.Has(record.mark);
}

bool AwayAtAll(const DayRecord& day, MarkSet marks) {
  return Away(day.halves[0], marks) || Away(day.halves[1], marks);
}

}  // namespace

ChronicRate RateOf(std::span<const DayRecord> days, const ChronicRule& rule) {
  ChronicRate rate;
  if (days.empty()) return rate;
  rate.on = days.back().day;
  int school_days = 0;
  for (auto day = days.rbegin(); day != days.rend() && school_days < rule.window_school_days;
       ++day) {
    if (!day->expected) continue;
    ++school_days;
    for (const HalfRecord& record : day->halves) {
      rate.counted_half_days += record.Taken() ? 1 : 0;
      rate.away_half_days += Away(record, rule.marks) ? 1 : 0;
    }
  }
  if (rate.counted_half_days > 0) {
    rate.rate_basis_points = rate.away_half_days * 10000 / rate.counted_half_days;
  }
  rate.reached =
      rate.away_half_days >= rule.min_half_days && rate.rate_basis_points >= rule.rate_basis_points;
  return rate;
}

std::optional<ChronicRate> FindChronic(std::span<const DayRecord> days, const RuleBook& rules) {
  for (std::size_t i = 0; i < days.size(); ++i) {
    const ChronicRule& rule = rules.At(days[i].day).chronic;
    if (!days[i].expected || !AwayAtAll(days[i], rule.marks)) continue;
    const ChronicRate rate = RateOf(days.first(i + 1), rule);
    if (rate.reached) return rate;
  }
  return std::nullopt;
}

}  // namespace attendance
