// 学籍号 (19 characters) and 学校标识码 (10 digits): their forms, and who gets which.
//
//   G + identity number      formal
//   J + 6 division of the school + 8 birthday + 3 sequence + 1 check    formal, without identity
//   number L + 6 division of the school + 8 birthday + 4 digits                temporary; becomes G
//   later
// The check character of J is computed like that of an identity number.
// A G number contains the identity number: it is stored and shown under the same rules.
// Pure and thread-safe. Source: design/domain.md 3.2, R-37, R-39 (J's check character: our
// reading).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/date.h"

namespace registry {

enum class StudentNoKind { kFormal, kFormalWithoutId, kTemporary };  // G, J, L

// Nothing if `text` is no 学籍号. G numbers must hold a well-formed identity number (check
// included).
std::optional<StudentNoKind> StudentNoKindOf(std::string_view text);

std::string FormalStudentNo(std::string_view identity_number);
// sequence 0..999. Precondition: division has 6 digits.
std::string FormalStudentNoWithoutId(std::string_view division, base::Date birth, int sequence);
// number 0..9999. Precondition: division has 6 digits.
std::string TemporaryStudentNo(std::string_view division, base::Date birth, int number);

// "G3502**********123X"; J and L numbers hold no identity number and stay as they are.
std::string MaskStudentNo(std::string_view student_no);

bool IsSchoolCode(std::string_view text);
// Digits 3 and 4 name the province; a school code whose digits do not is a warning, not an error.
bool SchoolCodeProvinceKnown(std::string_view code);

}  // namespace registry
