#include "attendance/domain/leave.h"

#include <fmt/format.h>

#include <algorithm>

namespace attendance {

using base::Code;
using base::Error;

std::string_view LeaveStateName(LeaveState state) {
  switch (state) {
    case LeaveState::kRequested:
      return "requested";
    case LeaveState::kApproved:
      return "approved";
    case LeaveState::kRefused:
      return "refused";
    case LeaveState::kCancelled:
      return "cancelled";
  }
  return "?";
}

std::optional<LeaveState> LeaveStateFromName(std::string_view name) {
  for (const LeaveState state : {LeaveState::kRequested, LeaveState::kApproved,
                                 LeaveState::kRefused, LeaveState::kCancelled}) {
    if (LeaveStateName(state) == name) return state;
  }
  return std::nullopt;
}

std::string_view LeaveKindChinese(LeaveKind kind) {
  return kind == LeaveKind::kSick ? "病假" : "事假";
}

bool AnyCovers(std::span<const LeaveSpan> leaves, HalfDay half_day) {
  return std::any_of(leaves.begin(), leaves.end(),
                     [&](const LeaveSpan& leave) { return leave.Covers(half_day); });
}

base::Status CheckNewLeave(const Leave& leave, std::span<const Leave> others, base::Date oldest) {
  if (leave.kind != LeaveKind::kSick && leave.kind != LeaveKind::kPersonal) {
    return Error{Code::kInvalidArgument, "BAD_LEAVE_KIND", "请写明是病假还是事假"};
  }
  if (leave.to < leave.from) {
    return Error{
        Code::kInvalidArgument, "BAD_LEAVE_RANGE",
        fmt::format("请假止于{},早于开始的{}", ToChinese(leave.to), ToChinese(leave.from))};
  }
  if ((leave.to.day - leave.from.day).count() >= kLeaveDaysMax) {
    return Error{Code::kFailedPrecondition, "LEAVE_TOO_LONG",
                 fmt::format("一次请假不超过{}天;更长的应办理休学", kLeaveDaysMax)};
  }
  if (leave.from.day < oldest) {
    return Error{Code::kFailedPrecondition, "LEAVE_TOO_OLD",
                 fmt::format("只能补{}以来的假条", oldest.ToChinese())};
  }
  for (const Leave& other : others) {
    if (other.state != LeaveState::kRequested && other.state != LeaveState::kApproved) continue;
    if (other.id == leave.id || other.to < leave.from || leave.to < other.from) continue;
    return Error{
        Code::kAlreadyExists, "LEAVE_OVERLAPS",
        fmt::format("与第{}号{}重叠({}至{});请先撤销原假条", other.id.raw(),
                    LeaveKindChinese(other.kind), ToChinese(other.from), ToChinese(other.to))};
  }
  return {};
}

base::Result<LeaveState> DecideLeave(const Leave& leave, Verdict verdict, std::string_view reason) {
  if (leave.state != LeaveState::kRequested) {
    return Error{Code::kFailedPrecondition, "LEAVE_DECIDED",
                 fmt::format("第{}号假条已经处理", leave.id.raw())};
  }
  if (verdict == Verdict::kApprove) return LeaveState::kApproved;
  if (reason.empty()) {
    return Error{Code::kInvalidArgument, "REASON_MISSING", "不批准请假须写明理由"};
  }
  return LeaveState::kRefused;
}

base::Result<LeaveState> CancelLeave(const Leave& leave) {
  if (leave.state == LeaveState::kRequested || leave.state == LeaveState::kApproved) {
    return LeaveState::kCancelled;
  }
  return Error{Code::kFailedPrecondition, "LEAVE_CLOSED",
               fmt::format("第{}号假条已不批准或已撤销", leave.id.raw())};
}

}  // namespace attendance
