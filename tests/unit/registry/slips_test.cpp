// How what a letter says may differ from what we know, and which numbers a mistyped one was.
#include "registry/domain/slips.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "unit/registry/people.h"

namespace registry {
namespace {

using testing::Day;
using testing::MakeId;
using ::testing::Contains;
using ::testing::IsEmpty;

const std::string kGood = MakeId("350212", Day(2014, 5, 6), 123);

std::string With(std::size_t at, char c) {
  std::string number = kGood;
  number[at] = c == number[at] ? (c == '9' ? '8' : '9') : c;
  return number;
}

TEST(Slips, OneCharacterOfAName) {
  EXPECT_EQ(CompareNames("周小舟", "周小舟"), NameLikeness::kSame);
  EXPECT_EQ(CompareNames("周小舟", "周晓舟"), NameLikeness::kOneCharacter);
  EXPECT_EQ(CompareNames("邹小舟", "周小舟"), NameLikeness::kOneCharacter);
  EXPECT_EQ(CompareNames("王芳", "王芬"), NameLikeness::kOneCharacter);
  EXPECT_EQ(CompareNames("周小舟", "周舟"), NameLikeness::kOneMore);
  EXPECT_EQ(CompareNames("周舟", "周小舟"), NameLikeness::kOneMore);
  EXPECT_EQ(CompareNames("周小舟", "周晓洲"), NameLikeness::kDifferent);
  EXPECT_EQ(CompareNames("周小舟", "小舟周"), NameLikeness::kDifferent) << "no sorting";
  EXPECT_EQ(CompareNames("周", "李"), NameLikeness::kDifferent);
  EXPECT_EQ(CompareNames("周", "周小"), NameLikeness::kDifferent);
  EXPECT_EQ(CompareNames("", "周小舟"), NameLikeness::kUnknown);
  EXPECT_EQ(CompareNames("周小舟", ""), NameLikeness::kUnknown);
}

TEST(Slips, OfABirthday) {
  EXPECT_EQ(CompareBirths(Day(2014, 5, 6), Day(2014, 5, 6)), BirthLikeness::kSame);
  EXPECT_EQ(CompareBirths(Day(2014, 5, 6), Day(2014, 6, 5)), BirthLikeness::kSwapped);
  EXPECT_EQ(CompareBirths(Day(2014, 5, 6), Day(2015, 5, 6)), BirthLikeness::kOneDigit);
  EXPECT_EQ(CompareBirths(Day(2014, 5, 6), Day(2014, 5, 16)), BirthLikeness::kOneDigit);
  EXPECT_EQ(CompareBirths(Day(2014, 5, 6), Day(2015, 6, 5)), BirthLikeness::kDifferent);
  EXPECT_EQ(CompareBirths(Day(2014, 5, 29), Day(2014, 5, 30)), BirthLikeness::kDifferent);
  EXPECT_FALSE(Swapped(Day(2014, 5, 16)).has_value());
  EXPECT_EQ(Swapped(Day(2014, 2, 12)), Day(2014, 12, 2));
}

TEST(Slips, OfAnIdentityNumber) {
  EXPECT_EQ(CompareNumbers(kGood, kGood), NumberLikeness::kSame);
  EXPECT_EQ(CompareNumbers(With(17, '5'), kGood), NumberLikeness::kLastDigit);
  EXPECT_EQ(CompareNumbers(With(14, '5'), kGood), NumberLikeness::kOneDigit);
  std::string swapped = kGood;  // ...0506123C
  std::swap(swapped[15], swapped[16]);
  EXPECT_EQ(CompareNumbers(swapped, kGood), NumberLikeness::kSwapped);
  EXPECT_EQ(CompareNumbers(kGood.substr(0, 9) + kGood.substr(10), kGood), NumberLikeness::kOneMore);
  EXPECT_EQ(CompareNumbers(kGood + "7", kGood), NumberLikeness::kOneMore);
  std::string two = With(3, '9');
  two[10] = '1';
  EXPECT_EQ(CompareNumbers(two, kGood), NumberLikeness::kBad);
  EXPECT_EQ(CompareNumbers(MakeId("350212", Day(2014, 5, 6), 125), kGood),
            NumberLikeness::kDifferent) << "a twin's";
  EXPECT_EQ(CompareNumbers("", kGood), NumberLikeness::kUnknown);
  EXPECT_EQ(CompareNumbers(kGood, ""), NumberLikeness::kUnknown);
  EXPECT_EQ(CompareNumbers("E12345678", kGood), NumberLikeness::kUnknown) << "another document";
  EXPECT_EQ(CompareNumbers("E12345678", "E12345679"), NumberLikeness::kLastDigit);
  EXPECT_EQ(CompareNumbers("E12345678", "H98765432"), NumberLikeness::kDifferent);
}

TEST(Slips, EverySlipOfTheNumberFindsItAgain) {
  for (std::size_t at = 0; at < 18; ++at) {
    for (const char c : std::string{"0123456789"}) {
      const std::string wrong = With(at, c);
      EXPECT_THAT(NumbersNear(wrong), Contains(kGood)) << at << c;
      EXPECT_LE(NumbersNear(wrong).size(), 30u);
    }
    EXPECT_THAT(NumbersNear(kGood.substr(0, at) + kGood.substr(at + 1)), Contains(kGood)) << at;
    EXPECT_THAT(NumbersNear(kGood.substr(0, at) + "4" + kGood.substr(at)), Contains(kGood)) << at;
    if (at == 17 || kGood[at] == kGood[at + 1]) continue;
    std::string swapped = kGood;
    std::swap(swapped[at], swapped[at + 1]);
    EXPECT_THAT(NumbersNear(swapped), Contains(kGood)) << at;
  }
}

TEST(Slips, OfAnXAtTheEnd) {
  const std::string good = "11010519491231002X";
  EXPECT_THAT(NumbersNear("110105194912310021"), Contains(good));
  EXPECT_THAT(NumbersNear("11010519491231002"), Contains(good));
  EXPECT_THAT(NumbersNear("11010519491231012X"), Contains(good));
}

TEST(Slips, AGoodNumberAndOtherDocumentsHaveNone) {
  EXPECT_THAT(NumbersNear(kGood), IsEmpty());
  EXPECT_THAT(NumbersNear(""), IsEmpty());
  EXPECT_THAT(NumbersNear("E12345678"), IsEmpty());
  EXPECT_THAT(NumbersNear(std::string(400, '1')), IsEmpty());
  EXPECT_THAT(NumbersNear("3502122014050612XX"), IsEmpty());
}

TEST(Slips, WhatTheDigitsSay) {
  EXPECT_EQ(BirthIn(With(17, '5')), Day(2014, 5, 6)) << "also of a bad one";
  EXPECT_FALSE(BirthIn("350212201413061230").has_value());
  EXPECT_EQ(SexIn(kGood), Sex::kMale);
  EXPECT_EQ(SexIn(MakeId("350212", Day(2014, 5, 6), 124)), Sex::kFemale);
  EXPECT_EQ(SexIn("E12345678"), Sex::kUnknown);
}

TEST(Slips, TwoAgreementsOrTheOnlyOne) {
  EXPECT_FALSE(IsWorthALook({}));
  EXPECT_TRUE(IsWorthALook({.name = NameLikeness::kSame})) << "a name is all that was said";
  EXPECT_FALSE(IsWorthALook({.name = NameLikeness::kSame, .birth = BirthLikeness::kDifferent,
                             .sex = Agreement::kYes})) << "a namesake";
  EXPECT_TRUE(
      IsWorthALook({.name = NameLikeness::kOneCharacter, .birth = BirthLikeness::kSwapped}));
  EXPECT_TRUE(IsWorthALook({.name = NameLikeness::kDifferent, .guardian = Agreement::kYes,
                            .phone = Agreement::kYes}));
  EXPECT_FALSE(IsWorthALook({.name = NameLikeness::kDifferent, .birth = BirthLikeness::kDifferent,
                             .phone = Agreement::kYes})) << "a brother or sister";
  EXPECT_TRUE(IsWorthALook({.name = NameLikeness::kSame, .birth = BirthLikeness::kDifferent,
                            .number = NumberLikeness::kOneDigit}));
  EXPECT_EQ(Agreements({.name = NameLikeness::kFormer, .birth = BirthLikeness::kOneDigit,
                        .number = NumberLikeness::kBad, .sex = Agreement::kYes,
                        .guardian = Agreement::kNo, .phone = Agreement::kYes}), 3);
}

}  // namespace
}  // namespace registry
