// Decides whether a text is a citizen's identity number (公民身份号码), and what it says.
//
// Eighteen characters: six of the division of first registration, eight of the birthday, three of a
// sequence (odd: male), one check character (ISO 7064 mod 11-2). The division is the FIRST place of
// registration, old codes included, so only its province is checked.
// A number that a spreadsheet kept as a number is told apart from a mistyped one: it cannot be
// mended from the file, only from the source. Days are civil days. Pure and thread-safe; nothing
// here keeps or prints a number. Source: GB 11643-1999; design/domain.md 3.2, R-38.
#pragma once

#include <string>
#include <string_view>

#include "base/date.h"

namespace registry {

enum class Sex { kUnknown = 0, kMale = 1, kFemale = 2 };

enum class IdProblem {
  kNone,
  kExcelDamaged,  // 3.50212E+17, or fifteen digits and 000
  kOldLength,     // 15 digits, out of use since 2013
  kLength,        // not 18
  kCharacters,    // not digits (and X at the end)
  kProvince,      // no such province
  kBirthday,      // the eight digits are no day, or lie in the future or before 1900
  kCheckDigit,
};

struct IdCheck {
  IdProblem problem = IdProblem::kNone;
  base::Date birth = {};  // valid when problem is kNone
  Sex sex = Sex::kUnknown;
  bool ok() const { return problem == IdProblem::kNone; }
};

// `text` is half-width, upper-case and trimmed (NormaliseId).
IdCheck CheckIdentityNumber(std::string_view text, base::Date today);

// The check character for the first 17 digits; '\0' if they are not 17 digits.
char IdCheckCharacter(std::string_view first17);

// True for the province codes of GB/T 2260 (11..82), and 83: residence permits of people from
// Taiwan.
bool IsProvinceCode(std::string_view two_digits);

// "1.1E+17", "3.5021220150901E17": what a spreadsheet makes of a long number.
bool LooksLikeSpreadsheetNumber(std::string_view text);

}  // namespace registry
