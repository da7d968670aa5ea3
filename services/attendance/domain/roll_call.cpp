#include "attendance/domain/roll_call.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace attendance {

using base::Code;
using base::Error;

namespace {

base::Status CheckDay(const Ledger& ledger, const RuleBook& rules, ClassIndex c, HalfDay half_day,
                      base::UtcTime now) {
  const base::Date today = base::DateAt(now);
  const base::Date oldest = today - std::chrono::days{rules.At(today).backdate_days_max};
  // Days before the horizon are not in memory: whatever they were, they are too old.
  if (half_day.day >= ledger.horizon().begin &&
      !ledger.IsSchoolDay(ledger.SchoolOf(c), half_day.day)) {
    const base::Calendar& calendar =
        ledger.school_days().For(ledger.SchoolCode(ledger.SchoolOf(c)));
    return Error{Code::kFailedPrecondition, "NOT_A_SCHOOL_DAY",
                 fmt::format("{}不是教学日({})", half_day.day.ToChinese(),
                             base::DayKindChinese(calendar.KindOf(half_day.day)))};
  }
  if (now < rules.StartOf(half_day)) {
    return Error{Code::kFailedPrecondition, "DAY_IN_FUTURE",
                 fmt::format("{}还没有开始,不能点名", ToChinese(half_day))};
  }
  if (half_day.day < oldest || half_day.day < ledger.horizon().begin) {
    return Error{Code::kFailedPrecondition, "DAY_TOO_OLD",
                 fmt::format("{}已超过补点名的{}天期限", half_day.day.ToChinese(),
                             rules.At(today).backdate_days_max)};
  }
  return {};
}

base::Status CheckMarks(const Ledger& ledger, ClassIndex c, const RollCallCommand& command) {
  for (const SentMark& sent : command.marks) {
    const auto student = ledger.FindStudent(sent.student);
    if (!student || ledger.ClassOn(*student, command.half_day.day) != c) {
      return Error{Code::kInvalidArgument, "STUDENT_NOT_IN_CLASS",
                   fmt::format("学生{}在{}不在本班名册中", sent.student.raw(),
                               command.half_day.day.ToChinese())};
    }
  }
  for (std::size_t i = 0; i < command.marks.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (command.marks[i].student != command.marks[j].student) continue;
      return Error{Code::kInvalidArgument, "STUDENT_TWICE",
                   fmt::format("学生{}被列了两次", command.marks[i].student.raw())};
    }
  }
  for (const SentMark& sent : command.marks) {
    if (IsTeachersMark(sent.mark)) continue;
    return Error{Code::kInvalidArgument, "BAD_MARK",
                 fmt::format("学生{}的考勤代码{}不存在", sent.student.raw(), sent.mark)};
  }
  return {};
}

}  // namespace

base::Result<Sheet> DecideRollCall(const Pending& pending, const RuleBook& rules,
                                   const RollCallCommand& command, base::UtcTime now) {
  const Ledger& ledger = pending.base();
  const std::optional<ClassIndex> c = ledger.FindClass(command.class_id);
  if (!c) {
    return Error{Code::kNotFound, "CLASS_UNKNOWN",
                 fmt::format("没有班级{}", command.class_id.raw())};
  }
  RETURN_IF_ERROR(CheckDay(ledger, rules, *c, command.half_day, now));
  RETURN_IF_ERROR(CheckMarks(ledger, *c, command));
  Sheet sheet{.class_index = *c, .half_day = command.half_day, .key_tag = command.key_tag};
  sheet.revision = pending.RevisionOf(*c, ledger.SlotOf(command.half_day)) + 1;
  if (sheet.revision > kRevisionsMax) {
    return Error{Code::kFailedPrecondition, "TOO_MANY_REVISIONS",
                 fmt::format("{}的点名已更正{}次", ToChinese(command.half_day), kRevisionsMax)};
  }
  sheet.expected = ledger.ExpectedOn(*c, command.half_day.day);
  for (const SentMark& sent : command.marks) {
    const Mark mark = static_cast<Mark>(sent.mark);
    if (mark != Mark::kPresent) sheet.exceptions.push_back({sent.student, mark});
  }
  std::sort(sheet.exceptions.begin(), sheet.exceptions.end());
  return sheet;
}

}  // namespace attendance
