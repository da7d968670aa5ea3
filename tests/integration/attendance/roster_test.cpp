// Registry's feed into the tables and the ledger.
#include "attendance/app/roster.h"

#include <gmock/gmock.h>

#include "integration/attendance/office_fixture.h"

namespace attendance {
namespace {

using testing::D;
using ::testing::ElementsAre;
using testing::M;

TEST(ApplyChangeTest, TheLaterEventWinsFromItsDayOn) {
  const auto change = [](int class_id, const char* from) {
    return RosterChange{
        .class_id = ClassId{class_id}, .expected = class_id != 0, .effective = D(from)};
  };
  std::vector<Membership> rows;
  EXPECT_FALSE(ApplyChange(change(0, "2026-09-01"), rows));  // in no class, as before
  EXPECT_TRUE(ApplyChange(change(11, "2026-09-01"), rows));
  EXPECT_FALSE(ApplyChange(change(11, "2026-09-20"), rows));  // only a name has changed
  EXPECT_TRUE(ApplyChange(change(12, "2026-10-08"), rows));
  EXPECT_THAT(rows, ElementsAre(Membership{D("2026-09-01"), ClassId{11}},
                                Membership{D("2026-10-08"), ClassId{12}}));
  // Said later about an earlier day: what was said of days after it no longer holds.
  EXPECT_TRUE(ApplyChange(change(0, "2026-09-15"), rows));
  EXPECT_THAT(rows, ElementsAre(Membership{D("2026-09-01"), ClassId{11}},
                                Membership{D("2026-09-15"), ClassId{}}));
  EXPECT_TRUE(ApplyChange(change(11, "2026-09-15"), rows));  // taken back
  EXPECT_THAT(rows, ElementsAre(Membership{D("2026-09-01"), ClassId{11}}));
}

class RosterTest : public OfficeTest {
 protected:
  void Sync() {
    Office::Turn turn = copy_->office.TakeTurn();
    const base::Status status = SyncRoster(turn);
    ASSERT_TRUE(status.ok()) << Said(status);
  }
  RosterChange Moves(std::int64_t student, std::int64_t class_id, const char* from,
                     std::uint64_t seq) {
    return {.student = StudentId{student},
            .name = "学生" + std::to_string(student),
            .school_code = "3135000001",
            .class_id = ClassId{class_id},
            .expected = class_id != 0,
            .effective = D(from),
            .seq = seq};
  }
};

TEST_F(RosterTest, NewStudentsAreInTheNextRollCall) {
  Feed({.students = {Moves(1106, 11, "2026-09-10", 2)}}, 2);
  copy_->office.roster_moved = true;  // what the follower says after its commit
  EXPECT_EQ(Record(Submit(11, D("2026-09-10"), Half::kMorning, {M(1106, Mark::kLate)}))->expected,
            6);
  EXPECT_EQ(Record(Submit(11, D("2026-09-09"), Half::kMorning))->expected, 5);
  EXPECT_EQ(Live(), Reloaded());
}

TEST_F(RosterTest, AStudentsEventMayNameAClassFirst) {
  Feed({.students = {Moves(3101, 31, "2026-09-01", 2)}}, 2);
  Sync();
  EXPECT_EQ(Record(Submit(31, D("2026-09-10"), Half::kMorning))->expected, 1);
  Feed({.classes =
            {{.id = ClassId{31}, .school_code = "3135000002", .name = "一年级1班", .seq = 3}}},
       3);
  Sync();
  EXPECT_EQ(Seen("SELECT name FROM class_room WHERE class_id = 31"), "一年级1班");
  // 09-04 is the second school's day off.
  EXPECT_EQ(Record(Submit(31, D("2026-09-04"), Half::kMorning)).error().reason, "NOT_A_SCHOOL_DAY");
  EXPECT_EQ(Live(), Reloaded());
}

TEST_F(RosterTest, TwoChangesOfOneBatch) {
  Feed({.students = {Moves(1101, 12, "2026-09-02", 2), Moves(1101, 0, "2026-09-04", 3)}}, 3);
  Sync();
  EXPECT_EQ(Seen("SELECT GROUP_CONCAT(CONCAT(from_day, ':', class_id) ORDER BY from_day)"
                 " FROM membership WHERE student_id = 1101"),
            "2026-09-01:11,2026-09-02:12,2026-09-04:0");
  EXPECT_EQ(Live(), Reloaded());
}

TEST_F(RosterTest, LeavingSchoolEndsAStreakInTheLedgerAndInItsRow) {
  RecordAbsences(3);
  Feed({.students = {Moves(1101, 0, "2026-09-04", 2)}}, 2);
  Sync();
  EXPECT_EQ(Seen("SELECT state FROM absence_streak"), "2");
  EXPECT_THAT(EventTypes(), ElementsAre("attendance.absence.suspected"));
  EXPECT_EQ(Live(), Reloaded());
}

TEST_F(RosterTest, ABackdatedChangeTakesAStreakAway) {
  RecordAbsences(3);
  Feed({.students = {Moves(1101, 0, "2026-09-02", 2)}}, 2);  // suspended since the second day
  Sync();
  EXPECT_EQ(EventTypes().back(), "attendance.absence.withdrawn");
  EXPECT_EQ(Live(), Reloaded());
}

TEST_F(RosterTest, WhatAKilledCopyLeftUndoneIsDoneAtTheNextStart) {
  RecordAbsences(3);
  Feed({.students = {Moves(1101, 0, "2026-09-02", 2)}}, 2);
  Restart();  // without a sync
  EXPECT_THAT(EventTypes(),
              ElementsAre("attendance.absence.suspected", "attendance.absence.withdrawn"));
  EXPECT_EQ(Live(), Reloaded());
}

TEST_F(RosterTest, AFailedSyncIsDoneAgain) {
  RecordAbsences(3);
  Feed({.students = {Moves(1101, 0, "2026-09-02", 2)}}, 2);
  int failed = 0;
  for (int at = 0; at < 12; ++at) {
    store::FailPlan plan{.fail_at = at, .error = {base::Code::kUnavailable, "DB_LOST", "planned"}};
    copy_->pool.set_fail_plan(&plan);
    Office::Turn turn = copy_->office.TakeTurn();
    if (SyncRoster(turn).ok()) break;
    ++failed;
  }
  copy_->pool.set_fail_plan(nullptr);
  EXPECT_GT(failed, 5);
  EXPECT_EQ(EventTypes().size(), 2u);
  EXPECT_EQ(Live(), Reloaded());
}

}  // namespace
}  // namespace attendance
