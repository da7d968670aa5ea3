#include <fmt/format.h>

#include <map>
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
    return WrongWords("--students、--weeks、--seed 不能为负数");
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

// As the profiles of config/counties name them.
std::string CountyName(const std::string& id) {
  static const std::map<std::string, std::string> kNames{{"chengkou", "城口县"},
                                                         {"jianan", "建安区"},
                                                         {"suining", "绥宁县"},
                                                         {"tiedong", "铁东区"},
                                                         {"tongan", "同安区"}};
  const auto found = kNames.find(id);
  return found == kNames.end() ? std::string{} : found->second;
}

}  // namespace

void AddSample(Shell& shell, Command& root) {
  Command command = root.Sub("sample", "生成一个县的样例数据，全部虚构，并埋设应查出的情形");
  const auto options = std::make_shared<Options>();
  std::vector<Choice> counties;
  for (const std::string& id : sample::CountyIds()) counties.push_back({id, CountyName(id)});
  command.OneOf("--county", options->county, counties, "哪个县", Need::kRequired)
      .Number("--students", options->students, "学生人数，0 为该县实际规模")
      .Number("--seed", options->seed, "随机种子，相同则数据相同")
      .Number("--weeks", options->weeks, "点名几周，0 为整个学期")
      .Flag("--term", options->term, "整个学期")
      .Text("--from", options->from, "第一天，不填为秋季学期第一天")
      .Text("--out", options->out, "要写的目录，不填为 var/sample/县代号")
      .Text("--config-dir", options->config_dir, "配置目录，内有 counties/ 和 calendars/");
  command.Run([&shell, options] { return Sample(shell, *options); });
}

}  // namespace cli
