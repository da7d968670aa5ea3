// `baoxue report`: what a bureau officer wants to know, on one page.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "attendance/contract/attendance.pb.h"
#include "cases/contract/cases.pb.h"
#include "cli/commands/case_view.h"
#include "cli/commands/commands.h"
#include "cli/shell/json.h"
#include "cli/shell/values.h"
#include "registry/contract/registry.pb.h"
#include "settings/calendar.h"
#include "settings/county.h"

namespace cli {
namespace {

namespace attendance = baoxue::attendance::v1;
namespace cases = baoxue::cases::v1;
namespace registry = baoxue::registry::v1;
namespace wire = baoxue::bus::v1;

struct Options {
  std::string from = {};
  std::string to = {};
  std::int64_t examples = 3;
};

struct Report {
  settings::County county = {};
  base::Date from = {};
  base::Date to = {};
  registry::RegistrySummary registry = {};
  attendance::AttendanceSummary attendance = {};
  cases::CasesSummary cases = {};
  std::vector<cases::Case> examples = {};
};

// From the first day of the running (else the last) term until today.
base::Result<base::DateRange> Period(Shell& shell, const settings::County& county,
                                     const Options& options) {
  base::DateRange range;
  if (!options.to.empty()) {
    ASSIGN_OR_RETURN(range.end, base::Date::Parse(options.to));
  } else {
    ASSIGN_OR_RETURN(const auto doctor,
                     (shell.Ask<wire::DoctorReply>("attendance", wire::Doctor{})));
    range.end = base::DateAt(FromProto(doctor.now()));
  }
  if (!options.from.empty()) {
    ASSIGN_OR_RETURN(range.begin, base::Date::Parse(options.from));
    return range;
  }
  range.begin = range.end;
  ASSIGN_OR_RETURN(const auto calendar, settings::LoadCalendar(county.calendar));
  for (const base::Term& term : calendar.calendar.terms()) {
    if (term.first <= range.end) range.begin = term.first;
  }
  return range;
}

// Unlike ones first: highest level, then most overdue, then one that is already settled.
base::Result<std::vector<cases::Case>> Examples(Shell& shell, std::size_t most) {
  cases::ListCases request;
  request.set_limit(500);
  ASSIGN_OR_RETURN(auto listed, (shell.Ask<cases::ListCasesReply>("cases", request)));
  std::vector<cases::Case> all(listed.cases().begin(), listed.cases().end());
  std::stable_sort(all.begin(), all.end(), [](const cases::Case& a, const cases::Case& b) {
    return std::pair{a.level(), a.persuasions()} > std::pair{b.level(), b.persuasions()};
  });
  std::vector<cases::Case> chosen;
  std::vector<std::string> states;
  for (const bool fresh_state : {true, false}) {
    for (const cases::Case& one : all) {
      if (chosen.size() == most) break;
      const bool known = std::find(states.begin(), states.end(), one.state()) != states.end();
      const bool taken = std::any_of(chosen.begin(), chosen.end(), [&](const cases::Case& other) {
        return other.case_id() == one.case_id();
      });
      if (taken || (fresh_state && known)) continue;
      cases::GetCase look;
      look.set_case_id(one.case_id());
      ASSIGN_OR_RETURN(const auto whole, (shell.Ask<cases::CaseReply>("cases", look)));
      chosen.push_back(whole.case_());
      states.push_back(one.state());
    }
  }
  return chosen;
}

base::Result<Report> Gather(Shell& shell, const Options& options) {
  Report report;
  ASSIGN_OR_RETURN(const host::Suite* suite, shell.suite());
  ASSIGN_OR_RETURN(report.county, settings::LoadCounty(suite->ProfilePath()));
  ASSIGN_OR_RETURN(const base::DateRange period, Period(shell, report.county, options));
  report.from = period.begin;
  report.to = period.end;
  ASSIGN_OR_RETURN(report.registry, (shell.Ask<registry::RegistrySummary>(
                                        "registry", registry::GetRegistrySummary{})));
  attendance::GetAttendanceSummary ask;
  *ask.mutable_from() = ToProto(report.from);
  *ask.mutable_to() = ToProto(report.to);
  ASSIGN_OR_RETURN(report.attendance, (shell.AskAs<attendance::AttendanceSummary>(
                                          "attendance", ask, shell.Call(std::chrono::minutes{1}))));
  ASSIGN_OR_RETURN(report.cases,
                   (shell.Ask<cases::CasesSummary>("cases", cases::GetCasesSummary{})));
  ASSIGN_OR_RETURN(
      report.examples,
      Examples(shell, static_cast<std::size_t>(std::max<std::int64_t>(0, options.examples))));
  return report;
}

std::string Share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? std::string{}
                    : fmt::format("({:.2f}%)",
                                  100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

void Print(Shell& shell, const Report& report) {
  const auto& a = report.attendance;
  shell.Say(fmt::format("{} 控辍保学情况\n{} 至 {}\n", report.county.bureau, report.from.ToString(),
                        report.to.ToString()));
  shell.Say(fmt::format(
      "学籍:在籍 {} 人(在读 {}),学校 {} 所,班级 {} 个;适龄儿童名单 {} 人;群体标签 {} 条",
      WithCommas(report.registry.students()), WithCommas(report.registry.enrolled()),
      WithCommas(report.registry.schools()), WithCommas(report.registry.classes()),
      WithCommas(report.registry.people()), WithCommas(report.registry.group_tags())));
  shell.Say(fmt::format("点名:应 {} 次,已 {} 次{},漏 {} 次,更正 {} 次",
                        WithCommas(a.roll_calls_expected()), WithCommas(a.roll_calls_taken()),
                        Share(a.roll_calls_taken(), a.roll_calls_expected()),
                        WithCommas(a.roll_calls_missing()), WithCommas(a.corrections())));
  shell.Say(fmt::format("缺勤(人次·半天):旷课 {},未到 {},病假 {},事假 {},迟到 {},早退 {}",
                        WithCommas(a.absences_without_leave()), WithCommas(a.unknown()),
                        WithCommas(a.sick_leave()), WithCommas(a.personal_leave()),
                        WithCommas(a.late()), WithCommas(a.left_early())));
  const auto& c = report.cases;
  shell.Say(fmt::format("疑似辍学:{} 人,撤回 {} 人", a.suspected(), a.withdrawn()));
  shell.Say(fmt::format("个案:立案 {},未结 {},已结 {},撤销 {};劝返 {} 次;逾期任务 {} 项\n",
                        c.opened(), c.open(), c.closed(), c.withdrawn(), c.persuasions(),
                        c.overdue_tasks()));
  TextTable levels({"级别", "未结", "有逾期"});
  levels.RightAligned(1).RightAligned(2);
  for (const cases::LevelCount& level : c.levels()) {
    levels.Row({fmt::format("{} {}", level.level(), level.name()), WithCommas(level.open()),
                WithCommas(level.overdue())});
  }
  shell.Say(levels.ToString());
  for (const cases::Case& one : report.examples) {
    cases::Case shown = one;
    shown.clear_tasks();
    shown.clear_allowed();
    shell.Say("\n例 " + CaseText(shown, Detail::kMain));
  }
}

std::string AsJson(const Report& report) {
  std::vector<std::string> examples;
  for (const cases::Case& one : report.examples) examples.push_back(ToJson(one));
  return JsonObject{}
      .Text("county", report.county.id)
      .Text("bureau", report.county.bureau)
      .Text("from", report.from.ToString())
      .Text("to", report.to.ToString())
      .Message("registry", report.registry)
      .Message("attendance", report.attendance)
      .Message("cases", report.cases)
      .Json("examples", JsonArray(examples))
      .ToString();
}

base::Status Run(Shell& shell, const Options& options) {
  ASSIGN_OR_RETURN(const Report report, Gather(shell, options));
  if (shell.json()) {
    shell.Json(AsJson(report));
  } else {
    Print(shell, report);
  }
  return {};
}

}  // namespace

void AddReport(Shell& shell, Command& root) {
  Command command = root.Sub("report", "全县控辍保学情况：点名、缺勤、个案");
  const auto o = std::make_shared<Options>();
  command.Text("--from", o->from, "第一天，不填为本学期第一天")
      .Text("--to", o->to, "最后一天，不填为今天")
      .Number("--examples", o->examples, "附几个个案的经过");
  command.Run([&shell, o] { return Run(shell, *o); });
}

}  // namespace cli
