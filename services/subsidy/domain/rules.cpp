#include "subsidy/domain/rules.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/money.h"

namespace subsidy {
namespace {

Bits Complement(Fact fact, Bits mask) {
  const Bits all = AllOf(fact);
  return {all.lo & ~mask.lo, all.hi & ~mask.hi};
}

using Left = std::map<Fact, Bits>;  // values that are left for each fact

// A grade has one stage: both masks must agree on some grade.
bool StageFitsGrade(const Left& left) {
  const auto stage = left.find(Fact::kStage);
  const auto grade = left.find(Fact::kGrade);
  if (stage == left.end() || grade == left.end()) return true;
  for (int g = 1; g <= 9; ++g) {
    Facts facts;
    facts.grade = g;
    const Bits bits = Encode(facts, {}, {});
    if ((bits & AllOf(Fact::kStage)).Meets(stage->second) &&
        (bits & AllOf(Fact::kGrade)).Meets(grade->second)) {
      return true;
    }
  }
  return false;
}

// Depth first over the alternatives; rule sets are small.
bool Search(Left left, std::vector<const Condition*> todo) {
  while (!todo.empty()) {
    const Condition* next = todo.back();
    todo.pop_back();
    if (next->kind == Condition::Kind::kAll) {
      for (const Condition& part : next->parts) todo.push_back(&part);
    } else if (next->kind == Condition::Kind::kIs) {
      const auto [at, fresh] = left.try_emplace(next->fact, next->mask);
      if (!fresh) at->second = at->second & next->mask;
      if (at->second.empty() || !StageFitsGrade(left)) return false;
    } else {
      for (const Condition& part : next->parts) {
        std::vector<const Condition*> branch = todo;
        branch.push_back(&part);
        if (Search(left, std::move(branch))) return true;
      }
      return false;
    }
  }
  return true;
}

}  // namespace

Condition Negate(const Condition& condition) {
  Condition result;
  if (condition.kind == Condition::Kind::kIs) {
    result.kind = Condition::Kind::kIs;
    result.fact = condition.fact;
    result.mask = Complement(condition.fact, condition.mask);
    return result;
  }
  result.kind = condition.kind == Condition::Kind::kAll ? Condition::Kind::kAny
                                                        : Condition::Kind::kAll;
  for (const Condition& part : condition.parts) result.parts.push_back(Negate(part));
  return result;
}

Condition Both(const Condition& a, const Condition& b) {
  Condition both;
  both.parts = {a, b};
  return both;
}

bool Possible(const Condition& condition) { return Search({}, {&condition}); }

std::int64_t Benefit::TermFen(const Rate& rate) const {
  switch (per) {
    case Per::kYear:
      return base::Money::Fen(rate.fen).ShareHalfUp(term_share_bp).fen();
    case Per::kTerm:
      return rate.fen;
    case Per::kDay:
      return rate.fen * term_days;
  }
  return 0;
}

int RuleSet::Find(std::string_view benefit_id) const {
  for (std::size_t i = 0; i < benefits.size(); ++i) {
    if (benefits[i].id == benefit_id) return static_cast<int>(i);
  }
  return -1;
}

std::vector<std::string> Unverified(const RuleSet& rules, base::Date day) {
  std::vector<std::string> all;
  for (const Benefit& benefit : rules.benefits) {
    for (const BenefitVersion& version : benefit.versions) {
      if (version.to && *version.to <= day) continue;
      for (const Rate& rate : version.rates) {
        if (rate.unverified.empty()) continue;
        all.push_back(benefit.name + " " + rate.text + "(" + version.from.ToString() + "起):" +
                      rate.unverified);
      }
    }
  }
  return all;
}

std::vector<base::Date> ChangeDays(const RuleSet& rules) {
  std::set<base::Date> days;
  for (const Benefit& benefit : rules.benefits) {
    for (const BenefitVersion& version : benefit.versions) {
      days.insert(version.from);
      if (version.to) days.insert(*version.to);
    }
  }
  return {days.begin(), days.end()};
}

}  // namespace subsidy
