#include "cli/sample/rule.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

namespace sample {
namespace {

bool WithoutLeave(Mark mark) { return mark == Mark::kAbsent || mark == Mark::kUnknown; }

// When something becomes known, in order.
using When = std::pair<std::uint16_t, Moment>;  // day, moment

struct MarkKnown {
  When when = {};
  std::uint16_t slot = 0;
  Mark mark = Mark::kPresent;
};
struct LeaveKnown {
  When when = {};
  std::uint16_t from = 0;
  std::uint16_t to = 0;
};

// Everything that is ever learned about one student, rising by time.
struct Story {
  std::vector<MarkKnown> marks = {};
  std::vector<LeaveKnown> leaves = {};
};

struct Row {
  std::uint16_t first = 0;
  std::uint16_t last = 0;
  int length = 0;
};

// What is known at one moment.
class Knowledge {
 public:
  Knowledge(const std::vector<std::uint16_t>& school_days, const AbsenceRule& rule)
      : school_days_(school_days), rule_(rule) {}

  void Learn(const MarkKnown& known) { marks_[known.slot] = known.mark; }
  void Learn(const LeaveKnown& known) { leaves_.push_back(known); }

  // Rows of counted days that are long enough.
  std::vector<Row> LongRows() const {
    std::vector<Row> rows;
    Row row;
    for (const std::uint16_t day : school_days_) {
      switch (Look(day)) {
        case Day::kUndecided:
          continue;
        case Day::kMissed:
          if (row.length++ == 0) row.first = day;
          row.last = day;
          continue;
        case Day::kFine:
          if (row.length >= rule_.reached_at()) rows.push_back(row);
          row = {};
      }
    }
    if (row.length >= rule_.reached_at()) rows.push_back(row);
    return rows;
  }

 private:
  enum class Day { kUndecided, kMissed, kFine };

  Day Look(std::uint16_t day) const {
    int missed = 0;
    int accounted = 0;
    for (int half = 0; half < 2; ++half) {
      const auto slot = static_cast<std::uint16_t>(day * 2 + half);
      const auto found = marks_.find(slot);
      const bool taken = found != marks_.end();
      if (taken && WithoutLeave(found->second) && !Covered(slot)) ++missed;
      if (taken ? !WithoutLeave(found->second) || Covered(slot) : Covered(slot)) ++accounted;
    }
    if (rule_.all_half_days ? missed == 2 : missed >= 1) return Day::kMissed;
    return accounted > 0 ? Day::kFine : Day::kUndecided;
  }

  bool Covered(std::uint16_t slot) const {
    return std::any_of(leaves_.begin(), leaves_.end(), [slot](const LeaveKnown& leave) {
      return leave.from <= slot && slot <= leave.to;
    });
  }

  const std::vector<std::uint16_t>& school_days_;
  const AbsenceRule& rule_;
  std::map<std::uint16_t, Mark> marks_;
  std::vector<LeaveKnown> leaves_;
};

class Oracle {
 public:
  Oracle(const County& county, const TermDays& term, const Behaviour& behaviour)
      : county_(county), term_(term), behaviour_(behaviour) {}

  std::vector<ExpectedCase> Run() {
    for (const Absence& absence : behaviour_.absences) Remember(absence.student, absence.mark);
    for (const Correction& change : behaviour_.corrections) Remember(change.student, change.mark);
    for (auto& [student, story] : stories_) Tell(student, story);
    std::sort(found_.begin(), found_.end(), [](const ExpectedCase& a, const ExpectedCase& b) {
      return std::pair{a.opens_day, a.student} < std::pair{b.opens_day, b.student};
    });
    return std::move(found_);
  }

 private:
  // Only who is ever marked 旷课 or 未到 can have a case.
  void Remember(std::uint32_t student, Mark mark) {
    if (WithoutLeave(mark)) stories_[student];
  }

  void Tell(std::uint32_t student, Story& story) {
    const std::uint32_t in_class = county_.students[student].in_class;
    const auto& days = term_.by_school[county_.classes[in_class].school];
    AddRollCalls(student, in_class, days, story);
    for (const Correction& change : behaviour_.corrections) {
      if (change.student == student) {
        story.marks.push_back({{change.on_day, Moment::kEvening}, change.slot, change.mark});
      }
    }
    for (const LeaveSlip& slip : behaviour_.leaves) {
      if (slip.student == student && slip.approved) {
        story.leaves.push_back({{slip.on_day, slip.moment}, slip.from_slot, slip.to_slot});
      }
    }
    const auto by_time = [](const auto& a, const auto& b) { return a.when < b.when; };
    std::stable_sort(story.marks.begin(), story.marks.end(), by_time);
    std::stable_sort(story.leaves.begin(), story.leaves.end(), by_time);
    Judge(student, story, days);
  }

  void AddRollCalls(std::uint32_t student, std::uint32_t in_class,
                    const std::vector<std::uint16_t>& days, Story& story) const {
    for (const std::uint16_t day : days) {
      for (int half = 0; half < 2; ++half) {
        const auto slot = static_cast<std::uint16_t>(day * 2 + half);
        const std::pair<std::uint32_t, std::uint16_t> key{in_class, slot};
        if (std::binary_search(behaviour_.missing.begin(), behaviour_.missing.end(), key)) continue;
        When when{day, half == 0 ? Moment::kMorning : Moment::kAfternoon};
        for (const LateRollCall& late : behaviour_.late) {
          if (late.in_class == in_class && late.slot == slot) {
            when = {late.on_day, Moment::kEvening};
          }
        }
        story.marks.push_back({when, slot, FirstMark(student, slot)});
      }
    }
  }

  Mark FirstMark(std::uint32_t student, std::uint16_t slot) const {
    const auto& all = behaviour_.absences;
    const auto found =
        std::lower_bound(all.begin(), all.end(), std::pair{slot, student},
                         [](const Absence& a, const std::pair<std::uint16_t, std::uint32_t>& key) {
                           return std::pair{a.slot, a.student} < key;
                         });
    const bool hit = found != all.end() && found->slot == slot && found->student == student;
    return hit ? found->mark : Mark::kPresent;
  }

  // Lives through the term moment by moment.
  void Judge(std::uint32_t student, const Story& story, const std::vector<std::uint16_t>& days) {
    std::set<When> moments;
    for (const MarkKnown& known : story.marks) moments.insert(known.when);
    for (const LeaveKnown& known : story.leaves) moments.insert(known.when);
    Knowledge knowledge(days, county_.plan.rule);
    std::size_t mark = 0;
    std::size_t leave = 0;
    std::vector<Seen> seen;
    for (const When& now : moments) {
      for (; mark < story.marks.size() && story.marks[mark].when == now; ++mark) {
        knowledge.Learn(story.marks[mark]);
      }
      for (; leave < story.leaves.size() && story.leaves[leave].when == now; ++leave) {
        knowledge.Learn(story.leaves[leave]);
      }
      Compare(student, now, knowledge.LongRows(), seen);
    }
  }

  // A row that was long enough once, and which case it opened.
  struct Seen {
    Row row = {};
    bool gone = false;
    std::size_t opened = SIZE_MAX;  // index into found_
  };

  static bool Overlap(const Row& a, const Row& b) { return a.first <= b.last && b.first <= a.last; }

  void Compare(std::uint32_t student, When now, const std::vector<Row>& rows,
               std::vector<Seen>& seen) {
    for (Seen& old : seen) {
      const auto still = std::find_if(rows.begin(), rows.end(),
                                      [&](const Row& row) { return Overlap(row, old.row); });
      if (still != rows.end()) {
        old.row = *still;
      } else if (!old.gone) {
        old.gone = true;
        if (old.opened != SIZE_MAX) found_[old.opened].withdrawn_day = now.first;
      }
    }
    for (const Row& row : rows) {
      const bool known = std::any_of(seen.begin(), seen.end(), [&](const Seen& old) {
        return !old.gone && Overlap(row, old.row);
      });
      if (known) continue;
      Seen fresh{.row = row};
      const bool has_open_case = std::any_of(seen.begin(), seen.end(), [&](const Seen& old) {
        return old.opened != SIZE_MAX && found_[old.opened].withdrawn_day < 0;
      });
      if (!has_open_case) {
        fresh.opened = found_.size();
        found_.push_back({.student = student,
                          .opens_day = now.first,
                          .opens_at = now.second,
                          .first_day = row.first});
      }
      seen.push_back(fresh);
    }
  }

  const County& county_;
  const TermDays& term_;
  const Behaviour& behaviour_;
  std::unordered_map<std::uint32_t, Story> stories_;
  std::vector<ExpectedCase> found_;
};

}  // namespace

std::vector<ExpectedCase> ExpectedCases(const County& county, const TermDays& term,
                                        const Behaviour& behaviour) {
  return Oracle(county, term, behaviour).Run();
}

}  // namespace sample
