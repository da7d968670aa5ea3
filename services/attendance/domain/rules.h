// The county's attendance rules, as dated data: which absence opens a case, how far back a roll
// call may be given, when a half-day begins and its roll call is due, what is chronic.
//
// On a day the entry with the latest `from` not after it applies; before the first entry the first
// one does. A streak that ended before an entry's day stays under the rule before it.
// Times of day are minutes since local midnight; rates are basis points. Pure and thread-safe.
// Source: the profile's documents, named in each entry; domain.md 1.5 and 10 (R-05..R-09);
// "X天以上" includes X and "超过X天" does not: Civil Code art. 1259.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "attendance/domain/types.h"
#include "base/date.h"

namespace attendance {

enum class Comparison : std::uint8_t { kAtLeast, kMoreThan };  // ">=", ">"
enum class Counting : std::uint8_t { kAnyHalfDay, kAllHalfDays };

struct Threshold {
  int days = 3;
  Comparison comparison = Comparison::kAtLeast;
  Counting counting = Counting::kAnyHalfDay;
  MarkSet marks = MarkSet{}.With(Mark::kAbsent).With(Mark::kUnknown);  // which count as absent

  // The smallest number of days that reaches it.
  int NeededDays() const { return comparison == Comparison::kAtLeast ? days : days + 1; }
  friend bool operator==(const Threshold&, const Threshold&) = default;
};

// "无故缺勤 >= 3 个教学日(任一半天)"
std::string ToChinese(const Threshold& threshold);

struct HalfDayTimes {
  int start_minute = 0;  // before it a roll call of this half-day is in the future
  int due_minute = 0;    // at it classes without a roll call are missing
  friend bool operator==(const HalfDayTimes&, const HalfDayTimes&) = default;
};

// Away on a large share of the half-days that were called in a window of school days, within a
// term.
struct ChronicRule {
  int window_school_days = 20;
  int rate_basis_points = 2000;
  int min_half_days = 8;
  // Which marks are "away": excused half-days count too, a child that is always ill is also away.
  MarkSet marks = MarkSet{}
                      .With(Mark::kSickLeave)
                      .With(Mark::kPersonalLeave)
                      .With(Mark::kAbsent)
                      .With(Mark::kUnknown);
  friend bool operator==(const ChronicRule&, const ChronicRule&) = default;
};

struct Rule {
  base::Date from = {};
  std::string source = {};
  Threshold threshold = {};
  int backdate_days_max = 14;  // calendar days
  std::array<HalfDayTimes, 2> half_days = {HalfDayTimes{480, 540}, HalfDayTimes{840, 900}};
  ChronicRule chronic = {};

  const HalfDayTimes& TimesOf(Half half) const { return half_days[static_cast<std::size_t>(half)]; }
};

class RuleBook {
 public:
  RuleBook() : RuleBook(std::vector<Rule>{Rule{}}) {}
  // At least one entry, in rising order of `from`.
  explicit RuleBook(std::vector<Rule> entries);

  const Rule& At(base::Date day) const { return entries_[IndexAt(day)]; }
  const std::vector<Rule>& entries() const { return entries_; }
  // The same book with another threshold on all days.
  RuleBook WithThreshold(const Threshold& threshold) const;
  // No streak of fewer counted days reaches any entry's threshold.
  int NeededDaysMin() const { return needed_days_min_; }
  // No entry calls a student chronic for fewer half-days.
  int ChronicHalfDaysMin() const { return chronic_half_days_min_; }

  base::UtcTime StartOf(HalfDay half_day) const;
  base::UtcTime DueOf(HalfDay half_day) const;

 private:
  std::size_t IndexAt(base::Date day) const;
  std::vector<Rule> entries_;
  int needed_days_min_ = 0;
  int chronic_half_days_min_ = 0;
};

}  // namespace attendance
