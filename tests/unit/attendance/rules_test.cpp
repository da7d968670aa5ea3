#include "attendance/domain/rules.h"

#include <gtest/gtest.h>

#include "unit/attendance/town.h"

namespace attendance {
namespace {

using testing::D;
using testing::TestRule;

TEST(RulesTest, AtLeastIncludesTheNumberAndMoreThanDoesNot) {
  EXPECT_EQ((Threshold{.days = 3, .comparison = Comparison::kAtLeast}).NeededDays(), 3);
  EXPECT_EQ((Threshold{.days = 5, .comparison = Comparison::kMoreThan}).NeededDays(), 6);
}

TEST(RulesTest, TheEntryOfTheDayApplies) {
  Rule old = TestRule(5);
  Rule now = TestRule(3);
  now.from = D("2026-10-08");
  const RuleBook rules{{old, now}};
  EXPECT_EQ(rules.At(D("2026-10-07")).threshold.days, 5);
  EXPECT_EQ(rules.At(D("2026-10-08")).threshold.days, 3);
  EXPECT_EQ(rules.At(D("2001-01-01")).threshold.days, 5);  // before the first entry
  EXPECT_EQ(rules.NeededDaysMin(), 3);
}

TEST(RulesTest, TimesAreOfTheCountysZone) {
  const RuleBook rules{{TestRule()}};  // morning 08:00 due 09:00, afternoon 14:00 due 15:00
  EXPECT_EQ(base::ToIso(rules.StartOf({D("2026-09-01"), Half::kMorning})),
            "2026-09-01T00:00:00.000Z");
  EXPECT_EQ(base::ToIso(rules.DueOf({D("2026-09-01"), Half::kAfternoon})),
            "2026-09-01T07:00:00.000Z");
}

TEST(RulesTest, TheRuleIsToldInChinese) {
  EXPECT_EQ(ToChinese(Threshold{}), "无故缺勤 >= 3 个教学日(任一半天)");
  EXPECT_EQ(
      ToChinese(Threshold{
          .days = 5, .comparison = Comparison::kMoreThan, .counting = Counting::kAllHalfDays}),
      "无故缺勤 > 5 个教学日(全天)");
}

}  // namespace
}  // namespace attendance
