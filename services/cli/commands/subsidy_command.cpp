// `baoxue subsidy`: 两免一补 from the desk of the 资助中心: decisions with their explanation, rolls,
// what-if, recognition. Rolls and trials go out as XLSX or CSV.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "base/money.h"
#include "cli/commands/commands.h"
#include "cli/commands/publicity_sheet.h"
#include "cli/commands/subsidy_tables.h"
#include "cli/shell/files.h"
#include "cli/shell/resolve.h"
#include "cli/shell/text_table.h"
#include "cli/shell/values.h"

namespace cli {
namespace {

namespace v1 = baoxue::subsidy::v1;
namespace fs = std::filesystem;

struct Options {
  std::string student = {}, term = {}, school = {}, out = {}, folder = {}, rules = {};
  std::string on = {}, until = {};
  std::string step = {}, year = {}, note = {}, division = {}, letter = {}, state = {};
  std::int64_t no = 0, roll = 0, run = 0, line = 0, fen = 0;
  bool all_paid = false, failed = false, withdrawn = false, open_only = false;
};

constexpr std::chrono::minutes kLong{10};

bus::CallOptions Patient(Shell& shell) {
  bus::CallOptions call = shell.Call(kLong);
  call.attempt_timeout = kLong;
  return call;
}

// The rules are tested by the service's own program, which stands beside this one.
base::Status Test(const Options& options) {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  const std::string program = (self.parent_path() / "baoxue-subsidy").string();
  const std::string folder =
      options.folder.empty() ? std::string{"config/subsidy/tests"} : options.folder;
  ::execl(program.c_str(), program.c_str(), "test-rules", folder.c_str(), nullptr);
  return base::Error{base::Code::kNotFound, "NO_PROGRAM", program + ": " + std::strerror(errno)};
}

base::Status ShowDecision(Shell& shell, const Options& options) {
  v1::GetDecision ask;
  ASSIGN_OR_RETURN(const std::int64_t id, ResolveStudent(shell, options.student));
  ask.set_student_id(id);
  ask.set_term(options.term);
  ask.set_no(static_cast<std::int32_t>(options.no));
  if (!options.on.empty()) RETURN_IF_ERROR(ReadDate(options.on, ask.mutable_day()));
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<v1::DecisionReply>("subsidy", ask)));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  const v1::Decision& one = reply.decision();
  shell.Say(fmt::format("学生 {},{},第 {} 号决定({},{})", one.student_id(), one.term(), one.no(),
                        Show(one.decided_at()), one.cause()));
  shell.Say(one.trace());
  const v1::Balance& money = reply.balance();
  shell.Say(fmt::format("应发 {},已发 {},退回 {},在途 {},待发(负数为应退)\u3000{}",
                        Yuan(money.entitled_fen()), Yuan(money.paid_fen()),
                        Yuan(money.returned_fen()), Yuan(money.pending_fen()),
                        Yuan(money.open_fen())));
  return {};
}

base::Status Summary(Shell& shell, const Options& options) {
  v1::GetSubsidySummary ask;
  ask.set_term(options.term);
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<v1::SubsidySummary>("subsidy", ask)));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  shell.Say(fmt::format("{}:决定 {} 人,规则 {}", reply.term(), WithCommas(reply.students()),
                        reply.rule_version().substr(0, 12)));
  TextTable table({"补助", "人数", "本学期(元)"});
  table.RightAligned(1).RightAligned(2);
  for (int i = 0; i < reply.totals_size(); ++i) {
    table.Row({reply.totals(i).name(), WithCommas(reply.counts(i)),
               Yuan(reply.totals(i).term_fen())});
  }
  shell.Say(table.ToString());
  return {};
}

base::Status List(Shell& shell, const Options& options) {
  v1::ListEntitlements ask;
  ask.set_term(options.term);
  ask.set_school_code(options.school);
  ask.set_open_only(options.open_only);
  TableOut out(shell, options.out, "应得",
               {"学生", "学校", "补助", "应发", "已发", "退回", "在途", "待发"}, {3, 4, 5, 6, 7});
  RETURN_IF_ERROR(out.Open());
  for (;;) {
    ASSIGN_OR_RETURN(const auto page, (shell.Ask<v1::ListEntitlementsReply>("subsidy", ask)));
    for (const v1::Entitlement& row : page.rows()) {
      RETURN_IF_ERROR(out.Row(CellsOf(row)));
      ask.set_after(row.student_id());
    }
    if (page.rows_size() == 0) return out.Close();
  }
}

base::Status MakeRoll(Shell& shell, const Options& options) {
  v1::MakeRoll ask;
  ask.set_term(options.term);
  ask.set_school_code(options.school);
  ASSIGN_OR_RETURN(const auto reply,
                   (shell.AskAs<v1::RollReply>("subsidy", ask, Patient(shell))));
  ShowRolls(shell, {reply.roll()});
  return {};
}

base::Status ListRolls(Shell& shell, const Options& options) {
  v1::ListRolls ask;
  ask.set_term(options.term);
  ask.set_school_code(options.school);
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<v1::ListRollsReply>("subsidy", ask)));
  ShowRolls(shell, {reply.rolls().begin(), reply.rolls().end()});
  return {};
}

base::Status ExportRoll(Shell& shell, const Options& options) {
  v1::GetRollLines ask;
  ask.set_roll_id(options.roll);
  TableOut out(shell, options.out, "发放表",
               {"序号", "学生", "班级", "姓名", "金额(元)", "项目", "状态", "备注"}, {0, 4});
  RETURN_IF_ERROR(out.Open());
  v1::Roll roll;
  for (;;) {
    ASSIGN_OR_RETURN(const auto page, (shell.Ask<v1::GetRollLinesReply>("subsidy", ask)));
    roll = page.roll();
    for (const v1::RollLine& line : page.lines()) {
      RETURN_IF_ERROR(out.Row(CellsOf(line)));
      ask.set_after(line.line_no());
    }
    if (page.lines_size() == 0) break;
  }
  RETURN_IF_ERROR(out.Row({"合计", fmt::format("{} 人", roll.lines()), roll.term(), roll.school(),
                           Yuan(roll.total_fen()), "校验", roll.control(),
                           fmt::format("发放表 {}", roll.roll_id())}));
  return out.Close();
}

base::Status Enter(Shell& shell, const Options& options) {
  v1::RecordPayments ask;
  ask.set_roll_id(options.roll);
  ask.set_all_paid(options.all_paid);
  if (options.line > 0) {
    v1::LineResult& line = *ask.add_results();
    line.set_line_no(static_cast<std::uint32_t>(options.line));
    line.set_state(options.state);
    line.set_note(options.note);
  }
  ASSIGN_OR_RETURN(const auto reply,
                   (shell.AskAs<v1::RollReply>("subsidy", ask, Patient(shell))));
  ShowRolls(shell, {reply.roll()});
  return {};
}

base::Result<std::string> ReadFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return base::Error{base::Code::kNotFound, "NO_FILE", path.string()};
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

// A draft goes over with what it extends; the service reads `extends` no more, the order counts.
base::Status AddDraft(const std::string& path, v1::RunWhatIf& ask) {
  std::vector<std::pair<std::string, std::string>> texts;
  fs::path next{path};
  while (!next.empty() && texts.size() < 4) {
    ASSIGN_OR_RETURN(std::string yaml, ReadFile(next));
    constexpr std::string_view kKey = "\nextends: ";
    const std::size_t at = yaml.find(kKey);
    const std::string base =
        at == std::string::npos
            ? ""
            : yaml.substr(at + kKey.size(), yaml.find('\n', at + 1) - at - kKey.size());
    texts.emplace_back(next.filename().string(), std::move(yaml));
    next = base.empty() ? fs::path{} : next.parent_path() / base;
  }
  for (auto one = texts.rbegin(); one != texts.rend(); ++one) {
    v1::RuleText& text = *ask.add_texts();
    text.set_name(one->first);
    text.set_yaml(one->second);
  }
  return {};
}

base::Status WhatIf(Shell& shell, const Options& options) {
  v1::RunWhatIf ask;
  if (!options.rules.empty()) RETURN_IF_ERROR(AddDraft(options.rules, ask));
  if (!options.on.empty()) RETURN_IF_ERROR(ReadDate(options.on, ask.mutable_on()));
  ASSIGN_OR_RETURN(const auto reply,
                   (shell.AskAs<v1::WhatIfReply>("subsidy", ask, Patient(shell))));
  if (shell.json()) {
    shell.Json(reply);
  } else {
    shell.Say(fmt::format("试算 {}:{} 人,增加 {} 人,减少 {} 人;每学期 {} 元,现 {} 元",
                          reply.run_id(), WithCommas(reply.students()), WithCommas(reply.gain()),
                          WithCommas(reply.lose()), Yuan(reply.fen_after()),
                          Yuan(reply.fen_before())));
  }
  if (options.out.empty()) return {};
  return WriteTrial(shell, reply, options.out);
}

base::Status Approve(Shell& shell, const Options& options) {
  v1::ApproveRules ask;
  ask.set_run_id(options.run);
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<v1::ApproveRulesReply>("subsidy", ask)));
  if (shell.json()) {
    shell.Json(reply);
  } else {
    shell.Say(reply.in_force() ? "两人批准,规则已启用:" + reply.version()
                               : "已记下一人的批准,还须另一人批准");
  }
  return {};
}

base::Status Step(Shell& shell, const Options& options) {
  v1::RecordStep ask;
  ASSIGN_OR_RETURN(const std::int64_t id, ResolveStudent(shell, options.student));
  ask.set_student_id(id);
  ask.set_school_year(options.year);
  ask.set_step(options.step);
  ask.set_passed(!options.failed);
  ask.set_note(options.note);
  RETURN_IF_ERROR(ReadDate(options.on, ask.mutable_on()));
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<v1::StepReply>("subsidy", ask)));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  for (const v1::Step& step : reply.steps()) {
    shell.Say(fmt::format("{} {} {} {}", Show(step.on()), step.step(), step.passed() ? "" : "不通过",
                          Show(step.actor())));
  }
  if (reply.recognised()) shell.Say("已认定");
  return {};
}

base::Status PublicityPdf(const Options& options, const v1::ListPublicityReply& reply) {
  PublicitySheet sheet;
  sheet.school_year = options.year;
  if (!options.on.empty()) {
    ASSIGN_OR_RETURN(sheet.from, base::Date::Parse(options.on));
  }
  if (!options.until.empty()) {
    ASSIGN_OR_RETURN(sheet.until, base::Date::Parse(options.until));
  }
  for (const v1::PublicityRow& row : reply.rows()) {
    sheet.lines.push_back(
        {.school = row.school(), .school_class = row.school_class(), .name = row.name()});
  }
  ASSIGN_OR_RETURN(const std::string pdf, PrintPublicity(sheet, base::SystemClock{}.Now()));
  return WriteFile(options.out, pdf);
}

base::Status Publicity(Shell& shell, const Options& options) {
  v1::ListPublicity ask;
  ask.set_school_year(options.year);
  ask.set_school_code(options.school);
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<v1::ListPublicityReply>("subsidy", ask)));
  if (options.out.ends_with(".pdf")) return PublicityPdf(options, reply);
  TableOut out(shell, options.out, "公示", {"学校", "班级", "姓名"});
  RETURN_IF_ERROR(out.Open());
  for (const v1::PublicityRow& row : reply.rows()) {
    RETURN_IF_ERROR(out.Row({row.school(), row.school_class(), row.name()}));
  }
  return out.Close();
}

base::Status PaidElsewhere(Shell& shell, const Options& options) {
  v1::RecordPaidElsewhere ask;
  ASSIGN_OR_RETURN(const std::int64_t id, ResolveStudent(shell, options.student));
  ask.set_student_id(id);
  ask.set_term(options.term);
  ask.set_division(options.division);
  ask.set_fen(options.fen);
  ask.set_letter(options.letter);
  ask.set_withdrawn(options.withdrawn);
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<v1::RecordPaidElsewhereReply>("subsidy", ask)));
  shell.Say("已登记");
  return {};
}

void AddRolls(Shell& shell, Command& command, const std::shared_ptr<Options>& o) {
  Command roll = command.Sub("roll", "发放表");
  roll.NeedsSub();
  Command make = roll.Sub("make", "按学校和学期，把待发的列成发放表");
  make.Text("--term", o->term, "学期，如 2026秋", Need::kRequired)
      .Text("--school", o->school, "学校标识码", Need::kRequired);
  make.Run([&shell, o] { return MakeRoll(shell, *o); });
  Command list = roll.Sub("list", "列出发放表和发放结果");
  list.Text("--term", o->term, "学期，如 2026秋").Text("--school", o->school, "只列这所学校：学校标识码");
  list.Run([&shell, o] { return ListRolls(shell, *o); });
  Command out = roll.Sub("export", "导出发放表：各行、合计、校验，.xlsx 可交银行");
  out.Number("ROLL", o->roll, "发放表编号", Need::kRequired)
      .Text("--out", o->out, "写到文件（.csv 或 .xlsx），不填则显示");
  out.Run([&shell, o] { return ExportRoll(shell, *o); });
  Command enter = roll.Sub("enter", "登记银行的发放结果");
  enter.Number("ROLL", o->roll, "发放表编号", Need::kRequired)
      .Flag("--all-paid", o->all_paid, "尚无结果的各行都已发")
      .Number("--line", o->line, "第几行")
      .OneOf("--state", o->state, {{"paid", "已发"}, {"failed", "失败"}, {"returned", "退回"}}, "该行的结果")
      .Text("--note", o->note, "原因");
  enter.Run([&shell, o] { return Enter(shell, *o); });
}

void AddRules(Shell& shell, Command& command, const std::shared_ptr<Options>& o) {
  Command test = command.Sub("test", "检验规则的样例，不需要部署");
  test.Text("FOLDER", o->folder, "样例目录，不填为 config/subsidy/tests");
  test.Run([o] { return Test(*o); });
  Command what_if = command.Sub("what-if", "用一版规则试算全县，不改动数据");
  what_if.Text("--rules", o->rules, "规则草稿（.yaml），不填为服务的配置")
      .Text("--on", o->on, "按哪一天的规则和情况，不填为今天")
      .Text("--out", o->out, "把增减的人写到文件（.xlsx 或 .csv），费用另写一个文件");
  what_if.Run([&shell, o] { return WhatIf(shell, *o); });
  Command approve = command.Sub("approve", "启用试算过的规则，须两人批准");
  approve.Number("RUN", o->run, "试算编号", Need::kRequired);
  approve.Run([&shell, o] { return Approve(shell, *o); });
}

void AddFacts(Shell& shell, Command& command, const std::shared_ptr<Options>& o) {
  Command step = command.Sub("step", "登记困难认定的一步");
  step.Text("STUDENT", o->student, kStudentHelp, Need::kRequired)
      .Text("--year", o->year, "学年，如 2026-2027", Need::kRequired)
      .Text("--step", o->step, "哪一步：申请、学校认定、公示、确认", Need::kRequired)
      .Text("--on", o->on, "日期，如 2026-09-01", Need::kRequired)
      .Flag("--failed", o->failed, "这一步不通过")
      .Text("--note", o->note, "备注");
  step.Run([&shell, o] { return Step(shell, *o); });
  Command publicity = command.Sub("publicity", "公示名单，只有学校、班级、姓名");
  publicity.Text("--year", o->year, "学年，如 2026-2027", Need::kRequired)
      .Text("--school", o->school, "只列这所学校：学校标识码")
      .Text("--on", o->on, "公示第一天，印在 PDF 上，不填则手写")
      .Text("--until", o->until, "公示最后一天")
      .Text("--out", o->out, "写到文件（.csv、.xlsx，或供张贴的 .pdf），不填则显示");
  publicity.Run([&shell, o] { return Publicity(shell, *o); });
  Command elsewhere = command.Sub("paid-elsewhere", "登记外县已发本学期资助");
  elsewhere.Text("STUDENT", o->student, kStudentHelp, Need::kRequired)
      .Text("--term", o->term, "学期，如 2026秋", Need::kRequired)
      .Text("--division", o->division, "该县的六位行政区划代码", Need::kRequired)
      .Number("--fen", o->fen, "已发金额，单位：分")
      .Text("--letter", o->letter, "转学联系函的文号")
      .Flag("--withdrawn", o->withdrawn, "登记有误，撤销");
  elsewhere.Run([&shell, o] { return PaidElsewhere(shell, *o); });
}

}  // namespace

void AddSubsidy(Shell& shell, Command& root) {
  Command command = root.Sub("subsidy", "资助：决定和说明、发放表、试算、规则检验");
  command.NeedsSub();
  const auto o = std::make_shared<Options>();
  Command show = command.Sub("show", "一名学生的决定和说明");
  show.Text("STUDENT", o->student, kStudentHelp, Need::kRequired)
      .Text("--term", o->term, "学期，如 2026秋，不填为最近一期")
      .Number("--no", o->no, "第几号决定，不填为最近一次")
      .Text("--on", o->on, "按现行规则，这一天应如何决定");
  show.Run([&shell, o] { return ShowDecision(shell, *o); });
  Command summary = command.Sub("summary", "各项补助的人数和金额");
  summary.Text("--term", o->term, "学期，如 2026秋，不填为最近一期");
  summary.Run([&shell, o] { return Summary(shell, *o); });
  Command list = command.Sub("list", "列出一个学期的应发");
  list.Text("--term", o->term, "学期，如 2026秋，不填为最近一期")
      .Text("--school", o->school, "只列这所学校：学校标识码")
      .Flag("--open", o->open_only, "只列待发或应退的")
      .Text("--out", o->out, "写到文件（.csv 或 .xlsx），不填则显示");
  list.Run([&shell, o] { return List(shell, *o); });
  AddRolls(shell, command, o);
  AddRules(shell, command, o);
  AddFacts(shell, command, o);
}

}  // namespace cli
