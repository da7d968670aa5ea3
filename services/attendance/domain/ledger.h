// The term in memory: who belongs to which class since when, which roll calls were taken, who was
// not simply present, approved leave slips, reported streaks. Every decision about a roll call is
// taken on it without asking MySQL; it is rebuilt from MySQL at start and holds nothing that is not
// there.
//
// It reaches over a horizon of days (the present term and the one before it). A half-day of the
// horizon is a slot: 2 * days since its begin + half. The student of a roll call is expected in the
// class that the timeline names for that day. An explicit mark of the class of that day comes
// first, then one that another class gave him, then presence where the class of that day was
// called. Changes come in through Pending (pending.h) after their commit, or through the building
// calls below. Not thread-safe: one writer; readers lock around it (app/office.h).
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "attendance/domain/day_record.h"
#include "attendance/domain/flat_index.h"
#include "attendance/domain/leave.h"
#include "attendance/domain/streaks.h"
#include "base/calendar.h"

namespace attendance {

using ClassIndex = std::uint32_t;
using StudentIndex = std::uint32_t;
using SchoolIndex = std::uint32_t;
using Slot = std::uint32_t;
inline constexpr ClassIndex kNoClass = std::numeric_limits<ClassIndex>::max();

// The county's calendar and those of schools with days of their own.
struct SchoolDays {
  base::Calendar county = {};
  std::map<std::string, base::Calendar, std::less<>> by_school = {};
  const base::Calendar& For(std::string_view school_code) const;
};

// From `from_serial` (base::Date::serial) on the student is expected in that class; kNoClass: in
// none.
struct Segment {
  std::int32_t from_serial = 0;
  ClassIndex class_index = kNoClass;
  friend bool operator==(const Segment&, const Segment&) = default;
};
using Timeline = std::vector<Segment>;  // rising by from_serial

// A mark that is not "simply present".
struct MarkEntry {
  std::uint16_t slot = 0;
  Mark mark = Mark::kUnknown;
  ClassIndex class_index = 0;
  friend bool operator==(const MarkEntry&, const MarkEntry&) = default;
  // By slot, then class.
  bool Before(const MarkEntry& other) const {
    return slot != other.slot ? slot < other.slot : class_index < other.class_index;
  }
};
using MarkEntries = std::vector<MarkEntry>;  // in that order

// 64 bits of an idempotency key: enough to know a new key; an equal one is compared in MySQL.
std::uint64_t KeyTag(std::string_view key);

class Pending;

class Ledger {
 public:
  // `horizon` is not empty and shorter than 90 years.
  Ledger(SchoolDays days, base::DateRange horizon);

  // ---- building ----
  SchoolIndex AddSchool(const std::string& code);  // the same code: the same school
  // Adds a class or moves it to another school. At most 2^32 - 2.
  ClassIndex SetClass(ClassId id, SchoolIndex school);
  StudentIndex AddStudent(StudentId id);  // the same id: the same student
  void SetTimeline(StudentIndex student, Timeline timeline);
  // A stored roll call; a later revision replaces an earlier one. Slots outside are ignored.
  void LoadSheet(ClassIndex class_index, HalfDay half_day, int revision, std::uint64_t key_tag,
                 std::span<const Exception> exceptions);
  void SetLeaves(StudentIndex student, std::vector<LeaveSpan> leaves);
  void SetStreaks(StudentIndex student, std::vector<KnownStreak> live);
  void SetChronic(StudentIndex student, base::Date term_first);
  void SetNextStreakId(StreakId id) { next_streak_id_ = id; }
  void Reserve(std::size_t students) {
    students_.reserve(students);
    student_index_.Reserve(students);
  }
  // Takes what a committed batch changed.
  void Apply(Pending&& pending);

  // ---- looking ----
  base::DateRange horizon() const { return horizon_; }
  const SchoolDays& school_days() const { return days_; }
  Slot SlotOf(HalfDay half_day) const;  // precondition: within the horizon
  HalfDay HalfDayOf(Slot slot) const;

  const std::string& SchoolCode(SchoolIndex school) const { return schools_[school].code; }
  std::optional<SchoolIndex> FindSchool(std::string_view code) const;
  bool IsSchoolDay(SchoolIndex school, base::Date day) const;

  std::size_t class_count() const { return classes_.size(); }
  std::optional<ClassIndex> FindClass(ClassId id) const;
  ClassId IdOfClass(ClassIndex c) const { return classes_[c].id; }
  SchoolIndex SchoolOf(ClassIndex c) const { return classes_[c].school; }
  // Everyone who was ever expected or marked there within the horizon.
  std::span<const StudentIndex> MembersOf(ClassIndex c) const { return classes_[c].members; }
  int ExpectedOn(ClassIndex c, base::Date day) const;
  int RevisionOf(ClassIndex c, Slot slot) const;  // 0: no roll call
  std::uint64_t TagOf(ClassIndex c, Slot slot) const;
  // False: no roll call of this half-day bore the key. True: probably; MySQL knows.
  bool MayHaveSeen(ClassIndex c, Slot slot, std::uint64_t key_tag) const;
  // The first slot that may have a roll call, and one past the last that has one; equal: none.
  Slot TakenBegin(ClassIndex c) const { return classes_[c].sheets.begin; }
  Slot TakenEnd(ClassIndex c) const { return classes_[c].sheets.end(); }
  std::span<const StudentIndex> WatchedIn(ClassIndex c) const;

  std::size_t student_count() const { return students_.size(); }
  std::optional<StudentIndex> FindStudent(StudentId id) const;
  StudentId IdOfStudent(StudentIndex s) const { return students_[s].id; }
  std::span<const Segment> TimelineOf(StudentIndex s) const;
  ClassIndex ClassOn(StudentIndex s, base::Date day) const;
  const MarkEntries& EntriesOf(StudentIndex s) const { return students_[s].entries; }
  std::span<const LeaveSpan> LeavesOf(StudentIndex s) const;
  std::span<const KnownStreak> StreaksOf(StudentIndex s) const;
  bool IsChronic(StudentIndex s, base::Date term_first) const;
  StreakId next_streak_id() const { return next_streak_id_; }

 private:
  friend class Pending;
  struct School {
    std::string code = {};
    std::vector<bool> open = {};  // by day of the horizon
  };
  // Revision and key tag of each half-day from `begin` on, without padding.
  struct Sheets {
    Slot begin = 0;
    std::vector<std::uint16_t> revisions = {};
    std::vector<std::uint64_t> tags = {};
    Slot end() const { return begin + static_cast<Slot>(revisions.size()); }
    bool Has(Slot slot) const { return slot >= begin && slot < end(); }
    void ReachTo(Slot slot);
  };
  struct ClassRoom {
    ClassId id = {};
    SchoolIndex school = 0;
    Sheets sheets = {};
    std::vector<StudentIndex> members = {};
  };
  // Most students stay in one class: the first segment stands here, the rest aside.
  struct Student {
    StudentId id = {};
    Segment first = {.from_serial = std::numeric_limits<std::int32_t>::max()};
    bool has_more = false;
    MarkEntries entries = {};
  };
  static std::uint64_t SheetKey(ClassIndex c, Slot slot, std::uint64_t tag) {
    return Mix(Mix(static_cast<std::uint64_t>(c) << 32 | slot) ^ tag);
  }
  void SetSheet(ClassIndex c, Slot slot, int revision, std::uint64_t key_tag);
  void EraseMarks(ClassIndex c, Slot slot);
  void AddMember(ClassIndex c, StudentIndex student);
  void Watch(StudentIndex student);

  SchoolDays days_;
  base::DateRange horizon_;
  std::vector<School> schools_;
  std::map<std::string, SchoolIndex, std::less<>> school_index_;
  std::vector<ClassRoom> classes_;
  FlatIndex class_index_;
  std::vector<Student> students_;
  FlatIndex student_index_;
  std::unordered_map<StudentIndex, Timeline> long_timelines_;
  std::unordered_map<StudentIndex, std::vector<LeaveSpan>> leaves_;
  std::unordered_map<StudentIndex, std::vector<KnownStreak>> streaks_;
  std::unordered_map<ClassIndex, std::vector<StudentIndex>> watched_;  // with streaks, or had them
  std::unordered_set<std::uint64_t> chronic_;  // student << 32 | term's first day
  FlatIndex replaced_keys_;                    // keys of sheets that were replaced
  StreakId next_streak_id_{1};
};

}  // namespace attendance
