#include "registry/domain/identity_number.h"

#include <array>

namespace registry {
namespace {

constexpr std::array<int, 17> kWeights{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
constexpr std::string_view kCheckCharacters = "10X98765432";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool AllDigits(std::string_view text) {
  for (const char c : text) {
    if (!IsDigit(c)) return false;
  }
  return !text.empty();
}

int Number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

// The trailing zeros of an 18-digit number kept as a double: fifteen digits survive.
bool LooksRounded(std::string_view id) { return id.substr(15) == "000"; }

}  // namespace

char IdCheckCharacter(std::string_view first17) {
  if (first17.size() != kWeights.size() || !AllDigits(first17)) return '\0';
  int sum = 0;
  for (std::size_t i = 0; i < kWeights.size(); ++i) sum += kWeights[i] * (first17[i] - '0');
  return kCheckCharacters[static_cast<std::size_t>(sum % 11)];
}

bool IsProvinceCode(std::string_view two_digits) {
  if (two_digits.size() != 2 || !AllDigits(two_digits)) return false;
  const int code = Number(two_digits);
  return (code >= 11 && code <= 15) || (code >= 21 && code <= 23) || (code >= 31 && code <= 37) ||
         (code >= 41 && code <= 46) || (code >= 50 && code <= 54) || (code >= 61 && code <= 65) ||
         code == 71 || (code >= 81 && code <= 83);
}

bool LooksLikeSpreadsheetNumber(std::string_view text) {
  const std::size_t e = text.find_first_of("Ee");
  if (e == std::string_view::npos || e == 0 || e + 1 >= text.size()) return false;
  std::string_view exponent = text.substr(e + 1);
  if (exponent.front() == '+') exponent.remove_prefix(1);
  if (!AllDigits(exponent)) return false;
  for (const char c : text.substr(0, e)) {
    if (!IsDigit(c) && c != '.') return false;
  }
  return true;
}

IdCheck CheckIdentityNumber(std::string_view text, base::Date today) {
  IdCheck check;
  const auto refuse = [&check](IdProblem problem) {
    check.problem = problem;
    return check;
  };
  if (LooksLikeSpreadsheetNumber(text)) return refuse(IdProblem::kExcelDamaged);
  if (text.size() == 15 && AllDigits(text)) return refuse(IdProblem::kOldLength);
  if (text.size() != 18) return refuse(IdProblem::kLength);
  if (!AllDigits(text.substr(0, 17)) || (!IsDigit(text[17]) && text[17] != 'X')) {
    return refuse(IdProblem::kCharacters);
  }
  const bool check_fails = IdCheckCharacter(text.substr(0, 17)) != text[17];
  if (check_fails && LooksRounded(text)) return refuse(IdProblem::kExcelDamaged);
  if (!IsProvinceCode(text.substr(0, 2))) return refuse(IdProblem::kProvince);
  const auto birth = base::Date::FromYmd(Number(text.substr(6, 4)),
                                         static_cast<unsigned>(Number(text.substr(10, 2))),
                                         static_cast<unsigned>(Number(text.substr(12, 2))));
  if (!birth || *birth > today) return refuse(IdProblem::kBirthday);
  if (check_fails) return refuse(IdProblem::kCheckDigit);
  check.birth = *birth;
  check.sex = (text[16] - '0') % 2 == 1 ? Sex::kMale : Sex::kFemale;
  return check;
}

}  // namespace registry
