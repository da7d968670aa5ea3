// When things fall due, and what a clock that stands still has left: holidays, make-up days, ends
// of terms.
#include "cases/domain/due.h"

#include "unit/cases/story.h"

namespace cases::testing {
namespace {

constexpr int kDayEnd = 17 * 60 + 30;

struct DueCase {
  std::string_view name;
  Due due;
  std::string_view start;
  std::string_view expected;
};

class DueAtTest : public ::testing::TestWithParam<DueCase> {};

TEST_P(DueAtTest, FallsDue) {
  const DueCase& c = GetParam();
  EXPECT_EQ(base::ToLocal(DueAt(c.due, At(c.start), AutumnCalendar(), kDayEnd)), c.expected);
}

INSTANTIATE_TEST_SUITE_P(
    Table, DueAtTest,
    ::testing::Values(
        DueCase{"Minutes", {Unit::kMinutes, 60}, "2026-09-09 23:30", "2026-09-10 00:30"},
        DueCase{"SameDay", {Unit::kSameDay, 0, 18 * 60}, "2026-09-09 08:30", "2026-09-09 18:00"},
        DueCase{"SameDayIsOver", {Unit::kSameDay, 0, 18 * 60}, "2026-09-09 18:00",
                "2026-09-10 18:00"},
        DueCase{"SameDayOverOnFriday", {Unit::kSameDay, 0, 18 * 60}, "2026-09-11 19:00",
                "2026-09-14 18:00"},
        DueCase{"SchoolDayFirstNotCounted", {Unit::kSchoolDays, 1}, "2026-09-09 08:30",
                "2026-09-10 17:30"},
        DueCase{"SchoolDaysOverWeekend", {Unit::kSchoolDays, 3}, "2026-09-10 08:30",
                "2026-09-15 17:30"},
        DueCase{"SchoolDaysCountMakeUpSunday", {Unit::kSchoolDays, 2}, "2026-09-18 08:30",
                "2026-09-21 17:30"},
        DueCase{"SchoolDaysOverHolidays", {Unit::kSchoolDays, 3}, "2026-09-30 08:30",
                "2026-10-10 17:30"},
        DueCase{"SchoolDaysOverVacation", {Unit::kSchoolDays, 2}, "2027-01-22 08:30",
                "2027-02-23 17:30"},
        DueCase{"SchoolDaysPastKnownTerms", {Unit::kSchoolDays, 2}, "2027-07-02 08:30",
                "2027-07-06 17:30"},
        DueCase{"WorkingDays", {Unit::kWorkingDays, 2}, "2026-09-10 08:30", "2026-09-14 17:30"},
        DueCase{"WorkingDaysInVacation", {Unit::kWorkingDays, 2}, "2027-01-29 08:30",
                "2027-02-02 17:30"},
        DueCase{"CalendarDays", {Unit::kCalendarDays, 7}, "2026-09-09 08:30", "2026-09-16 17:30"},
        DueCase{"CalendarDaysEndOnHoliday", {Unit::kCalendarDays, 7}, "2026-09-25 08:30",
                "2026-10-08 17:30"},
        DueCase{"CalendarDaysEndOnMakeUpDay", {Unit::kCalendarDays, 3}, "2026-10-07 08:30",
                "2026-10-10 17:30"}),
    [](const auto& param) { return std::string{param.param.name}; });

TEST(DueAt, UntilADay) {
  const Due due{.unit = Unit::kUntil};
  const base::Calendar calendar = AutumnCalendar();
  EXPECT_EQ(DueAt(due, At("2026-09-09 08:30"), calendar, kDayEnd, Day("2026-10-16")),
            At("2026-10-16 17:30"));
  EXPECT_GT(DueAt(due, At("2026-10-16 17:30"), calendar, kDayEnd, Day("2026-10-16")),
            At("2026-10-16 17:30"))
      << "never at or before the start";
}

struct PauseCase {
  std::string_view name;
  Unit unit;
  std::string_view due;
  std::string_view suspended;
  std::int64_t left;
  std::string_view resumed;
  std::string_view new_due;
};

class PauseTest : public ::testing::TestWithParam<PauseCase> {};

TEST_P(PauseTest, KeepsWhatIsLeft) {
  const PauseCase& c = GetParam();
  const base::Calendar calendar = AutumnCalendar();
  const std::int64_t left = RemainingAt(c.unit, At(c.due), At(c.suspended), calendar);
  EXPECT_EQ(left, c.left);
  EXPECT_EQ(base::ToLocal(ResumeAt(c.unit, left, At(c.due), At(c.resumed), calendar)), c.new_due);
}

INSTANTIATE_TEST_SUITE_P(
    Table, PauseTest,
    ::testing::Values(
        PauseCase{"SameDayChangesNothing", Unit::kSchoolDays, "2026-09-15 17:30",
                  "2026-09-10 09:00", 3, "2026-09-10 15:00", "2026-09-15 17:30"},
        PauseCase{"SchoolDaysOverAWeekend", Unit::kSchoolDays, "2026-09-15 17:30",
                  "2026-09-14 09:00", 1, "2026-09-18 09:00", "2026-09-20 17:30"},
        PauseCase{"SchoolDaysOverNationalDay", Unit::kSchoolDays, "2026-10-09 17:30",
                  "2026-09-29 09:00", 3, "2026-10-06 00:00", "2026-10-10 17:30"},
        PauseCase{"WorkingDaysCountMakeUpDays", Unit::kWorkingDays, "2026-09-21 17:30",
                  "2026-09-18 09:00", 2, "2026-10-08 09:00", "2026-10-10 17:30"},
        PauseCase{"OnTheLastDay", Unit::kSchoolDays, "2026-09-15 17:30", "2026-09-15 09:00", 0,
                  "2026-09-17 09:00", "2026-09-17 17:30"},
        PauseCase{"OnTheLastDayResumedLate", Unit::kSchoolDays, "2026-09-15 17:30",
                  "2026-09-15 09:00", 0, "2026-09-18 18:00", "2026-09-20 17:30"},
        PauseCase{"ResumedOnASaturday", Unit::kSchoolDays, "2026-09-15 17:30", "2026-09-15 09:00",
                  0, "2026-09-12 09:00", "2026-09-14 17:30"},
        PauseCase{"CalendarDaysEndOnAWorkingDay", Unit::kCalendarDays, "2026-09-18 17:30",
                  "2026-09-14 09:00", 4, "2026-09-29 09:00", "2026-10-08 17:30"},
        PauseCase{"Minutes", Unit::kMinutes, "2026-09-10 10:00", "2026-09-10 09:15", 2'700'000,
                  "2026-10-05 23:30", "2026-10-06 00:15"}),
    [](const auto& param) { return std::string{param.param.name}; });

}  // namespace
}  // namespace cases::testing
