#include "subsidy/domain/terms.h"

#include <algorithm>

namespace subsidy {
namespace {

// "10-15" in the year of the term; the rule set's reader has checked it.
base::Date DayInYear(int year, const std::string& month_day) {
  const auto day = base::Date::Parse(std::to_string(year) + "-" + month_day);
  return day.ok() ? *day : base::Date{};
}

}  // namespace

std::vector<SubsidyTerm> TermsOf(const base::Calendar& calendar, const RuleSet& rules) {
  std::vector<SubsidyTerm> terms;
  for (const base::Term& term : calendar.terms()) {
    const bool autumn = term.first.month() >= 7;
    const int year = term.first.year();
    const base::Date wished =
        DayInYear(year, autumn ? rules.snapshot_autumn : rules.snapshot_spring);
    terms.push_back({.id = std::to_string(year) + (autumn ? "秋" : "春"),
                     .name = term.name,
                     .first = term.first,
                     .last = term.last,
                     .snapshot = std::clamp(wished, term.first, term.last),
                     .open_until = term.last + std::chrono::days{rules.correction_days}});
  }
  return terms;
}

const SubsidyTerm* FindTerm(const std::vector<SubsidyTerm>& terms, std::string_view id) {
  const auto found = std::find_if(terms.begin(), terms.end(),
                                  [id](const SubsidyTerm& term) { return term.id == id; });
  return found == terms.end() ? nullptr : &*found;
}

std::optional<base::Date> NextTermChange(const std::vector<SubsidyTerm>& terms, base::Date today) {
  std::optional<base::Date> next;
  for (const SubsidyTerm& term : terms) {
    for (const base::Date day : {term.first, term.snapshot}) {
      if (day > today && (!next || day < *next)) next = day;
    }
  }
  return next;
}

}  // namespace subsidy
