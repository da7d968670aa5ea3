#include <fmt/format.h>

#include <map>
#include <memory>

#include "attendance/contract/attendance.pb.h"
#include "cli/commands/commands.h"
#include "cli/shell/resolve.h"
#include "cli/shell/text_table.h"
#include "cli/shell/values.h"

namespace cli {
namespace {

namespace attendance = baoxue::attendance::v1;
namespace registry = baoxue::registry::v1;

struct Options {
  std::string in_class = {};
  std::string day = {};
  std::string half = {};
  std::string except = {};
  std::string school = {};
  std::string student = {};
  std::string from = {};
  std::string to = {};
  bool all = false;
};

base::Result<std::map<std::string, std::int64_t>> Seats(Shell& shell, std::int64_t class_id) {
  registry::ListStudents request;
  request.set_class_id(class_id);
  ASSIGN_OR_RETURN(const auto students, ListAllStudents(shell, request));
  std::map<std::string, std::int64_t> seats;
  for (const registry::Student& student : students) {
    seats[student.seat_no()] = student.student_id();
  }
  return seats;
}

// "12:旷课;31:病假", seats of the class.
base::Status ReadExceptions(Shell& shell, const std::string& text,
                            attendance::SubmitRollCall& call) {
  if (text.empty()) return {};
  ASSIGN_OR_RETURN(const auto seats, Seats(shell, call.class_id()));
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find(';', at), text.size());
    const std::string one = text.substr(at, end - at);
    at = end + 1;
    const std::size_t colon = one.find(':');
    const auto seat = seats.find(one.substr(0, colon));
    if (colon == std::string::npos || seat == seats.end()) {
      return base::Error{base::Code::kNotFound, "STUDENT_UNKNOWN",
                         fmt::format("例外“{}”不对:应为 班内学号:记号,班内学号须是本班的", one)};
    }
    ASSIGN_OR_RETURN(const Mark mark, ReadMark(one.substr(colon + 1)));
    attendance::Exception* exception = call.add_exceptions();
    exception->set_student_id(seat->second);
    exception->set_mark(mark);
  }
  return {};
}

base::Status Take(Shell& shell, const Options& options) {
  attendance::SubmitRollCall call;
  ASSIGN_OR_RETURN(const std::int64_t class_id, ResolveClass(shell, options.in_class));
  call.set_class_id(class_id);
  RETURN_IF_ERROR(ReadDate(options.day, call.mutable_day()));
  ASSIGN_OR_RETURN(const HalfDay half, ReadHalf(options.half));
  call.set_half(half);
  RETURN_IF_ERROR(ReadExceptions(shell, options.except, call));
  ASSIGN_OR_RETURN(const auto reply,
                   (shell.Ask<attendance::SubmitRollCallReply>("attendance", call)));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  shell.Say(fmt::format(
      "{} {}:应到 {} 人,例外 {} 人{}", options.day, HalfText(half), reply.expected(),
      reply.exceptions(),
      reply.replaced() ? fmt::format(",更正第 {} 次", reply.revision() - 1) : std::string{}));
  return {};
}

base::Status ShowOne(Shell& shell, const Options& options) {
  attendance::GetRollCall request;
  ASSIGN_OR_RETURN(const std::int64_t class_id, ResolveClass(shell, options.in_class));
  request.set_class_id(class_id);
  RETURN_IF_ERROR(ReadDate(options.day, request.mutable_day()));
  ASSIGN_OR_RETURN(const HalfDay half, ReadHalf(options.half));
  request.set_half(half);
  request.set_all_revisions(options.all);
  ASSIGN_OR_RETURN(const auto reply,
                   (shell.Ask<attendance::GetRollCallReply>("attendance", request)));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  TextTable table({"次", "时间", "点名人", "学生编号", "记号"});
  for (const attendance::RollCall& call : reply.roll_calls()) {
    const std::string times = std::to_string(call.revision());
    if (call.exceptions().empty()) {
      table.Row({times, Show(call.recorded_at()), Show(call.actor()), "", "全到"});
    }
    for (const attendance::Exception& one : call.exceptions()) {
      table.Row({times, Show(call.recorded_at()), Show(call.actor()),
                 std::to_string(one.student_id()), std::string{MarkText(one.mark())}});
    }
  }
  shell.Say(reply.roll_calls().empty() ? "没有点名" : table.ToString());
  return {};
}

base::Status Missing(Shell& shell, const Options& options) {
  attendance::ListMissing request;
  RETURN_IF_ERROR(ReadDate(options.day, request.mutable_day()));
  ASSIGN_OR_RETURN(const HalfDay half, ReadHalf(options.half));
  request.set_half(half);
  request.set_school_code(options.school);
  ASSIGN_OR_RETURN(const auto reply,
                   (shell.Ask<attendance::ListMissingReply>("attendance", request)));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  shell.Say(fmt::format("应点名 {} 个班,未点名 {} 个;截止 {}{}", reply.expected(),
                        reply.classes_size(), Show(reply.due()), reply.past_due() ? "(已过)" : ""));
  TextTable table({"编号", "学校标识码", "班级", "班主任"});
  for (const attendance::MissingClass& one : reply.classes()) {
    table.Row({std::to_string(one.class_id()), one.school_code(), one.class_name(),
               one.homeroom_teacher()});
  }
  if (!table.empty()) shell.Say(table.ToString());
  return {};
}

base::Status StudentDays(Shell& shell, const Options& options) {
  attendance::GetStudentAttendance request;
  ASSIGN_OR_RETURN(const std::int64_t student, ResolveStudent(shell, options.student));
  request.set_student_id(student);
  RETURN_IF_ERROR(ReadDate(options.from, request.mutable_from()));
  RETURN_IF_ERROR(ReadDate(options.to, request.mutable_to()));
  ASSIGN_OR_RETURN(const auto reply,
                   (shell.Ask<attendance::GetStudentAttendanceReply>("attendance", request)));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  TextTable table({"日期", "半天", "记号", ""});
  for (const attendance::HalfDayMark& one : reply.marks()) {
    table.Row({Show(one.day()), std::string{HalfText(one.half())},
               std::string{MarkText(one.mark())}, one.excused_by_leave() ? "有假条" : ""});
  }
  shell.Say(table.ToString());
  return {};
}

base::Status Summary(Shell& shell, const Options& options) {
  attendance::GetAttendanceSummary request;
  RETURN_IF_ERROR(ReadDate(options.from, request.mutable_from()));
  RETURN_IF_ERROR(ReadDate(options.to, request.mutable_to()));
  ASSIGN_OR_RETURN(const auto reply,
                   (shell.Ask<attendance::AttendanceSummary>("attendance", request)));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  TextTable table({"项目", "数量"});
  table.RightAligned(1);
  table.Row({"应点名", WithCommas(reply.roll_calls_expected())});
  table.Row({"已点名", WithCommas(reply.roll_calls_taken())});
  table.Row({"漏点名", WithCommas(reply.roll_calls_missing())});
  table.Row({"更正", WithCommas(reply.corrections())});
  table.Row({"旷课", WithCommas(reply.absences_without_leave())});
  table.Row({"未到(原因不明)", WithCommas(reply.unknown())});
  table.Row({"病假", WithCommas(reply.sick_leave())});
  table.Row({"事假", WithCommas(reply.personal_leave())});
  table.Row({"迟到", WithCommas(reply.late())});
  table.Row({"早退", WithCommas(reply.left_early())});
  table.Row({"疑似辍学", WithCommas(reply.suspected())});
  table.Row({"其中撤回", WithCommas(reply.withdrawn())});
  shell.Say(table.ToString());
  return {};
}

void AddLooks(Shell& shell, Command& command, const std::shared_ptr<Options>& o) {
  Command missing = command.Sub("missing", "列出未点名的班级");
  missing.Text("--day", o->day, "日期，如 2026-09-01", Need::kRequired)
      .Text("--half", o->half, "上午 或 下午", Need::kRequired)
      .Text("--school", o->school, "只列这所学校：学校标识码");
  missing.Run([&shell, o] { return Missing(shell, *o); });

  Command student = command.Sub("student", "一名学生各半天的出勤");
  student.Text("STUDENT", o->student, kStudentHelp, Need::kRequired)
      .Text("--from", o->from, "第一天，如 2026-09-01", Need::kRequired)
      .Text("--to", o->to, "最后一天", Need::kRequired);
  student.Run([&shell, o] { return StudentDays(shell, *o); });

  Command summary = command.Sub("summary", "一段时间的点名和缺勤统计");
  summary.Text("--from", o->from, "第一天，如 2026-09-01", Need::kRequired)
      .Text("--to", o->to, "最后一天", Need::kRequired);
  summary.Run([&shell, o] { return Summary(shell, *o); });
}

}  // namespace

void AddRollCall(Shell& shell, Command& root) {
  Command command = root.Sub("rollcall", "点名：录入、查看、未点名的班、学生出勤、统计");
  command.NeedsSub();
  const auto o = std::make_shared<Options>();
  Command take = command.Sub("take", "录入一个班半天的点名，只写例外");
  take.Text("CLASS", o->in_class, kClassHelp, Need::kRequired)
      .Text("--day", o->day, "日期，如 2026-09-01", Need::kRequired)
      .Text("--half", o->half, "上午 或 下午", Need::kRequired)
      .Text("--except", o->except, "例外，写成 班内学号:记号，用 ; 隔开，如 \"12:旷课;31:病假\"，不填为全到");
  take.Run([&shell, o] { return Take(shell, *o); });
  Command show = command.Sub("show", "查看点名结果和点名人");
  show.Text("CLASS", o->in_class, kClassHelp, Need::kRequired)
      .Text("--day", o->day, "日期，如 2026-09-01", Need::kRequired)
      .Text("--half", o->half, "上午 或 下午", Need::kRequired)
      .Flag("--all", o->all, "连同更正以前的");
  show.Run([&shell, o] { return ShowOne(shell, *o); });
  AddLooks(shell, command, o);
}

}  // namespace cli
