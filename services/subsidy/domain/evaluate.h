// From facts and rules to benefits with amounts: the pure core.
//
// A Book holds one rule set made ready: for every day the versions in force, their conditions laid
// flat. Evaluate stops at the first condition that decides, and records the facts that it read:
// changing any other fact cannot change the outcome. Explain renders the trace in Chinese when
// somebody asks: the same facts and rules always give the same trace, so it need not be stored.
// Deterministic, no clock, thread-safe after construction.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "subsidy/domain/rules.h"

namespace subsidy {

inline constexpr std::size_t kBenefitsMax = 32;

enum class Why : std::uint8_t {
  kEntitled,
  kNotMet,      // a condition is not met
  kExcluded,    // another benefit of its 择一 group is higher
  kNotInForce,  // no version on that day
  kNoRate,      // no amount fits
};

struct Item {
  Why why = Why::kNotInForce;
  std::uint8_t version = 0;
  std::uint8_t rate = 0;
  std::uint8_t excluded_by = 0;
  std::int64_t term_fen = 0;  // whether or not it is entitled
};

struct Outcome {
  std::array<Item, kBenefitsMax> items = {};  // as the rule set's benefits
  std::size_t count = 0;
  FactSet read = 0;
  bool Entitled(std::size_t benefit) const { return items[benefit].why == Why::kEntitled; }
};

// What someone gets: benefit -> 分 a term, in the rule set's order.
struct Amount {
  std::string benefit = {};
  std::int64_t fen = 0;
  friend bool operator==(const Amount&, const Amount&) = default;
};

class Book {
 public:
  explicit Book(RuleSet rules);
  const RuleSet& rules() const { return rules_; }

  Outcome Evaluate(const Facts& facts, base::Date day) const;
  Outcome Evaluate(Bits bits, base::Date day) const;
  std::vector<Amount> Amounts(const Outcome& outcome) const;
  // One paragraph a benefit: what it gives or why not, then every condition that was looked at with
  // the fact, its list and batch, and the article.
  std::string Explain(const Facts& facts, base::Date day) const;
  // The first day after `day` on which other rules apply; nothing: none.
  std::optional<base::Date> NextChange(base::Date day) const;
  // The same versions are in force on both days.
  bool SamePeriod(base::Date a, base::Date b) const { return PeriodOf(a) == PeriodOf(b); }

 private:
  struct Node {
    Condition::Kind kind = Condition::Kind::kIs;
    Fact fact = Fact::kStatus;
    Bits mask = {};
    std::uint32_t end = 0;  // one past the last node of this subtree
  };
  struct FlatRate {
    std::uint32_t begin = 0;
    std::int64_t term_fen = 0;
  };
  struct FlatBenefit {
    int version = -1;  // -1: not in force
    std::uint32_t begin = 0;
    std::vector<FlatRate> rates = {};
    int exclusive = -1;
  };
  struct Period {
    base::Date from = {};
    std::vector<FlatBenefit> benefits = {};
    bool any_exclusive = false;
  };

  std::uint32_t Flatten(const Condition& condition);
  bool Test(std::uint32_t at, Bits bits, FactSet& read) const;
  const Period* PeriodOf(base::Date day) const;
  void Choose(const Period& period, Outcome& outcome) const;

  RuleSet rules_;
  std::vector<Node> nodes_;
  std::vector<Period> periods_;
};

}  // namespace subsidy
