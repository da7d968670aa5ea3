#include "attendance/domain/effects.h"

#include <gtest/gtest.h>

#include "unit/attendance/town.h"

namespace attendance {
namespace {

using testing::Call;
using testing::D;
using testing::Evening;
using testing::M;
using testing::Rules;
using testing::SchoolDaysFrom;
using testing::TestLedger;

class EffectsTest : public ::testing::Test {
 protected:
  // Records a roll call and takes it over; the news is in effects_.
  void Record(std::int64_t class_id, base::Date day, Half half, std::vector<SentMark> marks = {}) {
    Pending pending{ledger_};
    const auto sheet =
        DecideRollCall(pending, rules_, Call(class_id, day, half, std::move(marks), ++tag_),
                       Evening(D("2026-09-14")));
    ASSERT_TRUE(sheet.ok()) << sheet.error().ToString();
    pending.Add(*sheet);
    effects_ = Judge(pending, rules_);
    ledger_.Apply(std::move(pending));
  }
  void RecordDay(base::Date day, std::vector<SentMark> marks = {}) {
    Record(11, day, Half::kMorning, marks);
    if (effects_.events.empty()) Record(11, day, Half::kAfternoon, marks);
  }
  std::vector<StreakNews> News() const {
    std::vector<StreakNews> news;
    for (const StreakEvent& event : effects_.events) news.push_back(event.news);
    return news;
  }
  StudentIndex Index(std::int64_t id) const { return ledger_.FindStudent(StudentId{id}).value(); }

  using NewsList = std::vector<StreakNews>;
  Ledger ledger_ = TestLedger();
  RuleBook rules_ = Rules();
  Effects effects_;
  std::uint64_t tag_ = 0;
  const std::vector<base::Date> days_ = SchoolDaysFrom(D("2026-09-01"), 9);
};

TEST_F(EffectsTest, TheThirdMorningAndThenTheReturn) {
  RecordDay(days_[0], {M(1101, Mark::kAbsent)});
  RecordDay(days_[1], {M(1101, Mark::kUnknown)});
  EXPECT_TRUE(effects_.empty());
  Record(11, days_[2], Half::kMorning, {M(1101, Mark::kAbsent)});
  EXPECT_EQ(News(), NewsList{StreakNews::kSuspected});
  const KnownStreak& found = effects_.events.front().streak;
  EXPECT_EQ(found.student, StudentId{1101});
  EXPECT_EQ(found.class_id, ClassId{11});
  EXPECT_EQ(found.streak.first_day, days_[0]);
  EXPECT_EQ(found.streak.reached, (HalfDay{days_[2], Half::kMorning}));
  // Nobody is named: the student is back.
  Record(11, days_[2], Half::kAfternoon);
  EXPECT_EQ(News(), NewsList{StreakNews::kReturned});
}

TEST_F(EffectsTest, AnotherClassRollCallChangesNothing) {
  for (std::size_t i = 0; i < 3; ++i)
    Record(11, days_[i], Half::kMorning, {M(1101, Mark::kAbsent)});
  Record(12, days_[3], Half::kMorning);
  EXPECT_TRUE(effects_.empty());
}

TEST_F(EffectsTest, ACorrectionWithdraws) {
  for (std::size_t i = 0; i < 3; ++i)
    Record(11, days_[i], Half::kMorning, {M(1101, Mark::kAbsent)});
  Record(11, days_[1], Half::kMorning, {M(1101, Mark::kSickLeave)});
  EXPECT_EQ(News(), NewsList{StreakNews::kWithdrawn});
  EXPECT_TRUE(ledger_.StreaksOf(Index(1101)).empty());
}

TEST_F(EffectsTest, ALateOlderRollCallThatNamesNobodyWithdraws) {
  Record(11, days_[0], Half::kMorning, {M(1101, Mark::kAbsent)});
  Record(11, days_[2], Half::kMorning, {M(1101, Mark::kAbsent)});
  Record(11, days_[3], Half::kMorning, {M(1101, Mark::kAbsent)});  // days_[1] has no roll call
  EXPECT_EQ(News(), NewsList{StreakNews::kSuspected});
  Record(11, days_[1], Half::kMorning);
  EXPECT_EQ(News(), NewsList{StreakNews::kWithdrawn});
}

TEST_F(EffectsTest, ALateOlderRollCallCanAlsoFind) {
  Record(11, days_[0], Half::kMorning, {M(1101, Mark::kAbsent)});
  Record(11, days_[2], Half::kMorning, {M(1101, Mark::kAbsent)});
  EXPECT_TRUE(effects_.empty());
  Record(11, days_[1], Half::kMorning, {M(1101, Mark::kAbsent)});
  EXPECT_EQ(News(), NewsList{StreakNews::kSuspected});
  EXPECT_EQ(effects_.events.front().streak.streak.reached.day, days_[2]);
}

TEST_F(EffectsTest, ALeaveSlipWithdrawsAndItsEndFindsAgain) {
  for (std::size_t i = 0; i < 3; ++i)
    Record(11, days_[i], Half::kMorning, {M(1101, Mark::kAbsent)});
  Pending approved{ledger_};
  approved.SetLeaves(Index(1101),
                     {{LeaveId{1}, {days_[1], Half::kMorning}, {days_[1], Half::kAfternoon}}});
  effects_ = Judge(approved, rules_);
  ledger_.Apply(std::move(approved));
  EXPECT_EQ(News(), NewsList{StreakNews::kWithdrawn});
  Pending cancelled{ledger_};
  cancelled.SetLeaves(Index(1101), {});
  effects_ = Judge(cancelled, rules_);
  ledger_.Apply(std::move(cancelled));
  EXPECT_EQ(News(), NewsList{StreakNews::kSuspected});
}

TEST_F(EffectsTest, ASlipOverAWeekendEndsNothing) {
  // 09-05 and 09-06 are no school days: nobody was excused from anything.
  Pending slip{ledger_};
  slip.SetLeaves(
      Index(1101),
      {{LeaveId{1}, {D("2026-09-05"), Half::kMorning}, {D("2026-09-06"), Half::kAfternoon}}});
  ledger_.Apply(std::move(slip));
  for (std::size_t i = 2; i < 5; ++i) {
    Record(11, days_[i], Half::kMorning, {M(1101, Mark::kAbsent)});
  }
  EXPECT_EQ(News(), NewsList{StreakNews::kSuspected});
}

TEST_F(EffectsTest, AMarkOnADayThatWasTakenOffTheCalendarDoesNotCount) {
  // Stored when 09-05 was still a school day.
  const ClassIndex c11 = ledger_.FindClass(ClassId{11}).value();
  const std::vector<Exception> absent = {{StudentId{1101}, Mark::kAbsent}};
  ledger_.LoadSheet(c11, {D("2026-09-05"), Half::kMorning}, 1, 1, absent);
  Record(11, D("2026-09-04"), Half::kMorning, {M(1101, Mark::kAbsent)});
  Record(11, D("2026-09-07"), Half::kMorning, {M(1101, Mark::kAbsent)});
  EXPECT_TRUE(effects_.events.empty());
  Record(11, D("2026-09-08"), Half::kMorning, {M(1101, Mark::kAbsent)});
  EXPECT_EQ(News(), NewsList{StreakNews::kSuspected});
}

TEST_F(EffectsTest, MovingToAnotherClassKeepsTheRow) {
  const ClassIndex c11 = ledger_.FindClass(ClassId{11}).value();
  const ClassIndex c12 = ledger_.FindClass(ClassId{12}).value();
  Record(11, days_[0], Half::kMorning, {M(1101, Mark::kAbsent)});
  Record(11, days_[1], Half::kMorning, {M(1101, Mark::kAbsent)});
  ledger_.SetTimeline(Index(1101), {{days_[0].serial(), c11}, {days_[2].serial(), c12}});
  Record(11, days_[2], Half::kMorning);
  EXPECT_TRUE(effects_.empty());  // not his class any more
  Record(12, days_[2], Half::kMorning, {M(1101, Mark::kAbsent)});
  EXPECT_EQ(News(), NewsList{StreakNews::kSuspected});
  EXPECT_EQ(effects_.events.front().streak.class_id, ClassId{12});
  Record(12, days_[3], Half::kMorning);
  EXPECT_EQ(News(), NewsList{StreakNews::kReturned});
}

TEST_F(EffectsTest, SuspendedFromSchoolEndsTheRowWithoutAReturn) {
  for (std::size_t i = 0; i < 3; ++i)
    Record(11, days_[i], Half::kMorning, {M(1101, Mark::kAbsent)});
  Pending suspended{ledger_};
  suspended.SetTimeline(Index(1101), {{days_[0].serial(), ledger_.FindClass(ClassId{11}).value()},
                                      {days_[3].serial(), kNoClass}});
  effects_ = Judge(suspended, rules_);
  ledger_.Apply(std::move(suspended));
  EXPECT_TRUE(effects_.events.empty());
  ASSERT_EQ(effects_.streaks.size(), 1u);
  EXPECT_EQ(effects_.streaks.front().state, StreakState::kEnded);
  Record(11, days_[4], Half::kMorning);
  EXPECT_TRUE(effects_.empty());
}

TEST_F(EffectsTest, AMarkOfTheClassOfThatDayComesFirst) {
  // The registry says afterwards that 1101 was in class 12 all along; class 11 had called him
  // absent.
  Record(11, days_[0], Half::kMorning, {M(1101, Mark::kAbsent)});
  Record(12, days_[0], Half::kMorning);
  const ClassIndex c12 = ledger_.FindClass(ClassId{12}).value();
  ledger_.SetTimeline(Index(1101), {{days_[0].serial(), c12}});
  EXPECT_EQ(RecordsOf(Pending{ledger_}, Index(1101)).front().halves[0].mark, Mark::kAbsent);
  Record(12, days_[0], Half::kMorning, {M(1101, Mark::kSickLeave)});
  EXPECT_EQ(RecordsOf(Pending{ledger_}, Index(1101)).front().halves[0].mark, Mark::kSickLeave);
}

TEST_F(EffectsTest, ChronicOnceATerm) {
  Rule rule = testing::TestRule(30);
  rule.chronic = {.window_school_days = 20, .rate_basis_points = 2000, .min_half_days = 4};
  rules_ = RuleBook{{rule}};
  for (std::size_t i = 0; i < 3; ++i)
    Record(11, days_[i], Half::kMorning, {M(1101, Mark::kSickLeave)});
  EXPECT_TRUE(effects_.chronic.empty());
  Record(11, days_[3], Half::kMorning, {M(1101, Mark::kSickLeave)});
  ASSERT_EQ(effects_.chronic.size(), 1u);
  EXPECT_EQ(effects_.chronic.front().student, StudentId{1101});
  EXPECT_EQ(effects_.chronic.front().term_first, D("2026-09-01"));
  EXPECT_EQ(effects_.chronic.front().rate.rate_basis_points, 10000);
  Record(11, days_[4], Half::kMorning, {M(1101, Mark::kSickLeave)});
  EXPECT_TRUE(effects_.chronic.empty());
}

TEST_F(EffectsTest, ATermThatBeganBeforeTheHorizonIsNotJudgedAgain) {
  Ledger partial{testing::TestDays(), {D("2026-09-03"), D("2027-01-23")}};
  const ClassIndex c = partial.SetClass(ClassId{11}, partial.AddSchool("3135000001"));
  partial.SetTimeline(partial.AddStudent(StudentId{1101}), {{days_[0].serial(), c}});
  const std::vector<Exception> ill = {{StudentId{1101}, Mark::kSickLeave}};
  for (const base::Date day : SchoolDaysFrom(D("2026-09-03"), 20)) {
    partial.LoadSheet(c, {day, Half::kMorning}, 1, 1, ill);
  }
  Pending pending{partial};
  EXPECT_TRUE(JudgeAll(pending, rules_).empty());
}

TEST_F(EffectsTest, JudgingAllAgainFindsNothingNew) {
  for (std::size_t i = 0; i < 4; ++i)
    Record(11, days_[i], Half::kMorning, {M(1101, Mark::kAbsent)});
  Record(11, days_[4], Half::kMorning);
  Pending pending{ledger_};
  EXPECT_TRUE(JudgeAll(pending, rules_).empty());
  // Under another rule it would.
  EXPECT_FALSE(JudgeAll(pending, Rules(5)).empty());
}

TEST_F(EffectsTest, TwoRollCallsOfOneBatchSeeEachOther) {
  Record(11, days_[0], Half::kMorning, {M(1101, Mark::kAbsent)});
  Pending pending{ledger_};
  for (std::size_t i = 1; i < 3; ++i) {
    pending.Add(DecideRollCall(pending, rules_,
                               Call(11, days_[i], Half::kMorning, {M(1101, Mark::kAbsent)}),
                               Evening(days_[3]))
                    .value());
  }
  // And the correction of the first of them.
  pending.Add(DecideRollCall(pending, rules_, Call(11, days_[1], Half::kMorning), Evening(days_[3]))
                  .value());
  EXPECT_TRUE(Judge(pending, rules_).empty());
  pending.Add(DecideRollCall(pending, rules_,
                             Call(11, days_[1], Half::kMorning, {M(1101, Mark::kAbsent)}),
                             Evening(days_[3]))
                  .value());
  EXPECT_EQ(Judge(pending, rules_).events.size(), 1u);
}

}  // namespace
}  // namespace attendance
