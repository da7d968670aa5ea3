// Decides changes of enrolment (学籍异动): which are legal from which status, with which evidence,
// who must have approved, and what is true afterwards. A table, one row per way a change may
// happen.
//
// There is no 退学, 开除 or 留级: the compulsory stage does not know them.
// The ladder of refusals, in this order (all kFailedPrecondition but where noted):
//   KIND_FORBIDDEN, KIND_UNKNOWN (kInvalidArgument), TRANSITION_NOT_ALLOWED,
//   EFFECTIVE_MISSING, EFFECTIVE_IN_FUTURE (kInvalidArgument), EFFECTIVE_TOO_OLD,
//   EFFECTIVE_BEFORE_LAST_CHANGE, EVIDENCE_WITHOUT_REFERENCE (kInvalidArgument), EVIDENCE_MISSING,
//   APPROVER_MISSING, APPROVER_ROLE, REASON_MISSING, REASON_NOT_ALLOWED,
//   CLASS_MISSING, CLASS_UNKNOWN (kNotFound), CLASS_OF_OTHER_SCHOOL, CLASS_OF_SAME_SCHOOL,
//   SAME_CLASS, GRADE_REPEAT, GRADE_JUMP, GRADE_CHANGED_BY_TRANSFER, OTHER_SCHOOL_MISSING,
//   UNTIL_MISSING, UNTIL_BEFORE_EFFECTIVE (kInvalidArgument), UNTIL_TOO_LONG, SUSPENDED_TOO_OFTEN,
//   FINAL_TERM, NOT_FINAL_GRADE, NOT_OVER_AGE, HOME_TEACHING_AGE, ALREADY_HOME_TEACHING,
//   NOT_HOME_TEACHING, DEFER_ONLY_AT_ENTRY
// Days are civil days; ages are completed years. Pure and thread-safe.
// Source: design/domain.md 3.1, 3.3, 10 (R-27..R-36); Compulsory Education Law art. 11, 27.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "registry/domain/places.h"
#include "registry/domain/policy.h"
#include "registry/domain/student.h"

namespace registry {

struct Actor {
  std::string person_id = {};
  std::string name = {};
  std::string role = {};
  std::string body = {};
  friend bool operator==(const Actor&, const Actor&) = default;
};

struct EnrolmentCommand {
  int kind = 0;  // ChangeKind, or a code that is not allowed here
  std::optional<base::Date> effective = {};
  std::string reason_code = {};
  std::vector<std::string> evidence = {};  // "医院证明:同安医院 2026-09-01"
  Actor approver = {};
  ClassId class_id = {};
  std::string other_school = {};
  std::string other_division = {};
  std::optional<base::Date> until = {};
  std::string note = {};
};

struct EnrolmentFacts {
  const SchoolClass* to_class = nullptr;    // of command.class_id; null: unknown
  const SchoolClass* from_class = nullptr;  // of the student; null: none
  const School* school = nullptr;           // of the class concerned
  bool disabled = false;                    // a group list or the details say so
};

struct EnrolmentDecision {
  ChangeKind kind = ChangeKind::kUnspecified;
  Student after = {};  // version not yet raised
};

// `student.status` is kNone for someone new (REGISTER, TRANSFER_IN, DEFER), with details filled in.
base::Result<EnrolmentDecision> Decide(const Student& student, const EnrolmentCommand& command,
                                       const EnrolmentFacts& facts, const Policy& policy,
                                       base::Date today);

// One row of the table, for the README, the help of the command and the tests.
struct EnrolmentRule {
  ChangeKind kind = ChangeKind::kUnspecified;
  std::vector<StudentStatus> from = {};
  StudentStatus to = StudentStatus::kNone;              // kNone: as it was
  std::vector<std::vector<std::string>> evidence = {};  // all of: one of
  std::vector<std::string> approvers = {};              // roles; empty: nobody needs to approve
  std::string_view about = {};
};
std::span<const EnrolmentRule> EnrolmentRules();

// The event type of a change: "registry.student.suspended".
std::string_view EventTypeOf(ChangeKind kind);

}  // namespace registry
