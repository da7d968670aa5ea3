// The oracle against what each recipe says of itself: two statements of one rule.
#include <gtest/gtest.h>

#include <map>

#include "cli/sample/behaviour.h"
#include "cli/sample/recipes.h"
#include "cli/sample/rule.h"
#include "cli/sample/sample.h"

namespace {

using sample::AbsenceRule;
using sample::Behaviour;
using sample::County;
using sample::ExpectedCase;
using sample::Mark;
using sample::Moment;
using sample::TermDays;

struct World {
  County county = {};
  TermDays term = {};
  Behaviour behaviour = {};
};

World Make(const std::string& id, const AbsenceRule& rule, std::uint64_t seed) {
  auto setting = sample::LoadSetting(BAOXUE_SOURCE_DIR "/config", id, {});
  EXPECT_TRUE(setting.ok()) << setting.error().ToString();
  setting->plan.rule = rule;
  World world;
  world.county = sample::Build(sample::Scaled(setting->plan, 4000), setting->first_day, seed);
  world.term =
      sample::DaysOf(world.county, setting->calendar, setting->first_day, setting->last_day);
  world.behaviour = sample::Behave(world.county, world.term);
  return world;
}

void ExpectRecipesHold(const World& world, const std::string& what) {
  std::map<std::uint32_t, ExpectedCase> cases;
  for (const ExpectedCase& one : sample::ExpectedCases(world.county, world.term, world.behaviour)) {
    EXPECT_TRUE(cases.emplace(one.student, one).second) << what << ": two cases of one student";
  }
  EXPECT_GE(world.behaviour.planted.size(), sample::Recipes().size() - 2) << what;
  for (const sample::Planted& planted : world.behaviour.planted) {
    const auto found = cases.find(planted.student);
    const int opens = found == cases.end() ? -1 : found->second.opens_day;
    const int withdrawn = found == cases.end() ? -1 : found->second.withdrawn_day;
    EXPECT_EQ(opens, planted.opens_day) << what << " " << planted.kind;
    EXPECT_EQ(withdrawn, planted.withdrawn_day) << what << " " << planted.kind;
  }
}

std::string Describe(const std::string& county, const AbsenceRule& rule) {
  return county + (rule.more_than ? " > " : " >= ") + std::to_string(rule.days) +
         (rule.all_half_days ? " all" : " any");
}

TEST(SampleRule, EveryRecipeLeadsToWhatItSaysInEveryCounty) {
  for (const std::string& county : sample::CountyIds()) {
    for (const bool all : {false, true}) {
      const AbsenceRule rule{.days = 3, .all_half_days = all};
      ExpectRecipesHold(Make(county, rule, 11), Describe(county, rule));
    }
  }
}

TEST(SampleRule, EveryRecipeLeadsToWhatItSaysUnderOtherRules) {
  for (const int days : {2, 5}) {
    for (const bool more_than : {false, true}) {
      const AbsenceRule rule{.days = days, .more_than = more_than};
      ExpectRecipesHold(Make("chengkou", rule, 12), Describe("chengkou", rule));
    }
  }
}

// A county of one class, written by hand.
class OneClass : public ::testing::Test {
 protected:
  void SetUp() override {
    world_.county.plan.rule = {.days = 3};
    world_.county.schools.resize(1);
    world_.county.classes.push_back({.school = 0, .first_student = 0, .students = 1});
    world_.county.students.push_back({.in_class = 0, .seat = 1});
    world_.term.by_school.resize(1);
    for (std::uint16_t day = 0; day < 8; ++day) {
      world_.term.days.push_back(base::Date::FromSerial(day));
      world_.term.by_school[0].push_back(day);
    }
  }
  void Mark(int slot, sample::Mark mark) {
    world_.behaviour.absences.push_back(
        {.student = 0, .slot = static_cast<std::uint16_t>(slot), .mark = mark});
  }
  void AbsentDays(int from, int count) {
    for (int slot = from * 2; slot < (from + count) * 2; ++slot) Mark(slot, Mark::kAbsent);
  }
  std::vector<ExpectedCase> Cases() {
    return sample::ExpectedCases(world_.county, world_.term, world_.behaviour);
  }
  World world_;
};

TEST_F(OneClass, ThreeDaysOpenOnTheThirdMorning) {
  AbsentDays(1, 3);
  EXPECT_EQ(Cases(),
            (std::vector<ExpectedCase>{
                {.student = 0, .opens_day = 3, .opens_at = Moment::kMorning, .first_day = 1}}));
}

TEST_F(OneClass, MoreThanThreeNeedsFour) {
  world_.county.plan.rule.more_than = true;
  AbsentDays(1, 3);
  EXPECT_TRUE(Cases().empty());
  AbsentDays(4, 1);
  ASSERT_EQ(Cases().size(), 1u);
  EXPECT_EQ(Cases()[0].opens_day, 4);
}

TEST_F(OneClass, AllHalfDaysWaitsForTheAfternoon) {
  world_.county.plan.rule.all_half_days = true;
  AbsentDays(1, 3);
  ASSERT_EQ(Cases().size(), 1u);
  EXPECT_EQ(Cases()[0].opens_at, Moment::kAfternoon);
}

TEST_F(OneClass, ADayWithoutRollCallNeitherCountsNorInterrupts) {
  AbsentDays(1, 4);
  world_.behaviour.missing = {{0, 4}, {0, 5}};
  ASSERT_EQ(Cases().size(), 1u);
  EXPECT_EQ(Cases()[0].opens_day, 4);
  EXPECT_EQ(Cases()[0].first_day, 1);
}

TEST_F(OneClass, LeaveInterruptsEvenWithoutRollCall) {
  AbsentDays(1, 2);
  AbsentDays(4, 2);
  world_.behaviour.missing = {{0, 6}, {0, 7}};
  world_.behaviour.leaves.push_back({.student = 0, .from_slot = 6, .to_slot = 7, .on_day = 3});
  EXPECT_TRUE(Cases().empty());
}

TEST_F(OneClass, ALateSlipWithdrawsAndALaterRowOpensAnew) {
  AbsentDays(0, 3);
  world_.behaviour.leaves.push_back(
      {.student = 0, .from_slot = 0, .to_slot = 5, .on_day = 3, .moment = Moment::kEvening});
  AbsentDays(5, 3);
  const auto cases = Cases();
  ASSERT_EQ(cases.size(), 2u);
  EXPECT_EQ(cases[0].withdrawn_day, 3);
  EXPECT_EQ(cases[1].opens_day, 7);
  EXPECT_EQ(cases[1].withdrawn_day, -1);
}

TEST_F(OneClass, ARefusedSlipExcusesNothing) {
  AbsentDays(0, 3);
  world_.behaviour.leaves.push_back(
      {.student = 0, .from_slot = 0, .to_slot = 5, .on_day = 0, .approved = false});
  EXPECT_EQ(Cases().size(), 1u);
}

}  // namespace
