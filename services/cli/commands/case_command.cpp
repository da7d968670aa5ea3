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
    return WrongWords("请写明个案编号 CASE 或学生 --student");
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

std::vector<Choice> Acts() {
  return {{"contact", "联系监护人"},
          {"visit", "家访"},
          {"persuasion", "劝返"},
          {"inquire", "查询下落"},
          {"mark_registry", "学籍系统标注"},
          {"notify", "书面告知"},
          {"plan", "制定帮扶方案"},
          {"refer", "转介"},
          {"mandatory_report", "强制报告"},
          {"read_reply", "阅处回函"},
          {"approve", "审批"},
          {"report", "书面报告上一级"},
          {"escalate", "提级"},
          {"acknowledge", "签收"},
          {"return_with_reason", "退回"},
          {"confirm_dropout", "核实确认辍学"},
          {"mark_missing", "确认失联"},
          {"order", "责令限期复学"},
          {"court", "进入司法程序"},
          {"returned", "返校登记"},
          {"resolve", "提出结案"},
          {"review", "销号审核"},
          {"withdraw", "撤销"},
          {"reopen", "重新打开"},
          {"assign", "指派责任人"},
          {"suspend_clock", "暂停计时"},
          {"resume_clock", "恢复计时"},
          {"note", "备注"},
          {"attach", "附件"}};
}

void AddAct(Shell& shell, Command& command) {
  const auto o = std::make_shared<ActOptions>();
  Command act = command.Sub("act", "办理个案：劝返、书面报告、签收等");
  act.Number("CASE", o->case_id, "个案编号", Need::kRequired)
      .Text("KIND", o->kind, Explained("操作，现在可办哪些见 case show", Acts()), Need::kRequired)
      .Text("--at", o->at, "发生时间，如 2026-09-08T16:30，不填为现在")
      .Text("--method", o->method, "方式：电话、家访、到工作地、联合")
      .Text("--place", o->place, "地点")
      .List("--participant", o->participants, "参加人员，可写多次")
      .Text("--counterpart", o->counterpart, "对象：监护人、学生")
      .Text("--outcome", o->outcome, "结果：返校、承诺、拒绝、未见到人、未接通、已说明、下落不明")
      .Text("--promised-on", o->promised_on, "承诺返校日期")
      .Text("--text", o->text, "说明")
      .Text("--reason-code", o->reason_code, "原因代码，如 11 厌学")
      .List("--evidence", o->evidence, "佐证材料，写成 种类:编号，可写多次")
      .Text("--target", o->target, "对象或去向：人员、单位、结案状态代码或级别")
      .Text("--clock", o->clock, "暂停、恢复哪项计时")
      .Text("--document-no", o->document_no, "文号")
      .Text("--until", o->until, "截止日期")
      .Text("--witness", o->witness, "见证人")
      .Flag("--approve", o->approve, "销号审核通过")
      .Number("--expected-version", o->expected_version, "case show 所示的版本，已被更新就不办理；0 为不核对");
  act.Run([&shell, o] { return Do(shell, *o); });
}

}  // namespace

void AddCase(Shell& shell, Command& root) {
  Command command = root.Sub("case", "个案：查询、查看、立案、办理、任务、统计");
  command.NeedsSub();
  const auto o = std::make_shared<Options>();
  Command list = command.Sub("list", "列出个案");
  list.Text("--state", o->state, "只列这一状态：代码，见 case summary")
      .Number("--level", o->level, "只列这一级别：1 至 5")
      .Text("--school", o->school, "只列这所学校：学校标识码")
      .Text("--student", o->student, kStudentHelp)
      .Flag("--open", o->open_only, "只列未结的")
      .Flag("--overdue", o->overdue_only, "只列有逾期任务的")
      .Number("--limit", o->limit, "最多列多少条");
  list.Run([&shell, o] { return List(shell, *o); });
  Command show = command.Sub("show", "一个个案：任务、现在可办的操作、经过");
  show.Number("CASE", o->case_id, "个案编号")
      .Text("--student", o->student, kStudentHelp);
  show.Run([&shell, o] { return ShowCase(shell, *o); });
  Command open = command.Sub("open", "人工立案");
  open.Text("STUDENT", o->student, kStudentHelp, Need::kRequired)
      .OneOf("--found-by", o->found_by, {{"人工", ""}, {"摸排", ""}, {"来函", ""}, {"举报", ""}}, "发现途径")
      .Text("--reason", o->reason, "立案理由", Need::kRequired)
      .Text("--first-absent", o->first_absent, "首次缺勤日期，如 2026-09-01");
  open.Run([&shell, o] { return Open(shell, *o); });
  AddAct(shell, command);
  Command tasks = command.Sub("tasks", "列出任务：内容、责任方、期限");
  tasks.Flag("--overdue", o->overdue_only, "只列逾期的")
      .Text("--body", o->body, "只列这个单位的")
      .Text("--person", o->person, "只列这个账号或工号的")
      .Number("--limit", o->limit, "最多列多少条");
  tasks.Run([&shell, o] { return Tasks(shell, *o); });
  Command summary = command.Sub("summary", "各级别、各状态的个案数");
  summary.Run([&shell] { return Summary(shell); });
}

}  // namespace cli
