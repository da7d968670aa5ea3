// Leave slips on a real database.
#include <gmock/gmock.h>

#include "attendance/app/leave_desk.h"
#include "integration/attendance/office_fixture.h"

namespace attendance {
namespace {

using testing::D;
using ::testing::ElementsAre;
using testing::M;

class LeaveDeskTest : public OfficeTest {
 protected:
  void SetUp() override {
    OfficeTest::SetUp();
    desk_ = std::make_unique<LeaveDesk>(copy_->office);
  }
  // The answer is kept as "number state", for a look.
  LeaveCall Call(std::string key = {}) {
    return {.actor = {"P1", "李校长", "principal", "3135000001"},
            .key = key.empty() ? Key() : std::move(key),
            .request_type = "test",
            .encode = [](const LeaveFile& file) {
              return fmt::format("{} {}", file.leave.id.raw(), LeaveStateName(file.leave.state));
            }};
  }
  Leave Slip(const char* from, const char* to, std::int64_t student = 1101) {
    return {.student = StudentId{student},
            .from = {D(from), Half::kMorning},
            .to = {D(to), Half::kAfternoon},
            .reason = "发烧",
            .evidence = {"医院证明:1", "照片:2"}};
  }
  std::unique_ptr<LeaveDesk> desk_;
};

TEST_F(LeaveDeskTest, AskedAndApproved) {
  EXPECT_EQ(desk_->Submit(Slip("2026-09-02", "2026-09-03"), Call()).value(), "1 requested");
  EXPECT_EQ(desk_->Decide(LeaveId{1}, Verdict::kApprove, "", Call()).value(), "1 approved");
  EXPECT_EQ(Seen("SELECT GROUP_CONCAT(state ORDER BY step) FROM leave_step"), "1,2");
  EXPECT_EQ(Seen("SELECT evidence FROM leave_slip"), "医院证明:1\\n照片:2");
  EXPECT_EQ(Live(), Reloaded());
  Restart();
  EXPECT_THAT(Live(), ::testing::HasSubstr("leave 1"));
}

TEST_F(LeaveDeskTest, ASlipAfterwardsWithdrawsAndCancellingItFindsAgain) {
  RecordAbsences(3);
  desk_->Submit(Slip("2026-09-02", "2026-09-02"), Call()).value();
  EXPECT_EQ(EventTypes().size(), 1u);  // asked for is not approved
  desk_->Decide(LeaveId{1}, Verdict::kApprove, "", Call()).value();
  EXPECT_THAT(EventTypes(),
              ElementsAre("attendance.absence.suspected", "attendance.absence.withdrawn"));
  contract::AbsenceWithdrawn withdrawn;
  ASSERT_TRUE(withdrawn.ParseFromString(Events().back().event.payload));
  EXPECT_EQ(withdrawn.why(), "假条");
  EXPECT_EQ(Live(), Reloaded());
  desk_->Cancel(LeaveId{1}, "家长撤回", Call()).value();
  EXPECT_EQ(EventTypes().back(), "attendance.absence.suspected");
  EXPECT_EQ(EventTypes().size(), 3u);
  EXPECT_EQ(Live(), Reloaded());
}

TEST_F(LeaveDeskTest, ARefusedSlipExcusesNothing) {
  RecordAbsences(3);
  desk_->Submit(Slip("2026-09-02", "2026-09-02"), Call()).value();
  EXPECT_EQ(desk_->Decide(LeaveId{1}, Verdict::kRefuse, "", Call()).error().reason,
            "REASON_MISSING");
  desk_->Decide(LeaveId{1}, Verdict::kRefuse, "无证明", Call()).value();
  EXPECT_EQ(EventTypes().size(), 1u);
  EXPECT_EQ(Live(), Reloaded());
}

TEST_F(LeaveDeskTest, Refusals) {
  EXPECT_EQ(desk_->Submit(Slip("2026-09-02", "2026-09-02", 4711), Call()).error().reason,
            "STUDENT_UNKNOWN");
  EXPECT_EQ(desk_->Submit(Slip("2026-08-30", "2026-09-02"), Call()).error().reason,
            "LEAVE_TOO_OLD");
  desk_->Submit(Slip("2026-09-02", "2026-09-04"), Call()).value();
  EXPECT_EQ(desk_->Submit(Slip("2026-09-04", "2026-09-08"), Call()).error().reason,
            "LEAVE_OVERLAPS");
  EXPECT_EQ(desk_->Decide(LeaveId{9}, Verdict::kApprove, "", Call()).error().reason,
            "LEAVE_UNKNOWN");
  EXPECT_EQ(desk_->Cancel(LeaveId{9}, "", Call()).error().reason, "LEAVE_UNKNOWN");
  desk_->Cancel(LeaveId{1}, "", Call()).value();
  EXPECT_EQ(desk_->Decide(LeaveId{1}, Verdict::kApprove, "", Call()).error().reason,
            "LEAVE_DECIDED");
  EXPECT_TRUE(desk_->Submit(Slip("2026-09-04", "2026-09-08"), Call()).ok());
}

TEST_F(LeaveDeskTest, ARepeatedKeyGetsTheFirstAnswer) {
  const LeaveCall ask = Call();
  desk_->Submit(Slip("2026-09-02", "2026-09-02"), ask).value();
  EXPECT_EQ(desk_->Submit(Slip("2026-09-02", "2026-09-02"), ask).value(), "1 requested");
  const LeaveCall approve = Call();
  desk_->Decide(LeaveId{1}, Verdict::kApprove, "", approve).value();
  EXPECT_EQ(desk_->Decide(LeaveId{1}, Verdict::kApprove, "", approve).value(), "1 approved");
  EXPECT_EQ(Seen("SELECT COUNT(*) FROM leave_step"), "2");
  LeaveCall other = approve;
  other.request_type = "another";
  EXPECT_EQ(desk_->Cancel(LeaveId{1}, "", other).error().reason, "KEY_REUSED");
}

// Whichever statement fails: the slip stays as it was, or is approved with everything that follows.
TEST_F(LeaveDeskTest, FailureAtAnyStatement) {
  RecordAbsences(3);
  desk_->Submit(Slip("2026-09-02", "2026-09-02"), Call()).value();
  int failed = 0;
  for (int at = 0; at < 40; ++at) {
    const LeaveCall call = Call();
    store::FailPlan plan{.fail_at = at, .error = {base::Code::kUnavailable, "DB_LOST", "planned"}};
    copy_->pool.set_fail_plan(&plan);
    const auto answer = desk_->Decide(LeaveId{1}, Verdict::kApprove, "", call);
    copy_->pool.set_fail_plan(nullptr);
    EXPECT_EQ(Live(), Reloaded()) << at;
    if (answer.ok()) break;
    ++failed;
    EXPECT_EQ(Seen("SELECT state FROM leave_slip"), "1") << at;
    EXPECT_EQ(EventTypes().size(), 1u) << at;
  }
  EXPECT_GT(failed, 8);
  EXPECT_EQ(EventTypes().size(), 2u);
}

}  // namespace
}  // namespace attendance
