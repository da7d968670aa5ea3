#include "cli/sample/recipes.h"

#include <algorithm>
#include <array>

namespace sample {
namespace {

constexpr Expected kNever{};

Expected OnDayN(int n, bool) { return {.opens = n - 1}; }
Expected Never(int, bool) { return kNever; }
Expected OnlyAnyHalf(int n, bool all) { return all ? kNever : Expected{.opens = n - 1}; }

// Rows of absence, in all lengths and over all kinds of gaps.
constexpr auto kTruants = std::to_array<Recipe>({
    {"truant_one", "旷课一天", Gap::kAny, 1,
     [](Script& s, int) { s.Day(0, Mark::kAbsent); }, Never},
    {"truant_short", "旷课差一天到线", Gap::kAny, 1,
     [](Script& s, int n) { s.Days(0, n - 1, Mark::kAbsent); }, Never},
    {"truant_exact", "旷课正好到线", Gap::kAny, 1,
     [](Script& s, int n) { s.Days(0, n, Mark::kAbsent); }, OnDayN},
    {"truant_more", "旷课多一天", Gap::kAny, 2,
     [](Script& s, int n) { s.Days(0, n + 1, Mark::kAbsent); }, OnDayN},
    {"truant_long", "连续旷课一周多", Gap::kAny, 6,
     [](Script& s, int n) { s.Days(0, n + 5, Mark::kAbsent); }, OnDayN},
    {"over_weekend", "跨周末旷课", Gap::kWeekend, 1,
     [](Script& s, int n) { s.Days(0, n, Mark::kAbsent); }, OnDayN},
    {"weekend_short", "跨周末差一天到线", Gap::kWeekend, 1,
     [](Script& s, int n) { s.Days(0, n - 1, Mark::kAbsent); }, Never},
    {"over_holiday", "跨节假日旷课", Gap::kHoliday, 1,
     [](Script& s, int n) { s.Days(0, n, Mark::kAbsent); }, OnDayN},
    {"on_makeup_day", "调休上课日旷课", Gap::kMakeup, 1,
     [](Script& s, int n) { s.Days(0, n, Mark::kAbsent); }, OnDayN},
    {"mornings_only", "只缺上午", Gap::kAny, 1,
     [](Script& s, int n) {
       for (int day = 0; day < n; ++day) s.Half(day, 0, Mark::kAbsent);
     },
     OnlyAnyHalf},
    {"afternoons_only", "只缺下午", Gap::kAny, 1,
     [](Script& s, int n) {
       for (int day = 0; day < n; ++day) s.Half(day, 1, Mark::kAbsent);
     },
     OnlyAnyHalf},
    {"half_then_half", "上午下午轮流缺", Gap::kAny, 1,
     [](Script& s, int n) {
       for (int day = 0; day < n; ++day) s.Half(day, day % 2, Mark::kAbsent);
     },
     OnlyAnyHalf},
    {"broken_by_presence", "中间到校一天", Gap::kAny, 4,
     [](Script& s, int n) {
       s.Days(0, n - 1, Mark::kAbsent);
       s.Days(n, n - 1, Mark::kAbsent);
     },
     Never},
    {"broken_by_leave", "中间病假一天", Gap::kAny, 4,
     [](Script& s, int n) {
       s.Days(0, n - 1, Mark::kAbsent);
       s.Day(n - 1, Mark::kSick);
       s.Days(n, n - 1, Mark::kAbsent);
     },
     Never},
});

// Leave slips before, in time and too late.
constexpr auto kSlips = std::to_array<Recipe>({
    {"sick_long", "长病假", Gap::kAny, 4,
     [](Script& s, int n) {
       s.Days(0, n + 3, Mark::kSick);
       s.Leave(0, n + 2, 0, Moment::kEarly);
     },
     Never},
    {"slip_before", "先有假条仍记旷课", Gap::kAny, 2,
     [](Script& s, int n) {
       s.Days(0, n + 1, Mark::kAbsent);
       s.Leave(0, n, 0, Moment::kEarly);
     },
     Never},
    {"slip_in_time", "到线前补假条", Gap::kAny, 2,
     [](Script& s, int n) {
       s.Days(0, n + 1, Mark::kAbsent);
       s.Leave(0, n, n - 2, Moment::kEvening);
     },
     Never},
    {"slip_late", "到线后补假条", Gap::kAny, 3,
     [](Script& s, int n) {
       s.Days(0, n + 1, Mark::kAbsent);
       s.Leave(0, n, n, Moment::kEvening);
     },
     [](int n, bool) { return Expected{.opens = n - 1, .withdrawn = n}; }},
    {"slip_partial", "假条只盖中间一天", Gap::kAny, 3,
     [](Script& s, int n) {
       s.Days(0, n, Mark::kAbsent);
       s.Leave(1, 1, n, Moment::kEvening);
     },
     [](int n, bool) { return Expected{.opens = n - 1, .withdrawn = n}; }},
    {"slip_refused", "假条未获批准", Gap::kAny, 2,
     [](Script& s, int n) {
       s.Days(0, n, Mark::kAbsent);
       s.Leave(0, n - 1, 0, Moment::kEvening, false);
     },
     OnDayN},
});

// Marks that are corrected later.
constexpr auto kCorrected = std::to_array<Recipe>({
    {"corrected_in_time", "到线前更正", Gap::kAny, 2,
     [](Script& s, int n) {
       s.Days(0, n, Mark::kAbsent);
       s.CorrectDay(n - 2, 0, Mark::kPresent);
     },
     Never},
    {"corrected_late", "到线后更正", Gap::kAny, 3,
     [](Script& s, int n) {
       s.Days(0, n, Mark::kAbsent);
       s.CorrectDay(n, 1, Mark::kPresent);
     },
     [](int n, bool) { return Expected{.opens = n - 1, .withdrawn = n}; }},
    {"corrected_to_absent", "更正后才到线", Gap::kAny, 3,
     [](Script& s, int n) {
       s.Days(0, n, Mark::kAbsent);
       s.Day(1, Mark::kPresent);
       s.CorrectDay(n, 1, Mark::kAbsent);
     },
     [](int n, bool) { return Expected{.opens = n}; }},
    {"unknown_marks", "未到原因不明", Gap::kAny, 1,
     [](Script& s, int n) { s.Days(0, n, Mark::kUnknown); }, OnDayN},
    {"unknown_cleared", "未到查明为病假", Gap::kAny, 2,
     [](Script& s, int n) {
       s.Days(0, n - 1, Mark::kUnknown);
       for (int day = 0; day < n - 1; ++day) s.CorrectDay(n - 2, day, Mark::kSick);
       s.Days(n - 1, 2, Mark::kSick);
     },
     Never},
});

// Children who vanish, who come back, and classes that forget the roll call.
constexpr auto kVanished = std::to_array<Recipe>({
    {"late_daily", "天天迟到", Gap::kAny, 4,
     [](Script& s, int n) {
       for (int day = 0; day < n + 3; ++day) s.Half(day, 0, Mark::kLate);
     },
     Never},
    {"vanished", "不辞而别", Gap::kAny, 3,
     [](Script& s, int) { s.Days(0, s.days_left(), Mark::kAbsent); }, OnDayN},
    {"vanished_unknown", "失联", Gap::kAny, 3,
     [](Script& s, int) { s.Days(0, s.days_left(), Mark::kUnknown); }, OnDayN},
    {"persuaded", "劝返后复学", Gap::kAny, 8,
     [](Script& s, int n) { s.Days(0, n + 4, Mark::kAbsent); }, OnDayN},
    {"relapsed", "复学后又旷课", Gap::kAny, 9,
     [](Script& s, int n) {
       s.Days(0, n + 1, Mark::kAbsent);
       s.Days(n + 4, n, Mark::kAbsent);
     },
     OnDayN},
    {"class_forgot_half", "有半天没点名", Gap::kAny, 2,
     [](Script& s, int n) {
       s.Days(0, n, Mark::kAbsent);
       s.Forget(1, 1);
     },
     OnlyAnyHalf},
    {"class_forgot_day", "有一天没点名", Gap::kAny, 3,
     [](Script& s, int n) {
       s.Days(0, n + 1, Mark::kAbsent);
       s.Forget(1, 0);
       s.Forget(1, 1);
     },
     [](int n, bool) { return Expected{.opens = n}; }},
    {"class_late_roll_call", "补点名后才到线", Gap::kAny, 3,
     [](Script& s, int n) {
       s.Days(0, n, Mark::kAbsent);
       s.Late(n - 1, 0, n);
       s.Late(n - 1, 1, n);
     },
     [](int n, bool) { return Expected{.opens = n}; }},
});

}  // namespace

void Script::Half(int day, int half, Mark mark) {
  if (day >= days_left()) return;
  out_.absences.push_back({.student = student_, .slot = SlotOf(day, half), .mark = mark});
}

void Script::Day(int day, Mark mark) {
  Half(day, 0, mark);
  Half(day, 1, mark);
}

void Script::Days(int from, int count, Mark mark) {
  for (int day = from; day < from + count; ++day) Day(day, mark);
}

void Script::Correct(int on, int day, int half, Mark mark) {
  out_.corrections.push_back(
      {.student = student_, .slot = SlotOf(day, half), .mark = mark, .on_day = At(on)});
}

void Script::CorrectDay(int on, int day, Mark mark) {
  Correct(on, day, 0, mark);
  Correct(on, day, 1, mark);
}

void Script::Leave(int from, int to, int on, Moment moment, bool approved) {
  out_.leaves.push_back({.student = student_,
                         .sick = true,
                         .from_slot = SlotOf(from, 0),
                         .to_slot = SlotOf(to, 1),
                         .on_day = At(on),
                         .moment = moment,
                         .approved = approved});
}

void Script::Forget(int day, int half) { out_.missing.emplace_back(class_, SlotOf(day, half)); }

void Script::Late(int day, int half, int on) {
  out_.late.push_back({.in_class = class_, .slot = SlotOf(day, half), .on_day = At(on)});
}

std::span<const Recipe> Recipes() {
  static const std::vector<Recipe> kAll = [] {
    std::vector<Recipe> all;
    for (const std::span<const Recipe> part :
         {std::span<const Recipe>{kTruants}, std::span<const Recipe>{kSlips},
          std::span<const Recipe>{kCorrected}, std::span<const Recipe>{kVanished}}) {
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }();
  return kAll;
}

}  // namespace sample
