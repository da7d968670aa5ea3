// The facts of a student on a day, from everything that has been told. Pure.
//
// Of the states in effect by then the highest version counts, so a correction that reaches back
// changes what was true; a class's grade is the one told last by then.
#pragma once

#include "subsidy/domain/terms.h"
#include "subsidy/store/rows.h"

namespace subsidy {

Facts FactsAt(const Dossier& dossier, const Places& places, const RuleSet& rules,
              const SubsidyTerm& term, base::Date day);
// "2026-2027" of a day; it begins on 1 August.
std::string SchoolYearOf(base::Date day);
// The next day after `today` on which something already told begins to count.
std::optional<base::Date> NextChangeOf(const Dossier& dossier, base::Date today);

}  // namespace subsidy
