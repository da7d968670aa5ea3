// Gives out J and L numbers to students who have no identity number: the next free one of the
// county's division and the birthday, in the transaction that saves the student. Two transactions
// that take the same one collide on the unique key, and the later runs again. Errors:
// kResourceExhausted/STUDENT_NO_EXHAUSTED, those of store::Session. Serves one transaction.
#pragma once

#include <map>
#include <string>

#include "base/result.h"
#include "registry/domain/student.h"
#include "store/store.h"

namespace registry {

class StudentNumbers {
 public:
  StudentNumbers(store::Session& session, std::string division)
      : session_(session), division_(std::move(division)) {}

  // The number to store: empty when the student has a G number, the row's own J or L number if it
  // names one, else a new one: J with another document, L without any.
  base::Result<std::string> NumberFor(const Record& details, base::Date birth);

 private:
  base::Result<int> Next(const std::string& prefix, int digits);

  store::Session& session_;
  std::string division_;
  std::map<std::string, int> next_ = {};
};

}  // namespace registry
