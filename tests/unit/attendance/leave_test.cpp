#include "attendance/domain/leave.h"

#include <gtest/gtest.h>

#include "unit/attendance/town.h"

namespace attendance {
namespace {

using testing::D;

Leave Slip(const char* from, const char* to, std::int64_t id = 1) {
  return {.id = LeaveId{id},
          .student = StudentId{7},
          .from = {D(from), Half::kMorning},
          .to = {D(to), Half::kAfternoon}};
}
const base::Date kOldest = D("2026-09-01");

TEST(LeaveTest, AGoodSlipPasses) {
  EXPECT_TRUE(CheckNewLeave(Slip("2026-09-02", "2026-09-03"), {}, kOldest).ok());
}

TEST(LeaveTest, EveryRefusalInOrder) {
  const std::vector<Leave> others = {Slip("2026-09-02", "2026-09-03", 9)};
  struct Case {
    Leave leave;
    const char* reason;
  };
  Leave bad_kind = Slip("2026-09-04", "2026-09-03");  // also a bad range: the kind comes first
  bad_kind.kind = static_cast<LeaveKind>(9);
  Leave half_before = Slip("2026-09-05", "2026-09-05");
  half_before.from.half = Half::kAfternoon;
  half_before.to.half = Half::kMorning;
  for (const Case& c :
       {Case{bad_kind, "BAD_LEAVE_KIND"}, Case{Slip("2026-09-04", "2026-09-03"), "BAD_LEAVE_RANGE"},
        Case{half_before, "BAD_LEAVE_RANGE"},
        Case{Slip("2026-08-01", "2027-08-02"), "LEAVE_TOO_LONG"},
        Case{Slip("2026-08-31", "2026-09-03"), "LEAVE_TOO_OLD"},
        Case{Slip("2026-09-03", "2026-09-10"), "LEAVE_OVERLAPS"}}) {
    const auto status = CheckNewLeave(c.leave, others, kOldest);
    ASSERT_FALSE(status.ok()) << c.reason;
    EXPECT_EQ(status.error().reason, c.reason);
  }
}

TEST(LeaveTest, ARefusedSlipIsNoObstacleAndHalvesOfADayDoNotOverlap) {
  Leave other = Slip("2026-09-02", "2026-09-02", 9);
  other.state = LeaveState::kRefused;
  EXPECT_TRUE(CheckNewLeave(Slip("2026-09-02", "2026-09-02"), {{other}}, kOldest).ok());
  other.state = LeaveState::kApproved;
  other.to.half = Half::kMorning;
  Leave afternoon = Slip("2026-09-02", "2026-09-02");
  afternoon.from.half = Half::kAfternoon;
  EXPECT_TRUE(CheckNewLeave(afternoon, {{other}}, kOldest).ok());
}

TEST(LeaveTest, OneDecision) {
  Leave leave = Slip("2026-09-02", "2026-09-02");
  EXPECT_EQ(DecideLeave(leave, Verdict::kApprove, "").value(), LeaveState::kApproved);
  EXPECT_EQ(DecideLeave(leave, Verdict::kRefuse, "无证明").value(), LeaveState::kRefused);
  EXPECT_EQ(DecideLeave(leave, Verdict::kRefuse, "").error().reason, "REASON_MISSING");
  leave.state = LeaveState::kApproved;
  EXPECT_EQ(DecideLeave(leave, Verdict::kApprove, "").error().reason, "LEAVE_DECIDED");
  EXPECT_EQ(CancelLeave(leave).value(), LeaveState::kCancelled);
  leave.state = LeaveState::kCancelled;
  EXPECT_EQ(CancelLeave(leave).error().reason, "LEAVE_CLOSED");
  leave.state = LeaveState::kRefused;
  EXPECT_EQ(CancelLeave(leave).error().reason, "LEAVE_CLOSED");
}

}  // namespace
}  // namespace attendance
