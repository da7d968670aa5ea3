#include "registry/domain/slips.h"

#include <algorithm>

#include "registry/domain/text.h"

namespace registry {
namespace {

constexpr std::size_t kLength = 18;
constexpr std::size_t kBirthAt = 6;
constexpr std::size_t kSexAt = 16;
constexpr std::string_view kDigitsAndX = "0123456789X";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool AllDigits(std::string_view text) { return std::all_of(text.begin(), text.end(), IsDigit); }

int Number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

// Digits and perhaps an X, which a slip may have moved; a digit more or less than a citizen's
// number has.
bool LooksLikeNumber(std::string_view text) {
  if (text.size() + 1 < kLength || text.size() > kLength + 1) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return IsDigit(c) || c == 'X'; }) &&
         std::count(text.begin(), text.end(), 'X') <= 1;
}

bool IsGood(std::string_view text) {
  return text.size() == kLength && AllDigits(text.substr(0, kLength - 1)) &&
         IdCheckCharacter(text.substr(0, kLength - 1)) == text.back() &&
         IsProvinceCode(text.substr(0, 2)) && BirthIn(text).has_value();
}

struct Ends {
  std::size_t begin = 0;  // equal at the beginning
  std::size_t end = 0;    // equal at the end, behind that
};

template <class Text>
Ends EqualEnds(const Text& a, const Text& b) {
  Ends ends;
  const std::size_t least = std::min(a.size(), b.size());
  while (ends.begin < least && a[ends.begin] == b[ends.begin]) ++ends.begin;
  const auto same_end = [&] { return a[a.size() - 1 - ends.end] == b[b.size() - 1 - ends.end]; };
  while (ends.end < least - ends.begin && same_end()) ++ends.end;
  return ends;
}

// Two texts of one length of which one element differs.
template <class Text>
bool OneReplaced(const Text& a, const Text& b) {
  if (a.size() != b.size()) return false;
  const auto ends = EqualEnds(a, b);
  return ends.begin + ends.end + 1 == a.size();
}

template <class Text>
bool OneMore(const Text& a, const Text& b) {
  const std::size_t least = std::min(a.size(), b.size());
  if (std::max(a.size(), b.size()) != least + 1) return false;
  const auto ends = EqualEnds(a, b);
  return ends.begin + ends.end == least;
}

bool NeighboursSwapped(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  const auto ends = EqualEnds(a, b);
  const std::size_t at = ends.begin;
  return ends.begin + ends.end + 2 == a.size() && a[at] == b[at + 1] && a[at + 1] == b[at];
}

std::u32string CharactersOf(std::string_view text) {
  std::u32string out;
  for (std::size_t at = 0; at < text.size();) out.push_back(NextCodePoint(text, at));
  return out;
}

std::string EightDigits(base::Date day) {
  std::string text = day.ToString();
  std::erase(text, '-');
  return text;
}

}  // namespace

NameLikeness CompareNames(std::string_view said, std::string_view ours) {
  if (said.empty() || ours.empty()) return NameLikeness::kUnknown;
  if (said == ours) return NameLikeness::kSame;
  const std::u32string a = CharactersOf(said);
  const std::u32string b = CharactersOf(ours);
  if (std::min(a.size(), b.size()) < 2) return NameLikeness::kDifferent;
  if (OneReplaced(a, b)) return NameLikeness::kOneCharacter;
  return OneMore(a, b) ? NameLikeness::kOneMore : NameLikeness::kDifferent;
}

BirthLikeness CompareBirths(base::Date said, base::Date ours) {
  if (said == ours) return BirthLikeness::kSame;
  if (Swapped(said) == ours) return BirthLikeness::kSwapped;
  return OneReplaced(EightDigits(said), EightDigits(ours)) ? BirthLikeness::kOneDigit
                                                           : BirthLikeness::kDifferent;
}

NumberLikeness CompareNumbers(std::string_view said, std::string_view ours) {
  if (said.empty() || ours.empty()) return NumberLikeness::kUnknown;
  if (said == ours) return NumberLikeness::kSame;
  if (LooksLikeNumber(said) != LooksLikeNumber(ours)) return NumberLikeness::kUnknown;
  if (OneReplaced(said, ours)) {
    return said.back() == ours.back() ? NumberLikeness::kOneDigit : NumberLikeness::kLastDigit;
  }
  if (NeighboursSwapped(said, ours)) return NumberLikeness::kSwapped;
  if (OneMore(said, ours)) return NumberLikeness::kOneMore;
  return LooksLikeNumber(said) && !IsGood(said) ? NumberLikeness::kBad
                                                : NumberLikeness::kDifferent;
}

bool IsNear(NameLikeness likeness) {
  return likeness == NameLikeness::kOneCharacter || likeness == NameLikeness::kOneMore;
}

bool IsNear(NumberLikeness likeness) {
  return likeness == NumberLikeness::kLastDigit || likeness == NumberLikeness::kOneDigit ||
         likeness == NumberLikeness::kSwapped || likeness == NumberLikeness::kOneMore;
}

std::vector<std::string> NumbersNear(std::string_view said) {
  std::vector<std::string> found;
  if (!LooksLikeNumber(said) || IsGood(said)) return found;
  const auto take = [&found](const std::string& number) {
    if (IsGood(number)) found.push_back(number);
  };
  const std::string text{said};
  for (std::size_t at = 0; at <= text.size(); ++at) {
    const std::string before = text.substr(0, at);
    const bool inside = at < text.size();
    for (const char c : kDigitsAndX) {
      if (text.size() + 1 == kLength) take(before + c + text.substr(at));
      if (text.size() == kLength && inside) take(before + c + text.substr(at + 1));
    }
    if (text.size() == kLength + 1 && inside) take(before + text.substr(at + 1));
    if (text.size() != kLength || at + 1 >= text.size()) continue;
    std::string swapped = text;
    std::swap(swapped[at], swapped[at + 1]);
    take(swapped);
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

std::optional<base::Date> Swapped(base::Date day) {
  return base::Date::FromYmd(day.year(), day.day(), day.month());
}

std::optional<base::Date> BirthIn(std::string_view number) {
  if (number.size() != kLength || !AllDigits(number.substr(kBirthAt, 8))) return std::nullopt;
  const auto part = [&](std::size_t at, std::size_t size) {
    return Number(number.substr(kBirthAt + at, size));
  };
  return base::Date::FromYmd(part(0, 4), static_cast<unsigned>(part(4, 2)),
                             static_cast<unsigned>(part(6, 2)));
}

Sex SexIn(std::string_view number) {
  if (number.size() != kLength || !IsDigit(number[kSexAt])) return Sex::kUnknown;
  return (number[kSexAt] - '0') % 2 == 1 ? Sex::kMale : Sex::kFemale;
}

int Agreements(const ChildLikeness& likeness) {
  const auto count = [](bool agrees) { return agrees ? 1 : 0; };
  const bool name = likeness.name != NameLikeness::kUnknown &&
                    likeness.name != NameLikeness::kDifferent;
  const bool birth = likeness.birth != BirthLikeness::kUnknown &&
                     likeness.birth != BirthLikeness::kDifferent;
  return count(name) + count(birth) +
         count(likeness.number == NumberLikeness::kSame || IsNear(likeness.number)) +
         count(likeness.guardian == Agreement::kYes) + count(likeness.phone == Agreement::kYes);
}

bool IsWorthALook(const ChildLikeness& likeness) {
  const auto told = [](bool known) { return known ? 1 : 0; };
  const int said = told(likeness.name != NameLikeness::kUnknown) +
                   told(likeness.birth != BirthLikeness::kUnknown) +
                   told(likeness.number != NumberLikeness::kUnknown) +
                   told(likeness.guardian != Agreement::kUnknown) +
                   told(likeness.phone != Agreement::kUnknown);
  return Agreements(likeness) >= std::min(2, std::max(said, 1));
}

}  // namespace registry
