#include "attendance/domain/chronic.h"

#include <gtest/gtest.h>

#include "unit/attendance/town.h"

namespace attendance {
namespace {

using testing::D;
using testing::Days;
using testing::TestRule;

RuleBook Rules(int window, int rate, int min) {
  Rule rule = TestRule();
  rule.chronic.window_school_days = window;
  rule.chronic.rate_basis_points = rate;
  rule.chronic.min_half_days = min;
  return RuleBook{{rule}};
}

TEST(ChronicTest, TheRateOfTheWindow) {
  const auto days = Days("PP SS AP PP -- QP");
  const ChronicRate rate = RateOf(days, Rules(20, 2000, 2).At(D("2026-09-08")).chronic);
  EXPECT_EQ(rate.away_half_days, 4);
  EXPECT_EQ(rate.counted_half_days, 10);  // a day without roll call is not counted
  EXPECT_EQ(rate.rate_basis_points, 4000);
  EXPECT_TRUE(rate.reached);
  EXPECT_EQ(rate.on, D("2026-09-08"));
}

TEST(ChronicTest, OldDaysFallOutOfTheWindow) {
  const auto days = Days("AA AA PP PP PP");
  EXPECT_EQ(RateOf(days, Rules(5, 2000, 2).entries().front().chronic).away_half_days, 4);
  EXPECT_EQ(RateOf(days, Rules(3, 2000, 2).entries().front().chronic).away_half_days, 0);
}

TEST(ChronicTest, FoundOnTheFirstDayThatReachesBothNumbers) {
  EXPECT_FALSE(FindChronic(Days("AA PP AP PP"), Rules(20, 2000, 4)).has_value());
  const auto found = FindChronic(Days("AA PP AP PA PP AA"), Rules(20, 2000, 4));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->on, D("2026-09-04"));
  EXPECT_EQ(found->away_half_days, 4);
}

TEST(ChronicTest, TheRateCountsAndNotTheNumberAlone) {
  EXPECT_FALSE(FindChronic(Days("AA PP PP PP PP PP AA"), Rules(20, 5000, 4)).has_value());
}

TEST(ChronicTest, MarksThatDoNotCountAreNotAway) {
  Rule rule = TestRule();
  rule.chronic = {.window_school_days = 20,
                  .rate_basis_points = 1000,
                  .min_half_days = 2,
                  .marks = MarkSet{}.With(Mark::kAbsent)};
  const RuleBook rules{{rule}};
  EXPECT_FALSE(FindChronic(Days("SS SS QQ"), rules).has_value());
  EXPECT_FALSE(FindChronic(Days("aa aa aa"), rules).has_value());  // excused by a slip
  EXPECT_TRUE(FindChronic(Days("AA"), rules).has_value());
}

TEST(ChronicTest, DaysOnWhichTheStudentIsNotExpectedAreNoSchoolDays) {
  const ChronicRule rule = Rules(2, 2000, 1).entries().front().chronic;
  EXPECT_EQ(RateOf(Days("AA xx xx PP"), rule).away_half_days, 2);
}

}  // namespace
}  // namespace attendance
