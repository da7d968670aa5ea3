// Changing an enrolment: load, decide (domain/enrolment.h), save student, history and event in one
// transaction. An answer once given is given again for the same key.
// The ladder: (key known: the first answer), STUDENT_UNKNOWN (kNotFound), VERSION_CHANGED
// (kConflict), DETAILS_UNKNOWN_COLUMN, DETAILS_REFUSED (kInvalidArgument: every column that may not
// be taken), STUDENT_EXISTS (kAlreadyExists: register of a known identity number), then those of
// Decide. Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "base/result.h"
#include "registry/app/deps.h"
#include "registry/app/students.h"

namespace registry {

struct ChangeCommand {
  StudentId student_id = {};  // none: someone new
  EnrolmentCommand enrolment = {};
  std::map<std::string, std::string> details = {};  // template columns by name, for someone new
  int expected_version = 0;                         // 0: any
};

class Enrolments {
 public:
  explicit Enrolments(const Deps& deps) : deps_(deps) {}

  // The encoded reply: of this change, or the first one given to the same key.
  base::Result<std::string> Change(const ChangeCommand& command, const WriteContext& write,
                                   const std::function<std::string(const StudentView&)>& encode);

 private:
  const Deps& deps_;
};

}  // namespace registry
