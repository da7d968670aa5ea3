#include "attendance/domain/roll_call.h"

#include <gtest/gtest.h>

#include "unit/attendance/town.h"

namespace attendance {
namespace {

using testing::Call;
using testing::D;
using testing::Evening;
using testing::M;
using testing::Rules;
using testing::TestLedger;

class RollCallTest : public ::testing::Test {
 protected:
  std::string Reason(const RollCallCommand& command, base::UtcTime now) {
    const auto sheet = DecideRollCall(pending_, rules_, command, now);
    return sheet.ok() ? "" : sheet.error().reason;
  }
  Ledger ledger_ = TestLedger();
  Pending pending_{ledger_};
  RuleBook rules_ = Rules();
  base::Date today_ = D("2026-09-03");
  base::UtcTime now_ = Evening(today_);
};

TEST_F(RollCallTest, ByException) {
  const auto sheet =
      DecideRollCall(pending_, rules_,
                     Call(11, today_, Half::kMorning,
                          {M(1103, Mark::kLate), M(1101, Mark::kAbsent), M(1102, Mark::kPresent)}),
                     now_);
  ASSERT_TRUE(sheet.ok());
  EXPECT_EQ(sheet->revision, 1);
  EXPECT_EQ(sheet->expected, 5);
  // In order of id; who is named as present is simply present.
  EXPECT_EQ(sheet->exceptions, (std::vector<Exception>{{StudentId{1101}, Mark::kAbsent},
                                                       {StudentId{1103}, Mark::kLate}}));
}

TEST_F(RollCallTest, EveryRefusalInOrder) {
  const base::Date saturday = D("2026-09-05");
  const std::vector<SentMark> stranger_twice = {M(1201, Mark::kAbsent), M(1101, Mark::kAbsent),
                                                M(1101, Mark::kAbsent)};
  const std::vector<SentMark> twice_and_bad = {M(1101, Mark::kAbsent), {StudentId{1101}, 9}};
  struct Case {
    RollCallCommand command;
    base::UtcTime now;
    const char* reason;
  };
  for (const Case& c : {
           Case{Call(99, saturday, Half::kMorning), now_, "CLASS_UNKNOWN"},
           Case{Call(11, saturday, Half::kMorning), now_, "NOT_A_SCHOOL_DAY"},
           Case{Call(11, D("2026-10-02"), Half::kMorning), Evening(D("2026-10-09")),
                "NOT_A_SCHOOL_DAY"},
           Case{Call(21, D("2026-09-04"), Half::kMorning), Evening(D("2026-09-04")),
                "NOT_A_SCHOOL_DAY"},  // the second school's sports meeting
           Case{Call(11, D("2027-02-01"), Half::kMorning), now_, "NOT_A_SCHOOL_DAY"},
           Case{Call(11, D("2026-09-04"), Half::kMorning, stranger_twice), now_, "DAY_IN_FUTURE"},
           Case{Call(11, D("2026-09-01"), Half::kMorning, stranger_twice), Evening(D("2026-09-16")),
                "DAY_TOO_OLD"},
           Case{Call(11, D("2026-06-01"), Half::kMorning), now_, "DAY_TOO_OLD"},
           Case{Call(11, today_, Half::kMorning, stranger_twice), now_, "STUDENT_NOT_IN_CLASS"},
           Case{Call(11, today_, Half::kMorning, {M(4711, Mark::kAbsent)}), now_,
                "STUDENT_NOT_IN_CLASS"},
           Case{Call(11, today_, Half::kMorning, twice_and_bad), now_, "STUDENT_TWICE"},
           Case{Call(11, today_, Half::kMorning, {{StudentId{1101}, 0}}), now_, "BAD_MARK"},
           Case{Call(11, today_, Half::kMorning, {M(1101, Mark::kNotTaken)}), now_, "BAD_MARK"},
       }) {
    EXPECT_EQ(Reason(c.command, c.now), c.reason);
  }
}

TEST_F(RollCallTest, AHalfDayIsInTheFutureUntilItStarts) {
  const base::UtcTime before_eight = base::InstantAt(today_, 7 * 60 + 59);
  EXPECT_EQ(Reason(Call(11, today_, Half::kMorning), before_eight), "DAY_IN_FUTURE");
  EXPECT_EQ(Reason(Call(11, today_, Half::kMorning), base::InstantAt(today_, 8 * 60)), "");
  EXPECT_EQ(Reason(Call(11, today_, Half::kAfternoon), base::InstantAt(today_, 12 * 60)),
            "DAY_IN_FUTURE");
  EXPECT_EQ(Reason(Call(11, today_, Half::kAfternoon), base::InstantAt(today_, 14 * 60)), "");
}

TEST_F(RollCallTest, TheLastDayThatMayBeGivenLate) {
  EXPECT_EQ(Reason(Call(11, D("2026-09-01"), Half::kMorning), Evening(D("2026-09-15"))), "");
  EXPECT_EQ(Reason(Call(11, D("2026-09-01"), Half::kMorning), Evening(D("2026-09-16"))),
            "DAY_TOO_OLD");
}

TEST_F(RollCallTest, TheRosterOfThatDayCounts) {
  // 1101 moves to class 12 on 09-03.
  const ClassIndex from = ledger_.FindClass(ClassId{11}).value();
  const ClassIndex to = ledger_.FindClass(ClassId{12}).value();
  ledger_.SetTimeline(ledger_.FindStudent(StudentId{1101}).value(),
                      {{D("2026-09-01").serial(), from}, {D("2026-09-03").serial(), to}});
  const base::Date before = D("2026-09-02");
  EXPECT_EQ(Reason(Call(11, before, Half::kMorning, {M(1101, Mark::kAbsent)}), now_), "");
  EXPECT_EQ(Reason(Call(12, before, Half::kMorning, {M(1101, Mark::kAbsent)}), now_),
            "STUDENT_NOT_IN_CLASS");
  EXPECT_EQ(Reason(Call(12, today_, Half::kMorning, {M(1101, Mark::kAbsent)}), now_), "");
  EXPECT_EQ(Reason(Call(11, today_, Half::kMorning, {M(1101, Mark::kAbsent)}), now_),
            "STUDENT_NOT_IN_CLASS");
  EXPECT_EQ(DecideRollCall(pending_, rules_, Call(12, today_, Half::kMorning), now_)->expected, 6);
}

TEST_F(RollCallTest, ASecondOneIsARevision) {
  const auto first = DecideRollCall(pending_, rules_, Call(11, today_, Half::kMorning), now_);
  pending_.Add(*first);
  const auto second = DecideRollCall(pending_, rules_, Call(11, today_, Half::kMorning), now_);
  EXPECT_EQ(second->revision, 2);
  // Nothing is changed until the batch is taken.
  EXPECT_EQ(ledger_.RevisionOf(0, ledger_.SlotOf({today_, Half::kMorning})), 0);
  ledger_.Apply(std::move(pending_));
  EXPECT_EQ(ledger_.RevisionOf(0, ledger_.SlotOf({today_, Half::kMorning})), 1);
}

}  // namespace
}  // namespace attendance
