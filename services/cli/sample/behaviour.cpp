#include "cli/sample/behaviour.h"

#include <algorithm>
#include <set>
#include <unordered_set>

#include "cli/sample/recipes.h"

namespace sample {
namespace {

// Ordinary absence, basis points per student and day. Assumed; together about 2 % of students a
// day.
constexpr std::uint32_t kLateBp = 60;
constexpr std::uint32_t kSickBp = 22;
constexpr std::uint32_t kPersonalBp = 14;
constexpr std::uint32_t kLeftEarlyBp = 8;
constexpr std::uint32_t kSkippedHalfBp = 5;
constexpr std::uint32_t kUnclearBp = 2;
constexpr std::uint32_t kSlipBp = 1200;       // of sick spells, with a leave slip
constexpr std::uint32_t kForgetBp = 30;       // of a class's half-days
constexpr std::uint32_t kForgetfulBp = 1000;  // of a forgetful class's
constexpr std::uint32_t kForgetfulClassBp = 250;
constexpr std::uint32_t kStudentsPerRepeat = 20000;  // each recipe once more per this many students

class Actors {
 public:
  Actors(const County& county, const TermDays& term)
      : county_(county), term_(term), rng_(county.seed ^ 0x5eedc0ffee123457ULL) {}

  Behaviour Run() {
    const int n = county_.plan.rule.reached_at();
    const std::size_t repeats = 1 + county_.students.size() / kStudentsPerRepeat;
    if (n >= 2) {
      ShuffleClasses();
      for (std::size_t i = 0; i < repeats; ++i) {
        for (const Recipe& recipe : Recipes()) Plant(recipe, n);
      }
    }
    for (std::uint32_t i = 0; i < county_.students.size(); ++i) {
      if (!taken_.contains(i)) Ordinary(i);
    }
    ForgetRollCalls();
    Sort();
    return std::move(out_);
  }

 private:
  const std::vector<std::uint16_t>& SchoolDays(std::uint32_t in_class) const {
    return term_.by_school[county_.classes[in_class].school];
  }

  void ShuffleClasses() {
    for (std::uint32_t i = 0; i < county_.classes.size(); ++i) {
      if (county_.classes[i].students >= 2) order_.push_back(i);
    }
    for (std::size_t i = order_.size(); i > 1; --i) {
      std::swap(order_[i - 1], order_[rng_.Below(i)]);
    }
  }

  void Plant(const Recipe& recipe, int n) {
    if (order_.empty()) return;
    const std::uint32_t in_class = order_[next_class_++ % order_.size()];
    const SchoolClass& where = county_.classes[in_class];
    const auto& days = SchoolDays(in_class);
    const std::vector<int> starts = Starts(days, recipe, n);
    if (starts.empty()) return;
    const int start = starts[rng_.Below(starts.size())];
    std::uint32_t student = where.first_student;
    do {
      student = where.first_student + static_cast<std::uint32_t>(rng_.Below(where.students));
    } while (taken_.contains(student) && !FullyTaken(where));
    if (!taken_.insert(student).second) return;
    Script script(student, days, start, out_);
    script.set_class(in_class);
    recipe.write(script, n);
    const Expected expected = recipe.expect(n, county_.plan.rule.all_half_days);
    const auto day_of = [&](int day) {
      return day < 0 ? -1 : static_cast<int>(days[static_cast<std::size_t>(start + day)]);
    };
    out_.planted.push_back({.student = student,
                            .kind = recipe.id,
                            .chinese = recipe.chinese,
                            .first_day = days[static_cast<std::size_t>(start)],
                            .opens_day = day_of(expected.opens),
                            .withdrawn_day = day_of(expected.withdrawn)});
    for (int day = 0; day < n + recipe.extra_days; ++day) {
      kept_.insert({in_class, days[static_cast<std::size_t>(start + day)]});
    }
  }

  bool FullyTaken(const SchoolClass& where) const {
    for (std::uint32_t i = 0; i < where.students; ++i) {
      if (!taken_.contains(where.first_student + i)) return false;
    }
    return true;
  }

  // Where the recipe's window fits: with a present day before it, and the gap inside its first n
  // days.
  std::vector<int> Starts(const std::vector<std::uint16_t>& days, const Recipe& recipe, int n) {
    std::vector<int> starts;
    const int last = static_cast<int>(days.size()) - (n + recipe.extra_days);
    for (int start = 1; start <= last; ++start) {
      if (GapFits(days, recipe.gap, start, n)) starts.push_back(start);
    }
    return starts;
  }

  bool GapFits(const std::vector<std::uint16_t>& days, Gap gap, int start, int n) const {
    // One day less for recipes that stop short of the threshold: the gap must be inside those too.
    const int reach = n > 2 ? n - 1 : n;
    if (gap == Gap::kAny) return true;
    for (int i = start; i < start + reach; ++i) {
      const base::Date day = term_.days[days[static_cast<std::size_t>(i)]];
      const bool weekend_day =
          day.weekday() == std::chrono::Saturday || day.weekday() == std::chrono::Sunday;
      if (gap == Gap::kMakeup && weekend_day) return true;
      if (gap == Gap::kMakeup || i + 1 >= start + reach) continue;
      const base::Date next = term_.days[days[static_cast<std::size_t>(i + 1)]];
      const auto between = (next - day).count();
      const bool plain = between == 3 && day.weekday() == std::chrono::Friday;
      if (gap == Gap::kWeekend && plain) return true;
      if (gap == Gap::kHoliday && between > 1 && !plain) return true;
    }
    return false;
  }

  void Ordinary(std::uint32_t student) {
    // One generator per student: a change to one leaves the others as they were.
    base::Rng rng(county_.seed * 0x2545f4914f6cdd1dULL + student);
    const auto& days = SchoolDays(county_.students[student].in_class);
    for (std::size_t i = 0; i < days.size(); ++i) {
      const auto morning = static_cast<std::uint16_t>(days[i] * 2);
      const std::uint64_t draw = rng.Below(10000);
      std::uint64_t upto = kLateBp;
      const auto add = [&](std::uint16_t slot, Mark mark) {
        out_.absences.push_back({.student = student, .slot = slot, .mark = mark});
      };
      if (draw < upto) {
        add(static_cast<std::uint16_t>(morning + (draw % 5 == 0 ? 1 : 0)), Mark::kLate);
      } else if (draw < (upto += kSickBp)) {
        i += Sick(student, days, i, rng) - 1;
      } else if (draw < (upto += kPersonalBp)) {
        add(morning, Mark::kPersonal);
        if (draw % 2 == 0) add(static_cast<std::uint16_t>(morning + 1), Mark::kPersonal);
      } else if (draw < (upto += kLeftEarlyBp)) {
        add(static_cast<std::uint16_t>(morning + 1), Mark::kLeftEarly);
      } else if (draw < (upto += kSkippedHalfBp)) {
        add(static_cast<std::uint16_t>(morning + 1), Mark::kAbsent);
      } else if (draw < (upto += kUnclearBp)) {
        add(morning, Mark::kUnknown);
      }
    }
  }

  // A spell of one to four school days; how many it took.
  std::size_t Sick(std::uint32_t student, const std::vector<std::uint16_t>& days, std::size_t from,
                   base::Rng& rng) {
    const std::size_t length = std::min<std::size_t>(1 + rng.Below(4), days.size() - from);
    for (std::size_t i = from; i < from + length; ++i) {
      for (int half = 0; half < 2; ++half) {
        out_.absences.push_back({.student = student,
                                 .slot = static_cast<std::uint16_t>(days[i] * 2 + half),
                                 .mark = Mark::kSick});
      }
    }
    if (rng.Chance(kSlipBp)) {
      out_.leaves.push_back({.student = student,
                             .sick = true,
                             .from_slot = static_cast<std::uint16_t>(days[from] * 2),
                             .to_slot = static_cast<std::uint16_t>(days[from + length - 1] * 2 + 1),
                             .on_day = days[from],
                             .moment = Moment::kEvening,
                             .approved = true});
    }
    return length;
  }

  void ForgetRollCalls() {
    for (std::uint32_t i = 0; i < county_.classes.size(); ++i) {
      const std::uint32_t chance = rng_.Chance(kForgetfulClassBp) ? kForgetfulBp : kForgetBp;
      for (const std::uint16_t day : SchoolDays(i)) {
        for (int half = 0; half < 2; ++half) {
          const bool forgets = rng_.Chance(chance);
          if (!forgets || kept_.contains({i, day})) continue;
          const auto slot = static_cast<std::uint16_t>(day * 2 + half);
          out_.missing.emplace_back(i, slot);
        }
      }
    }
  }

  void Sort() {
    auto& absences = out_.absences;
    std::stable_sort(absences.begin(), absences.end(), [](const Absence& a, const Absence& b) {
      return std::pair{a.slot, a.student} < std::pair{b.slot, b.student};
    });
    // The last mark of a recipe wins; presence needs no word.
    std::vector<Absence> kept;
    kept.reserve(absences.size());
    for (std::size_t i = 0; i < absences.size(); ++i) {
      const bool last = i + 1 == absences.size() || absences[i + 1].slot != absences[i].slot ||
                        absences[i + 1].student != absences[i].student;
      if (last && absences[i].mark != Mark::kPresent) kept.push_back(absences[i]);
    }
    absences = std::move(kept);
    const auto by_day = [](const auto& a, const auto& b) { return a.on_day < b.on_day; };
    std::stable_sort(out_.corrections.begin(), out_.corrections.end(), by_day);
    std::stable_sort(out_.late.begin(), out_.late.end(), by_day);
    std::stable_sort(out_.leaves.begin(), out_.leaves.end(),
                     [](const LeaveSlip& a, const LeaveSlip& b) {
                       return std::pair{a.on_day, a.moment} < std::pair{b.on_day, b.moment};
                     });
    std::sort(out_.missing.begin(), out_.missing.end());
    out_.missing.erase(std::unique(out_.missing.begin(), out_.missing.end()), out_.missing.end());
  }

  const County& county_;
  const TermDays& term_;
  base::Rng rng_;
  Behaviour out_;
  std::vector<std::uint32_t> order_;
  std::size_t next_class_ = 0;
  std::unordered_set<std::uint32_t> taken_;
  std::set<std::pair<std::uint32_t, std::uint16_t>> kept_;  // (class, day): roll calls are taken
};

}  // namespace

std::string_view MarkChinese(Mark mark) {
  switch (mark) {
    case Mark::kPresent:
      return "出勤";
    case Mark::kLate:
      return "迟到";
    case Mark::kLeftEarly:
      return "早退";
    case Mark::kSick:
      return "病假";
    case Mark::kPersonal:
      return "事假";
    case Mark::kAbsent:
      return "旷课";
    case Mark::kUnknown:
      return "未到";
  }
  return "";
}

TermDays DaysOf(const County& county, const settings::SchoolCalendar& calendar, base::Date first,
                base::Date last) {
  TermDays term;
  term.by_school.resize(county.schools.size());
  for (base::Date day = first; day <= last; ++day) {
    const auto index = static_cast<std::uint16_t>(term.days.size());
    bool any = false;
    for (std::size_t i = 0; i < county.schools.size(); ++i) {
      if (!calendar.For(county.schools[i].code).IsSchoolDay(day)) continue;
      term.by_school[i].push_back(index);
      any = true;
    }
    if (any) term.days.push_back(day);
  }
  return term;
}

Behaviour Behave(const County& county, const TermDays& term) { return Actors(county, term).Run(); }

}  // namespace sample
