// How much somebody of ours looks like the child of a letter, 0..999: for the officer's list, never
// for an answer (1000 is an equal identity number, and that alone is answered by machine).
//
// What the registry compared is added up by the county's weights (profile, tracing.reply.likeness).
// A slip of the pen counts a part of what it is a slip of. What one side does not say counts
// nothing; two good identity numbers that differ count against. Nothing that agrees better ever
// lowers the score. The reasons say in Chinese what agrees and what does not, and never with what:
// no number, telephone or name. Pure and thread-safe. Source: the weights' own `source` line;
// domain.md 4.1 (姓名+出生日期+性别(+监护人) with score, human review).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tracing {

enum class NameLikeness : std::uint8_t {
  kUnknown, kSame, kFormer, kOneCharacter, kOneMore, kDifferent
};
enum class BirthLikeness : std::uint8_t { kUnknown, kSame, kSwapped, kOneDigit, kDifferent };
enum class NumberLikeness : std::uint8_t {
  kUnknown, kSame, kLastDigit, kOneDigit, kSwapped, kOneMore, kBad, kDifferent
};
enum class Agreement : std::uint8_t { kUnknown, kYes, kNo };

struct Likeness {
  NameLikeness name = NameLikeness::kUnknown;
  BirthLikeness birth = BirthLikeness::kUnknown;
  NumberLikeness number = NumberLikeness::kUnknown;
  Agreement sex = Agreement::kUnknown;
  Agreement guardian = Agreement::kUnknown;  // a guardian's name
  Agreement phone = Agreement::kUnknown;     // a guardian's telephone
};

// What each adds, 0..1000.
struct LikenessWeights {
  std::string source = {};
  int name = 400;              // the same, or the former name
  int name_near = 300;         // one character is another, too many or missing
  int birth = 300;
  int birth_swapped = 200;     // month and day
  int birth_digit = 100;       // one digit
  int number_near = 200;       // one digit, two neighbours
  int number_different = 100;  // taken off: two good numbers
  int sex = 50;
  int guardian = 150;
  int guardian_phone = 200;
};

inline constexpr int kLikenessMax = 999;

int ScoreOf(const Likeness& likeness, const LikenessWeights& weights);
// In the order in which officers compare: 姓名一字不同, 出生日期相同, 证件号末位不同, …
std::vector<std::string> ReasonsOf(const Likeness& likeness);

// The most that a candidate can reach; below the threshold of showing nobody is ever shown.
int MostOf(const LikenessWeights& weights);
// Which weight is wrong, and why; empty: none.
struct WeightProblem {
  std::string_view key = {};
  std::string text = {};
};
std::vector<WeightProblem> ProblemsOf(const LikenessWeights& weights);

}  // namespace tracing
