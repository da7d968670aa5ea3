#include "attendance/domain/ledger.h"

#include <gtest/gtest.h>

#include "attendance/domain/flat_index.h"
#include "unit/attendance/town.h"

namespace attendance {
namespace {

using testing::D;
using testing::TestLedger;

TEST(FlatIndexTest, FindsWhatWasPutIn) {
  FlatIndex index;
  EXPECT_FALSE(index.Find(1).has_value());
  for (std::uint32_t i = 1; i <= 5000; ++i) index.Insert(std::uint64_t{i} << 32, i);
  for (std::uint32_t i = 1; i <= 5000; ++i) EXPECT_EQ(index.Find(std::uint64_t{i} << 32), i);
  EXPECT_FALSE(index.Find(7).has_value());
  index.Insert(std::uint64_t{1} << 32, 99);
  EXPECT_EQ(index.Find(std::uint64_t{1} << 32), 1u);
  EXPECT_EQ(index.size(), 5000u);
}

TEST(LedgerTest, SlotsAreHalfDays) {
  const Ledger ledger = TestLedger();
  for (const HalfDay half_day :
       {HalfDay{D("2026-09-01"), Half::kMorning}, HalfDay{D("2026-09-01"), Half::kAfternoon},
        HalfDay{D("2027-01-22"), Half::kAfternoon}}) {
    EXPECT_EQ(ledger.HalfDayOf(ledger.SlotOf(half_day)), half_day);
  }
  EXPECT_EQ(ledger.SlotOf({D("2026-09-02"), Half::kAfternoon}), 3u);
}

TEST(LedgerTest, ASchoolsOwnCalendar) {
  const Ledger ledger = TestLedger();
  const SchoolIndex first = ledger.FindSchool("3135000001").value();
  const SchoolIndex second = ledger.FindSchool("3135000002").value();
  EXPECT_TRUE(ledger.IsSchoolDay(first, D("2026-09-04")));
  EXPECT_FALSE(ledger.IsSchoolDay(second, D("2026-09-04")));
  EXPECT_TRUE(ledger.IsSchoolDay(second, D("2026-09-20")));  // make-up Sunday
  EXPECT_FALSE(ledger.IsSchoolDay(first, D("2026-09-05")));
  EXPECT_FALSE(ledger.IsSchoolDay(first, D("2026-08-31")));  // outside the horizon
}

TEST(LedgerTest, WhereAStudentIsExpected) {
  Ledger ledger = TestLedger();
  const StudentIndex student = ledger.FindStudent(StudentId{1101}).value();
  const ClassIndex c11 = ledger.FindClass(ClassId{11}).value();
  const ClassIndex c12 = ledger.FindClass(ClassId{12}).value();
  EXPECT_EQ(ledger.ClassOn(student, D("2026-08-31")), kNoClass);
  EXPECT_EQ(ledger.ClassOn(student, D("2026-12-01")), c11);
  ledger.SetTimeline(student, {{D("2026-09-01").serial(), c11},
                               {D("2026-10-01").serial(), kNoClass},
                               {D("2026-11-01").serial(), c12}});
  EXPECT_EQ(ledger.ClassOn(student, D("2026-09-30")), c11);
  EXPECT_EQ(ledger.ClassOn(student, D("2026-10-31")), kNoClass);
  EXPECT_EQ(ledger.ClassOn(student, D("2026-11-01")), c12);
  EXPECT_EQ(ledger.ExpectedOn(c11, D("2026-09-30")), 5);
  EXPECT_EQ(ledger.ExpectedOn(c11, D("2026-10-01")), 4);
  EXPECT_EQ(ledger.ExpectedOn(c12, D("2026-11-02")), 6);
  ledger.SetTimeline(student, {});
  EXPECT_EQ(ledger.ClassOn(student, D("2026-09-30")), kNoClass);
}

TEST(LedgerTest, AStoredRevisionReplacesTheOneBefore) {
  Ledger ledger = TestLedger();
  const ClassIndex c = ledger.FindClass(ClassId{11}).value();
  const StudentIndex student = ledger.FindStudent(StudentId{1101}).value();
  const HalfDay morning{D("2026-09-02"), Half::kMorning};
  const std::vector<Exception> absent = {{StudentId{1101}, Mark::kAbsent}};
  ledger.LoadSheet(c, morning, 1, 111, absent);
  ASSERT_EQ(ledger.EntriesOf(student).size(), 1u);
  ledger.LoadSheet(c, morning, 2, 222, {});
  EXPECT_TRUE(ledger.EntriesOf(student).empty());
  const Slot slot = ledger.SlotOf(morning);
  EXPECT_EQ(ledger.RevisionOf(c, slot), 2);
  EXPECT_EQ(ledger.TagOf(c, slot), 222u);
}

TEST(LedgerTest, KeysOfEveryRevisionAreKnown) {
  Ledger ledger = TestLedger();
  const ClassIndex c = ledger.FindClass(ClassId{11}).value();
  const HalfDay morning{D("2026-09-02"), Half::kMorning};
  const Slot slot = ledger.SlotOf(morning);
  EXPECT_FALSE(ledger.MayHaveSeen(c, slot, 111));
  ledger.LoadSheet(c, morning, 1, 111, {});
  EXPECT_TRUE(ledger.MayHaveSeen(c, slot, 111));
  EXPECT_FALSE(ledger.MayHaveSeen(c, slot, 222));
  ledger.LoadSheet(c, morning, 2, 222, {});
  EXPECT_TRUE(ledger.MayHaveSeen(c, slot, 111));
  EXPECT_TRUE(ledger.MayHaveSeen(c, slot, 222));
  EXPECT_FALSE(ledger.MayHaveSeen(c, slot, 333));
  EXPECT_FALSE(ledger.MayHaveSeen(c, slot + 1, 111));
}

TEST(LedgerTest, KeyTagsDiffer) {
  EXPECT_NE(KeyTag(std::string(15, '\0') + '\1'), KeyTag(std::string(15, '\0') + '\2'));
  EXPECT_NE(KeyTag("abcdefgh12345678"), KeyTag("12345678abcdefgh"));
  EXPECT_EQ(KeyTag("abcdefgh12345678"), KeyTag("abcdefgh12345678"));
}

}  // namespace
}  // namespace attendance
