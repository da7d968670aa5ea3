// Two copies of the service on one database: exactly one writes.
#include "attendance/store/fence.h"

#include <gmock/gmock.h>

#include "integration/attendance/office_fixture.h"

namespace attendance {
namespace {

using testing::D;
using testing::M;
using namespace std::chrono_literals;

class FenceTest : public OfficeTest {
 protected:
  std::unique_ptr<Copy> Another(std::chrono::milliseconds stale_after) {
    return std::make_unique<Copy>(options_, clock_, TestProfile(),
                                  DutyOptions{.holder = "other",
                                              .beat_every = 50ms,
                                              .retry_after = 20ms,
                                              .stale_after = stale_after});
  }
  const base::Date day_ = D("2026-09-10");
};

TEST_F(FenceTest, TheSecondCopyStandsByUntilTheFirstIsGone) {
  auto other = Another(1h);
  EXPECT_FALSE(other->duty.Start(300ms));
  Submission mine = Submit(11, day_, Half::kMorning);
  EXPECT_EQ(other->recorder.Record({&mine, 1}).front().error().reason, "STANDBY");
  ASSERT_TRUE(Record(mine).ok());
  copy_.reset();  // lets go of the named lock
  ASSERT_TRUE(harness::WaitUntil([&] { return other->office.active(); }));
  EXPECT_EQ(other->recorder.Record({&mine, 1}).front()->revision, 1);  // it knows the row
  EXPECT_EQ(Seen("SELECT COUNT(*) FROM roll_call"), "1");
  EXPECT_EQ(Seen("SELECT epoch FROM writer_fence"), "2");
}

TEST_F(FenceTest, AKilledConnectionOfTheLockIsTakenBack) {
  // The named lock goes with its connection; the copy asks for it again before anybody else does.
  const std::string before = Seen("SELECT IS_USED_LOCK(CONCAT('baoxue.writer.', DATABASE()))");
  ASSERT_NE(before, "NULL");
  auto quick = Another(1h);
  copy_.reset();
  ASSERT_TRUE(quick->duty.Start(10s));
  const std::string holder = Seen("SELECT IS_USED_LOCK(CONCAT('baoxue.writer.', DATABASE()))");
  Seen("KILL " + holder);
  ASSERT_TRUE(harness::WaitUntil([&] {
    const std::string now = Seen("SELECT IS_USED_LOCK(CONCAT('baoxue.writer.', DATABASE()))");
    return now != "NULL" && now != holder;
  }));
  EXPECT_TRUE(quick->office.active());
}

TEST_F(FenceTest, ACopyWithAStaleLedgerCannotWrite) {
  // copy_ hangs (its beat is an hour away) and the other one takes over.
  RecordAbsences(2);
  const std::string lock = "SELECT IS_USED_LOCK(CONCAT('baoxue.writer.', DATABASE()))";
  const std::string before = Seen(lock);
  auto other = Another(1ms);
  ASSERT_TRUE(other->duty.Start(10s));
  Submission theirs = Submit(11, D("2026-09-03"), Half::kMorning);
  ASSERT_TRUE(other->recorder.Record({&theirs, 1}).front().ok());
  // Its ledger knows nothing of that and would report 1101's third day.
  EXPECT_TRUE(copy_->office.active());
  const auto late = Record(Submit(11, D("2026-09-03"), Half::kAfternoon, {M(1101, Mark::kAbsent)}));
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().reason, "STANDBY");
  EXPECT_EQ(Seen("SELECT COUNT(*) FROM roll_call"), "3");
  EXPECT_TRUE(EventTypes().empty());
  EXPECT_FALSE(copy_->office.active());
  // It leaves the named lock to the other one instead of taking over again.
  ASSERT_TRUE(harness::WaitUntil([&] {
    const std::string now = Seen(lock);
    return now != "NULL" && now != before;
  }));
  EXPECT_EQ(Seen("SELECT epoch FROM writer_fence"), "2");
  theirs = Submit(11, D("2026-09-04"), Half::kMorning);
  EXPECT_TRUE(other->recorder.Record({&theirs, 1}).front().ok());
}

TEST_F(FenceTest, ACopyThatFindsItselfFencedLeavesTheLockForAWhile) {
  auto quick = Another(1h);
  copy_.reset();
  ASSERT_TRUE(quick->duty.Start(10s));
  Seen("UPDATE writer_fence SET epoch = epoch + 1, beat_at = UTC_TIMESTAMP(3)");  // as another copy
  ASSERT_TRUE(harness::WaitUntil(
      [&] { return Seen("SELECT IS_USED_LOCK(CONCAT('baoxue.writer.', DATABASE()))") == "NULL"; }));
  EXPECT_FALSE(quick->office.active());
  // Nobody came: it goes on.
  ASSERT_TRUE(harness::WaitUntil([&] { return quick->office.active(); }));
}

TEST_F(FenceTest, TheBeatOfALostEpochSaysSo) {
  store::Pool& pool = copy_->pool;
  const std::uint64_t epoch = copy_->office.stats().epoch;
  const auto beat = [&](std::uint64_t of) {
    return pool.WithSession([&](store::Session& session) { return Beat(session, of); });
  };
  EXPECT_TRUE(beat(epoch).ok());
  EXPECT_TRUE(beat(epoch).ok());
  EXPECT_EQ(beat(epoch + 1).error().reason, "STANDBY");
}

TEST_F(FenceTest, TwoCopiesUnderFireLoseAndDoubleNothing) {
  // Both try to write all the time, and each takes over whenever the other is slower than a
  // millisecond. Every roll call is sent until somebody accepts it.
  auto one = Another(1ms);
  auto two = Another(1ms);
  copy_.reset();
  one->duty.Start(10s);
  two->duty.Start(100ms);
  int sent = 0;
  for (const base::Date day : testing::SchoolDaysFrom(D("2026-09-01"), 10)) {
    for (const int id : {11, 12}) {
      const Submission submission =
          Submit(id, day, Half::kMorning, {M(id * 100 + 1, Mark::kAbsent)});
      bool accepted = false;
      ASSERT_TRUE(harness::WaitUntil([&] {
        Copy& copy = ++sent % 2 == 0 ? *one : *two;
        accepted = copy.recorder.Record({&submission, 1}).front().ok();
        return accepted;
      }));
    }
  }
  EXPECT_EQ(Seen("SELECT COUNT(*) FROM roll_call"), "20");
  EXPECT_EQ(Seen("SELECT COUNT(*) FROM roll_call WHERE revision > 1"), "0");
  EXPECT_EQ(Seen("SELECT COUNT(*) FROM absence_streak"), "2");
  EXPECT_EQ(EventTypes().size(),
            static_cast<std::size_t>(std::stoi(Seen("SELECT last_seq FROM feed_counter"))));
}

}  // namespace
}  // namespace attendance
