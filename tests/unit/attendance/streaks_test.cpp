#include "attendance/domain/streaks.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "unit/attendance/town.h"

namespace attendance {
namespace {

using testing::D;
using testing::Days;
using testing::Rules;
using testing::TestRule;

std::string Text(HalfDay half_day) {
  return fmt::format("{:02}-{:02}{}", half_day.day.month(), half_day.day.day(),
                     half_day.half == Half::kMorning ? "am" : "pm");
}
// "09-01..09-03 3d at 09-03am back 09-04pm", "... running", "... ended"
std::string Text(const Streak& s) {
  std::string text =
      fmt::format("{:02}-{:02}..{:02}-{:02} {}d at {}", s.first_day.month(), s.first_day.day(),
                  s.last_day.month(), s.last_day.day(), s.days, Text(s.reached));
  if (s.returned) return text + " back " + Text(*s.returned);
  return text + (s.running ? " running" : " ended");
}
std::string Text(const std::vector<Streak>& streaks) {
  std::string text;
  for (const Streak& s : streaks) text += (text.empty() ? "" : "; ") + Text(s);
  return text;
}

struct Case {
  const char* name;
  const char* days;
  const char* found;
};
class StreakTable : public ::testing::TestWithParam<Case> {};

TEST_P(StreakTable, AnyHalfDayAtLeastThree) {
  EXPECT_EQ(Text(FindStreaks(Days(GetParam().days), Rules())), GetParam().found);
}

// School days: Tue 09-01, Wed 02, Thu 03, Fri 04, Mon 07, Tue 08, Wed 09, Thu 10, Fri 11, Mon 14
// ...
INSTANTIATE_TEST_SUITE_P(
    Rules, StreakTable,
    ::testing::Values(
        Case{"Nobody", "", ""}, Case{"Present", "PP PP PP PP", ""},
        Case{"TwoDaysAreNotThree", "AA AA PP", ""},
        Case{"TheThirdMorningReaches", "AA AA A-", "09-01..09-03 3d at 09-03am running"},
        Case{"UnknownCounts", "UU AA UU", "09-01..09-03 3d at 09-03am running"},
        Case{"AnyHalfDayIsEnough", "AP PA AP PP", "09-01..09-03 3d at 09-03am back 09-03pm"},
        Case{"LateAndEarlyArePresence", "AA AT AE PP", "09-01..09-03 3d at 09-03am back 09-03pm"},
        Case{"APresentDayEnds", "AA AA PP AA AA PP", ""},
        Case{"AWeekendDoesNotEnd", "PP PP PP AA AA AA", "09-04..09-08 3d at 09-08am running"},
        Case{"ADayWithoutRollCallIsSkipped", "AA -- AA -- AA",
             "09-01..09-07 3d at 09-07am running"},
        Case{"ASickDayEnds", "AA AA SS AA AA", ""},
        Case{"APersonalLeaveEnds", "AA AA QQ AA AA", ""},
        Case{"AnApprovedSlipEnds", "AA AA aa AA AA", ""},
        Case{"ASlipOfADayWithoutRollCallEnds", "AA AA ll AA AA", ""},
        Case{"ASickMorningDoesNotExcuseTheAfternoon", "AA AA SA",
             "09-01..09-03 3d at 09-03pm running"},
        Case{"ThereInSpiteOfASlip", "AA AA AA pp", "09-01..09-03 3d at 09-03am back 09-04am"},
        Case{"ItGoesOn", "AA AA AA AA AA", "09-01..09-07 5d at 09-03am running"},
        Case{"TheFirstPresentHalfDayIsTheReturn", "AA AA AA AP",
             "09-01..09-04 4d at 09-03am back 09-04pm"},
        Case{"AfterTheReturnItStartsAnew", "AA AA AA PA AA AA",
             "09-01..09-03 3d at 09-03am back 09-04am; 09-04..09-08 3d at 09-08am running"},
        Case{"LeaveEndsTheRowNotTheAbsence", "AA AA AA SS PP",
             "09-01..09-03 3d at 09-03am back 09-07am"},
        Case{"OneReturnClosesAllBefore", "AA AA AA SS AA AA AA PP",
             "09-01..09-03 3d at 09-03am back 09-10am; 09-07..09-09 3d at 09-09am back 09-10am"},
        Case{"LeavingTheClassEndsTheRow", "AA AA AA xx", "09-01..09-03 3d at 09-03am ended"},
        Case{"SuspendedInBetween", "AA AA xx AA AA", ""}),
    [](const auto& param) { return param.param.name; });

TEST(StreaksTest, MoreThanFiveFiresOnTheSixthDay) {
  const RuleBook rules = Rules(5, Comparison::kMoreThan);
  EXPECT_EQ(Text(FindStreaks(Days("AA AA AA AA AA"), rules)), "");
  EXPECT_EQ(Text(FindStreaks(Days("AA AA AA AA AA AA"), rules)),
            "09-01..09-08 6d at 09-08am running");
}

TEST(StreaksTest, AllHalfDaysNeedsBoth) {
  const RuleBook rules = Rules(3, Comparison::kAtLeast, Counting::kAllHalfDays);
  EXPECT_EQ(Text(FindStreaks(Days("AA AA A-"), rules)), "");
  EXPECT_EQ(Text(FindStreaks(Days("AA AA AA"), rules)), "09-01..09-03 3d at 09-03pm running");
  EXPECT_EQ(Text(FindStreaks(Days("AP AP AP AP"), rules)), "");
  EXPECT_EQ(Text(FindStreaks(Days("AA A- AA AA"), rules)),
            "09-01..09-04 3d at 09-04pm running");  // half known: skipped
  EXPECT_EQ(Text(FindStreaks(Days("AA SA AA AA"), rules)), "");
  EXPECT_EQ(Text(FindStreaks(Days("AA AA AA AP AA"), rules)),
            "09-01..09-03 3d at 09-03pm back 09-04pm");
}

TEST(StreaksTest, OnlyTheRulesMarksCount) {
  Rule rule = TestRule();
  rule.threshold.marks = MarkSet{}.With(Mark::kAbsent);
  const RuleBook rules{{rule}};
  EXPECT_EQ(Text(FindStreaks(Days("UU UU UU UU"), rules)), "");
  // "Unknown" says nothing then: neither counted nor an end.
  EXPECT_EQ(Text(FindStreaks(Days("AA UU AA AA"), rules)), "09-01..09-04 3d at 09-04am running");
}

TEST(StreaksTest, ANewRuleAppliesFromItsDay) {
  Rule five = TestRule(5, Comparison::kMoreThan);
  Rule three = TestRule(3);
  three.from = D("2026-09-08");
  const RuleBook rules{{five, three}};
  // Ended before the change: under the old rule, nothing.
  EXPECT_EQ(Text(FindStreaks(Days("AA AA AA AA PP PP"), rules)), "");
  // Reaching over the change: found on the first counted day under the new rule.
  EXPECT_EQ(Text(FindStreaks(Days("AA AA AA AA AA AA"), rules)),
            "09-01..09-08 6d at 09-08am running");
}

TEST(StreaksTest, TheCalendarDecidesWhichDaysAreInARow) {
  // 09-18 Fri, 09-20 Sun (make-up day), 09-21 Mon; 09-30 Wed, then 10-08 Thu after the holiday.
  EXPECT_EQ(Text(FindStreaks(Days("AA AA AA", D("2026-09-18")), Rules())),
            "09-18..09-21 3d at 09-21am running");
  EXPECT_EQ(Text(FindStreaks(Days("AA AA AA", D("2026-09-29")), Rules())),
            "09-29..10-08 3d at 10-08am running");
}

// ---- what changes when streaks are computed anew ----

class ReconcileTest : public ::testing::Test {
 protected:
  StreakChange Next(const char* days) {
    const std::vector<Streak> found = FindStreaks(Days(days), Rules());
    StreakChange change = Reconcile(
        StudentId{7}, live_, found, [](base::Date) { return ClassId{11}; }, next_id_);
    live_ = change.live;
    return change;
  }
  static std::string News(const StreakChange& change) {
    std::string text;
    for (const StreakEvent& event : change.events) {
      const char* names[] = {"suspected", "withdrawn", "returned", "return_withdrawn"};
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ",
                          names[static_cast<std::size_t>(event.news)], event.streak.id.raw());
    }
    return text;
  }
  std::vector<KnownStreak> live_;
  StreakId next_id_{1};
};

TEST_F(ReconcileTest, OnceAStreak) {
  EXPECT_EQ(News(Next("AA AA A-")), "suspected 1");
  EXPECT_EQ(live_.front().class_id, ClassId{11});
  EXPECT_EQ(News(Next("AA AA AA")), "");
  const StreakChange longer = Next("AA AA AA AA");
  EXPECT_EQ(News(longer), "");
  ASSERT_EQ(longer.saved.size(), 1u);  // the row is kept up to date
  EXPECT_EQ(longer.saved.front().streak.days, 4);
  EXPECT_TRUE(Next("AA AA AA AA").saved.empty());
  EXPECT_EQ(News(Next("AA AA AA AA PP")), "returned 1");
  EXPECT_EQ(live_.front().state, StreakState::kReturned);
  EXPECT_EQ(News(Next("AA AA AA AA PP PP")), "");
}

TEST_F(ReconcileTest, ACorrectionWithdraws) {
  Next("AA AA AA");
  const StreakChange change = Next("AA PP AA");
  EXPECT_EQ(News(change), "withdrawn 1");
  ASSERT_EQ(change.saved.size(), 1u);
  EXPECT_EQ(change.saved.front().state, StreakState::kWithdrawn);
  EXPECT_TRUE(live_.empty());
  // Correcting the correction is a new suspicion with a number of its own.
  EXPECT_EQ(News(Next("AA AA AA")), "suspected 2");
}

TEST_F(ReconcileTest, FoundAndBackAtOnce) {
  EXPECT_EQ(News(Next("AA AA AA PP")), "suspected 1, returned 1");
}

TEST_F(ReconcileTest, AReturnThatWasAMistake) {
  Next("AA AA AA PP");
  EXPECT_EQ(News(Next("AA AA AA AA")), "return_withdrawn 1");
  EXPECT_EQ(live_.front().streak.days, 4);
}

TEST_F(ReconcileTest, SplitByACorrection) {
  Next("AA AA AA AA AA AA AA");
  EXPECT_EQ(News(Next("AA AA AA PP AA AA AA")), "returned 1, suspected 2");
}

TEST_F(ReconcileTest, JoinedByACorrection) {
  Next("AA AA AA PP AA AA AA");
  const StreakChange change = Next("AA AA AA AA AA AA AA");
  EXPECT_EQ(News(change), "return_withdrawn 1");
  ASSERT_EQ(live_.size(), 1u);
  EXPECT_EQ(live_.front().id, StreakId{1});
  EXPECT_EQ(live_.front().streak.days, 7);
  EXPECT_EQ(change.saved.front().state, StreakState::kMerged);
}

TEST_F(ReconcileTest, OfSeveralStreaksBeforeAReturnTheLastTellsIt) {
  Next("AA AA AA SS AA AA AA");
  EXPECT_EQ(News(Next("AA AA AA SS AA AA AA PP")), "returned 2");
  EXPECT_EQ(live_[0].state, StreakState::kReturned);
}

}  // namespace
}  // namespace attendance
