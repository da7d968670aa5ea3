#include "base/date.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/id.h"

namespace base {
namespace {

using namespace std::chrono_literals;

Date D(int y, unsigned m, unsigned d) { return *Date::FromYmd(y, m, d); }

UtcTime T(std::string_view iso) {
  const auto time = ParseTime(iso);
  EXPECT_TRUE(time.ok()) << iso;
  return time.ok() ? *time : UtcTime{};
}

TEST(Date, OnlyDaysOfTheCalendarExist) {
  EXPECT_TRUE(Date::FromYmd(2024, 2, 29).has_value());
  EXPECT_FALSE(Date::FromYmd(2025, 2, 29).has_value());
  EXPECT_FALSE(Date::FromYmd(2100, 2, 29).has_value());
  EXPECT_TRUE(Date::FromYmd(2000, 2, 29).has_value());
  EXPECT_FALSE(Date::FromYmd(2026, 4, 31).has_value());
  EXPECT_FALSE(Date::FromYmd(2026, 0, 1).has_value());
  EXPECT_FALSE(Date::FromYmd(2026, 13, 1).has_value());
  EXPECT_FALSE(Date::FromYmd(2026, 1, 0).has_value());
  EXPECT_FALSE(Date::FromYmd(1899, 12, 31).has_value());
  EXPECT_FALSE(Date::FromYmd(3000, 1, 1).has_value());
}

TEST(Date, ParsesOneFormOnly) {
  EXPECT_EQ(*Date::Parse("2024-02-29"), D(2024, 2, 29));
  for (const char* bad : {"", "2025-02-29", "2026-9-1", "20260901", "2026/09/01", "2026-09-01 ",
                          " 2026-09-01", "2026-09-0x", "+026-09-01", "2026-09-01T00:00"}) {
    const auto date = Date::Parse(bad);
    ASSERT_FALSE(date.ok()) << bad;
    EXPECT_EQ(date.error().reason, "BAD_DATE");
    EXPECT_EQ(date.error().code, Code::kInvalidArgument);
  }
}

TEST(Date, ShowsItself) {
  EXPECT_EQ(D(2026, 9, 1).ToString(), "2026-09-01");
  EXPECT_EQ(D(2026, 9, 1).ToChinese(), "2026年9月1日 星期二");
  EXPECT_EQ(D(2026, 9, 6).ToChinese(), "2026年9月6日 星期日");
  EXPECT_EQ(D(2026, 9, 1).year(), 2026);
  EXPECT_EQ(D(2026, 9, 1).month(), 9u);
  EXPECT_EQ(D(2026, 9, 1).day(), 1u);
}

TEST(Date, TextAndSerialGoRoundAndKeepTheOrder) {
  EXPECT_TRUE(rc::check("every day of 1900 to 2999", [] {
    // 1900-01-01 is day -25567 of 1970, 2999-12-31 day 376200.
    const int serial = *rc::gen::inRange(-25567, 376201);
    const Date day = Date::FromSerial(serial);
    RC_ASSERT(day.serial() == serial);
    RC_ASSERT(*Date::Parse(day.ToString()) == day);
    RC_ASSERT(*Date::FromYmd(day.year(), day.month(), day.day()) == day);
    RC_ASSERT(day.ToString() < (day + std::chrono::days{1}).ToString() || serial == 376200);
    RC_ASSERT((day + std::chrono::days{7}).weekday() == day.weekday());
  }));
}

TEST(DateRange, IsHalfOpen) {
  const DateRange september{D(2026, 9, 1), D(2026, 10, 1)};
  EXPECT_TRUE(september.Contains(D(2026, 9, 1)));
  EXPECT_TRUE(september.Contains(D(2026, 9, 30)));
  EXPECT_FALSE(september.Contains(D(2026, 10, 1)));
  EXPECT_FALSE(september.Contains(D(2026, 8, 31)));
  EXPECT_FALSE(september.empty());
  EXPECT_TRUE((DateRange{D(2026, 9, 1), D(2026, 9, 1)}).empty());
}

TEST(DateAt, TheDayTurnsAtSixteenHoursUtc) {
  EXPECT_EQ(DateAt(T("2026-09-01T15:59:59.999Z")), D(2026, 9, 1));
  EXPECT_EQ(DateAt(T("2026-09-01T16:00:00Z")), D(2026, 9, 2));
  EXPECT_EQ(DateAt(T("2026-09-01T16:30:00Z")), D(2026, 9, 2));
  EXPECT_EQ(DateAt(T("2024-02-28T16:00:00Z")), D(2024, 2, 29));
  EXPECT_EQ(DateAt(T("2026-12-31T16:00:00Z")), D(2027, 1, 1));
  EXPECT_EQ(DateAt(T("2026-09-01T16:30:00Z"), 0min), D(2026, 9, 1));
  // Before 1970 too: floor, not truncation.
  EXPECT_EQ(DateAt(T("1969-12-31T15:59:59Z")), D(1969, 12, 31));
}

TEST(MinuteOfDay, CountsFromLocalMidnight) {
  EXPECT_EQ(MinuteOfDay(T("2026-09-01T16:00:00Z")), 0);
  EXPECT_EQ(MinuteOfDay(T("2026-09-01T15:59:59.999Z")), 1439);
  EXPECT_EQ(MinuteOfDay(T("2026-09-01T00:00:00Z")), 480);
}

TEST(InstantAt, IsTheInverse) {
  EXPECT_EQ(ToIso(InstantAt(D(2026, 9, 1), 0)), "2026-08-31T16:00:00.000Z");
  EXPECT_EQ(InstantAt(D(2026, 9, 1), 1440), InstantAt(D(2026, 9, 2), 0));
  EXPECT_TRUE(rc::check("day and minute come back", [] {
    const Date day = Date::FromSerial(*rc::gen::inRange(-20000, 50000));
    const int minute = *rc::gen::inRange(0, 1440);
    const UtcTime instant = InstantAt(day, minute);
    RC_ASSERT(DateAt(instant) == day);
    RC_ASSERT(MinuteOfDay(instant) == minute);
    RC_ASSERT(*ParseTime(ToIso(instant)) == instant);
  }));
}

TEST(ParseTime, AcceptsIsoWithAndWithoutItsParts) {
  const UtcTime noon = InstantAt(D(2026, 9, 1), 12 * 60);
  EXPECT_EQ(T("2026-09-01T12:00"), noon);
  EXPECT_EQ(T("2026-09-01 12:00"), noon);
  EXPECT_EQ(T("2026-09-01T12:00:00"), noon);
  EXPECT_EQ(T("2026-09-01T04:00Z"), noon);
  EXPECT_EQ(T("2026-09-01T04:00:00.000Z"), noon);
  EXPECT_EQ(T("2026-09-01T12:00:00+08:00"), noon);
  EXPECT_EQ(T("2026-08-31T23:30:00-04:30"), noon);
  EXPECT_EQ(T("2026-09-01T12:00:01.234"), noon + 1234ms);
}

TEST(ParseTime, RefusesTheRest) {
  for (const char* bad :
       {"", "2026-09-01", "2026-09-01T", "2026-09-01T24:00", "2026-09-01T12:60", "2026-02-29T12:00",
        "2026-09-01T12:00:60", "2026-09-01T12:00:00.12", "2026-09-01T12:00z", "2026-09-01T12:00+8",
        "2026-09-01T12:00+15:00", "2026-09-01T12:00+08:60", "2026-09-01T12:00:", "2026-09-01x12:00",
        "2026-09-01T12-00", "2026-09-01T12:00 Z", "2026-09-01T12:00:00.123456Z"}) {
    const auto time = ParseTime(bad);
    ASSERT_FALSE(time.ok()) << bad;
    EXPECT_EQ(time.error().reason, "BAD_TIME");
  }
}

TEST(ToLocal, IsTheCountysClock) {
  EXPECT_EQ(ToLocal(T("2026-09-01T16:05:59Z")), "2026-09-02 00:05");
  EXPECT_EQ(ToIso(T("2026-09-01T07:55:00.070Z")), "2026-09-01T07:55:00.070Z");
}

TEST(AgeOn, ABirthdayOfFebruary29CompletesTheYearOnMarchFirst) {
  const Date born = D(2008, 2, 29);
  EXPECT_EQ(AgeOn(born, D(2024, 2, 28)), 15);
  EXPECT_EQ(AgeOn(born, D(2024, 2, 29)), 16);
  EXPECT_EQ(AgeOn(born, D(2025, 2, 28)), 16);
  EXPECT_EQ(AgeOn(born, D(2025, 3, 1)), 17);
}

TEST(AgeOn, CountsCompletedYears) {
  const Date born = D(2020, 8, 31);
  EXPECT_EQ(AgeOn(born, D(2026, 8, 30)), 5);
  EXPECT_EQ(AgeOn(born, D(2026, 8, 31)), 6);
  EXPECT_EQ(AgeOn(born, born), 0);
  EXPECT_TRUE(rc::check("grows by one each year and never within", [] {
    const Date birth = Date::FromSerial(*rc::gen::inRange(0, 20000));
    const Date on = birth + std::chrono::days{*rc::gen::inRange(0, 30000)};
    const int age = AgeOn(birth, on);
    const int tomorrow = AgeOn(birth, on + std::chrono::days{1});
    RC_ASSERT(tomorrow == age || tomorrow == age + 1);
    RC_ASSERT((on - birth).count() >= age * 365);
    RC_ASSERT((on - birth).count() < (age + 1) * 366 + 1);
  }));
}

TEST(Id, KindsDoNotMix) {
  using StudentId = Id<struct StudentTag>;
  using SchoolId = Id<struct SchoolTag>;
  static_assert(!std::is_convertible_v<std::int64_t, StudentId>);
  static_assert(!std::is_convertible_v<StudentId, std::int64_t>);
  static_assert(!std::is_convertible_v<StudentId, SchoolId>);
  static_assert(!std::is_constructible_v<SchoolId, StudentId>);
  EXPECT_LT(StudentId{1}, StudentId{2});
  EXPECT_FALSE(StudentId{});
  EXPECT_TRUE(StudentId{7});
  EXPECT_EQ(StudentId{7}.raw(), 7);
}

}  // namespace
}  // namespace base
