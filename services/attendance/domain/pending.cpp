#include "attendance/domain/pending.h"

#include <algorithm>
#include <utility>

namespace attendance {
namespace {

// The marks of one student, read in rising order of slot.
class MarkReader {
 public:
  explicit MarkReader(const MarkEntries& entries) : entries_(entries) {}

  // The mark of the class of that day, else that of another class, else nothing.
  std::optional<Mark> At(Slot slot, ClassIndex c) {
    while (next_ < entries_.size() && entries_[next_].slot < slot) ++next_;
    std::optional<Mark> found;
    for (std::size_t i = next_; i < entries_.size() && entries_[i].slot == slot; ++i) {
      if (entries_[i].class_index == c) return entries_[i].mark;
      if (!found) found = entries_[i].mark;
    }
    return found;
  }

 private:
  const MarkEntries& entries_;
  std::size_t next_ = 0;
};

}  // namespace

void Pending::Add(const Sheet& sheet) {
  const Slot slot = base_.SlotOf(sheet.half_day);
  const ClassIndex c = sheet.class_index;
  if (sheet.revision > 1) DropMarks(c, slot);
  sheets_.push_back({c, slot, sheet.revision, sheet.key_tag});
  revisions_[SheetOf(c, slot)] = sheet.revision;
  auto& [begin, end] = taken_.try_emplace(c, TakenBegin(c), TakenEnd(c)).first->second;
  begin = begin == end ? slot : std::min(begin, slot);
  end = std::max(end, slot + 1);
  for (const Exception& exception : sheet.exceptions) {
    const std::optional<StudentIndex> student = base_.FindStudent(exception.student);
    CHECK(student);
    MarkEntries& entries = EntriesFor(*student);
    const MarkEntry entry{static_cast<std::uint16_t>(slot), exception.mark, c};
    const auto at =
        std::lower_bound(entries.begin(), entries.end(), entry,
                         [](const MarkEntry& a, const MarkEntry& b) { return a.Before(b); });
    entries.insert(at, entry);
  }
  // Whoever has a streak that this half-day could end or split.
  for (const StudentIndex student : base_.WatchedIn(c)) {
    for (const KnownStreak& known : StreaksOf(student)) {
      const std::optional<HalfDay>& returned = known.streak.returned;
      if (!returned || sheet.half_day <= *returned) watched_.insert(student);
    }
  }
}

void Pending::DropMarks(ClassIndex c, Slot slot) {
  const auto is_of_sheet = [&](const MarkEntry& entry) {
    return entry.slot == slot && entry.class_index == c;
  };
  for (const StudentIndex student : base_.MembersOf(c)) {
    const MarkEntries& entries = EntriesOf(student);
    if (std::any_of(entries.begin(), entries.end(), is_of_sheet)) {
      std::erase_if(EntriesFor(student), is_of_sheet);
    }
  }
}

MarkEntries& Pending::EntriesFor(StudentIndex s) {
  std::optional<MarkEntries>& entries = students_[s].entries;
  if (!entries) {
    const MarkEntries& before = base_.EntriesOf(s);
    entries.emplace();
    entries->reserve(before.size() + 1);
    entries->assign(before.begin(), before.end());
  }
  return *entries;
}

void Pending::SetTimeline(StudentIndex student, Timeline timeline) {
  students_[student].timeline = std::move(timeline);
}
void Pending::SetLeaves(StudentIndex student, std::vector<LeaveSpan> leaves) {
  students_[student].leaves = std::move(leaves);
}
void Pending::SetStreaks(StudentIndex student, std::vector<KnownStreak> live) {
  students_[student].streaks = std::move(live);
}
void Pending::SetChronic(StudentIndex student, base::Date term_first) {
  students_[student].chronic_in.push_back(term_first);
}

const Pending::StudentChange* Pending::Find(StudentIndex s) const {
  const auto found = students_.find(s);
  return found == students_.end() ? nullptr : &found->second;
}

int Pending::RevisionOf(ClassIndex c, Slot slot) const {
  const auto found = revisions_.find(SheetOf(c, slot));
  return found == revisions_.end() ? base_.RevisionOf(c, slot) : found->second;
}

Slot Pending::TakenBegin(ClassIndex c) const {
  const auto found = taken_.find(c);
  return found == taken_.end() ? base_.TakenBegin(c) : found->second.first;
}

Slot Pending::TakenEnd(ClassIndex c) const {
  const auto found = taken_.find(c);
  return found == taken_.end() ? base_.TakenEnd(c) : found->second.second;
}

std::span<const Segment> Pending::TimelineOf(StudentIndex s) const {
  const StudentChange* change = Find(s);
  if (change != nullptr && change->timeline) return *change->timeline;
  return base_.TimelineOf(s);
}

const MarkEntries& Pending::EntriesOf(StudentIndex s) const {
  const StudentChange* change = Find(s);
  if (change != nullptr && change->entries) return *change->entries;
  return base_.EntriesOf(s);
}

std::span<const LeaveSpan> Pending::LeavesOf(StudentIndex s) const {
  const StudentChange* change = Find(s);
  if (change != nullptr && change->leaves) return *change->leaves;
  return base_.LeavesOf(s);
}

std::span<const KnownStreak> Pending::StreaksOf(StudentIndex s) const {
  const StudentChange* change = Find(s);
  if (change != nullptr && change->streaks) return *change->streaks;
  return base_.StreaksOf(s);
}

bool Pending::IsChronic(StudentIndex s, base::Date term_first) const {
  const StudentChange* change = Find(s);
  if (change != nullptr && std::find(change->chronic_in.begin(), change->chronic_in.end(),
                                     term_first) != change->chronic_in.end()) {
    return true;
  }
  return base_.IsChronic(s, term_first);
}

std::vector<StudentIndex> Pending::Touched() const {
  std::vector<StudentIndex> touched{watched_.begin(), watched_.end()};
  for (const auto& [student, change] : students_) touched.push_back(student);
  std::sort(touched.begin(), touched.end());
  touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
  return touched;
}

namespace {

// Appends the days [from, end) on which the student is expected in class `c`.
void AddClassDays(const Pending& pending, StudentIndex student, ClassIndex c, base::DateRange days,
                  MarkReader& marks, std::vector<DayRecord>& out) {
  const Ledger& ledger = pending.base();
  const SchoolIndex school = ledger.SchoolOf(c);
  const std::span<const LeaveSpan> leaves = pending.LeavesOf(student);
  const bool changes = pending.Changes(c);
  for (base::Date day = days.begin; day < days.end; ++day) {
    if (!ledger.IsSchoolDay(school, day)) continue;
    DayRecord record{.day = day};
    for (const Half half : kHalves) {
      const Slot slot = ledger.SlotOf({day, half});
      HalfRecord& known = record.At(half);
      if (const std::optional<Mark> mark = marks.At(slot, c)) {
        known.mark = *mark;
      } else if (changes ? pending.Taken(c, slot) : ledger.RevisionOf(c, slot) > 0) {
        known.mark = Mark::kPresent;
      }
      known.on_leave = !leaves.empty() && AnyCovers(leaves, {day, half});
    }
    out.push_back(record);
  }
}

// One record says that the student was expected nowhere; nothing over holidays and week-ends.
void AddAbroad(const Pending& pending, base::DateRange days, std::vector<DayRecord>& out) {
  for (base::Date day = days.begin; day < days.end; ++day) {
    if (!pending.base().school_days().county.IsSchoolDay(day)) continue;
    out.push_back({.day = day, .expected = false});
    return;
  }
}

}  // namespace

void RecordsOf(const Pending& pending, StudentIndex student, std::vector<DayRecord>& out) {
  out.clear();
  const Ledger& ledger = pending.base();
  const base::DateRange horizon = ledger.horizon();
  const std::span<const Segment> timeline = pending.TimelineOf(student);
  const MarkEntries& entries = pending.EntriesOf(student);
  MarkReader marks{entries};
  for (std::size_t i = 0; i < timeline.size(); ++i) {
    base::DateRange days = horizon;
    days.begin = std::max(days.begin, base::Date::FromSerial(timeline[i].from_serial));
    if (i + 1 < timeline.size()) {
      days.end = std::min(days.end, base::Date::FromSerial(timeline[i + 1].from_serial));
    }
    const ClassIndex c = timeline[i].class_index;
    if (c == kNoClass) {
      AddAbroad(pending, days, out);
      continue;
    }
    // Only from the first to the last day of which something is known: before and after it a leave
    // slip or a day without roll call decides nothing.
    Slot begin = pending.TakenBegin(c);
    Slot end = pending.TakenEnd(c);
    if (!entries.empty()) {
      begin = begin == end ? entries.front().slot : std::min<Slot>(begin, entries.front().slot);
      end = std::max<Slot>(end, entries.back().slot + Slot{1});
    }
    if (begin == end) continue;
    days.begin = std::max(days.begin, ledger.HalfDayOf(begin).day);
    days.end = std::min(days.end, ledger.HalfDayOf(end - 1).day + std::chrono::days{1});
    AddClassDays(pending, student, c, days, marks, out);
  }
}

std::vector<DayRecord> RecordsOf(const Pending& pending, StudentIndex student) {
  std::vector<DayRecord> records;
  RecordsOf(pending, student, records);
  return records;
}

}  // namespace attendance
