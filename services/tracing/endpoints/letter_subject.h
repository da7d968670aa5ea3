// Whom a letter is about: the child of the case and nobody else leaves the county; and what
// registry and cases know of him, so that nobody types it.
//
// Prepare judges every draft of an officer. With a case, the student is the case's; with a student,
// name, number, birthday and 学籍号 of the letter must be his; with neither, the child must be no
// student of ours. `fill` adds what the kind may carry (domain.md 6.2): guardians and household
// address to 核查函 and 劝返函 only, no school to 协查函. The registry keeps who got a number.
// Errors: kFailedPrecondition/CHILD_NOT_OF_CASE, NOT_ENROLLED; NO_CASE, STUDENT_UNKNOWN and all of
// registry and cases: while they are away nothing is drafted. Thread-safe.
#pragma once

#include <optional>

#include "cases/contract/cases.pb.h"
#include "host/host.h"
#include "registry/contract/registry.pb.h"
#include "tracing/app/letter_content.h"
#include "tracing/app/office.h"

namespace tracing {

class LetterSubject {
 public:
  // Both outlive it.
  LetterSubject(host::Host& host, const Office& office) : host_(host), office_(office) {}

  // The draft that may be written.
  base::Result<v1::DraftLetter> Prepare(const v1::DraftLetter& message,
                                        const baoxue::bus::v1::Actor& actor);
  // Whether the case is this student's; 0: nothing to compare.
  base::Status CheckCase(std::int64_t case_id, std::int64_t student_id);

 private:
  using Case = baoxue::cases::v1::Case;
  using Known = baoxue::registry::v1::GetChildForLetterReply;

  base::Result<std::optional<Case>> CaseOf(std::int64_t case_id);
  base::Status IsStudent(const v1::Child& child, std::int64_t student_id);
  base::Status IsPerson(const v1::Child& child, std::int64_t person_id);
  base::Status IsNobodyOfOurs(const v1::Child& child);
  base::Result<Known> AskChild(const v1::DraftLetter& draft, const baoxue::bus::v1::Actor& actor);
  base::Status FillProof(std::int64_t student_id, const Known& known, v1::ProofLetter* letter);

  host::Host& host_;
  const Office& office_;
};

}  // namespace tracing
