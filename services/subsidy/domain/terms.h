// Terms as subsidies count them: 2026秋 and 2027春, with the day whose facts decide.
//
// Until the snapshot day a term's decision follows the facts of the day; from then on the facts of
// the snapshot day count, so that a child who goes away later is not asked to pay back and one
// school only pays. Corrections of what was true on that day are followed until `open_until`.
// Pure. Source: domain.md 5.4, R-59 (15 October and 15 April are defaults of the rule set).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/calendar.h"
#include "subsidy/domain/rules.h"

namespace subsidy {

struct SubsidyTerm {
  std::string id = {};    // "2026秋"
  std::string name = {};  // "2026-2027学年第一学期"
  base::Date first = {};
  base::Date last = {};
  base::Date snapshot = {};
  base::Date open_until = {};  // the last day on which decisions are made for it
  // Nothing before it begins and after it is closed.
  std::optional<base::Date> DayToDecide(base::Date today) const {
    if (today < first || today > open_until) return std::nullopt;
    return today < snapshot ? today : snapshot;
  }
};

std::vector<SubsidyTerm> TermsOf(const base::Calendar& calendar, const RuleSet& rules);
const SubsidyTerm* FindTerm(const std::vector<SubsidyTerm>& terms, std::string_view id);
// The first day after `today` on which a term begins, reaches its snapshot or closes.
std::optional<base::Date> NextTermChange(const std::vector<SubsidyTerm>& terms, base::Date today);

}  // namespace subsidy
