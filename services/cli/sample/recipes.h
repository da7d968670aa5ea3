// The planted behaviours, each with what it must lead to.
//
// A recipe marks a student relative to the first day of its window, in the school's own school
// days. `n` is the number of days at which the county's rule finds a streak.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "cli/sample/behaviour.h"

namespace sample {

// What a recipe writes; days are relative to its window.
class Script {
 public:
  Script(std::uint32_t student, const std::vector<std::uint16_t>& school_days, int start,
         Behaviour& out)
      : student_(student), days_(school_days), start_(start), out_(out) {}

  int days_left() const { return static_cast<int>(days_.size()) - start_; }
  void Day(int day, Mark mark);
  void Half(int day, int half, Mark mark);
  void Days(int from, int count, Mark mark);
  // In the evening of `on`, the mark of (day, half) becomes `mark`.
  void Correct(int on, int day, int half, Mark mark);
  void CorrectDay(int on, int day, Mark mark);
  void Leave(int from, int to, int on, Moment moment, bool approved = true);
  // The class forgets the roll call, or takes it late.
  void Forget(int day, int half);
  void Late(int day, int half, int on);
  void set_class(std::uint32_t in_class) { class_ = in_class; }

 private:
  std::uint16_t At(int day) const { return days_[static_cast<std::size_t>(start_ + day)]; }
  std::uint16_t SlotOf(int day, int half) const {
    return static_cast<std::uint16_t>(At(day) * 2 + half);
  }
  std::uint32_t student_;
  std::uint32_t class_ = 0;
  const std::vector<std::uint16_t>& days_;
  int start_;
  Behaviour& out_;
};

// What must lie between two neighbouring school days of the window.
enum class Gap : std::uint8_t { kAny, kWeekend, kHoliday, kMakeup };

struct Expected {
  int opens = -1;  // day of the window; -1: never
  int withdrawn = -1;
};

struct Recipe {
  std::string_view id = {};
  std::string_view chinese = {};
  Gap gap = Gap::kAny;
  int extra_days = 1;  // the window is n + extra_days long
  void (*write)(Script&, int n) = nullptr;
  Expected (*expect)(int n, bool all_half_days) = nullptr;
};

std::span<const Recipe> Recipes();

}  // namespace sample
