// Tables leave_slip and leave_step: slips as they stand, and every step with who and when.
// Errors: those of libs/store.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "attendance/domain/leave.h"
#include "attendance/store/roll_call_rows.h"
#include "store/store.h"

namespace attendance {

struct LeaveStep {
  LeaveState state = LeaveState::kRequested;  // after the step
  Actor actor = {};
  base::UtcTime recorded_at = {};
  std::string reason = {};
};
struct LeaveFile {
  Leave leave = {};
  std::vector<LeaveStep> steps = {};
};

// Inserts a slip with its first step; returns its number.
base::Result<LeaveId> AddLeave(store::Session& session, const Leave& leave, ActorNumber actor,
                               base::UtcTime now);
// Changes the state and adds the step.
base::Status SaveLeaveState(store::Session& session, LeaveId id, LeaveState state,
                            ActorNumber actor, std::string_view reason, base::UtcTime now);

// With its steps; nothing if there is none of that number.
base::Result<std::optional<LeaveFile>> FindLeave(store::Session& session, LeaveId id);
// Requested or approved ones of a student.
base::Result<std::vector<Leave>> FindOpenLeaves(store::Session& session, StudentId student);

struct LeaveQuery {
  StudentId student = {};              // none: any
  std::vector<StudentId> any_of = {};  // empty: any
  std::optional<LeaveState> state = {};
  std::uint32_t limit = 1000;
};
// Newest first, with their steps.
base::Result<std::vector<LeaveFile>> ListLeaveRows(store::Session& session,
                                                   const LeaveQuery& query);
// Approved slips that end on `from` or later.
base::Status LoadApprovedLeaves(store::Session& session, base::Date from,
                                const std::function<void(StudentId, LeaveSpan)>& leave);

}  // namespace attendance
