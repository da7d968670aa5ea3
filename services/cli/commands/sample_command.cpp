#include <fmt/format.h>

#include <memory>
#include <optional>

#include "cli/commands/commands.h"
#include "cli/sample/sample.h"
#include "cli/shell/json.h"
#include "cli/shell/progress.h"
#include "cli/shell/values.h"

namespace cli {
namespace {

struct Options {
  std::string county = {};
  std::string config_dir = "config";
  std::string out = {};
  std::string from = {};
  std::int64_t students = 0;
  std::int64_t seed = 1;
  std::int64_t weeks = 0;
  bool term = false;
};

void Tell(Shell& shell, const sample::Truth& truth, const std::string& folder) {
  if (shell.json()) {
    JsonObject json;
    json.Text("folder", folder).Text("county", truth.county).Number("seed", truth.seed);
    json.Number("students", truth.students).Number("schools", truth.schools);
    json.Number("classes", truth.classes).Number("people", truth.people);
    json.Text("first_day", truth.first_day.ToString());
    json.Text("last_day", truth.last_day.ToString());
    json.Number("school_days", truth.school_days).Number("roll_calls", truth.roll_calls);
    json.Number("exceptions", truth.exceptions);
    json.Number("cases", std::uint64_t{truth.cases.size()});
    json.Number("matches", std::uint64_t{truth.matches.size()});
    shell.Json(json.ToString());
    return;
  }
  shell.Say(fmt::format("{}:学生 {} 人,学校 {} 所,班级 {} 个{}", truth.county_name,
                        WithCommas(truth.students), truth.schools, WithCommas(truth.classes),
                        truth.scaled         ? "(按指定人数缩放)"
                        : truth.sizes_stated ? "(文件所载规模)"
                                             : "(文件未载规模,此为估计)"));
  shell.Say(fmt::format("公安适龄儿童名单 {} 人,部门名单 {} 张", WithCommas(truth.people),
                        truth.groups.size()));
  shell.Say(fmt::format("{} 至 {}:教学日 {} 天,点名 {} 次,例外 {} 条,漏点名 {} 次",
                        truth.first_day.ToString(), truth.last_day.ToString(), truth.school_days,
                        WithCommas(truth.roll_calls), WithCommas(truth.exceptions),
                        truth.missing.size()));
  shell.Say(fmt::format("埋设:应立案 {} 件,近似而不应立案 {} 例,人籍比对差异 {} 条",
                        truth.cases.size(), truth.near_misses.size(), truth.matches.size()));
  shell.Say(fmt::format("全部数据均为虚构,见 {}/truth.json", folder));
}

base::Status Sample(Shell& shell, Options& options) {
  sample::Days days{.weeks = options.term ? 0 : static_cast<int>(options.weeks)};
  if (!options.from.empty()) {
    ASSIGN_OR_RETURN(days.from, base::Date::Parse(options.from));
  }
  if (options.students < 0 || options.weeks < 0 || options.seed < 0) {
    return WrongWords("numbers must not be negative");
  }
  ASSIGN_OR_RETURN(const sample::Setting setting,
                   sample::LoadSetting(options.config_dir, options.county, days));
  const std::string folder = options.out.empty() ? "var/sample/" + options.county : options.out;
  std::string now;
  std::optional<Progress> progress;
  const auto watch = [&](const std::string& what, int permille) {
    if (what != now) {
      if (progress) progress->Finish();
      progress.emplace(what, 1000, shell.quiet());
      now = what;
    }
    progress->Set(static_cast<std::uint64_t>(permille));
  };
  auto truth = sample::Generate(setting,
                                {.seed = static_cast<std::uint64_t>(options.seed),
                                 .students = static_cast<std::uint32_t>(options.students)},
                                folder, watch);
  if (progress && truth.ok()) progress->Finish();
  progress.reset();
  if (!truth.ok()) return truth.error();
  Tell(shell, *truth, folder);
  return {};
}

}  // namespace

void AddSample(Shell& shell, Command& root) {
  Command command = root.Sub("sample", "Make a plausible county with planted truth (all invented)");
  const auto options = std::make_shared<Options>();
  command.OneOf("--county", options->county, sample::CountyIds(), "which county", Need::kRequired)
      .Number("--students", options->students, "how many; 0: as many as the county has")
      .Number("--seed", options->seed, "the same seed gives the same county")
      .Number("--weeks", options->weeks, "weeks of roll calls; 0: the whole term")
      .Flag("--term", options->term, "the whole term")
      .Text("--from", options->from, "first day; else that of the autumn term")
      .Text("--out", options->out, "folder to write; else var/sample/<county>")
      .Text("--config-dir", options->config_dir, "folder with counties/ and calendars/");
  command.Run([&shell, options] { return Sample(shell, *options); });
}

}  // namespace cli
