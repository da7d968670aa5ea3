#include <gtest/gtest.h>

#include "attendance/app/closer.h"
#include "attendance/app/load_ledger.h"
#include "unit/attendance/town.h"

namespace attendance {
namespace {

using testing::D;

const base::Calendar& ThreeTerms() {
  static const base::Calendar calendar =
      base::Calendar::Make({{"一", D("2026-02-24"), D("2026-07-03")},
                            {"二", D("2026-09-01"), D("2027-01-22")},
                            {"三", D("2027-02-22"), D("2027-07-02")}},
                           {}, {})
          .value();
  return calendar;
}

TEST(HorizonTest, ThePresentTermAndTheOneBefore) {
  struct Case {
    const char* today;
    const char* begin;
  };
  for (const Case& c : {Case{"2026-03-01", "2026-02-24"}, Case{"2026-01-15", "2026-01-15"},
                        Case{"2026-07-15", "2026-02-24"},  // holidays count for the next term
                        Case{"2026-09-01", "2026-02-24"}, Case{"2027-01-22", "2026-02-24"},
                        Case{"2027-01-23", "2026-09-01"}, Case{"2027-08-01", "2027-02-22"}}) {
    const base::DateRange horizon = HorizonOf(ThreeTerms(), D(c.today));
    EXPECT_EQ(horizon.begin, D(c.begin)) << c.today;
    EXPECT_TRUE(horizon.Contains(D(c.today))) << c.today;
  }
  EXPECT_TRUE(HorizonOf(base::Calendar{}, D("2026-09-01")).Contains(D("2026-09-01")));
}

TEST(ClosingTest, TheLastHalfDayThatIsDue) {
  const RuleBook rules = testing::Rules();  // due at 09:00 and 15:00
  const base::Date day = D("2026-09-03");
  const auto at = [&](int minute) { return LastDueBefore(rules, base::InstantAt(day, minute)); };
  EXPECT_EQ(at(539), (HalfDay{D("2026-09-02"), Half::kAfternoon}));
  EXPECT_EQ(at(540), (HalfDay{day, Half::kMorning}));
  EXPECT_EQ(at(899), (HalfDay{day, Half::kMorning}));
  EXPECT_EQ(at(900), (HalfDay{day, Half::kAfternoon}));
}

TEST(ClosingTest, OnlyHalfDaysWithSomebodyExpected) {
  const RuleBook rules = testing::Rules();
  const Ledger ledger = testing::TestLedger();
  const HalfDay friday{D("2026-09-04"), Half::kMorning};
  const auto due = DueHalfDays(ledger, rules, friday, testing::Evening(D("2026-09-07")), 10);
  EXPECT_EQ(due, (std::vector<HalfDay>{{D("2026-09-04"), Half::kAfternoon},
                                       {D("2026-09-07"), Half::kMorning},
                                       {D("2026-09-07"), Half::kAfternoon}}));
  EXPECT_EQ(DueHalfDays(ledger, rules, friday, testing::Evening(D("2026-09-07")), 2).size(), 2u);
  EXPECT_EQ(NextClosing(ledger, rules, testing::Evening(D("2026-09-04"))),
            base::InstantAt(D("2026-09-07"), 540));
  const Ledger empty{testing::TestDays(), testing::TestHorizon()};
  EXPECT_TRUE(DueHalfDays(empty, rules, friday, testing::Evening(D("2026-09-07")), 9).empty());
  EXPECT_EQ(NextClosing(empty, rules, testing::Evening(D("2026-09-04"))), std::nullopt);
}

}  // namespace
}  // namespace attendance
