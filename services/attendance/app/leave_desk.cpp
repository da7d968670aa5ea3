#include "attendance/app/leave_desk.h"

#include <fmt/format.h>

#include <algorithm>

#include "attendance/app/events.h"
#include "store/event_log.h"

namespace attendance {

using base::Code;
using base::Error;
using base::Status;

base::Result<std::optional<std::string>> LeaveDesk::Repeated(const LeaveCall& call) {
  std::optional<std::string> reply;
  RETURN_IF_ERROR(office_.pool().WithSession([&](store::Session& session) -> Status {
    ASSIGN_OR_RETURN(const auto found, store::FindReply(session, call.key));
    if (found && found->request_type != call.request_type) {
      return Error{Code::kInvalidArgument, "KEY_REUSED", "幂等键已用于另一种请求"};
    }
    if (found) reply = found->reply;
    return {};
  }));
  return reply;
}

base::Result<LeaveFile> LeaveDesk::Load(LeaveId id) {
  std::optional<LeaveFile> file;
  RETURN_IF_ERROR(office_.pool().WithSession([&](store::Session& session) -> Status {
    ASSIGN_OR_RETURN(file, FindLeave(session, id));
    return {};
  }));
  if (!file) {
    return Error{Code::kNotFound, "LEAVE_UNKNOWN", fmt::format("没有第{}号假条", id.raw())};
  }
  return std::move(*file);
}

base::Result<std::string> LeaveDesk::Submit(const Leave& leave, const LeaveCall& call) {
  Office::Turn turn = office_.TakeTurn();
  if (turn.ledger() == nullptr) return Standby();
  ASSIGN_OR_RETURN(std::optional<std::string> first, Repeated(call));
  if (first) return *first;
  if (!turn.ledger()->FindStudent(leave.student)) {
    return Error{Code::kNotFound, "STUDENT_UNKNOWN",
                 fmt::format("没有学生{}", leave.student.raw())};
  }
  std::vector<Leave> others;
  RETURN_IF_ERROR(office_.pool().WithSession([&](store::Session& session) -> Status {
    ASSIGN_OR_RETURN(others, FindOpenLeaves(session, leave.student));
    return {};
  }));
  RETURN_IF_ERROR(CheckNewLeave(leave, others, turn.ledger()->horizon().begin));
  const base::UtcTime now = office_.clock().Now();
  const ActorNumber actor = turn.NumberOf(call.actor);
  std::string reply;
  const auto work = [&](store::Transaction& tx) -> Status {
    RETURN_IF_ERROR(turn.SaveNewActors(tx));
    LeaveFile file{.leave = leave};
    ASSIGN_OR_RETURN(file.leave.id, AddLeave(tx, leave, actor, now));
    file.leave.requested_by = call.actor;
    file.steps.push_back({LeaveState::kRequested, call.actor, now, leave.reason});
    reply = call.encode(file);
    return store::RememberReply(tx, call.key, call.request_type, reply, now);
  };
  RETURN_IF_ERROR(turn.Commit(Pending{*turn.ledger()}, work));
  return reply;
}

base::Result<std::string> LeaveDesk::Decide(LeaveId id, Verdict verdict, const std::string& reason,
                                            const LeaveCall& call) {
  Office::Turn turn = office_.TakeTurn();
  if (turn.ledger() == nullptr) return Standby();
  ASSIGN_OR_RETURN(std::optional<std::string> first, Repeated(call));
  if (first) return *first;
  ASSIGN_OR_RETURN(const LeaveFile file, Load(id));
  ASSIGN_OR_RETURN(const LeaveState state, DecideLeave(file.leave, verdict, reason));
  return Move(turn, file, state, reason, call);
}

base::Result<std::string> LeaveDesk::Cancel(LeaveId id, const std::string& reason,
                                            const LeaveCall& call) {
  Office::Turn turn = office_.TakeTurn();
  if (turn.ledger() == nullptr) return Standby();
  ASSIGN_OR_RETURN(std::optional<std::string> first, Repeated(call));
  if (first) return *first;
  ASSIGN_OR_RETURN(const LeaveFile file, Load(id));
  ASSIGN_OR_RETURN(const LeaveState state, CancelLeave(file.leave));
  return Move(turn, file, state, reason, call);
}

base::Result<std::string> LeaveDesk::Move(Office::Turn& turn, const LeaveFile& file,
                                          LeaveState state, const std::string& reason,
                                          const LeaveCall& call) {
  const Leave& leave = file.leave;
  const Ledger& ledger = *turn.ledger();
  Pending pending{ledger};
  const std::optional<StudentIndex> student = ledger.FindStudent(leave.student);
  const bool counted = leave.state == LeaveState::kApproved;
  const bool counts = state == LeaveState::kApproved;
  if (student && counted != counts) {
    const auto before = ledger.LeavesOf(*student);
    std::vector<LeaveSpan> spans{before.begin(), before.end()};
    std::erase_if(spans, [&](const LeaveSpan& span) { return span.id == leave.id; });
    if (counts) spans.push_back({leave.id, leave.from, leave.to});
    pending.SetLeaves(*student, std::move(spans));
  }
  const Effects effects = Judge(pending, office_.rules());
  const base::UtcTime now = office_.clock().Now();
  const ActorNumber actor = turn.NumberOf(call.actor);
  LeaveFile changed = file;
  changed.leave.state = state;
  changed.leave.decided_by = call.actor;
  changed.steps.push_back({state, call.actor, now, reason});
  const std::string reply = call.encode(changed);
  const Telling telling{.why = counts ? "假条" : "假条撤销", .now = now};
  const auto work = [&](store::Transaction& tx) -> Status {
    RETURN_IF_ERROR(turn.SaveNewActors(tx));
    RETURN_IF_ERROR(SaveLeaveState(tx, leave.id, state, actor, reason, now));
    RETURN_IF_ERROR(store::RememberReply(tx, call.key, call.request_type, reply, now));
    return SaveEffects(tx, ledger, office_.rules(), effects, telling);
  };
  RETURN_IF_ERROR(turn.Commit(std::move(pending), work));
  if (!effects.events.empty() || !effects.chronic.empty()) turn.NotifyFeed();
  return reply;
}

}  // namespace attendance
