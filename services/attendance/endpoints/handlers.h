// The requests that attendance answers, but SubmitRollCall (intake.h): decode, check the shape, ask
// the use case, encode. One function a message. Thread-safe.
#pragma once

#include "attendance/app/histories.h"
#include "attendance/app/leave_desk.h"
#include "attendance/app/lookups.h"
#include "attendance/endpoints/replies.h"
#include "bus/bus.h"

namespace attendance {

class Handlers {
 public:
  explicit Handlers(Office& office)
      : office_(office), leaves_(office), lookups_(office), histories_(office) {}
  // Before the server starts.
  void Attach(bus::Server& server);

 private:
  void AttachLeaves(bus::Server& server);
  base::Result<contract::GetRollCallReply> Get(const contract::GetRollCall& request);
  base::Result<contract::ListMissingReply> Get(const contract::ListMissing& request);
  base::Result<contract::GetStudentAttendanceReply> Get(
      const contract::GetStudentAttendance& request);
  base::Result<contract::GetPresenceReply> Get(const contract::GetPresence& request);
  base::Result<contract::TryThresholdReply> Get(const contract::TryThreshold& request);
  base::Result<contract::ListStreaksReply> Get(const contract::ListStreaks& request);
  base::Result<contract::ListChronicReply> Get(const contract::ListChronic& request);
  base::Result<contract::AttendanceSummary> Get(const contract::GetAttendanceSummary& request);
  base::Result<contract::GetDayReply> Get(const contract::GetDay& request);
  base::Result<contract::ListLeavesReply> Get(const contract::ListLeaves& request);
  bus::Reply Write(const bus::Request& request, const contract::SubmitLeave& message);
  bus::Reply Write(const bus::Request& request, const contract::DecideLeave& message);
  bus::Reply Write(const bus::Request& request, const contract::CancelLeave& message);

  Office& office_;
  LeaveDesk leaves_;
  Lookups lookups_;
  Histories histories_;
};

}  // namespace attendance
