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
                        task.owner().person(), Show(task.due()), task.state()));
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
  Command command = root.Sub("task", "任务: what is due, and what townships found at households");
  command.NeedsSub();
  const auto o = std::make_shared<Options>();
  Command list = command.Sub("list", "what is to be done, by whom, until when");
  list.Flag("--overdue", o->overdue, "only overdue ones")
      .Text("--body", o->body, "of this body")
      .Text("--person", o->person, "of this account or staff number")
      .Number("--limit", o->limit, "how many");
  list.Run([&shell, o] { return List(shell, *o); });
  Command show = command.Sub("show", "one household, with the child as the letter says");
  show.Number("TASK", o->task, "number of the household's task", Need::kRequired);
  show.Run([&shell, o] { return ShowTask(shell, *o); });
  Command answer = command.Sub("answer", "what was found at a household; a later one corrects");
  answer.Number("TASK", o->task, "number of the household's task", Need::kRequired)
      .Text("OUTCOME", o->outcome,
            "在校就读, 就读未建籍, 返校, 拒绝, 在第三地, 查无此人, 死亡, 出国, 因病因残, 超龄, 需延期, 其他",
            Need::kRequired)
      .List("--participant", o->participants, "who went there; repeat for more")
      .Text("--text", o->text, "what was found")
      .Text("--at", o->at, "when, else now: 2026-10-16T10:00")
      .Text("--school", o->school, "where the child goes to school")
      .Text("--since", o->since, "since when")
      .Text("--until", o->until, "day of return, of registration, or new date")
      .Number("--persuasions", o->persuasions, "how often they were persuaded")
      .Text("--third", o->third, "division code of where the child is")
      .Text("--address", o->address, "where the child is")
      .List("--evidence", o->evidence, "kind:reference; repeat for more")
      .Number("--expected-version", o->expected_version, "refuse if it has changed; 0: any");
  answer.Run([&shell, o] { return Answer(shell, *o); });
}

}  // namespace cli
