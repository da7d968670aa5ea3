// Tasks: what is due of cases and at households, and the township's answer.
#include <fmt/format.h>

#include <memory>

#include "cases/contract/cases.pb.h"
#include "cli/commands/case_view.h"
#include "cli/commands/commands.h"
#include "cli/shell/values.h"

namespace cli {
namespace {

namespace cases = baoxue::cases::v1;

struct Options {
  std::int64_t task = 0;
  bool overdue = false;
  std::string body = {};
  std::string person = {};
  std::int64_t limit = 50;
  std::int64_t expected_version = 0;
  std::string outcome = {};
  std::string at = {};
  std::vector<std::string> participants = {};
  std::string text = {};
  std::string school = {};
  std::string since = {};
  std::string until = {};
  std::int64_t persuasions = 0;
  std::string third = {};
  std::string address = {};
  std::vector<std::string> evidence = {};
};

base::Status List(Shell& shell, const Options& o) {
  cases::ListTasks request;
  request.set_overdue_only(o.overdue);
  request.set_body(o.body);
  request.set_person_id(o.person);
  request.set_limit(static_cast<std::uint32_t>(o.limit));
  return ShowTasks(shell, request);
}

void Say(Shell& shell, const cases::HouseholdTaskReply& reply) {
  if (shell.json()) return shell.Json(reply);
  const cases::HouseholdTask& task = reply.task();
  shell.Say(fmt::format("入户核查 {}: {} {} {}\n{}{} 来函:{}\n责任方:{} {};期限 {};状态 {}\n",
                        task.task_id(), task.child_name(), task.id_masked(), task.address(),
                        task.asker_name(), task.document_no(), task.text(), task.owner().body(),
                        task.owner().person(), Show(task.due()),
                        TaskStateText(task.state())));
  for (const std::string& one : task.guardians()) shell.Say("监护人: " + one + "\n");
  TextTable table({"次", "时间", "经办", "结果", "情况"});
  for (const cases::HouseholdVisit& visit : task.visits()) {
    table.Row({std::to_string(visit.number()), Show(visit.act().at()), Show(visit.actor()),
               visit.act().outcome(), visit.act().text()});
  }
  if (task.visits_size() > 0) shell.Say(table.ToString());
}

base::Status ShowTask(Shell& shell, const Options& o) {
  cases::GetHouseholdTask request;
  request.set_task_id(o.task);
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<cases::HouseholdTaskReply>("cases", request)));
  Say(shell, reply);
  return {};
}

base::Status Answer(Shell& shell, const Options& o) {
  cases::DoHouseholdAct request;
  request.set_task_id(o.task);
  request.set_expected_version(static_cast<std::int32_t>(o.expected_version));
  cases::HouseholdAct& act = *request.mutable_act();
  act.set_outcome(o.outcome);
  if (!o.at.empty()) {
    ASSIGN_OR_RETURN(const base::UtcTime at, base::ParseTime(o.at));
    *act.mutable_at() = ToProto(at);
  }
  for (const std::string& one : o.participants) act.add_participants(one);
  act.set_text(o.text);
  act.set_school(o.school);
  if (!o.since.empty()) RETURN_IF_ERROR(ReadDate(o.since, act.mutable_since()));
  if (!o.until.empty()) RETURN_IF_ERROR(ReadDate(o.until, act.mutable_until()));
  act.set_persuasions(static_cast<std::int32_t>(o.persuasions));
  act.set_third_division(o.third);
  act.set_third_address(o.address);
  for (const std::string& one : o.evidence) act.add_evidence(one);
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<cases::HouseholdTaskReply>("cases", request)));
  Say(shell, reply);
  return {};
}

}  // namespace

void AddTask(Shell& shell, Command& root) {
  Command command = root.Sub("task", "任务：查询、入户核查、登记核查结果");
  command.NeedsSub();
  const auto o = std::make_shared<Options>();
  Command list = command.Sub("list", "列出任务：内容、责任方、期限");
  list.Flag("--overdue", o->overdue, "只列逾期的")
      .Text("--body", o->body, "只列这个单位的")
      .Text("--person", o->person, "只列这个账号或工号的")
      .Number("--limit", o->limit, "最多列多少条");
  list.Run([&shell, o] { return List(shell, *o); });
  Command show = command.Sub("show", "一项入户核查和来函所载的学生");
  show.Number("TASK", o->task, "入户核查编号", Need::kRequired);
  show.Run([&shell, o] { return ShowTask(shell, *o); });
  Command answer = command.Sub("answer", "登记入户核查结果，可再次登记更正");
  answer.Number("TASK", o->task, "入户核查编号", Need::kRequired)
      .Text("OUTCOME", o->outcome,
            "结果：在校就读、就读未建籍、返校、拒绝、在第三地、查无此人、死亡、出国、因病因残、"
            "超龄、需延期、其他",
            Need::kRequired)
      .List("--participant", o->participants, "参加人员，可写多次")
      .Text("--text", o->text, "情况说明")
      .Text("--at", o->at, "时间，如 2026-10-16T10:00，不填为现在")
      .Text("--school", o->school, "就读学校")
      .Text("--since", o->since, "就读起始日期")
      .Text("--until", o->until, "返校、建籍或延期的日期")
      .Number("--persuasions", o->persuasions, "劝返次数")
      .Text("--third", o->third, "第三地的六位行政区划代码")
      .Text("--address", o->address, "第三地地址")
      .List("--evidence", o->evidence, "佐证材料，写成 种类:编号，可写多次")
      .Number("--expected-version", o->expected_version, "已被更新就不办理：版本，0 为不核对");
  answer.Run([&shell, o] { return Answer(shell, *o); });
}

}  // namespace cli
