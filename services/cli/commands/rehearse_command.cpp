#include <fmt/format.h>

#include <memory>

#include "cli/commands/commands.h"
#include "cli/rehearsal/rehearsal.h"
#include "cli/shell/json.h"

namespace cli {
namespace {

struct Options {
  std::string sample = {};
  std::string until = {};
  std::int64_t weeks = 0;
  std::int64_t in_flight = 512;
};

void Tell(Shell& shell, const RehearsalResult& result) {
  if (shell.json()) {
    JsonObject refused;
    for (const auto& [reason, count] : result.refused) refused.Number(reason, count);
    shell.Json(JsonObject{}
                   .Number("days", result.days)
                   .Number("roll_calls", result.roll_calls)
                   .Number("later", result.later)
                   .Number("leaves", result.leaves)
                   .Number("acts", result.acts)
                   .Number("deadlines", result.deadlines)
                   .Text("last_day", result.last_day.ToString())
                   .Json("refused_acts", refused.ToString())
                   .ToString());
    return;
  }
  shell.Say(
      fmt::format("演练 {} 个教学日,到 {}:点名 {} 次,补交和更正 {} 次,请假 {} 件,个案操作 {} 次,"
                  "到期时刻 {} 个",
                  result.days, result.last_day.ToString(), WithCommas(result.roll_calls),
                  result.later, WithCommas(result.leaves), result.acts, result.deadlines));
  for (const auto& [reason, count] : result.refused) {
    shell.Say(fmt::format("  未被接受的操作:{} ({} 次)", reason, count));
  }
}

base::Status Rehearse(Shell& shell, const Options& options) {
  RehearsalOptions rehearsal{.folder = options.sample,
                             .weeks = static_cast<int>(options.weeks),
                             .in_flight_max = static_cast<int>(options.in_flight)};
  if (!options.until.empty()) {
    ASSIGN_OR_RETURN(rehearsal.until, base::Date::Parse(options.until));
  }
  if (options.in_flight < 1 || options.in_flight > 8192)
    return WrongWords("--in-flight 应为 1 至 8192");
  ASSIGN_OR_RETURN(const RehearsalResult result, Rehearsal(shell, std::move(rehearsal)).Play());
  Tell(shell, result);
  return {};
}

}  // namespace

void AddRehearse(Shell& shell, Command& root) {
  Command command =
      root.Sub("rehearse", "演练样例的一个学期：点名、请假、个案办理、各期限");
  const auto o = std::make_shared<Options>();
  command.Text("--sample", o->sample, "baoxue sample 写的样例目录", Need::kRequired)
      .Number("--weeks", o->weeks, "从第一天起演练几周，0 为全部")
      .Text("--until", o->until, "演练到哪一天止")
      .Number("--in-flight", o->in_flight, "同时提交多少次点名");
  command.Run([&shell, o] { return Rehearse(shell, *o); });
}

}  // namespace cli
