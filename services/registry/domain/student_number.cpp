#include "registry/domain/student_number.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "registry/domain/identity_number.h"

namespace registry {
namespace {

bool AllDigits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string Compact(base::Date day) {
  return fmt::format("{:04}{:02}{:02}", day.year(), day.month(), day.day());
}

bool CheckCharacterFits(std::string_view eighteen) {
  return IdCheckCharacter(eighteen.substr(0, 17)) == eighteen[17];
}

}  // namespace

std::optional<StudentNoKind> StudentNoKindOf(std::string_view text) {
  if (text.size() != 19) return std::nullopt;
  const std::string_view rest = text.substr(1);
  const bool last_ok = (rest[17] >= '0' && rest[17] <= '9') || rest[17] == 'X';
  if (!AllDigits(rest.substr(0, 17)) || !last_ok) return std::nullopt;
  switch (text.front()) {
    case 'G':
      return CheckCharacterFits(rest) ? std::optional{StudentNoKind::kFormal} : std::nullopt;
    case 'J':
      return StudentNoKind::kFormalWithoutId;
    case 'L':
      return StudentNoKind::kTemporary;
    default:
      return std::nullopt;
  }
}

std::string FormalStudentNo(std::string_view identity_number) {
  return fmt::format("G{}", identity_number);
}

std::string FormalStudentNoWithoutId(std::string_view division, base::Date birth, int sequence) {
  CHECK(division.size() == 6 && sequence >= 0 && sequence <= 999);
  const std::string first17 = fmt::format("{}{}{:03}", division, Compact(birth), sequence);
  return fmt::format("J{}{}", first17, IdCheckCharacter(first17));
}

std::string TemporaryStudentNo(std::string_view division, base::Date birth, int number) {
  CHECK(division.size() == 6 && number >= 0 && number <= 9999);
  return fmt::format("L{}{}{:04}", division, Compact(birth), number);
}

std::string MaskStudentNo(std::string_view student_no) {
  if (student_no.size() != 19 || student_no.front() != 'G') return std::string{student_no};
  return fmt::format("{}**********{}", student_no.substr(0, 5), student_no.substr(15));
}

bool IsSchoolCode(std::string_view text) { return text.size() == 10 && AllDigits(text); }

bool SchoolCodeProvinceKnown(std::string_view code) {
  return IsSchoolCode(code) && IsProvinceCode(code.substr(2, 2));
}

}  // namespace registry
