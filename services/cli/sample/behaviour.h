// Who is absent when: the marks of a term, with truants, sick children and children who vanish
// planted among the ordinary lateness and colds.
//
// Time is counted in slots: slot = 2 x index of the day + half (0 morning, 1 afternoon), over the
// days on which any school teaches. A school day of the county has four moments, in this order:
// early (leave slips), morning, afternoon (roll calls), evening (corrections, late roll calls,
// leave slips). Deterministic from (county, term, seed). What the planted behaviour must lead to is
// not decided here but in rule.h; each recipe states its own expectation as a check of that.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/calendar.h"
#include "base/date.h"
#include "cli/sample/county.h"
#include "settings/calendar.h"

namespace sample {

enum class Mark : std::uint8_t {
  kPresent = 1,
  kLate = 2,
  kLeftEarly = 3,
  kSick = 4,
  kPersonal = 5,
  kAbsent = 6,
  kUnknown = 7,
};
std::string_view MarkChinese(Mark mark);  // 出勤 迟到 早退 病假 事假 旷课 未到

enum class Moment : std::uint8_t { kEarly = 0, kMorning = 1, kAfternoon = 2, kEvening = 3 };

// The days of the sample and which of them each school teaches on.
struct TermDays {
  std::vector<base::Date> days = {};                       // any school teaches
  std::vector<std::vector<std::uint16_t>> by_school = {};  // indexes into days, rising
  std::size_t slots() const { return days.size() * 2; }
};
TermDays DaysOf(const County& county, const settings::SchoolCalendar& calendar, base::Date first,
                base::Date last);

struct Absence {
  std::uint32_t student = 0;
  std::uint16_t slot = 0;
  Mark mark = Mark::kPresent;
};
// A later submission that changes one student's mark.
struct Correction {
  std::uint32_t student = 0;
  std::uint16_t slot = 0;
  Mark mark = Mark::kPresent;
  std::uint16_t on_day = 0;  // in the evening
};
// The class takes the roll call of `slot` only in the evening of `on_day`.
struct LateRollCall {
  std::uint32_t in_class = 0;
  std::uint16_t slot = 0;
  std::uint16_t on_day = 0;
};
struct LeaveSlip {
  std::uint32_t student = 0;
  bool sick = true;
  std::uint16_t from_slot = 0;
  std::uint16_t to_slot = 0;  // included
  std::uint16_t on_day = 0;
  Moment moment = Moment::kEarly;
  bool approved = true;
};

// One planted student.
struct Planted {
  std::uint32_t student = 0;
  std::string_view kind = {};     // "over_weekend"
  std::string_view chinese = {};  // 跨周末旷课
  std::uint16_t first_day = 0;    // index into TermDays::days
  int opens_day = -1;             // what the recipe expects; -1: no case
  int withdrawn_day = -1;
};

struct Behaviour {
  std::vector<Absence> absences = {};        // as first submitted; by (slot, student)
  std::vector<Correction> corrections = {};  // by on_day
  std::vector<LateRollCall> late = {};       // by on_day
  std::vector<std::pair<std::uint32_t, std::uint16_t>> missing = {};  // (class, slot), sorted
  std::vector<LeaveSlip> leaves = {};                                 // by (on_day, moment)
  std::vector<Planted> planted = {};
};

Behaviour Behave(const County& county, const TermDays& term);

}  // namespace sample
