#include "settings/calendar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace settings {
namespace {

using base::Date;
using base::DayKind;
using ::testing::HasSubstr;

Date D(int y, unsigned m, unsigned d) { return *Date::FromYmd(y, m, d); }

std::string ProblemsOf(const std::string& yaml) {
  auto document = Document::Parse(yaml, "c.yaml");
  EXPECT_TRUE(document.ok());
  ReadCalendar(document->Root());
  const base::Status status = document->Finish();
  return status.ok() ? "" : status.error().detail;
}

constexpr const char* kHead =
    "name: n\nsource: s\nterms:\n  - {name: t, first: 2026-09-01, last: 2027-01-22}\n";

TEST(CalendarFile, MakesTheCountysAndEachSchoolsCalendar) {
  auto document = Document::Parse(std::string{kHead} + R"(
holidays: [{name: 国庆节, first: 2026-10-01, last: 2026-10-07}]
makeup_days: [{day: 2026-10-10, replaces: wed}]
schools:
  - school_code: "3135000001"
    days_off: [{day: 2026-10-30, why: 运动会}, {first: 2026-11-02, last: 2026-11-03, why: 台风}]
    days_on: [{day: 2026-10-31, why: 补课}]
)", "c.yaml");
  ASSERT_TRUE(document.ok());
  const SchoolCalendar calendar = ReadCalendar(document->Root());
  ASSERT_TRUE(document->Finish().ok()) << document->Finish().error().detail;
  EXPECT_EQ(calendar.calendar.KindOf(D(2026, 10, 1)), DayKind::kHoliday);
  EXPECT_EQ(calendar.calendar.KindOf(D(2026, 10, 7)), DayKind::kHoliday);
  EXPECT_EQ(calendar.calendar.KindOf(D(2026, 10, 8)), DayKind::kSchoolDay);
  EXPECT_EQ(calendar.calendar.KindOf(D(2026, 10, 10)), DayKind::kSchoolDay);
  EXPECT_EQ(calendar.For("3135000001").KindOf(D(2026, 10, 30)), DayKind::kSchoolOff);
  EXPECT_EQ(calendar.For("3135000001").KindOf(D(2026, 11, 3)), DayKind::kSchoolOff);
  EXPECT_EQ(calendar.For("3135000001").KindOf(D(2026, 10, 31)), DayKind::kSchoolDay);
  EXPECT_EQ(calendar.For("3135000002").KindOf(D(2026, 10, 30)), DayKind::kSchoolDay);
}

TEST(CalendarFile, SlipsAreNamedWithTheirLine) {
  const std::string all = ProblemsOf(std::string{kHead} +
                                     "  - {name: u, first: 2027-01-20, last: 2027-02-20}\n"  // 5
                                     "holidays:\n"                                            // 6
                                     "  - {name: a, first: 2026-10-07, last: 2026-10-01}\n"   // 7
                                     "  - {name: b, first: 2026-10-01, last: 2027-10-07}\n"   // 8
                                     "  - {name: c, first: 2026-10-10, last: 2026-10-10}\n"   // 9
                                     "makeup_days:\n"                                         // 10
                                     "  - {day: 2026-10-10}\n"                                // 11
                                     "  - {day: 2026-10-09}\n"                                // 12
                                     "  - {day: 2026-10-11, replaces: sunday}\n"              // 13
                                     "schools:\n"                                             // 14
                                     "  - {school_code: 12}\n"                                // 15
                                     "draft: true\n");                                        // 16
  EXPECT_THAT(all, HasSubstr("c.yaml:5: terms[1].first: overlaps the term before"));
  EXPECT_THAT(all, HasSubstr("c.yaml:7: holidays[0].last: is before 'first'"));
  EXPECT_THAT(all, HasSubstr("c.yaml:8: holidays[1].last: the range is longer than 120 days"));
  EXPECT_THAT(all, HasSubstr("c.yaml:11: makeup_days[0].day: 2026-10-10 is a holiday too"));
  EXPECT_THAT(all, HasSubstr("c.yaml:12: makeup_days[1].day: 2026年10月9日 星期五 is no weekend day"));
  EXPECT_THAT(all, HasSubstr("c.yaml:13: makeup_days[2].replaces: must be one of"));
  EXPECT_THAT(all, HasSubstr("c.yaml:15: schools[0].school_code: must be ten digits"));
  EXPECT_THAT(all, HasSubstr("draft_reason: a draft must say what is not confirmed"));
}

TEST(CalendarFile, NeedsATerm) {
  EXPECT_THAT(ProblemsOf("name: n\nsource: s\n"), HasSubstr("terms: needs at least one term"));
}

// The State Council's notice of 4 November 2025, as every shipped calendar must have it.
TEST(CalendarFile, ShippedCalendarsHoldTheNoticeOf2026) {
  const auto folder = std::filesystem::path{BAOXUE_SOURCE_DIR} / "config/calendars";
  int seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator{folder}) {
    if (entry.path().extension() != ".yaml") continue;
    ++seen;
    const auto calendar = LoadCalendar(entry.path().string());
    ASSERT_TRUE(calendar.ok()) << calendar.error().detail;
    const base::Calendar& days = calendar->calendar;
    const auto working = [&](unsigned m, unsigned d) { return days.IsWorkingDay(D(2026, m, d)); };
    for (const auto& [m, d] : {std::pair{1u, 4u}, {2u, 14u}, {2u, 28u}, {5u, 9u}, {9u, 20u},
                              {10u, 10u}, {9u, 24u}, {9u, 28u}, {10u, 8u}, {2u, 24u}, {5u, 6u}}) {
      EXPECT_TRUE(working(m, d)) << entry.path() << ' ' << m << '-' << d;
    }
    int weekdays_off = 0;
    for (Date day = D(2026, 1, 1); day < D(2027, 1, 1); ++day) {
      const bool weekday = day.weekday() != std::chrono::Saturday &&
                           day.weekday() != std::chrono::Sunday;
      weekdays_off += weekday && !days.IsWorkingDay(day) ? 1 : 0;
    }
    // 2 + 6 + 1 + 3 + 1 + 1 + 5 weekdays.
    EXPECT_EQ(weekdays_off, 19) << entry.path();
    EXPECT_TRUE(days.IsSchoolDay(D(2026, 9, 20)));
    EXPECT_FALSE(days.IsSchoolDay(D(2026, 8, 31)));
    EXPECT_TRUE(calendar->draft) << "2027 has no notice: see config/calendars/README.md";
    EXPECT_NE(calendar->draft_reason, "");
  }
  EXPECT_EQ(seen, 5);
}

}  // namespace
}  // namespace settings
