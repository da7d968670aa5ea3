#include "attendance/domain/rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace attendance {

std::string ToChinese(const Threshold& threshold) {
  return fmt::format("无故缺勤 {} {} 个教学日({})",
                     threshold.comparison == Comparison::kAtLeast ? ">=" : ">", threshold.days,
                     threshold.counting == Counting::kAnyHalfDay ? "任一半天" : "全天");
}

RuleBook::RuleBook(std::vector<Rule> entries) : entries_(std::move(entries)) {
  CHECK(!entries_.empty());
  CHECK(std::is_sorted(entries_.begin(), entries_.end(),
                       [](const Rule& a, const Rule& b) { return a.from < b.from; }));
  needed_days_min_ = entries_.front().threshold.NeededDays();
  chronic_half_days_min_ = entries_.front().chronic.min_half_days;
  for (const Rule& rule : entries_) {
    needed_days_min_ = std::min(needed_days_min_, rule.threshold.NeededDays());
    chronic_half_days_min_ = std::min(chronic_half_days_min_, rule.chronic.min_half_days);
  }
}

std::size_t RuleBook::IndexAt(base::Date day) const {
  std::size_t index = 0;
  while (index + 1 < entries_.size() && entries_[index + 1].from <= day) ++index;
  return index;
}

RuleBook RuleBook::WithThreshold(const Threshold& threshold) const {
  std::vector<Rule> entries = entries_;
  for (Rule& rule : entries) rule.threshold = threshold;
  return RuleBook{std::move(entries)};
}

base::UtcTime RuleBook::StartOf(HalfDay half_day) const {
  return base::InstantAt(half_day.day, At(half_day.day).TimesOf(half_day.half).start_minute);
}

base::UtcTime RuleBook::DueOf(HalfDay half_day) const {
  return base::InstantAt(half_day.day, At(half_day.day).TimesOf(half_day.half).due_minute);
}

}  // namespace attendance
