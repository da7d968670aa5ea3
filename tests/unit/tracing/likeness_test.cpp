// What makes somebody look like the child of a letter, and what is said about it.
#include "tracing/domain/likeness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tracing/domain/policy.h"

namespace tracing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Name = NameLikeness;
using Birth = BirthLikeness;
using Number = NumberLikeness;

constexpr Agreement kYes = Agreement::kYes;
constexpr Agreement kNo = Agreement::kNo;

int Score(const Likeness& likeness) { return ScoreOf(likeness, LikenessWeights{}); }

// Weights that show in the sum which of them counted.
LikenessWeights Marked() {
  return {.source = "test", .name = 400, .name_near = 1, .birth = 300, .birth_swapped = 2,
          .birth_digit = 4, .number_near = 8, .number_different = 16, .sex = 32, .guardian = 64,
          .guardian_phone = 128};
}

TEST(Likeness, EachAgreementCountsByItsOwnWeight) {
  const auto score = [](const Likeness& likeness) { return ScoreOf(likeness, Marked()); };
  EXPECT_EQ(score({}), 0);
  EXPECT_EQ(score({.name = Name::kSame}), 400);
  EXPECT_EQ(score({.name = Name::kFormer}), 400);
  EXPECT_EQ(score({.name = Name::kOneCharacter}), 1);
  EXPECT_EQ(score({.name = Name::kOneMore}), 1);
  EXPECT_EQ(score({.name = Name::kDifferent}), 0);
  EXPECT_EQ(score({.birth = Birth::kSame}), 300);
  EXPECT_EQ(score({.birth = Birth::kSwapped}), 2);
  EXPECT_EQ(score({.birth = Birth::kOneDigit}), 4);
  EXPECT_EQ(score({.birth = Birth::kDifferent}), 0);
  for (const Number near :
       {Number::kLastDigit, Number::kOneDigit, Number::kSwapped, Number::kOneMore}) {
    EXPECT_EQ(score({.number = near}), 8);
  }
  EXPECT_EQ(score({.number = Number::kBad}), 0);
  EXPECT_EQ(score({.birth = Birth::kSame, .number = Number::kDifferent}), 284);
  EXPECT_EQ(score({.number = Number::kDifferent}), 0) << "not below nothing";
  EXPECT_EQ(score({.sex = kYes}), 32);
  EXPECT_EQ(score({.guardian = kYes}), 64);
  EXPECT_EQ(score({.phone = kYes}), 128);
  EXPECT_EQ(score({.sex = kNo, .guardian = kNo, .phone = kNo}), 0);
  EXPECT_EQ(score({.name = Name::kOneCharacter, .birth = Birth::kSwapped,
                   .number = Number::kSwapped, .sex = kYes, .guardian = kYes, .phone = kYes}),
            235);
}

TEST(Likeness, WhoIsShownByTheShippedWeightsAndWhoIsNot) {
  const int least = AutoReply{}.candidate_score_min;
  EXPECT_GE(Score({.name = Name::kSame, .birth = Birth::kSame}), least);
  EXPECT_GE(Score({.name = Name::kSame, .birth = Birth::kSame, .number = Number::kDifferent}),
            least) << "one of the two has the number wrong";
  EXPECT_GE(Score({.name = Name::kSame, .number = Number::kOneDigit}), least);
  EXPECT_GE(Score({.name = Name::kOneCharacter, .birth = Birth::kSame}), least);
  EXPECT_GE(Score({.name = Name::kOneCharacter, .birth = Birth::kOneDigit,
                   .number = Number::kOneDigit}), least) << "the wrong digit is in the birthday";
  EXPECT_GE(Score({.name = Name::kSame, .birth = Birth::kSwapped}), least);
  EXPECT_GE(Score({.name = Name::kSame, .phone = kYes}), least);
  EXPECT_GE(Score({.name = Name::kSame, .sex = kYes, .guardian = kYes}), least);
  EXPECT_GE(Score({.name = Name::kDifferent, .birth = Birth::kSame, .guardian = kYes,
                   .phone = kYes}), least) << "has taken another name";
  EXPECT_LT(Score({.name = Name::kSame, .sex = kYes}), least) << "a namesake";
  EXPECT_LT(Score({.name = Name::kDifferent, .birth = Birth::kSame, .number = Number::kOneDigit,
                   .sex = kYes}), least) << "born on that day in that county";
  EXPECT_LT(Score({.name = Name::kOneCharacter, .birth = Birth::kSame,
                   .number = Number::kDifferent, .sex = kYes}), least) << "two good numbers";
  EXPECT_LT(Score({.name = Name::kDifferent, .birth = Birth::kDifferent, .guardian = kYes,
                   .phone = kYes}), least) << "a brother or sister";
}

// From worse to better, for each of the six.
TEST(Likeness, WhatAgreesBetterNeverLowersTheScore) {
  const std::vector<Name> names{Name::kDifferent, Name::kUnknown, Name::kOneMore,
                                Name::kOneCharacter, Name::kFormer, Name::kSame};
  const std::vector<Birth> births{Birth::kDifferent, Birth::kUnknown, Birth::kOneDigit,
                                  Birth::kSwapped, Birth::kSame};
  const std::vector<Number> numbers{Number::kDifferent, Number::kBad, Number::kUnknown,
                                    Number::kOneMore, Number::kLastDigit, Number::kSame};
  const std::vector<Agreement> two{kNo, Agreement::kUnknown, kYes};
  int looked_at = 0;
  const auto rises = [&](Likeness likeness, auto member, const auto& order) {
    int last = -1;
    for (const auto& value : order) {
      likeness.*member = value;
      const int score = Score(likeness);
      EXPECT_GE(score, last);
      EXPECT_LE(score, kLikenessMax);
      last = score;
      ++looked_at;
    }
  };
  for (const Name name : names) {
    for (const Birth birth : births) {
      for (const Number number : numbers) {
        for (const Agreement other : two) {
          const Likeness one{.name = name, .birth = birth, .number = number, .sex = other,
                             .guardian = other, .phone = other};
          rises(one, &Likeness::name, names);
          rises(one, &Likeness::birth, births);
          rises(one, &Likeness::number, numbers);
          rises(one, &Likeness::sex, two);
          rises(one, &Likeness::guardian, two);
          rises(one, &Likeness::phone, two);
        }
      }
    }
  }
  EXPECT_GT(looked_at, 10'000);
}

TEST(Likeness, NeverAsMuchAsAnEqualNumber) {
  LikenessWeights heavy;
  heavy.name = heavy.birth = heavy.number_near = 1000;
  EXPECT_EQ(ScoreOf({.name = Name::kSame, .birth = Birth::kSame, .number = Number::kOneDigit},
                    heavy), 999);
  EXPECT_EQ(MostOf(heavy), 999);
  EXPECT_EQ(MostOf({}), 999);
}

TEST(Likeness, TheReasonsSayWhatAgreesAndWhatDoesNot) {
  EXPECT_THAT(ReasonsOf({}), IsEmpty());
  EXPECT_THAT(ReasonsOf({.name = Name::kOneCharacter, .birth = Birth::kSame,
                         .number = Number::kLastDigit, .sex = kYes}),
              ElementsAre("姓名一字不同", "出生日期相同", "证件号末位不同", "性别相同"));
  EXPECT_THAT(ReasonsOf({.name = Name::kFormer, .birth = Birth::kSwapped,
                         .number = Number::kDifferent, .guardian = kNo, .phone = kYes}),
              ElementsAre("与曾用名相同", "出生日期月日互换", "证件号不同", "监护人姓名不同",
                          "监护人电话相同"));
  // Each kind of slip has words of its own, without a digit in them.
  std::set<std::string> all;
  for (int i = 1; i <= 7; ++i) {
    for (const Likeness& one :
         {Likeness{.name = static_cast<Name>(i)}, Likeness{.birth = static_cast<Birth>(i)},
          Likeness{.number = static_cast<Number>(i)}}) {
      for (const std::string& text : ReasonsOf(one)) {
        EXPECT_EQ(text.find_first_of("0123456789"), std::string::npos);
        all.insert(text);
      }
    }
  }
  EXPECT_EQ(all.size(), 5u + 4u + 7u);
}

TEST(Likeness, ASlipCountsNoMoreThanWhatItIsASlipOf) {
  EXPECT_THAT(ProblemsOf(LikenessWeights{}), IsEmpty());
  LikenessWeights weights;
  weights.name_near = weights.name + 1;
  ASSERT_EQ(ProblemsOf(weights).size(), 1u);
  EXPECT_EQ(ProblemsOf(weights)[0].key, "name_near");
  weights = {};
  weights.birth = 50;
  EXPECT_EQ(ProblemsOf(weights).size(), 2u);
}

}  // namespace
}  // namespace tracing
