#include "subsidy/domain/evaluate.h"

#include <algorithm>
#include <map>

#include "base/check.h"

namespace subsidy {

Book::Book(RuleSet rules) : rules_(std::move(rules)) {
  CHECK(rules_.benefits.size() <= kBenefitsMax);
  std::map<std::string, int> exclusive;
  for (const base::Date day : ChangeDays(rules_)) {
    Period period{.from = day};
    for (const Benefit& benefit : rules_.benefits) {
      FlatBenefit flat;
      for (std::size_t v = 0; v < benefit.versions.size(); ++v) {
        const BenefitVersion& version = benefit.versions[v];
        if (day < version.from || (version.to && day >= *version.to)) continue;
        flat.version = static_cast<int>(v);
        flat.begin = Flatten(version.when);
        for (const Rate& rate : version.rates) {
          flat.rates.push_back({.begin = Flatten(rate.when), .term_fen = benefit.TermFen(rate)});
        }
      }
      if (!benefit.exclusive.empty()) {
        const auto next = static_cast<int>(exclusive.size());
        flat.exclusive = exclusive.try_emplace(benefit.exclusive, next).first->second;
        period.any_exclusive = true;
      }
      period.benefits.push_back(std::move(flat));
    }
    periods_.push_back(std::move(period));
  }
}

std::uint32_t Book::Flatten(const Condition& condition) {
  const auto at = static_cast<std::uint32_t>(nodes_.size());
  nodes_.push_back({.kind = condition.kind, .fact = condition.fact, .mask = condition.mask});
  for (const Condition& part : condition.parts) Flatten(part);
  nodes_[at].end = static_cast<std::uint32_t>(nodes_.size());
  return at;
}

bool Book::Test(std::uint32_t at, Bits bits, FactSet& read) const {
  const Node& node = nodes_[at];
  if (node.kind == Condition::Kind::kIs) {
    read |= One(node.fact);
    return bits.Meets(node.mask);
  }
  const bool all = node.kind == Condition::Kind::kAll;
  for (std::uint32_t part = at + 1; part < node.end; part = nodes_[part].end) {
    if (Test(part, bits, read) != all) return !all;
  }
  return all;
}

const Book::Period* Book::PeriodOf(base::Date day) const {
  const auto after =
      std::upper_bound(periods_.begin(), periods_.end(), day,
                       [](base::Date d, const Period& period) { return d < period.from; });
  return after == periods_.begin() ? nullptr : &*(after - 1);
}

std::optional<base::Date> Book::NextChange(base::Date day) const {
  for (const Period& period : periods_) {
    if (period.from > day) return period.from;
  }
  return std::nullopt;
}

Outcome Book::Evaluate(const Facts& facts, base::Date day) const {
  return Evaluate(Encode(facts, rules_.groups, day), day);
}

Outcome Book::Evaluate(Bits bits, base::Date day) const {
  Outcome outcome;
  outcome.count = rules_.benefits.size();
  const Period* period = PeriodOf(day);
  if (period == nullptr) return outcome;
  for (std::size_t i = 0; i < period->benefits.size(); ++i) {
    const FlatBenefit& benefit = period->benefits[i];
    Item& item = outcome.items[i];
    if (benefit.version < 0) continue;
    item.version = static_cast<std::uint8_t>(benefit.version);
    if (!Test(benefit.begin, bits, outcome.read)) {
      item.why = Why::kNotMet;
      continue;
    }
    item.why = Why::kNoRate;
    for (std::size_t r = 0; r < benefit.rates.size(); ++r) {
      if (!Test(benefit.rates[r].begin, bits, outcome.read)) continue;
      item.why = Why::kEntitled;
      item.rate = static_cast<std::uint8_t>(r);
      item.term_fen = benefit.rates[r].term_fen;
      break;
    }
  }
  if (period->any_exclusive) Choose(*period, outcome);
  return outcome;
}

// 择一: the highest of a group counts; of equal ones the first.
void Book::Choose(const Period& period, Outcome& outcome) const {
  for (std::size_t i = 0; i < outcome.count; ++i) {
    const int group = period.benefits[i].exclusive;
    if (group < 0 || outcome.items[i].why != Why::kEntitled) continue;
    std::size_t best = i;
    for (std::size_t k = i + 1; k < outcome.count; ++k) {
      if (period.benefits[k].exclusive == group && outcome.Entitled(k) &&
          outcome.items[k].term_fen > outcome.items[best].term_fen) {
        best = k;
      }
    }
    for (std::size_t k = i; k < outcome.count; ++k) {
      if (k == best || period.benefits[k].exclusive != group || !outcome.Entitled(k)) continue;
      outcome.items[k].why = Why::kExcluded;
      outcome.items[k].excluded_by = static_cast<std::uint8_t>(best);
    }
  }
}

std::vector<Amount> Book::Amounts(const Outcome& outcome) const {
  std::vector<Amount> amounts;
  for (std::size_t i = 0; i < outcome.count; ++i) {
    if (outcome.Entitled(i)) {
      amounts.push_back({rules_.benefits[i].id, outcome.items[i].term_fen});
    }
  }
  return amounts;
}

}  // namespace subsidy
