// Leave slips: asked for, decided, cancelled; what that means for streaks goes into the same
// transaction. Idempotent by key (table idempotency). Errors: the refusals of leave.h,
// kNotFound/STUDENT_UNKNOWN, LEAVE_UNKNOWN, kUnavailable, those of libs/store. Thread-safe.
#pragma once

#include <functional>
#include <string>

#include "attendance/app/office.h"
#include "attendance/store/leave_rows.h"

namespace attendance {

// Whoever asks, and how the answer is written down for repeated requests.
struct LeaveCall {
  Actor actor = {};
  std::string key = {};
  std::string request_type = {};
  std::function<std::string(const LeaveFile&)> encode = {};
};

class LeaveDesk {
 public:
  explicit LeaveDesk(Office& office) : office_(office) {}
  // `leave`: student, kind, days, reason, evidence. All return the encoded answer.
  base::Result<std::string> Submit(const Leave& leave, const LeaveCall& call);
  base::Result<std::string> Decide(LeaveId id, Verdict verdict, const std::string& reason,
                                   const LeaveCall& call);
  base::Result<std::string> Cancel(LeaveId id, const std::string& reason, const LeaveCall& call);

 private:
  base::Result<std::string> Move(Office::Turn& turn, const LeaveFile& file, LeaveState state,
                                 const std::string& reason, const LeaveCall& call);
  // The first answer to this key, if there is one.
  base::Result<std::optional<std::string>> Repeated(const LeaveCall& call);
  base::Result<LeaveFile> Load(LeaveId id);
  Office& office_;
};

}  // namespace attendance
