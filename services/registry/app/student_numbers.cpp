#include "registry/app/student_numbers.h"

#include <fmt/format.h>

#include <charconv>

#include "registry/domain/check_row.h"
#include "registry/domain/student_number.h"
#include "registry/store/student_repository.h"

namespace registry {

base::Result<int> StudentNumbers::Next(const std::string& prefix, int digits) {
  auto found = next_.find(prefix);
  if (found == next_.end()) {
    ASSIGN_OR_RETURN(const auto highest, HighestStudentNo(session_, prefix));
    int last = -1;
    if (highest) {
      const char* begin = highest->data() + prefix.size();
      std::from_chars(begin, begin + digits, last);
    }
    found = next_.emplace(prefix, last + 1).first;
  }
  const int number = found->second++;
  if (number >= (digits == 3 ? 1000 : 10000)) {
    return base::Error{base::Code::kResourceExhausted, "STUDENT_NO_EXHAUSTED",
                       "同一天出生、没有公民身份号码的学生太多,学籍号已用完"};
  }
  return number;
}

base::Result<std::string> StudentNumbers::NumberFor(const Record& details, base::Date birth) {
  const std::string_view given = details.Get(Field::kStudentNo);
  const auto kind = StudentNoKindOf(given);
  if (kind && *kind != StudentNoKind::kFormal) return std::string{given};
  const IdDocument document = DocumentOf(details);
  if (document == IdDocument::kResident) return std::string{};
  const bool formal = document == IdDocument::kOther;
  const std::string prefix = fmt::format("{}{}{:04}{:02}{:02}", formal ? 'J' : 'L', division_,
                                         birth.year(), birth.month(), birth.day());
  ASSIGN_OR_RETURN(const int number, Next(prefix, formal ? 3 : 4));
  return formal ? FormalStudentNoWithoutId(division_, birth, number)
                : TemporaryStudentNo(division_, birth, number);
}

}  // namespace registry
