#include "attendance/domain/ledger.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "attendance/domain/pending.h"
#include "base/check.h"

namespace attendance {

const base::Calendar& SchoolDays::For(std::string_view school_code) const {
  const auto own = by_school.find(school_code);
  return own == by_school.end() ? county : own->second;
}

std::uint64_t KeyTag(std::string_view key) {
  std::uint64_t tag = 0x9e3779b97f4a7c15ULL ^ key.size();
  while (!key.empty()) {
    std::uint64_t part = 0;
    const std::size_t n = std::min(key.size(), sizeof part);
    std::memcpy(&part, key.data(), n);
    tag = Mix(tag ^ part);
    key.remove_prefix(n);
  }
  return tag;
}

Ledger::Ledger(SchoolDays days, base::DateRange horizon)
    : days_(std::move(days)), horizon_(horizon) {
  CHECK(!horizon.empty() && (horizon.end - horizon.begin).count() < 32768);
}

SchoolIndex Ledger::AddSchool(const std::string& code) {
  const auto [found, added] =
      school_index_.try_emplace(code, static_cast<SchoolIndex>(schools_.size()));
  if (added) {
    School school{.code = code};
    const base::Calendar& calendar = days_.For(code);
    for (base::Date day = horizon_.begin; day < horizon_.end; ++day) {
      school.open.push_back(calendar.IsSchoolDay(day));
    }
    schools_.push_back(std::move(school));
  }
  return found->second;
}

ClassIndex Ledger::SetClass(ClassId id, SchoolIndex school) {
  CHECK(id && school < schools_.size());
  std::optional<ClassIndex> found = FindClass(id);
  if (!found) {
    found = static_cast<ClassIndex>(classes_.size());
    classes_.push_back({.id = id});
    class_index_.Insert(static_cast<std::uint64_t>(id.raw()), *found);
  }
  classes_[*found].school = school;
  return *found;
}

StudentIndex Ledger::AddStudent(StudentId id) {
  CHECK(id);
  if (const std::optional<StudentIndex> found = FindStudent(id)) return *found;
  const auto index = static_cast<StudentIndex>(students_.size());
  students_.push_back({.id = id});
  student_index_.Insert(static_cast<std::uint64_t>(id.raw()), index);
  return index;
}

void Ledger::SetTimeline(StudentIndex student, Timeline timeline) {
  Student& s = students_[student];
  s.first = timeline.empty() ? Segment{.from_serial = std::numeric_limits<std::int32_t>::max()}
                             : timeline.front();
  for (const Segment& segment : timeline) {
    if (segment.class_index != kNoClass) AddMember(segment.class_index, student);
  }
  s.has_more = timeline.size() > 1;
  if (s.has_more) {
    long_timelines_[student] = std::move(timeline);
  } else {
    long_timelines_.erase(student);
  }
  if (streaks_.contains(student)) Watch(student);
}

void Ledger::AddMember(ClassIndex c, StudentIndex student) {
  std::vector<StudentIndex>& members = classes_[c].members;
  if (std::find(members.begin(), members.end(), student) == members.end()) {
    members.push_back(student);
  }
}

void Ledger::LoadSheet(ClassIndex c, HalfDay half_day, int revision, std::uint64_t key_tag,
                       std::span<const Exception> exceptions) {
  if (!horizon_.Contains(half_day.day)) return;
  const Slot slot = SlotOf(half_day);
  if (RevisionOf(c, slot) > 0) EraseMarks(c, slot);
  SetSheet(c, slot, revision, key_tag);
  for (const Exception& exception : exceptions) {
    // A student that no event has named cannot be in a roll call; a stored one is kept all the
    // same.
    const StudentIndex student = AddStudent(exception.student);
    AddMember(c, student);
    MarkEntries& entries = students_[student].entries;
    const MarkEntry entry{static_cast<std::uint16_t>(slot), exception.mark, c};
    const auto at =
        std::lower_bound(entries.begin(), entries.end(), entry,
                         [](const MarkEntry& a, const MarkEntry& b) { return a.Before(b); });
    entries.insert(at, entry);
  }
}

void Ledger::Sheets::ReachTo(Slot slot) {
  if (revisions.empty()) begin = slot / 14 * 14;
  if (slot < begin) {
    const Slot earlier = slot / 14 * 14;
    revisions.insert(revisions.begin(), begin - earlier, 0);
    tags.insert(tags.begin(), begin - earlier, 0);
    begin = earlier;
  }
  if (slot < end()) return;
  // A week at a time: half-days come one after the other, and memory is counted.
  const std::size_t weeks = ((slot - begin) / 14 + 1) * 14;
  if (revisions.capacity() < weeks) {
    revisions.reserve(weeks);
    tags.reserve(weeks);
  }
  revisions.resize(slot - begin + 1, 0);
  tags.resize(slot - begin + 1, 0);
}

void Ledger::SetSheet(ClassIndex c, Slot slot, int revision, std::uint64_t key_tag) {
  Sheets& sheets = classes_[c].sheets;
  sheets.ReachTo(slot);
  const std::size_t at = slot - sheets.begin;
  if (sheets.revisions[at] > 0) {
    replaced_keys_.Insert(SheetKey(c, slot, sheets.tags[at]), 0);
  }
  sheets.revisions[at] = static_cast<std::uint16_t>(revision);
  sheets.tags[at] = key_tag;
}

void Ledger::EraseMarks(ClassIndex c, Slot slot) {
  const auto erase = [&](StudentIndex student) {
    std::erase_if(students_[student].entries, [&](const MarkEntry& entry) {
      return entry.slot == slot && entry.class_index == c;
    });
  };
  for (const StudentIndex student : classes_[c].members) erase(student);
}

void Ledger::SetLeaves(StudentIndex student, std::vector<LeaveSpan> leaves) {
  if (leaves.empty()) {
    leaves_.erase(student);
  } else {
    leaves_[student] = std::move(leaves);
  }
}

void Ledger::SetStreaks(StudentIndex student, std::vector<KnownStreak> live) {
  if (live.empty()) {
    streaks_.erase(student);
    return;
  }
  streaks_[student] = std::move(live);
  Watch(student);
}

void Ledger::Watch(StudentIndex student) {
  for (const Segment& segment : TimelineOf(student)) {
    if (segment.class_index == kNoClass) continue;
    std::vector<StudentIndex>& watched = watched_[segment.class_index];
    if (std::find(watched.begin(), watched.end(), student) == watched.end()) {
      watched.push_back(student);
    }
  }
}

void Ledger::SetChronic(StudentIndex student, base::Date term_first) {
  chronic_.insert(static_cast<std::uint64_t>(student) << 32 |
                  static_cast<std::uint32_t>(term_first.serial()));
}

void Ledger::Apply(Pending&& pending) {
  for (const Pending::NewSheet& sheet : pending.sheets_) {
    SetSheet(sheet.class_index, sheet.slot, sheet.revision, sheet.key_tag);
  }
  for (auto& [student, change] : pending.students_) {
    if (change.timeline) SetTimeline(student, std::move(*change.timeline));
    if (change.entries) students_[student].entries = std::move(*change.entries);
    if (change.leaves) SetLeaves(student, std::move(*change.leaves));
    if (change.streaks) SetStreaks(student, std::move(*change.streaks));
    for (const base::Date term_first : change.chronic_in) SetChronic(student, term_first);
  }
  next_streak_id_ = std::max(next_streak_id_, pending.next_streak_id);
}

Slot Ledger::SlotOf(HalfDay half_day) const {
  CHECK(horizon_.Contains(half_day.day));
  return static_cast<Slot>(half_day.day.serial() - horizon_.begin.serial()) * 2 +
         static_cast<Slot>(half_day.half);
}

HalfDay Ledger::HalfDayOf(Slot slot) const {
  return {horizon_.begin + std::chrono::days{slot / 2},
          slot % 2 == 0 ? Half::kMorning : Half::kAfternoon};
}

std::optional<SchoolIndex> Ledger::FindSchool(std::string_view code) const {
  const auto found = school_index_.find(code);
  if (found == school_index_.end()) return std::nullopt;
  return found->second;
}

bool Ledger::IsSchoolDay(SchoolIndex school, base::Date day) const {
  if (!horizon_.Contains(day)) return false;
  return schools_[school].open[static_cast<std::size_t>((day - horizon_.begin).count())];
}

std::optional<ClassIndex> Ledger::FindClass(ClassId id) const {
  return class_index_.Find(static_cast<std::uint64_t>(id.raw()));
}

int Ledger::ExpectedOn(ClassIndex c, base::Date day) const {
  int expected = 0;
  for (const StudentIndex student : classes_[c].members) {
    if (ClassOn(student, day) == c) ++expected;
  }
  return expected;
}

int Ledger::RevisionOf(ClassIndex c, Slot slot) const {
  const Sheets& sheets = classes_[c].sheets;
  return sheets.Has(slot) ? sheets.revisions[slot - sheets.begin] : 0;
}

std::uint64_t Ledger::TagOf(ClassIndex c, Slot slot) const {
  const Sheets& sheets = classes_[c].sheets;
  return sheets.Has(slot) ? sheets.tags[slot - sheets.begin] : 0;
}

bool Ledger::MayHaveSeen(ClassIndex c, Slot slot, std::uint64_t key_tag) const {
  const int revision = RevisionOf(c, slot);
  if (revision == 0) return false;
  if (TagOf(c, slot) == key_tag) return true;
  return revision > 1 && replaced_keys_.Find(SheetKey(c, slot, key_tag)).has_value();
}

std::span<const StudentIndex> Ledger::WatchedIn(ClassIndex c) const {
  const auto found = watched_.find(c);
  if (found == watched_.end()) return {};
  return found->second;
}

std::optional<StudentIndex> Ledger::FindStudent(StudentId id) const {
  return student_index_.Find(static_cast<std::uint64_t>(id.raw()));
}

std::span<const Segment> Ledger::TimelineOf(StudentIndex s) const {
  const Student& student = students_[s];
  if (student.has_more) return long_timelines_.at(s);
  if (student.first.from_serial == std::numeric_limits<std::int32_t>::max()) return {};
  return {&student.first, 1};
}

ClassIndex Ledger::ClassOn(StudentIndex s, base::Date day) const {
  const Student& student = students_[s];
  const std::int32_t serial = day.serial();
  if (!student.has_more) {
    return student.first.from_serial <= serial ? student.first.class_index : kNoClass;
  }
  ClassIndex found = kNoClass;
  for (const Segment& segment : long_timelines_.at(s)) {
    if (segment.from_serial <= serial) found = segment.class_index;
  }
  return found;
}

std::span<const LeaveSpan> Ledger::LeavesOf(StudentIndex s) const {
  const auto found = leaves_.find(s);
  if (found == leaves_.end()) return {};
  return found->second;
}

std::span<const KnownStreak> Ledger::StreaksOf(StudentIndex s) const {
  const auto found = streaks_.find(s);
  if (found == streaks_.end()) return {};
  return found->second;
}

bool Ledger::IsChronic(StudentIndex s, base::Date term_first) const {
  return chronic_.contains(static_cast<std::uint64_t>(s) << 32 |
                           static_cast<std::uint32_t>(term_first.serial()));
}

}  // namespace attendance
