// Slips of the pen: how what a letter says of a child differs from what we know, and which good
// identity numbers a mistyped one may have been.
//
// Everything is compared in its canonical form (NormaliseId, CleanName, half-width telephones).
// The check character of GB 11643 sees every wrong digit and every two swapped neighbours, so a
// good number is no slip of another good one, and of a mistyped one some twenty numbers remain.
// A wrong character is any other one: homophones and look-alikes are not told apart from others.
// A child is worth an officer's look when two things agree, or the only one that was said.
// Pure and thread-safe; nothing here keeps or prints a number. Source: GB 11643-1999 (ISO 7064
// mod 11-2); which slips count: this project's.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/date.h"
#include "registry/domain/identity_number.h"

namespace registry {

// Values are those of contract/likely.proto. kUnknown: one of the two sides says nothing.
enum class NameLikeness { kUnknown, kSame, kFormer, kOneCharacter, kOneMore, kDifferent };
enum class BirthLikeness { kUnknown, kSame, kSwapped, kOneDigit, kDifferent };
enum class NumberLikeness {
  kUnknown,
  kSame,
  kLastDigit,
  kOneDigit,
  kSwapped,
  kOneMore,    // one digit more or less
  kBad,        // what was said is no identity number
  kDifferent,  // two good numbers
};
enum class Agreement { kUnknown, kYes, kNo };

// Never kFormer: that is the caller's to see.
NameLikeness CompareNames(std::string_view said, std::string_view ours);
BirthLikeness CompareBirths(base::Date said, base::Date ours);
NumberLikeness CompareNumbers(std::string_view said, std::string_view ours);

// One character is another, too many or missing.
bool IsNear(NameLikeness likeness);
bool IsNear(NumberLikeness likeness);

// The good identity numbers of which `said` is a slip: one digit wrong, two neighbours swapped, one
// digit missing or too many. None of a good number, and none of other documents'.
std::vector<std::string> NumbersNear(std::string_view said);
// Month and day the other way round, where that is a day.
std::optional<base::Date> Swapped(base::Date day);
// What the digits say, whether or not the number is good.
std::optional<base::Date> BirthIn(std::string_view number);
Sex SexIn(std::string_view number);

struct ChildLikeness {
  NameLikeness name = NameLikeness::kUnknown;
  BirthLikeness birth = BirthLikeness::kUnknown;
  NumberLikeness number = NumberLikeness::kUnknown;
  Agreement sex = Agreement::kUnknown;
  Agreement guardian = Agreement::kUnknown;
  Agreement phone = Agreement::kUnknown;
};
// How many of name, birthday, number, guardian and telephone agree or nearly do. The sex of half of
// all children agrees and does not count.
int Agreements(const ChildLikeness& likeness);
bool IsWorthALook(const ChildLikeness& likeness);

}  // namespace registry
