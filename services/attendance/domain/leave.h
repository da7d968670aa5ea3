// Leave slips: who may be away when, asked for and decided, also after the days themselves.
//
// A slip covers half-days from `from` to `to`, both inclusive. Two slips of one student that are
// asked for or approved never share a half-day. Only approved slips excuse. States: requested ->
// approved or refused; requested or approved -> cancelled. Nothing leaves refused or cancelled.
// Refusals, in this order: new slip BAD_LEAVE_KIND, BAD_LEAVE_RANGE, LEAVE_TOO_LONG, LEAVE_TOO_OLD,
// LEAVE_OVERLAPS; decision LEAVE_DECIDED, REASON_MISSING (a refusal needs one); cancel
// LEAVE_CLOSED. Pure and thread-safe.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "attendance/domain/types.h"
#include "base/result.h"

namespace attendance {

enum class LeaveKind : std::uint8_t { kSick = 1, kPersonal = 2 };
enum class LeaveState : std::uint8_t {
  kRequested = 1,
  kApproved = 2,
  kRefused = 3,
  kCancelled = 4
};
std::string_view LeaveStateName(LeaveState state);  // "requested", ...
std::optional<LeaveState> LeaveStateFromName(std::string_view name);
std::string_view LeaveKindChinese(LeaveKind kind);

// Longer is a suspension of schooling (休学), which the registry keeps. One year.
inline constexpr int kLeaveDaysMax = 366;

struct Leave {
  LeaveId id = {};
  StudentId student = {};
  LeaveKind kind = LeaveKind::kSick;
  HalfDay from = {};
  HalfDay to = {};
  std::string reason = {};
  std::vector<std::string> evidence = {};
  LeaveState state = LeaveState::kRequested;
  Actor requested_by = {};
  Actor decided_by = {};
};

// What an approved slip covers.
struct LeaveSpan {
  LeaveId id = {};
  HalfDay from = {};
  HalfDay to = {};
  bool Covers(HalfDay half_day) const { return from <= half_day && half_day <= to; }
  friend bool operator==(const LeaveSpan&, const LeaveSpan&) = default;
};
bool AnyCovers(std::span<const LeaveSpan> leaves, HalfDay half_day);

// `others`: the student's slips that are requested or approved; `oldest`: the first day whose roll
// calls can still be judged anew.
base::Status CheckNewLeave(const Leave& leave, std::span<const Leave> others, base::Date oldest);
enum class Verdict : std::uint8_t { kApprove, kRefuse };
base::Result<LeaveState> DecideLeave(const Leave& leave, Verdict verdict, std::string_view reason);
base::Result<LeaveState> CancelLeave(const Leave& leave);

}  // namespace attendance
