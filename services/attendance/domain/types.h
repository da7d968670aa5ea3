// The nouns of attendance: marks, half-days, ids, and who acts.
//
// Days are civil days of the county's zone (base::Date). Pure values, thread-safe.
// Source of the marks: issue 2 (present, late, left early, sick leave, personal leave, absent
// without leave, unknown); "no roll call" is a value of its own.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/date.h"
#include "base/id.h"

namespace attendance {

using ClassId = base::Id<struct ClassIdTag>;
using StudentId = base::Id<struct StudentIdTag>;
using StreakId = base::Id<struct StreakIdTag>;
using LeaveId = base::Id<struct LeaveIdTag>;

enum class Half : std::uint8_t { kMorning = 0, kAfternoon = 1 };
inline constexpr std::array<Half, 2> kHalves = {Half::kMorning, Half::kAfternoon};

// The numbers are those of the contract and of the packed rows; they never change.
enum class Mark : std::uint8_t {
  kPresent = 1,
  kLate = 2,
  kLeftEarly = 3,
  kSickLeave = 4,
  kPersonalLeave = 5,
  kAbsent = 6,
  kUnknown = 7,
  kNotTaken = 8,
};

std::string_view HalfChinese(Half half);  // "上午", "下午"
std::string_view MarkChinese(Mark mark);  // "出勤", "迟到", ...

// A mark that a teacher may send.
constexpr bool IsTeachersMark(int number) { return number >= 1 && number <= 7; }
constexpr bool IsAtSchool(Mark mark) {
  return mark == Mark::kPresent || mark == Mark::kLate || mark == Mark::kLeftEarly;
}

// A set of marks.
class MarkSet {
 public:
  constexpr MarkSet() = default;
  constexpr MarkSet With(Mark mark) const {
    MarkSet set = *this;
    set.bits_ = static_cast<std::uint16_t>(set.bits_ | Bit(mark));
    return set;
  }
  constexpr bool Has(Mark mark) const { return (bits_ & Bit(mark)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  friend constexpr bool operator==(MarkSet, MarkSet) = default;

 private:
  static constexpr std::uint16_t Bit(Mark mark) {
    return static_cast<std::uint16_t>(1u << static_cast<unsigned>(mark));
  }
  std::uint16_t bits_ = 0;
};

struct HalfDay {
  base::Date day = {};
  Half half = Half::kMorning;
  friend constexpr auto operator<=>(const HalfDay&, const HalfDay&) = default;
};
std::string ToChinese(HalfDay half_day);  // "2026年9月1日 星期二上午"

// One student of a class who is not simply present.
struct Exception {
  StudentId student = {};
  Mark mark = Mark::kUnknown;
  friend constexpr auto operator<=>(const Exception&, const Exception&) = default;
};

// Who acts: the account or staff number, the role and the body it acts for.
struct Actor {
  std::string person_id = {};
  std::string name = {};
  std::string role = {};
  std::string body = {};
  friend auto operator<=>(const Actor&, const Actor&) = default;
};

}  // namespace attendance
