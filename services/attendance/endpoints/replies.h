// Domain values as messages of the contract. Pure and thread-safe.
#pragma once

#include <span>
#include <vector>

#include "attendance/app/histories.h"
#include "attendance/app/lookups.h"
#include "attendance/app/recorder.h"
#include "attendance/contract/attendance.pb.h"
#include "attendance/store/leave_rows.h"

namespace attendance {

namespace contract = baoxue::attendance::v1;

contract::SubmitRollCallReply ToReply(const RollCallAnswer& answer);
contract::GetRollCallReply ToReply(const std::vector<StoredRollCall>& roll_calls);
contract::ListMissingReply ToReply(const MissingList& missing);
contract::GetStudentAttendanceReply ToReply(const std::vector<MarkedHalfDay>& marks);
contract::GetPresenceReply ToReply(const Presence& presence);
contract::Leave ToProto(const LeaveFile& file);
contract::TryThresholdReply ToReply(const NamedTrial& trial);
contract::ListStreaksReply ToReply(const std::vector<ListedStreak>& streaks);
contract::ListChronicReply ToReply(const std::vector<NamedChronic>& students);
contract::AttendanceSummary ToReply(const CountySummary& summary);

}  // namespace attendance
