// Properties of evaluation over random facts and every shipped rule set, and its speed's floor.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "base/random.h"
#include "subsidy/domain/ledger.h"
#include "subsidy/endpoints/rule_reader.h"

namespace subsidy {
namespace {

Facts RandomFacts(base::Rng& rng, const Groups& groups) {
  constexpr int kStatuses[] = {1, 1, 1, 1, 2, 5, 6, 10, 11, 0};
  Facts facts;
  facts.status = kStatuses[rng.Below(std::size(kStatuses))];
  facts.grade = static_cast<int>(rng.Below(10));
  facts.kind = static_cast<SchoolKind>(rng.Below(5));
  facts.boarding = rng.Chance(4000);
  facts.home_teaching = rng.Chance(500);
  facts.inclusive = rng.Chance(1000);
  facts.non_local = rng.Chance(3000);
  facts.paid_elsewhere = rng.Chance(500);
  facts.recognised = rng.Chance(1000);
  const base::Date first = *base::Date::Parse("2019-01-01");
  for (std::uint64_t i = rng.Below(4); i > 0; --i) {
    Tag tag{.group = groups.all()[rng.Below(groups.all().size())].name,
            .source = "部门",
            .batch = std::to_string(rng.Below(9)),
            .from = first + std::chrono::days{rng.Below(3000)}};
    if (rng.Chance(6000)) tag.to = tag.from + std::chrono::days{1 + rng.Below(400)};
    facts.tags.push_back(std::move(tag));
  }
  return facts;
}

Book BookOf(std::uint64_t seed) {
  constexpr const char* kNames[] = {"national", "tongan", "chengkou", "jianan", "haikou"};
  return Book{*LoadRules(std::string{BAOXUE_SOURCE_DIR} + "/config/subsidy/" + kNames[seed % 5] +
                         ".yaml")};
}

base::Date RandomDay(base::Rng& rng) {
  return *base::Date::Parse("2018-06-01") + std::chrono::days{rng.Below(3500)};
}

bool Same(const Outcome& a, const Outcome& b) {
  for (std::size_t i = 0; i < std::max(a.count, b.count); ++i) {
    if (a.items[i].why != b.items[i].why || a.items[i].term_fen != b.items[i].term_fen ||
        a.items[i].rate != b.items[i].rate || a.items[i].version != b.items[i].version) {
      return false;
    }
  }
  return a.count == b.count && a.read == b.read;
}

TEST(Evaluation, IsDeterministicAndDoesNotDependOnTheOrderOfTags) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    base::Rng rng{seed};
    const Book book = BookOf(seed);
    for (int i = 0; i < 20; ++i) {
      Facts facts = RandomFacts(rng, book.rules().groups);
      const base::Date day = RandomDay(rng);
      const Outcome first = book.Evaluate(facts, day);
      std::reverse(facts.tags.begin(), facts.tags.end());
      RC_ASSERT(Same(first, book.Evaluate(facts, day)));
    }
  }));
}

// What makes re-evaluating only the affected students right.
TEST(Evaluation, AFactThatWasNotReadCannotChangeTheOutcome) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    base::Rng rng{seed};
    const Book book = BookOf(seed);
    const Groups& groups = book.rules().groups;
    for (int i = 0; i < 40; ++i) {
      const base::Date day = RandomDay(rng);
      const Bits before = Encode(RandomFacts(rng, groups), groups, day);
      const Bits after = Encode(RandomFacts(rng, groups), groups, day);
      const Outcome outcome = book.Evaluate(before, day);
      // Take over from `after` only facts that were not read.
      Bits mixed = before;
      for (int f = 0; f < static_cast<int>(Fact::kFirstGroup) + kGroupsMax; ++f) {
        const Fact fact = static_cast<Fact>(f);
        const bool known = f <= static_cast<int>(Fact::kRecognised) || IsGroup(fact);
        if (!known || (outcome.read & One(fact)) != 0) continue;
        const Bits all = AllOf(fact);
        mixed.lo = (mixed.lo & ~all.lo) | (after.lo & all.lo);
        mixed.hi = (mixed.hi & ~all.hi) | (after.hi & all.hi);
      }
      RC_ASSERT((Difference(before, mixed) & outcome.read) == 0u);
      RC_ASSERT(Same(outcome, book.Evaluate(mixed, day)));
    }
  }));
}

TEST(Evaluation, OfOneExclusiveGroupAtMostOneIsGivenAndItIsTheHighest) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    base::Rng rng{seed};
    const Book book = BookOf(seed);
    const Facts facts = RandomFacts(rng, book.rules().groups);
    const Outcome outcome = book.Evaluate(facts, RandomDay(rng));
    const auto& benefits = book.rules().benefits;
    for (std::size_t a = 0; a < outcome.count; ++a) {
      for (std::size_t b = 0; b < outcome.count; ++b) {
        if (a == b || benefits[a].exclusive.empty()) continue;
        if (benefits[a].exclusive != benefits[b].exclusive) continue;
        RC_ASSERT(!(outcome.Entitled(a) && outcome.Entitled(b)));
        if (outcome.Entitled(a) && outcome.items[b].why == Why::kExcluded) {
          RC_ASSERT(outcome.items[a].term_fen >= outcome.items[b].term_fen);
        }
      }
    }
  }));
}

// Differences told one after another always add up to what stands now.
TEST(Ledger, DifferencesAddUp) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    base::Rng rng{seed};
    const Book book = BookOf(seed);
    std::vector<Amount> now;
    std::int64_t told = 0;
    for (int i = 0; i < 20; ++i) {
      const auto outcome =
          book.Evaluate(RandomFacts(rng, book.rules().groups), RandomDay(rng));
      std::vector<Amount> next = book.Amounts(outcome);
      for (const Change& change : Compare(now, next)) told += change.difference();
      now = std::move(next);
      std::int64_t sum = 0;
      for (const Amount& one : now) sum += one.fen;
      RC_ASSERT(sum == told);
    }
  }));
}

// The trace agrees with the evaluation, benefit by benefit.
TEST(Explain, SaysWhatEvaluateDecided) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    base::Rng rng{seed};
    const Book book = BookOf(seed);
    const Facts facts = RandomFacts(rng, book.rules().groups);
    const base::Date day = RandomDay(rng);
    const Outcome outcome = book.Evaluate(facts, day);
    const std::string trace = book.Explain(facts, day);
    for (std::size_t i = 0; i < outcome.count; ++i) {
      const std::string yes = "\n" + book.rules().benefits[i].name + ":享受";
      RC_ASSERT((trace.find(yes) != std::string::npos) == outcome.Entitled(i));
    }
  }));
}

}  // namespace
}  // namespace subsidy
