// A small county for the tests: one term with National Day, its make-up days and two schools.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "attendance/domain/ledger.h"
#include "attendance/domain/pending.h"
#include "attendance/domain/roll_call.h"
#include "attendance/domain/rules.h"

namespace attendance::testing {

inline base::Date D(std::string_view iso) { return base::Date::Parse(iso).value(); }

// 2026-09-01 (Tuesday) to 2027-01-22; 10-01..10-07 off; Sunday 09-20 and Saturday 10-10 on.
inline base::Calendar TestCalendar() {
  std::set<base::Date> holidays;
  for (base::Date day = D("2026-10-01"); day <= D("2026-10-07"); ++day) holidays.insert(day);
  return base::Calendar::Make({{"2026-2027学年第一学期", D("2026-09-01"), D("2027-01-22")}},
                              holidays,
                              {{D("2026-09-20"), std::nullopt}, {D("2026-10-10"), std::nullopt}})
      .value();
}

inline SchoolDays TestDays() {
  SchoolDays days{.county = TestCalendar()};
  // The second school has its sports meeting on 2026-09-04.
  days.by_school["3135000002"] = days.county.WithOverrides({D("2026-09-04")}, {});
  return days;
}

inline base::DateRange TestHorizon() { return {D("2026-09-01"), D("2027-01-23")}; }

// The school days of the term from `first` on.
inline std::vector<base::Date> SchoolDaysFrom(base::Date first, std::size_t count) {
  std::vector<base::Date> days;
  const base::Calendar calendar = TestCalendar();
  for (base::Date day = first; days.size() < count; ++day) {
    if (calendar.IsSchoolDay(day)) days.push_back(day);
  }
  return days;
}

// "AA AP -- SS xx": one word a school day, morning and afternoon. A absent, U unknown, P present,
// T late, E left early, S sick leave, Q personal leave, - no roll call, a/u absent or unknown under
// an approved slip, l a slip without roll call, p present in spite of a slip, x not expected.
inline std::vector<DayRecord> Days(std::string_view words, base::Date first = D("2026-09-01")) {
  std::vector<DayRecord> records;
  const std::vector<base::Date> days = SchoolDaysFrom(first, words.size() / 3 + 1);
  for (std::size_t at = 0; at + 1 < words.size(); at += 3) {
    DayRecord record{.day = days[at / 3]};
    for (const Half half : kHalves) {
      HalfRecord& one = record.At(half);
      switch (words[at + static_cast<std::size_t>(half)]) {
        case 'A':
          one.mark = Mark::kAbsent;
          break;
        case 'U':
          one.mark = Mark::kUnknown;
          break;
        case 'P':
          one.mark = Mark::kPresent;
          break;
        case 'T':
          one.mark = Mark::kLate;
          break;
        case 'E':
          one.mark = Mark::kLeftEarly;
          break;
        case 'S':
          one.mark = Mark::kSickLeave;
          break;
        case 'Q':
          one.mark = Mark::kPersonalLeave;
          break;
        case 'a':
          one = {Mark::kAbsent, true};
          break;
        case 'u':
          one = {Mark::kUnknown, true};
          break;
        case 'p':
          one = {Mark::kPresent, true};
          break;
        case 'l':
          one = {Mark::kNotTaken, true};
          break;
        case 'x':
          record.expected = false;
          break;
        default:
          break;
      }
    }
    records.push_back(record);
  }
  return records;
}

inline Rule TestRule(int days = 3, Comparison comparison = Comparison::kAtLeast,
                     Counting counting = Counting::kAnyHalfDay) {
  Rule rule;
  rule.from = D("2024-09-01");
  rule.threshold.days = days;
  rule.threshold.comparison = comparison;
  rule.threshold.counting = counting;
  return rule;
}
inline RuleBook Rules(int days = 3, Comparison comparison = Comparison::kAtLeast,
                      Counting counting = Counting::kAnyHalfDay) {
  return RuleBook{{TestRule(days, comparison, counting)}};
}

// Two classes of five in the first school (classes 11, 12) and one in the second (21). Students are
// 1101..1105, 1201..1205, 2101..2105, all there from the first day of term.
inline Ledger TestLedger() {
  Ledger ledger{TestDays(), TestHorizon()};
  for (const auto& [school, class_id] :
       {std::pair{"3135000001", 11}, std::pair{"3135000001", 12}, std::pair{"3135000002", 21}}) {
    const ClassIndex c = ledger.SetClass(ClassId{class_id}, ledger.AddSchool(school));
    for (int seat = 1; seat <= 5; ++seat) {
      const StudentIndex student = ledger.AddStudent(StudentId{class_id * 100 + seat});
      ledger.SetTimeline(student, {{D("2026-09-01").serial(), c}});
    }
  }
  return ledger;
}

inline RollCallCommand Call(std::int64_t class_id, base::Date day, Half half,
                            std::vector<SentMark> marks = {}, std::uint64_t tag = 1) {
  return {ClassId{class_id}, {day, half}, std::move(marks), tag};
}
inline SentMark M(std::int64_t student, Mark mark) {
  return {StudentId{student}, static_cast<int>(mark)};
}

// The evening of that day: both its half-days may be called.
inline base::UtcTime Evening(base::Date day) { return base::InstantAt(day, 18 * 60); }

}  // namespace attendance::testing
