// Half-days are closed at their time, once, whatever restarts.
#include "attendance/app/closer.h"

#include <gmock/gmock.h>

#include "harness/wait.h"
#include "integration/attendance/office_fixture.h"

namespace attendance {
namespace {

using testing::D;

// Due at 09:00 and 15:00. The fixture's clock stands at 18:00 on Monday 09-14.
class CloserTest : public OfficeTest {
 protected:
  std::uint64_t Close() {
    Closer closer{copy_->office};
    const auto closed = closer.CloseDue();
    EXPECT_TRUE(closed.ok()) << Said(closed);
    return closed.ok() ? *closed : 0;
  }
  void At(const char* day, int hour, int minute = 0) {
    clock_.Set(base::InstantAt(D(day), hour * 60 + minute));
  }
  std::vector<contract::RollCallMissing> Missing() {
    std::vector<contract::RollCallMissing> all;
    for (const store::StoredEvent& stored : Events()) {
      if (stored.event.type != "attendance.rollcall.missing") continue;
      EXPECT_TRUE(all.emplace_back().ParseFromString(stored.event.payload));
    }
    return all;
  }
};

TEST_F(CloserTest, NothingOfTheTimeBeforeTheFirstStart) {
  EXPECT_EQ(Close(), 0u);
  EXPECT_EQ(Seen("SELECT CONCAT(day, '/', half) FROM closing"), "2026-09-14/1");
}

TEST_F(CloserTest, OneEventForEachSchoolAtItsTime) {
  At("2026-09-15", 8, 59);
  EXPECT_EQ(Close(), 0u);
  EXPECT_EQ(Closer{copy_->office}.NextDue(), base::InstantAt(D("2026-09-15"), 9 * 60));
  EXPECT_EQ(Closer{copy_->office}.Waiting(), 0u);
  ASSERT_TRUE(Record(Submit(11, D("2026-09-15"), Half::kMorning)).ok());
  At("2026-09-15", 9);
  EXPECT_EQ(Closer{copy_->office}.Waiting(), 1u);
  EXPECT_EQ(Close(), 1u);
  EXPECT_EQ(Closer{copy_->office}.Waiting(), 0u);
  const auto missing = Missing();
  ASSERT_EQ(missing.size(), 2u);
  EXPECT_EQ(missing[0].school_code(), "3135000001");
  ASSERT_EQ(missing[0].class_ids_size(), 1);
  EXPECT_EQ(missing[0].class_ids(0), 12);
  EXPECT_EQ(missing[0].half(), contract::HALF_DAY_MORNING);
  EXPECT_EQ(missing[1].class_ids(0), 21);
  EXPECT_EQ(Close(), 0u);
  Restart();
  EXPECT_EQ(Close(), 0u);
  EXPECT_EQ(Missing().size(), 2u);
}

TEST_F(CloserTest, AfterALongStopEveryHalfDayIsClosedOnce) {
  At("2026-09-21", 12);  // over a week-end with a make-up Sunday
  EXPECT_TRUE(harness::WaitUntil([&] { return Closer{copy_->office}.Waiting() == 11; }));
  Restart();
  EXPECT_EQ(Close(), 11u);  // Tue..Fri, Sunday 09-20, Monday morning
  EXPECT_EQ(Missing().size(), 22u);
  EXPECT_EQ(Seen("SELECT COUNT(*) FROM closing WHERE classes_missing > 0"), "11");
}

TEST_F(CloserTest, AWeekendIsPassedOverAndNextIsMonday) {
  At("2026-09-19", 20);  // Saturday
  EXPECT_EQ(Close(), 8u);
  EXPECT_EQ(Seen("SELECT CONCAT(MAX(day), '') FROM closing"), "2026-09-19");
  EXPECT_EQ(Closer{copy_->office}.NextDue(), base::InstantAt(D("2026-09-20"), 9 * 60));
  At("2027-02-10", 8);
  Close();
  EXPECT_EQ(Closer{copy_->office}.NextDue(), std::nullopt);  // the calendar ends
}

TEST_F(CloserTest, EverybodyTakenIsNoNews) {
  for (const int id : {11, 12, 21}) {
    clock_.Set(base::InstantAt(D("2026-09-15"), 8 * 60 + 30));
    ASSERT_TRUE(Record(Submit(id, D("2026-09-15"), Half::kMorning)).ok());
  }
  At("2026-09-15", 9);
  EXPECT_EQ(Close(), 1u);
  EXPECT_TRUE(Missing().empty());
}

TEST_F(CloserTest, FailureAtAnyStatement) {
  At("2026-09-15", 9);
  int failed = 0;
  for (int at = 0; at < 20; ++at) {
    store::FailPlan plan{.fail_at = at, .error = {base::Code::kUnavailable, "DB_LOST", "planned"}};
    copy_->pool.set_fail_plan(&plan);
    const auto closed = Closer{copy_->office}.CloseDue();
    copy_->pool.set_fail_plan(nullptr);
    if (closed.ok()) break;
    ++failed;
    EXPECT_TRUE(Missing().empty());
    EXPECT_EQ(Closer{copy_->office}.Waiting(), 1u);
  }
  EXPECT_GT(failed, 5);
  EXPECT_EQ(Missing().size(), 2u);
}

}  // namespace
}  // namespace attendance
