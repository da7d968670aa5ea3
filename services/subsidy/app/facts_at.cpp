#include "subsidy/app/facts_at.h"

#include <algorithm>

namespace subsidy {
namespace {

int GradeOn(const std::vector<ClassRow>& rows, base::Date day) {
  int grade = rows.empty() ? 0 : rows.front().grade;
  for (const ClassRow& row : rows) {
    if (row.from <= day) grade = row.grade;
  }
  return grade;
}

std::vector<RecognitionStep> StepsBy(const std::vector<RecognitionStep>& steps, base::Date day) {
  std::vector<RecognitionStep> done;
  for (const RecognitionStep& step : steps) {
    if (step.on <= day) done.push_back(step);
  }
  return done;
}

}  // namespace

std::string SchoolYearOf(base::Date day) {
  const int first = day.month() >= 8 ? day.year() : day.year() - 1;
  return std::to_string(first) + "-" + std::to_string(first + 1);
}

Facts FactsAt(const Dossier& dossier, const Places& places, const RuleSet& rules,
              const SubsidyTerm& term, base::Date day) {
  Facts facts;
  const StateRow* state = nullptr;
  for (const StateRow& one : dossier.states) {
    if (one.effective <= day) state = &one;  // by version
  }
  facts.tags = dossier.tags;
  facts.paid_elsewhere = std::find(dossier.terms_paid_elsewhere.begin(),
                                   dossier.terms_paid_elsewhere.end(),
                                   term.id) != dossier.terms_paid_elsewhere.end();
  const auto steps = dossier.steps.find(SchoolYearOf(day));
  facts.recognised = steps != dossier.steps.end() &&
                     Recognised(StepsBy(steps->second, day), rules.recognition);
  if (state == nullptr) return facts;
  facts.status = state->status;
  facts.school_code = state->school_code;
  facts.boarding = state->boarding;
  facts.home_teaching = state->home_teaching;
  facts.inclusive = state->inclusive;
  facts.non_local = state->non_local;
  if (const auto school = places.schools.find(state->school_code); school != places.schools.end()) {
    facts.kind = school->second.kind;
  }
  if (const auto rows = places.classes.find(state->class_id); rows != places.classes.end()) {
    facts.grade = GradeOn(rows->second, day);
  }
  return facts;
}

std::optional<base::Date> NextChangeOf(const Dossier& dossier, base::Date today) {
  std::optional<base::Date> next;
  const auto offer = [&](base::Date day) {
    if (day > today && (!next || day < *next)) next = day;
  };
  for (const StateRow& state : dossier.states) offer(state.effective);
  for (const Tag& tag : dossier.tags) {
    offer(tag.from);
    if (tag.to) offer(*tag.to);
  }
  for (const auto& [year, steps] : dossier.steps) {
    for (const RecognitionStep& step : steps) offer(step.on);
  }
  return next;
}

}  // namespace subsidy
