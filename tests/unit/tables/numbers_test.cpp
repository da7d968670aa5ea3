#include "tables/numbers.h"

#include <gtest/gtest.h>

namespace tables {
namespace {

std::string General(std::string_view value) { return NumberText(value, {}, DateSystem::k1900); }

std::string As(const char* format, std::string_view value,
               DateSystem system = DateSystem::k1900) {
  return NumberText(value, ClassifyFormat(format), system);
}

TEST(Numbers, WholeNumbersToFifteenDigitsAreExact) {
  EXPECT_EQ(General("0"), "0");
  EXPECT_EQ(General("-12"), "-12");
  EXPECT_EQ(General("13812345678"), "13812345678");
  EXPECT_EQ(General("3135000001"), "3135000001");
  EXPECT_EQ(General("999999999999999"), "999999999999999");
  EXPECT_EQ(General("3.5021212010112E+14"), "350212120101120");
  EXPECT_EQ(General("2E3"), "2000");
}

TEST(Numbers, WhatExcelHasRoundedComesAsScientific) {
  EXPECT_EQ(General("110000000000000000"), "1.1E+17");
  EXPECT_EQ(General("1.1010519491231E+17"), "1.10105E+17");
  EXPECT_EQ(General("110105194912310021"), "1.10105E+17");
  EXPECT_EQ(General("1E+15"), "1E+15");
  EXPECT_EQ(General("-1E+20"), "-1E+20");
}

TEST(Numbers, FractionsHaveNoNoise) {
  EXPECT_EQ(General("0.30000000000000004"), "0.3");
  EXPECT_EQ(General("2.5"), "2.5");
  EXPECT_EQ(General("1.0000000000000001E-5"), "1E-05");
  EXPECT_EQ(General("36.6"), "36.6");
}

TEST(Numbers, WhatIsNoNumberStaysAsItIs) {
  for (const char* text : {"", "abc", "1,5", "0x10", "nan", "inf", "1e999", " 1"}) {
    EXPECT_EQ(General(text), text);
  }
}

TEST(Numbers, DatesOfBothSystems) {
  EXPECT_EQ(As("yyyy-mm-dd", "40909"), "2012-01-01");
  EXPECT_EQ(As("yyyy-mm-dd", "39447", DateSystem::k1904), "2012-01-01");
  EXPECT_EQ(As("yyyy-mm-dd", "1"), "1900-01-01");
  EXPECT_EQ(As("yyyy-mm-dd", "59"), "1900-02-28");
  EXPECT_EQ(As("yyyy-mm-dd", "61"), "1900-03-01");
  EXPECT_EQ(As("yyyy-mm-dd", "2958465"), "9999-12-31");
  EXPECT_EQ(As("yyyy-mm-dd", "39507"), "2008-02-29");
}

TEST(Numbers, ADateOutsideTheCalendarStaysANumber) {
  EXPECT_EQ(As("yyyy-mm-dd", "-1"), "-1");
  EXPECT_EQ(As("yyyy-mm-dd", "20120101"), "20120101");
  EXPECT_EQ(As("yyyy-mm-dd", "0"), "0");
}

TEST(Numbers, TimesAreShownWhenTheFormatShowsThem) {
  EXPECT_EQ(As("yyyy-mm-dd hh:mm", "40909.5"), "2012-01-01 12:00");
  EXPECT_EQ(As("yyyy-mm-dd hh:mm", "40909"), "2012-01-01");
  EXPECT_EQ(As("yyyy-mm-dd", "40909.5"), "2012-01-01");
  EXPECT_EQ(As("yyyy/m/d h:mm:ss", "40909.999999"), "2012-01-02");
  EXPECT_EQ(As("h:mm", "0.3125"), "07:30");
  EXPECT_EQ(As("h:mm:ss", "0.31251157407"), "07:30:01");
}

TEST(Numbers, FormatsOfChineseExcel) {
  EXPECT_EQ(ClassifyFormat("yyyy\"年\"m\"月\"d\"日\"").kind, NumberKind::kDate);
  EXPECT_EQ(ClassifyFormat("[$-804]yyyy\"年\"m\"月\";@").kind, NumberKind::kDate);
  EXPECT_EQ(ClassifyFormat("[DBNum1][$-804]m\"月\"d\"日\"").kind, NumberKind::kDate);
  EXPECT_EQ(ClassifyFormat("YYYY/MM/DD").kind, NumberKind::kDate);
  EXPECT_EQ(ClassifyFormat("yyyy\\-mm\\-dd").kind, NumberKind::kDate);
  EXPECT_EQ(ClassifyFormat("mmm-yy").kind, NumberKind::kDate);
  EXPECT_EQ(ClassifyFormat("[$-804]AM/PM h\"时\"mm\"分\"").kind, NumberKind::kTime);
  EXPECT_EQ(ClassifyFormat("mm:ss").kind, NumberKind::kTime);
  EXPECT_EQ(ClassifyFormat("yyyy-mm-dd h:mm").kind, NumberKind::kDateTime);
}

TEST(Numbers, FormatsThatAreNoDates) {
  for (const char* code : {"General", "@", "0", "0.00", "#,##0;[Red]-#,##0", "0%", "0.00E+00",
                           "\"d\"0", "0\"年\"", "[h]:mm", "0\\m", "_-* #,##0_d", "", "[Red]0",
                           "\"unclosed y", "[unclosed y", "\\"}) {
    EXPECT_EQ(ClassifyFormat(code).kind, NumberKind::kGeneral) << code;
  }
}

TEST(Numbers, PaddedFormatsKeepTheirZeros) {
  EXPECT_EQ(As("00", "7"), "07");
  EXPECT_EQ(As("000000", "35021"), "035021");
  EXPECT_EQ(As("00", "123"), "123");
  EXPECT_EQ(As("00", "110105194912310021"), "1.10105E+17");
}

TEST(Numbers, BuiltInFormats) {
  const auto kind = [](unsigned id) { return BuiltInStyle(id).kind; };
  for (const unsigned id : {14u, 15u, 16u, 17u, 27u, 28u, 31u, 36u, 50u, 54u, 57u, 58u}) {
    EXPECT_EQ(kind(id), NumberKind::kDate) << id;
  }
  for (const unsigned id : {18u, 21u, 32u, 35u, 45u, 47u, 55u, 56u}) {
    EXPECT_EQ(kind(id), NumberKind::kTime) << id;
  }
  EXPECT_EQ(kind(22), NumberKind::kDateTime);
  for (const unsigned id : {0u, 1u, 13u, 23u, 26u, 37u, 44u, 48u, 49u, 59u, 163u}) {
    EXPECT_EQ(kind(id), NumberKind::kGeneral) << id;
  }
}

}  // namespace
}  // namespace tables
