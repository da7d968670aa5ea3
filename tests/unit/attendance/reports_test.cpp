#include "attendance/domain/reports.h"

#include <gtest/gtest.h>

#include "unit/attendance/town.h"

namespace attendance {
namespace {

using testing::D;
using testing::Days;
using testing::Evening;
using testing::Rules;
using testing::SchoolDaysFrom;
using testing::TestHorizon;
using testing::TestLedger;

TEST(ReportsTest, MissingIsWhoIsExpectedAndNotCalled) {
  Ledger ledger = TestLedger();
  const ClassIndex c11 = ledger.FindClass(ClassId{11}).value();
  const ClassIndex c12 = ledger.FindClass(ClassId{12}).value();
  const ClassIndex c21 = ledger.FindClass(ClassId{21}).value();
  const HalfDay morning{D("2026-09-03"), Half::kMorning};
  ledger.LoadSheet(c11, morning, 1, 1, {});
  EXPECT_EQ(MissingClasses(ledger, morning), (std::vector<ClassIndex>{c12, c21}));
  EXPECT_EQ(MissingClasses(ledger, morning, ledger.SchoolOf(c21)), std::vector<ClassIndex>{c21});
  // The afternoon is a roll call of its own.
  EXPECT_EQ(MissingClasses(ledger, {morning.day, Half::kAfternoon}).size(), 3u);
  // A school's day off and a class without students are not missing.
  EXPECT_EQ(MissingClasses(ledger, {D("2026-09-04"), Half::kMorning}).size(), 2u);
  for (int seat = 1; seat <= 5; ++seat) {
    ledger.SetTimeline(ledger.FindStudent(StudentId{1200 + seat}).value(), {});
  }
  EXPECT_EQ(MissingClasses(ledger, morning), std::vector<ClassIndex>{c21});
  EXPECT_TRUE(MissingClasses(ledger, {D("2026-09-05"), Half::kMorning}).empty());
}

TEST(ReportsTest, PresentDaysInARow) {
  struct Case {
    const char* days;
    int in_row;
    int present;
    const char* last;
  };
  const base::Date since = D("2026-09-01");
  for (const Case& c :
       {Case{"PP PP PP PP", 4, 4, "2026-09-04"}, Case{"PP AA PP", 1, 2, "2026-09-03"},
        Case{"PP AP PP", 1, 2, "2026-09-03"},  // half a day away
        Case{"PP SS PP", 2, 2, "2026-09-03"},  // excused: neither
        Case{"PP -- PP", 2, 2, "2026-09-03"},  // no roll call: neither
        Case{"PP P- PP", 3, 3, "2026-09-03"},  // called once, and over
        Case{"PP aa PP", 2, 2, "2026-09-03"}, Case{"PP TE PP", 3, 3, "2026-09-03"},
        Case{"PP PP AA", 0, 2, "2026-09-02"}}) {
    const Presence presence = PresenceOf(Days(c.days), since, D("2026-09-04"));
    EXPECT_EQ(presence.days_in_row, c.in_row) << c.days;
    EXPECT_EQ(presence.present_days, c.present) << c.days;
    EXPECT_EQ(presence.last_counted, D(c.last)) << c.days;
  }
}

TEST(ReportsTest, TodayCountsWhenBothHalfDaysAreCalled) {
  const base::Date since = D("2026-09-01");
  EXPECT_EQ(PresenceOf(Days("PP P-"), since, D("2026-09-02")).days_in_row, 1);
  EXPECT_EQ(PresenceOf(Days("PP PP"), since, D("2026-09-02")).days_in_row, 2);
  EXPECT_EQ(PresenceOf(Days("PP PP PP"), D("2026-09-02"), D("2026-09-03")).days_in_row, 2);
}

TEST(ReportsTest, TheSums) {
  Ledger ledger = TestLedger();
  const ClassIndex c11 = ledger.FindClass(ClassId{11}).value();
  const std::vector<Exception> marks = {{StudentId{1101}, Mark::kAbsent},
                                        {StudentId{1102}, Mark::kSickLeave},
                                        {StudentId{1103}, Mark::kLate}};
  ledger.LoadSheet(c11, {D("2026-09-03"), Half::kMorning}, 2, 1, marks);
  ledger.LoadSheet(c11, {D("2026-09-04"), Half::kMorning}, 1, 1, marks);
  const Summary sum =
      SummaryOf(ledger, Rules(), {D("2026-09-03"), D("2026-09-05")}, Evening(D("2026-09-04")));
  EXPECT_EQ(sum.expected, 10u);  // class 21 has its day off on the second day
  EXPECT_EQ(sum.taken, 2u);
  EXPECT_EQ(sum.missing, 8u);
  EXPECT_EQ(sum.corrections, 1u);
  EXPECT_EQ(sum.marks[static_cast<std::size_t>(Mark::kAbsent)], 2u);
  EXPECT_EQ(sum.marks[static_cast<std::size_t>(Mark::kLate)], 2u);
  EXPECT_EQ(sum.students_expected, 15u);
  // At noon of the second day its afternoon is not due yet.
  EXPECT_EQ(SummaryOf(ledger, Rules(), {D("2026-09-04"), D("2026-09-05")},
                      base::InstantAt(D("2026-09-04"), 720))
                .expected,
            2u);
}

TEST(ReportsTest, WhomAnotherThresholdFinds) {
  Ledger ledger = TestLedger();
  const ClassIndex c11 = ledger.FindClass(ClassId{11}).value();
  const std::vector<base::Date> days = SchoolDaysFrom(D("2026-09-01"), 5);
  for (std::size_t i = 0; i < 5; ++i) {
    std::vector<Exception> marks = {{StudentId{1101}, Mark::kAbsent}};  // five days
    if (i < 3) marks.push_back({StudentId{1102}, Mark::kAbsent});       // three days
    ledger.LoadSheet(c11, {days[i], Half::kMorning}, 1, i + 1, marks);
  }
  const base::DateRange all = TestHorizon();
  ThresholdTrial trial = Compare(FindAll(ledger, Rules(3), all), FindAll(ledger, Rules(5), all));
  EXPECT_EQ(trial.now_found, 2u);
  ASSERT_EQ(trial.found.size(), 1u);
  EXPECT_EQ(ledger.IdOfStudent(trial.found.front().student), StudentId{1101});
  EXPECT_TRUE(trial.only_then.empty());
  ASSERT_EQ(trial.only_now.size(), 1u);
  EXPECT_EQ(ledger.IdOfStudent(trial.only_now.front().student), StudentId{1102});
  trial = Compare(FindAll(ledger, Rules(5), all), FindAll(ledger, Rules(2), all));
  EXPECT_EQ(trial.only_then.size(), 1u);
  // Only those whose threshold is reached within the days asked for.
  EXPECT_TRUE(FindAll(ledger, Rules(3), {D("2026-09-04"), D("2026-09-30")}).empty());
}

TEST(ReportsTest, ChronicOnADay) {
  Ledger ledger = TestLedger();
  const ClassIndex c11 = ledger.FindClass(ClassId{11}).value();
  const std::vector<base::Date> days = SchoolDaysFrom(D("2026-09-01"), 10);
  for (std::size_t i = 0; i < 10; ++i) {
    std::vector<Exception> marks = {{StudentId{1101}, Mark::kSickLeave}};
    if (i < 9) marks.push_back({StudentId{1102}, Mark::kUnknown});
    ledger.LoadSheet(c11, {days[i], Half::kMorning}, 1, i + 1, marks);
  }
  const std::vector<ChronicStudent> chronic = ChronicOn(ledger, Rules(), days[9]);
  ASSERT_EQ(chronic.size(), 2u);
  EXPECT_EQ(ledger.IdOfStudent(chronic[0].student), StudentId{1101});
  EXPECT_EQ(chronic[0].rate.rate_basis_points, 10000);
  EXPECT_EQ(chronic[1].rate.rate_basis_points, 9000);
  EXPECT_TRUE(ChronicOn(ledger, Rules(), days[5]).empty());  // eight half-days at least
}

}  // namespace
}  // namespace attendance
