#include "attendance/app/histories.h"

#include <fmt/format.h>

#include <algorithm>

#include "attendance/store/leave_rows.h"
#include "attendance/store/roll_call_rows.h"

namespace attendance {

using base::Code;
using base::Error;
using base::Status;

namespace {

constexpr std::chrono::days kDaysMax{400};

base::Result<StudentIndex> Find(const Ledger& ledger, StudentId student) {
  const std::optional<StudentIndex> found = ledger.FindStudent(student);
  if (!found) {
    return Error{Code::kNotFound, "STUDENT_UNKNOWN", fmt::format("没有学生{}", student.raw())};
  }
  return *found;
}

}  // namespace

base::Result<std::vector<MarkedHalfDay>> Histories::MarksOf(StudentId student, base::Date from,
                                                            base::Date to) {
  if (to < from || to - from >= kDaysMax) {
    return Error{Code::kInvalidArgument, "BAD_RANGE",
                 fmt::format("起止日期须由早到晚,不超过{}天", kDaysMax.count())};
  }
  std::vector<DayRecord> records;
  std::vector<OlderDays> older;
  ASSIGN_OR_RETURN(const Status status, office_.Read([&](const Ledger& ledger) -> Status {
    ASSIGN_OR_RETURN(const StudentIndex found, Find(ledger, student));
    records = RecordsOf(Pending{ledger}, found);
    const std::span<const Segment> timeline = ledger.TimelineOf(found);
    for (base::Date day = from; day < ledger.horizon().begin && day <= to; ++day) {
      const ClassIndex c = ledger.ClassOn(found, day);
      if (c == kNoClass || timeline.empty()) continue;
      const std::string& school = ledger.SchoolCode(ledger.SchoolOf(c));
      if (!ledger.school_days().For(school).IsSchoolDay(day)) continue;
      if (older.empty() || older.back().class_id != ledger.IdOfClass(c)) {
        older.push_back({.class_id = ledger.IdOfClass(c)});
      }
      older.back().days.push_back(day);
    }
    return {};
  }));
  RETURN_IF_ERROR(status);
  ASSIGN_OR_RETURN(std::vector<MarkedHalfDay> marks, OlderMarks(student, older));
  for (const DayRecord& record : records) {
    if (record.day < from || record.day > to || !record.expected) continue;
    for (const Half half : kHalves) marks.push_back({{record.day, half}, record.At(half)});
  }
  return marks;
}

base::Result<std::vector<MarkedHalfDay>> Histories::OlderMarks(
    StudentId student, const std::vector<OlderDays>& older) {
  std::vector<MarkedHalfDay> marks;
  if (older.empty()) return marks;
  std::vector<LeaveSpan> slips;
  RETURN_IF_ERROR(office_.pool().WithSession([&](store::Session& session) -> Status {
    ASSIGN_OR_RETURN(const auto files,
                     ListLeaveRows(session, {.student = student, .state = LeaveState::kApproved}));
    for (const LeaveFile& file : files) {
      slips.push_back({file.leave.id, file.leave.from, file.leave.to});
    }
    for (const OlderDays& of_class : older) {
      ASSIGN_OR_RETURN(const auto rows, FindClassDays(session, of_class.class_id, of_class.days));
      for (const base::Date day : of_class.days) {
        for (const Half half : kHalves) {
          MarkedHalfDay marked{.half_day = {day, half}};
          marked.record.on_leave = AnyCovers(slips, marked.half_day);
          const auto row = std::find_if(rows.begin(), rows.end(), [&](const StoredRollCall& r) {
            return r.half_day == marked.half_day;
          });
          if (row != rows.end()) {
            marked.record.mark = Mark::kPresent;
            for (const Exception& exception : row->exceptions) {
              if (exception.student == student) marked.record.mark = exception.mark;
            }
          }
          marks.push_back(marked);
        }
      }
    }
    return {};
  }));
  return marks;
}

base::Result<Presence> Histories::PresenceSince(StudentId student, base::Date since) {
  base::Result<base::Result<Presence>> presence =
      office_.Read([&](const Ledger& ledger) -> base::Result<Presence> {
        ASSIGN_OR_RETURN(const StudentIndex found, Find(ledger, student));
        return PresenceOf(RecordsOf(Pending{ledger}, found), since, office_.clock().Today());
      });
  if (!presence.ok()) return presence.error();
  return std::move(*presence);
}

}  // namespace attendance
