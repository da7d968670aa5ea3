// What is known of one student on one school day: the input of every rule about absence.
//
// Only days appear that are school days of the student's school; the others never count.
#pragma once

#include <array>

#include "attendance/domain/types.h"
#include "base/date.h"

namespace attendance {

// One half-day. `mark` is kNotTaken without a roll call. A leave slip covers the half-day whether
// or not a roll call was taken; a student who came all the same is present.
struct HalfRecord {
  Mark mark = Mark::kNotTaken;
  bool on_leave = false;

  bool Taken() const { return mark != Mark::kNotTaken; }
  bool Present() const { return IsAtSchool(mark); }
  bool Excused() const {
    return mark == Mark::kSickLeave || mark == Mark::kPersonalLeave ||
           (on_leave && !IsAtSchool(mark));
  }
  // Absent without leave in the sense of a rule that counts `marks`.
  bool AbsentWithoutLeave(MarkSet marks) const { return marks.Has(mark) && !on_leave; }
  friend bool operator==(const HalfRecord&, const HalfRecord&) = default;
};

struct DayRecord {
  base::Date day = {};
  bool expected = true;  // false: in no class, suspended, taught at home
  std::array<HalfRecord, 2> halves = {};

  const HalfRecord& At(Half half) const { return halves[static_cast<std::size_t>(half)]; }
  HalfRecord& At(Half half) { return halves[static_cast<std::size_t>(half)]; }
  friend bool operator==(const DayRecord&, const DayRecord&) = default;
};

}  // namespace attendance
