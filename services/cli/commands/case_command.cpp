#include <fmt/format.h>

#include <memory>

#include "cases/contract/cases.pb.h"
#include "cli/commands/case_view.h"
#include "cli/commands/commands.h"
#include "cli/shell/resolve.h"
#include "cli/shell/values.h"

namespace cli {
namespace {

namespace cases = baoxue::cases::v1;

struct Options {
  std::int64_t case_id = 0;
  std::string student = {};
  std::string state = {};
  std::int64_t level = 0;
  std::string school = {};
  std::string body = {};
  std::string person = {};
  bool open_only = false;
  bool overdue_only = false;
  std::int64_t limit = 50;
  std::string found_by = "人工";
  std::string reason = {};
  std::string first_absent = {};
};

// What `case act` may say about an act.
struct ActOptions {
  std::int64_t case_id = 0;
  std::int64_t expected_version = 0;
  cases::Act act = {};
  std::string kind = {};
  std::string at = {};
  std::string method = {};
  std::string place = {};
  std::string counterpart = {};
  std::string outcome = {};
  std::string promised_on = {};
  std::string text = {};
  std::string reason_code = {};
  std::string target = {};
  std::string clock = {};
  std::string witness = {};
  std::string document_no = {};
  std::string until = {};
  std::vector<std::string> participants = {};
  std::vector<std::string> evidence = {};
  bool approve = false;
};

base::Status List(Shell& shell, const Options& options) {
  cases::ListCases request;
  request.set_state(options.state);
  request.set_level(static_cast<std::int32_t>(options.level));
  request.set_school_code(options.school);
  request.set_open_only(options.open_only);
  request.set_overdue_only(options.overdue_only);
  request.set_limit(static_cast<std::uint32_t>(options.limit));
  if (!options.student.empty()) {
    ASSIGN_OR_RETURN(const std::int64_t student, ResolveStudent(shell, options.student));
    request.set_student_id(student);
  }
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<cases::ListCasesReply>("cases", request)));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  TextTable table = CaseTable();
  for (const cases::Case& one : reply.cases()) AddCaseRow(table, one);
  shell.Say(
      fmt::format("共 {} 件,列出 {} 件\n{}", reply.total(), reply.cases_size(), table.ToString()));
  return {};
}

base::Status ShowCase(Shell& shell, const Options& options) {
  cases::GetCase request;
  request.set_case_id(options.case_id);
  if (!options.student.empty()) {
    ASSIGN_OR_RETURN(const std::int64_t student, ResolveStudent(shell, options.student));
    request.set_student_id(student);
  } else if (options.case_id <= 0) {
    return WrongWords("name a CASE or a --student");
  }
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<cases::CaseReply>("cases", request)));
  if (shell.json()) {
    shell.Json(reply.case_());
  } else {
    shell.Say(CaseText(reply.case_()));
  }
  return {};
}

base::Status Open(Shell& shell, const Options& options) {
  cases::OpenCase request;
  ASSIGN_OR_RETURN(const std::int64_t student, ResolveStudent(shell, options.student));
  request.set_student_id(student);
  request.set_found_by(options.found_by);
  request.set_reason(options.reason);
  if (!options.first_absent.empty()) {
    RETURN_IF_ERROR(ReadDate(options.first_absent, request.mutable_first_absent()));
  }
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<cases::CaseReply>("cases", request)));
  if (shell.json()) {
    shell.Json(reply);
  } else {
    shell.Say((reply.attached() ? "已并入未结的个案\n" : "已立案\n") + CaseText(reply.case_()));
  }
  return {};
}

base::Result<cases::Act> ReadAct(const ActOptions& options) {
  cases::Act act;
  act.set_kind(options.kind);
  if (!options.at.empty()) {
    ASSIGN_OR_RETURN(const base::UtcTime at, base::ParseTime(options.at));
    *act.mutable_at() = ToProto(at);
  }
  act.set_method(options.method);
  act.set_place(options.place);
  act.set_counterpart(options.counterpart);
  act.set_outcome(options.outcome);
  if (!options.promised_on.empty()) {
    RETURN_IF_ERROR(ReadDate(options.promised_on, act.mutable_promised_on()));
  }
  act.set_text(options.text);
  act.set_reason_code(options.reason_code);
  act.set_target(options.target);
  act.set_clock(options.clock);
  act.set_witness(options.witness);
  act.set_document_no(options.document_no);
  if (!options.until.empty()) RETURN_IF_ERROR(ReadDate(options.until, act.mutable_until()));
  for (const std::string& one : options.participants) act.add_participants(one);
  for (const std::string& one : options.evidence) act.add_evidence(one);
  act.set_approve(options.approve);
  return act;
}

base::Status Do(Shell& shell, const ActOptions& options) {
  cases::DoAct request;
  request.set_case_id(options.case_id);
  request.set_expected_version(static_cast<std::int32_t>(options.expected_version));
  ASSIGN_OR_RETURN(*request.mutable_act(), ReadAct(options));
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<cases::CaseReply>("cases", request)));
  if (shell.json()) {
    shell.Json(reply.case_());
  } else {
    shell.Say(CaseText(reply.case_()));
  }
  return {};
}

base::Status Tasks(Shell& shell, const Options& options) {
  cases::ListTasks request;
  request.set_overdue_only(options.overdue_only);
  request.set_body(options.body);
  request.set_person_id(options.person);
  request.set_limit(static_cast<std::uint32_t>(options.limit));
  return ShowTasks(shell, request);
}

base::Status Summary(Shell& shell) {
  ASSIGN_OR_RETURN(const auto reply,
                   (shell.Ask<cases::CasesSummary>("cases", cases::GetCasesSummary{})));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  shell.Say(fmt::format("立案 {},未结 {},已结 {},撤销 {};逾期任务 {},劝返 {} 次", reply.opened(),
                        reply.open(), reply.closed(), reply.withdrawn(), reply.overdue_tasks(),
                        reply.persuasions()));
  TextTable levels({"级别", "未结", "有逾期"});
  levels.RightAligned(1).RightAligned(2);
  for (const cases::LevelCount& level : reply.levels()) {
    levels.Row({fmt::format("{} {}", level.level(), level.name()), WithCommas(level.open()),
                WithCommas(level.overdue())});
  }
  TextTable states({"状态", "件数"});
  states.RightAligned(1);
  for (const cases::StateCount& state : reply.states()) {
    states.Row({state.state() + " " + state.name(), WithCommas(state.count())});
  }
  shell.Say(levels.ToString() + "\n" + states.ToString());
  return {};
}

void AddAct(Shell& shell, Command& command) {
  const auto o = std::make_shared<ActOptions>();
  Command act = command.Sub("act", "record an act: persuasion, report, acknowledge, ...");
  act.Number("CASE", o->case_id, "number of the case", Need::kRequired)
      .Text("KIND", o->kind, "as `case show` lists them", Need::kRequired)
      .Text("--at", o->at, "when it happened, else now: 2026-09-08T16:30")
      .Text("--method", o->method, "电话, 家访, 到工作地, 联合")
      .Text("--place", o->place, "where")
      .List("--participant", o->participants, "who took part; repeat for more")
      .Text("--counterpart", o->counterpart, "监护人, 学生")
      .Text("--outcome", o->outcome, "返校, 承诺, 拒绝, 未见到人, 未接通, 已说明, 下落不明")
      .Text("--promised-on", o->promised_on, "promised day of return")
      .Text("--text", o->text, "content or reason")
      .Text("--reason-code", o->reason_code, "why the child stays away, e.g. 11 厌学")
      .List("--evidence", o->evidence, "kind:reference; repeat for more")
      .Text("--target", o->target, "person or body, closing state, or level")
      .Text("--clock", o->clock, "for suspend_clock and resume_clock")
      .Text("--document-no", o->document_no, "文号")
      .Text("--until", o->until, "last day")
      .Text("--witness", o->witness, "见证人")
      .Flag("--approve", o->approve, "for review")
      .Number("--expected-version", o->expected_version, "refuse if it has changed; 0: any");
  act.Run([&shell, o] { return Do(shell, *o); });
}

}  // namespace

void AddCase(Shell& shell, Command& root) {
  Command command = root.Sub("case", "个案: list, show, open, act, tasks, summary");
  command.NeedsSub();
  const auto o = std::make_shared<Options>();
  Command list = command.Sub("list", "cases");
  list.Text("--state", o->state, "code of the state")
      .Number("--level", o->level, "1 to 5")
      .Text("--school", o->school, "学校标识码")
      .Text("--student", o->student, "id, number, or 学校标识码/班号/班内学号")
      .Flag("--open", o->open_only, "only open ones")
      .Flag("--overdue", o->overdue_only, "only with an overdue task")
      .Number("--limit", o->limit, "how many");
  list.Run([&shell, o] { return List(shell, *o); });
  Command show = command.Sub("show", "one case: tasks, what may be done now, timeline");
  show.Number("CASE", o->case_id, "number of the case")
      .Text("--student", o->student, "id, number, or 学校标识码/班号/班内学号");
  show.Run([&shell, o] { return ShowCase(shell, *o); });
  Command open = command.Sub("open", "open a case by hand");
  open.Text("STUDENT", o->student, "id, number, or 学校标识码/班号/班内学号", Need::kRequired)
      .OneOf("--found-by", o->found_by, {"人工", "摸排", "来函", "举报"}, "how it was found")
      .Text("--reason", o->reason, "why", Need::kRequired)
      .Text("--first-absent", o->first_absent, "first day away");
  open.Run([&shell, o] { return Open(shell, *o); });
  AddAct(shell, command);
  Command tasks = command.Sub("tasks", "what is to be done, by whom, until when");
  tasks.Flag("--overdue", o->overdue_only, "only overdue ones")
      .Text("--body", o->body, "of this body")
      .Text("--person", o->person, "of this account or staff number")
      .Number("--limit", o->limit, "how many");
  tasks.Run([&shell, o] { return Tasks(shell, *o); });
  Command summary = command.Sub("summary", "counts by level and state");
  summary.Run([&shell] { return Summary(shell); });
}

}  // namespace cli
