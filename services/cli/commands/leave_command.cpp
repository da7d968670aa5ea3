#include <fmt/format.h>

#include <memory>

#include "attendance/contract/attendance.pb.h"
#include "cli/commands/commands.h"
#include "cli/shell/resolve.h"
#include "cli/shell/text_table.h"
#include "cli/shell/values.h"

namespace cli {
namespace {

namespace attendance = baoxue::attendance::v1;

struct Options {
  std::string student = {};
  std::string kind = "sick";
  std::string from = {};
  std::string to = {};
  std::string from_half = "上午";
  std::string to_half = "下午";
  std::string reason = {};
  std::string in_class = {};
  std::string state = {};
  std::vector<std::string> evidence = {};
  std::int64_t leave = 0;
};

const std::vector<Choice> kStates{{"", ""},
                                  {"requested", "待审批"},
                                  {"approved", "已批准"},
                                  {"refused", "未批准"},
                                  {"cancelled", "已撤销"}};

TextTable Table() {
  return TextTable({"编号", "学生编号", "类别", "从", "到", "事由", "状态", "申请", "审批"});
}

void Row(TextTable& table, const attendance::Leave& leave) {
  table.Row({std::to_string(leave.leave_id()), std::to_string(leave.student_id()),
             leave.kind() == attendance::LEAVE_KIND_SICK ? "病假" : "事假",
             Show(leave.from()) + " " + std::string{HalfText(leave.from_half())},
             Show(leave.to()) + " " + std::string{HalfText(leave.to_half())}, leave.reason(),
             MeaningOf(kStates, leave.state()), Show(leave.requested_by()),
             Show(leave.decided_by())});
}

template <class Req>
base::Status Change(Shell& shell, const Req& request) {
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<attendance::LeaveReply>("attendance", request)));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  TextTable table = Table();
  Row(table, reply.leave());
  shell.Say(table.ToString());
  return {};
}

base::Status Request(Shell& shell, const Options& options) {
  attendance::SubmitLeave request;
  ASSIGN_OR_RETURN(const std::int64_t student, ResolveStudent(shell, options.student));
  request.set_student_id(student);
  request.set_kind(options.kind == "sick" ? attendance::LEAVE_KIND_SICK
                                          : attendance::LEAVE_KIND_PERSONAL);
  RETURN_IF_ERROR(ReadDate(options.from, request.mutable_from()));
  RETURN_IF_ERROR(ReadDate(options.to.empty() ? options.from : options.to, request.mutable_to()));
  ASSIGN_OR_RETURN(const HalfDay from_half, ReadHalf(options.from_half));
  ASSIGN_OR_RETURN(const HalfDay to_half, ReadHalf(options.to_half));
  request.set_from_half(from_half);
  request.set_to_half(to_half);
  request.set_reason(options.reason);
  for (const std::string& one : options.evidence) request.add_evidence(one);
  return Change(shell, request);
}

base::Status Decide(Shell& shell, const Options& options, bool approve) {
  attendance::DecideLeave request;
  request.set_leave_id(options.leave);
  request.set_approve(approve);
  request.set_reason(options.reason);
  return Change(shell, request);
}

base::Status Cancel(Shell& shell, const Options& options) {
  attendance::CancelLeave request;
  request.set_leave_id(options.leave);
  request.set_reason(options.reason);
  return Change(shell, request);
}

base::Status List(Shell& shell, const Options& options) {
  attendance::ListLeaves request;
  if (!options.student.empty()) {
    ASSIGN_OR_RETURN(const std::int64_t student, ResolveStudent(shell, options.student));
    request.set_student_id(student);
  }
  if (!options.in_class.empty()) {
    ASSIGN_OR_RETURN(const std::int64_t in_class, ResolveClass(shell, options.in_class));
    request.set_class_id(in_class);
  }
  request.set_state(options.state);
  ASSIGN_OR_RETURN(const auto reply,
                   (shell.Ask<attendance::ListLeavesReply>("attendance", request)));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  TextTable table = Table();
  for (const attendance::Leave& leave : reply.leaves()) Row(table, leave);
  shell.Say(table.ToString());
  return {};
}

}  // namespace

void AddLeave(Shell& shell, Command& root) {
  Command command = root.Sub("leave", "请假：申请、批准、不批准、撤销、查询");
  command.NeedsSub();
  const auto o = std::make_shared<Options>();
  Command request = command.Sub("request", "申请请假，可以补假");
  request.Text("STUDENT", o->student, kStudentHelp, Need::kRequired)
      .OneOf("--kind", o->kind, {{"sick", "病假"}, {"personal", "事假"}}, "类别")
      .Text("--from", o->from, "第一天，如 2026-09-01", Need::kRequired)
      .Text("--to", o->to, "最后一天，不填为同一天")
      .Text("--from-half", o->from_half, "从 上午 还是 下午 起")
      .Text("--to-half", o->to_half, "到 上午 还是 下午 止")
      .Text("--reason", o->reason, "事由", Need::kRequired)
      .List("--evidence", o->evidence, "佐证材料，写成 种类:编号，可写多次");
  request.Run([&shell, o] { return Request(shell, *o); });
  Command approve = command.Sub("approve", "批准请假");
  approve.Number("LEAVE", o->leave, "请假编号", Need::kRequired);
  approve.Run([&shell, o] { return Decide(shell, *o, true); });
  Command refuse = command.Sub("refuse", "不批准请假");
  refuse.Number("LEAVE", o->leave, "请假编号", Need::kRequired)
      .Text("--reason", o->reason, "理由", Need::kRequired);
  refuse.Run([&shell, o] { return Decide(shell, *o, false); });
  Command cancel = command.Sub("cancel", "撤销请假");
  cancel.Number("LEAVE", o->leave, "请假编号", Need::kRequired)
      .Text("--reason", o->reason, "理由");
  cancel.Run([&shell, o] { return Cancel(shell, *o); });
  Command list = command.Sub("list", "列出一名学生或一个班的请假");
  list.Text("--student", o->student, kStudentHelp)
      .Text("--class", o->in_class, kClassHelp)
      .OneOf("--state", o->state, kStates, "只列这一状态");
  list.Run([&shell, o] { return List(shell, *o); });
}

}  // namespace cli
