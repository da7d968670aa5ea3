#include "tracing/domain/hand_over.h"

#include <array>

namespace tracing {
namespace {

constexpr int kOpeningMinute = 8 * 60;

struct Names {
  std::string_view name;
  std::string_view chinese;
};
constexpr std::array<Names, 7> kNames{{{"", ""},
                                       {"waiting", "待学期末移交"},
                                       {"local", "非外县户籍"},
                                       {"drafted", "已拟告知函"},
                                       {"taken", "户籍地已接收"},
                                       {"stopped", "个案已变化，不移交"},
                                       {"problem", "待经办人处理"}}};

}  // namespace

std::string_view HandOverStandName(HandOverStand stand) {
  return kNames.at(static_cast<std::size_t>(stand)).name;
}
std::string_view HandOverStandChinese(HandOverStand stand) {
  return kNames.at(static_cast<std::size_t>(stand)).chinese;
}

std::optional<base::UtcTime> HandOverAt(base::Date day, Bound bound, const HandOverRules& rules,
                                        const base::Calendar& calendar) {
  for (const base::Term& term : calendar.terms()) {
    const base::Date due = rules.working_days_after == 0
                               ? calendar.OnOrNextWorkingDay(term.last)
                               : calendar.AddWorkingDays(term.last, rules.working_days_after);
    if (due > day || (due == day && bound == Bound::kFrom)) {
      return base::InstantAt(due, kOpeningMinute);
    }
  }
  return std::nullopt;
}

}  // namespace tracing
