// Decides whether a class's roll call may be recorded, and as what.
//
// Refusals, in this order: CLASS_UNKNOWN, NOT_A_SCHOOL_DAY, DAY_IN_FUTURE, DAY_TOO_OLD,
// STUDENT_NOT_IN_CLASS (on that day), STUDENT_TWICE, BAD_MARK, TOO_MANY_REVISIONS. A half-day is in
// the future until the profile's start of it. Details are Chinese and name the student by id. A
// repeated idempotency key is found before this is asked. Pure and thread-safe. Source: issue 2,
// attendance.
#pragma once

#include <vector>

#include "attendance/domain/pending.h"
#include "attendance/domain/rules.h"
#include "base/result.h"

namespace attendance {

// A mark as it came in: any number.
struct SentMark {
  StudentId student = {};
  int mark = 0;
  friend bool operator==(const SentMark&, const SentMark&) = default;
};

struct RollCallCommand {
  ClassId class_id = {};
  HalfDay half_day = {};
  std::vector<SentMark> marks = {};
  std::uint64_t key_tag = 0;
};

inline constexpr int kRevisionsMax = 65535;

// A student who is named as present is left out of the sheet. Errors: as above.
base::Result<Sheet> DecideRollCall(const Pending& pending, const RuleBook& rules,
                                   const RollCallCommand& command, base::UtcTime now);

}  // namespace attendance
