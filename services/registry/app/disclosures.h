// Opens one child's identity number for a letter, and keeps who got it for what.
//
// The row is committed before the number leaves. Its hash is SHA-256 over the hash before it and
// the row's own values, so a row that was changed or taken out is found by Check.
// Errors: kInvalidArgument/PURPOSE_MISSING; kNotFound/STUDENT_UNKNOWN; those of the store and the
// vault. Thread-safe.
#pragma once

#include <string>

#include "registry/app/students.h"
#include "registry/store/disclosure_repository.h"

namespace registry {

struct DiscloseCommand {
  StudentId id = {};
  Actor actor = {};
  std::string purpose = {};
  std::string reference = {};
};

class Disclosures {
 public:
  explicit Disclosures(const Deps& deps) : deps_(deps) {}
  // The student with details open.
  base::Result<StudentView> Disclose(const DiscloseCommand& command) const;
  // Errors: kDataCorruption/DISCLOSURES_BROKEN with the first row that does not fit.
  base::Status Check() const;

 private:
  const Deps& deps_;
};

}  // namespace registry
