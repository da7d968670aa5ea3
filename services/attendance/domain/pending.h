// What a batch is about to change: the ledger as it will be once the batch is committed.
//
// Decisions read through it, so that the second roll call of a batch sees the first. Ledger::Apply
// takes it after the commit; dropping it changes nothing. Holds a reference to the ledger, which
// must not change meanwhile. Not thread-safe.
#pragma once

#include <optional>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "attendance/domain/ledger.h"

namespace attendance {

// A roll call that was accepted: what is stored of it.
struct Sheet {
  ClassIndex class_index = kNoClass;
  HalfDay half_day = {};
  int revision = 1;
  int expected = 0;  // students of the class on that day
  std::uint64_t key_tag = 0;
  std::vector<Exception> exceptions = {};  // rising by student, none present
};

class Pending {
 public:
  explicit Pending(const Ledger& base) : base_(base), next_streak_id(base.next_streak_id()) {}

  // ---- changes ----
  void Add(const Sheet& sheet);
  void SetTimeline(StudentIndex student, Timeline timeline);
  void SetLeaves(StudentIndex student, std::vector<LeaveSpan> leaves);
  void SetStreaks(StudentIndex student, std::vector<KnownStreak> live);
  void SetChronic(StudentIndex student, base::Date term_first);

  // ---- the ledger with the changes ----
  const Ledger& base() const { return base_; }
  int RevisionOf(ClassIndex c, Slot slot) const;
  bool Taken(ClassIndex c, Slot slot) const { return RevisionOf(c, slot) > 0; }
  // False: every roll call of the class is as the ledger has it.
  bool Changes(ClassIndex c) const { return taken_.contains(c); }
  // As of the ledger, with the changes.
  Slot TakenBegin(ClassIndex c) const;
  Slot TakenEnd(ClassIndex c) const;
  std::span<const Segment> TimelineOf(StudentIndex s) const;
  const MarkEntries& EntriesOf(StudentIndex s) const;
  std::span<const LeaveSpan> LeavesOf(StudentIndex s) const;
  std::span<const KnownStreak> StreaksOf(StudentIndex s) const;
  bool IsChronic(StudentIndex s, base::Date term_first) const;
  // Who may have another history than before: in rising order, each once.
  std::vector<StudentIndex> Touched() const;
  bool empty() const { return sheets_.empty() && students_.empty(); }

 private:
  friend class Ledger;
  struct NewSheet {
    ClassIndex class_index = kNoClass;
    Slot slot = 0;
    int revision = 0;
    std::uint64_t key_tag = 0;
  };
  struct StudentChange {
    std::optional<Timeline> timeline = {};
    std::optional<MarkEntries> entries = {};
    std::optional<std::vector<LeaveSpan>> leaves = {};
    std::optional<std::vector<KnownStreak>> streaks = {};
    std::vector<base::Date> chronic_in = {};
  };
  static std::uint64_t SheetOf(ClassIndex c, Slot slot) {
    return static_cast<std::uint64_t>(c) << 32 | slot;
  }
  const StudentChange* Find(StudentIndex s) const;
  MarkEntries& EntriesFor(StudentIndex s);
  void DropMarks(ClassIndex c, Slot slot);

  const Ledger& base_;
  std::vector<NewSheet> sheets_;                                 // in order
  std::unordered_map<std::uint64_t, int> revisions_;             // of sheets_, the latest
  std::unordered_map<ClassIndex, std::pair<Slot, Slot>> taken_;  // begin, end
  std::unordered_map<StudentIndex, StudentChange> students_;
  std::unordered_set<StudentIndex> watched_;  // touched without a mark of their own

 public:
  StreakId next_streak_id;
};

// The student's school days up to the last one of which something is known, in rising order.
std::vector<DayRecord> RecordsOf(const Pending& pending, StudentIndex student);
// Appends to `out`, cleared first: for loops over many students.
void RecordsOf(const Pending& pending, StudentIndex student, std::vector<DayRecord>& out);

}  // namespace attendance
