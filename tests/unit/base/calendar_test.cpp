// The calendar around the National Day of 2026, as the State Council's notice has it: 10-01..10-07
// off, Sunday 09-20 and Saturday 10-10 worked; Mid-Autumn 09-25..09-27.
#include "base/calendar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace base {
namespace {

using std::chrono::days;

Date D(int y, unsigned m, unsigned d) { return *Date::FromYmd(y, m, d); }

Calendar Autumn() {
  std::set<Date> holidays;
  for (unsigned d = 25; d <= 27; ++d) holidays.insert(D(2026, 9, d));
  for (unsigned d = 1; d <= 7; ++d) holidays.insert(D(2026, 10, d));
  holidays.insert(D(2027, 1, 1));
  auto calendar = Calendar::Make(
      {{.name = "上", .first = D(2026, 9, 1), .last = D(2027, 1, 22)},
       {.name = "下", .first = D(2027, 2, 22), .last = D(2027, 7, 2)}},
      holidays, {{D(2026, 9, 20), std::nullopt}, {D(2026, 10, 10), std::chrono::Wednesday}});
  EXPECT_TRUE(calendar.ok());
  return std::move(calendar).value();
}

TEST(Calendar, EachKindOfDay) {
  const Calendar calendar = Autumn();
  EXPECT_EQ(calendar.KindOf(D(2026, 9, 1)), DayKind::kSchoolDay);
  EXPECT_EQ(calendar.KindOf(D(2026, 9, 5)), DayKind::kWeekend);
  EXPECT_EQ(calendar.KindOf(D(2026, 9, 20)), DayKind::kSchoolDay);
  EXPECT_EQ(calendar.KindOf(D(2026, 9, 25)), DayKind::kHoliday);
  EXPECT_EQ(calendar.KindOf(D(2026, 9, 26)), DayKind::kHoliday);
  EXPECT_EQ(calendar.KindOf(D(2026, 10, 10)), DayKind::kSchoolDay);
  EXPECT_EQ(calendar.KindOf(D(2026, 10, 11)), DayKind::kWeekend);
  EXPECT_EQ(calendar.KindOf(D(2026, 8, 31)), DayKind::kOutsideTerm);
  EXPECT_EQ(DayKindChinese(DayKind::kOutsideTerm), "不在学期内");
  EXPECT_EQ(DayKindChinese(DayKind::kSchoolOff), "本校放假");
}

TEST(Calendar, TermsIncludeBothTheirEnds) {
  const Calendar calendar = Autumn();
  EXPECT_EQ(calendar.TermOf(D(2026, 8, 31)), nullptr);
  EXPECT_EQ(calendar.TermOf(D(2026, 9, 1))->name, "上");
  EXPECT_EQ(calendar.TermOf(D(2027, 1, 22))->name, "上");
  EXPECT_EQ(calendar.TermOf(D(2027, 1, 23)), nullptr);
  EXPECT_EQ(calendar.TermOf(D(2027, 2, 22))->name, "下");
  EXPECT_TRUE(calendar.IsSchoolDay(D(2027, 1, 22)));
  EXPECT_FALSE(calendar.IsSchoolDay(D(2027, 1, 25)));
}

TEST(Calendar, OfficesKnowNoTerms) {
  const Calendar calendar = Autumn();
  EXPECT_TRUE(calendar.IsWorkingDay(D(2026, 8, 31)));
  EXPECT_TRUE(calendar.IsWorkingDay(D(2027, 1, 25)));
  EXPECT_TRUE(calendar.IsWorkingDay(D(2026, 9, 20)));
  EXPECT_FALSE(calendar.IsWorkingDay(D(2026, 9, 19)));
  EXPECT_FALSE(calendar.IsWorkingDay(D(2026, 10, 7)));
}

TEST(Calendar, AddSchoolDaysGoesOverHolidaysAndMakeUpDays) {
  const Calendar calendar = Autumn();
  // Thu 24, [25-27 off], Mon 28, Tue 29, Wed 30, [1-7 off], Thu 8, Fri 9, Sat 10 (worked), Mon 12.
  EXPECT_EQ(calendar.AddSchoolDays(D(2026, 9, 24), 1), D(2026, 9, 28));
  EXPECT_EQ(calendar.AddSchoolDays(D(2026, 9, 24), 3), D(2026, 9, 30));
  EXPECT_EQ(calendar.AddSchoolDays(D(2026, 9, 24), 4), D(2026, 10, 8));
  EXPECT_EQ(calendar.AddSchoolDays(D(2026, 9, 24), 6), D(2026, 10, 10));
  EXPECT_EQ(calendar.AddSchoolDays(D(2026, 9, 24), 7), D(2026, 10, 12));
  EXPECT_EQ(calendar.AddSchoolDays(D(2026, 9, 18), 1), D(2026, 9, 20));
}

TEST(Calendar, AddSchoolDaysGoesOnInTheNextTermAndEndsWithTheLast) {
  const Calendar calendar = Autumn();
  EXPECT_EQ(calendar.AddSchoolDays(D(2027, 1, 21), 1), D(2027, 1, 22));
  EXPECT_EQ(calendar.AddSchoolDays(D(2027, 1, 21), 2), D(2027, 2, 22));
  EXPECT_EQ(calendar.AddSchoolDays(D(2027, 7, 1), 1), D(2027, 7, 2));
  EXPECT_EQ(calendar.AddSchoolDays(D(2027, 7, 1), 2), std::nullopt);
  EXPECT_EQ(calendar.AddSchoolDays(D(2026, 7, 1), 1), D(2026, 9, 1));
  EXPECT_EQ(Calendar{}.AddSchoolDays(D(2026, 9, 1), 1), std::nullopt);
}

TEST(Calendar, AddWorkingDaysDoesNotCountTheFirstDay) {
  const Calendar calendar = Autumn();
  EXPECT_EQ(calendar.AddWorkingDays(D(2026, 9, 29), 2), D(2026, 10, 8));
  EXPECT_EQ(calendar.AddWorkingDays(D(2026, 9, 30), 3), D(2026, 10, 10));
  EXPECT_EQ(calendar.AddWorkingDays(D(2026, 10, 3), 1), D(2026, 10, 8));
  EXPECT_EQ(calendar.AddWorkingDays(D(2026, 10, 3), 0), D(2026, 10, 3));
  EXPECT_EQ(calendar.OnOrNextWorkingDay(D(2026, 10, 3)), D(2026, 10, 8));
  EXPECT_EQ(calendar.OnOrNextWorkingDay(D(2026, 10, 10)), D(2026, 10, 10));
}

TEST(Calendar, PreviousSchoolDay) {
  const Calendar calendar = Autumn();
  EXPECT_EQ(calendar.PreviousSchoolDay(D(2026, 10, 8)), D(2026, 9, 30));
  EXPECT_EQ(calendar.PreviousSchoolDay(D(2026, 10, 12)), D(2026, 10, 10));
  EXPECT_EQ(calendar.PreviousSchoolDay(D(2027, 2, 22)), D(2027, 1, 22));
  EXPECT_EQ(calendar.PreviousSchoolDay(D(2026, 9, 1)), std::nullopt);
  EXPECT_EQ(Calendar{}.PreviousSchoolDay(D(2026, 9, 1)), std::nullopt);
}

TEST(Calendar, ASchoolsOwnDays) {
  const Calendar county = Autumn();
  const Calendar school = county.WithOverrides({D(2026, 9, 28)}, {D(2026, 9, 26), D(2026, 8, 30)});
  EXPECT_EQ(school.KindOf(D(2026, 9, 28)), DayKind::kSchoolOff);
  EXPECT_EQ(school.KindOf(D(2026, 9, 26)), DayKind::kSchoolDay);
  EXPECT_EQ(school.KindOf(D(2026, 8, 30)), DayKind::kSchoolDay);
  EXPECT_EQ(county.KindOf(D(2026, 9, 28)), DayKind::kSchoolDay);
  EXPECT_EQ(school.AddSchoolDays(D(2026, 9, 24), 2), D(2026, 9, 29));
  EXPECT_EQ(school.AddSchoolDays(D(2026, 9, 24), 1), D(2026, 9, 26));
  EXPECT_EQ(school.PreviousSchoolDay(D(2026, 9, 1)), D(2026, 8, 30));
  // Offices do not follow one school.
  EXPECT_TRUE(school.IsWorkingDay(D(2026, 9, 28)));
  // A day off wins over a day on.
  EXPECT_EQ(county.WithOverrides({D(2026, 9, 2)}, {D(2026, 9, 2)}).KindOf(D(2026, 9, 2)),
            DayKind::kSchoolOff);
}

TEST(Calendar, MakeRefusesWhatContradictsItself) {
  const auto refused = [](std::vector<Term> terms, std::set<Date> holidays,
                          std::map<Date, std::optional<std::chrono::weekday>> makeup) {
    const auto calendar = Calendar::Make(std::move(terms), std::move(holidays), std::move(makeup));
    return !calendar.ok() && calendar.error().reason == "BAD_CALENDAR";
  };
  const Term autumn{.name = "a", .first = D(2026, 9, 1), .last = D(2027, 1, 22)};
  const Term spring{.name = "s", .first = D(2027, 1, 22), .last = D(2027, 7, 1)};
  const Term backwards{.name = "b", .first = D(2026, 9, 2), .last = D(2026, 9, 1)};
  EXPECT_TRUE(refused({autumn, spring}, {}, {}));
  EXPECT_TRUE(refused({spring, autumn}, {}, {}));
  EXPECT_TRUE(refused({backwards}, {}, {}));
  EXPECT_TRUE(refused({autumn}, {D(2026, 10, 10)}, {{D(2026, 10, 10), std::nullopt}}));
  EXPECT_FALSE(refused({autumn}, {D(2026, 10, 9)}, {{D(2026, 10, 10), std::nullopt}}));
}

TEST(Calendar, CountAndListAndAddAgree) {
  const Calendar calendar = Autumn();
  EXPECT_EQ(calendar.CountSchoolDays({D(2026, 9, 1), D(2026, 10, 1)}), 22);
  EXPECT_TRUE(rc::check("n days after a day are n days in between", [&] {
    const Date from = D(2026, 8, 1) + days{*rc::gen::inRange(0, 320)};
    const int n = *rc::gen::inRange(1, 60);
    const auto to = calendar.AddSchoolDays(from, n);
    if (!to) {
      RC_ASSERT(calendar.CountSchoolDays({from + days{1}, D(2028, 1, 1)}) < n);
      return;
    }
    RC_ASSERT(calendar.IsSchoolDay(*to));
    const DateRange between{from + days{1}, *to + days{1}};
    RC_ASSERT(calendar.CountSchoolDays(between) == n);
    RC_ASSERT(calendar.SchoolDays(between).size() == static_cast<std::size_t>(n));
    RC_ASSERT(calendar.SchoolDays(between).back() == *to);
    RC_ASSERT(calendar.PreviousSchoolDay(*to + days{1}) == to);
  }));
}

TEST(Calendar, WorkingDaysAddUp) {
  const Calendar calendar = Autumn();
  EXPECT_TRUE(rc::check("a + b working days in one step or two", [&] {
    const Date from = D(2026, 8, 1) + days{*rc::gen::inRange(0, 200)};
    const int a = *rc::gen::inRange(0, 20);
    const int b = *rc::gen::inRange(0, 20);
    RC_ASSERT(calendar.AddWorkingDays(calendar.AddWorkingDays(from, a), b) ==
              calendar.AddWorkingDays(from, a + b));
    RC_ASSERT(a == 0 || calendar.IsWorkingDay(calendar.AddWorkingDays(from, a)));
  }));
}

}  // namespace
}  // namespace base
