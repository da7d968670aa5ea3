#include "tracing/domain/likeness.h"

#include <fmt/format.h>

#include <algorithm>

namespace tracing {
namespace {

int NameScore(NameLikeness name, const LikenessWeights& w) {
  switch (name) {
    case NameLikeness::kSame:
    case NameLikeness::kFormer: return w.name;
    case NameLikeness::kOneCharacter:
    case NameLikeness::kOneMore: return w.name_near;
    default: return 0;
  }
}

int BirthScore(BirthLikeness birth, const LikenessWeights& w) {
  switch (birth) {
    case BirthLikeness::kSame: return w.birth;
    case BirthLikeness::kSwapped: return w.birth_swapped;
    case BirthLikeness::kOneDigit: return w.birth_digit;
    default: return 0;
  }
}

int NumberScore(NumberLikeness number, const LikenessWeights& w) {
  switch (number) {
    case NumberLikeness::kSame: return kLikenessMax;
    case NumberLikeness::kLastDigit:
    case NumberLikeness::kOneDigit:
    case NumberLikeness::kSwapped:
    case NumberLikeness::kOneMore: return w.number_near;
    case NumberLikeness::kDifferent: return -w.number_different;
    default: return 0;
  }
}

std::string_view Text(NameLikeness name) {
  switch (name) {
    case NameLikeness::kSame: return "姓名相同";
    case NameLikeness::kFormer: return "与曾用名相同";
    case NameLikeness::kOneCharacter: return "姓名一字不同";
    case NameLikeness::kOneMore: return "姓名多一字或少一字";
    case NameLikeness::kDifferent: return "姓名不同";
    default: return "";
  }
}

std::string_view Text(BirthLikeness birth) {
  switch (birth) {
    case BirthLikeness::kSame: return "出生日期相同";
    case BirthLikeness::kSwapped: return "出生日期月日互换";
    case BirthLikeness::kOneDigit: return "出生日期一位数字不同";
    case BirthLikeness::kDifferent: return "出生日期不同";
    default: return "";
  }
}

std::string_view Text(NumberLikeness number) {
  switch (number) {
    case NumberLikeness::kSame: return "证件号相同";
    case NumberLikeness::kLastDigit: return "证件号末位不同";
    case NumberLikeness::kOneDigit: return "证件号一位不同";
    case NumberLikeness::kSwapped: return "证件号相邻两位互换";
    case NumberLikeness::kOneMore: return "证件号多一位或少一位";
    case NumberLikeness::kBad: return "函中证件号有误";
    case NumberLikeness::kDifferent: return "证件号不同";
    default: return "";
  }
}

std::string_view Text(Agreement agreement, std::string_view yes, std::string_view no) {
  if (agreement == Agreement::kUnknown) return "";
  return agreement == Agreement::kYes ? yes : no;
}

}  // namespace

int ScoreOf(const Likeness& likeness, const LikenessWeights& w) {
  const auto yes = [](Agreement agreement, int weight) {
    return agreement == Agreement::kYes ? weight : 0;
  };
  const int score = NameScore(likeness.name, w) + BirthScore(likeness.birth, w) +
                    NumberScore(likeness.number, w) + yes(likeness.sex, w.sex) +
                    yes(likeness.guardian, w.guardian) + yes(likeness.phone, w.guardian_phone);
  return std::clamp(score, 0, kLikenessMax);
}

std::vector<std::string> ReasonsOf(const Likeness& likeness) {
  std::vector<std::string> reasons;
  for (const std::string_view text :
       {Text(likeness.name), Text(likeness.birth), Text(likeness.number),
        Text(likeness.sex, "性别相同", "性别不同"),
        Text(likeness.guardian, "监护人姓名相同", "监护人姓名不同"),
        Text(likeness.phone, "监护人电话相同", "监护人电话不同")}) {
    if (!text.empty()) reasons.emplace_back(text);
  }
  return reasons;
}

int MostOf(const LikenessWeights& w) {
  return std::min(w.name + w.birth + w.number_near + w.sex + w.guardian + w.guardian_phone,
                  kLikenessMax);
}

std::vector<WeightProblem> ProblemsOf(const LikenessWeights& w) {
  std::vector<WeightProblem> problems;
  const auto part = [&](std::string_view key, int slip, std::string_view of, int whole) {
    if (slip <= whole) return;
    problems.push_back({key, fmt::format("a slip counts no more than {} ({}), is {}", of, whole,
                                         slip)});
  };
  part("name_near", w.name_near, "name", w.name);
  part("birth_swapped", w.birth_swapped, "birth", w.birth);
  part("birth_digit", w.birth_digit, "birth", w.birth);
  return problems;
}

}  // namespace tracing
