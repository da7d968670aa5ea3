#include <fmt/format.h>

#include <memory>

#include "attendance/contract/attendance.pb.h"
#include "cli/commands/commands.h"
#include "cli/shell/text_table.h"
#include "cli/shell/values.h"

namespace cli {
namespace {

namespace attendance = baoxue::attendance::v1;
using Streaks = google::protobuf::RepeatedPtrField<attendance::Streak>;

struct Options {
  std::string from = {};
  std::string to = {};
  std::string op = ">=";
  std::string counting = "any_half_day";
  std::string state = {};
  std::string school = {};
  std::string on = {};
  std::int64_t days = 3;
  std::int64_t limit = 50;
};

const std::vector<Choice> kStates{{"", ""},
                                  {"open", "未结束"},
                                  {"ended", "已结束"},
                                  {"returned", "已到校"},
                                  {"withdrawn", "已撤回"}};

TextTable StreakTable(const Streaks& streaks) {
  TextTable table(
      {"学生编号", "姓名", "学校标识码", "首次缺勤", "到线", "最近缺勤", "天数", "状态"});
  table.RightAligned(6);
  for (const attendance::Streak& one : streaks) {
    table.Row({std::to_string(one.student_id()), one.student_name(), one.school_code(),
               Show(one.first_day()), Show(one.reached_on()), Show(one.last_day()),
               std::to_string(one.days()), MeaningOf(kStates, one.state())});
  }
  return table;
}

base::Status List(Shell& shell, const Options& options) {
  attendance::ListStreaks request;
  request.set_state(options.state);
  request.set_school_code(options.school);
  request.set_limit(static_cast<std::uint32_t>(options.limit));
  ASSIGN_OR_RETURN(const auto reply,
                   (shell.Ask<attendance::ListStreaksReply>("attendance", request)));
  if (shell.json()) {
    shell.Json(reply);
  } else {
    shell.Say(StreakTable(reply.streaks()).ToString());
  }
  return {};
}

base::Status Try(Shell& shell, const Options& options) {
  attendance::TryThreshold request;
  RETURN_IF_ERROR(ReadDate(options.from, request.mutable_from()));
  RETURN_IF_ERROR(ReadDate(options.to, request.mutable_to()));
  request.set_days(static_cast<std::int32_t>(options.days));
  request.set_op(options.op);
  request.set_counting(options.counting);
  bus::CallOptions call = shell.Call(std::chrono::minutes{2});
  call.attempt_timeout = std::chrono::minutes{2};
  ASSIGN_OR_RETURN(const auto reply, (shell.AskAs<attendance::TryThresholdReply>(
                                         "attendance", request, std::move(call))));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  shell.Say(fmt::format("按 {} {} 天会发现 {} 人,现行规则发现 {} 人", options.op, options.days,
                        reply.found_size(), reply.now_found()));
  if (reply.only_then_size() > 0) {
    shell.Say("只有新规则会发现:\n" + StreakTable(reply.only_then()).ToString());
  }
  if (reply.only_now_size() > 0) {
    shell.Say("只有现行规则发现:\n" + StreakTable(reply.only_now()).ToString());
  }
  return {};
}

base::Status Chronic(Shell& shell, const Options& options) {
  attendance::ListChronic request;
  if (!options.on.empty()) RETURN_IF_ERROR(ReadDate(options.on, request.mutable_on()));
  request.set_limit(static_cast<std::uint32_t>(options.limit));
  ASSIGN_OR_RETURN(const auto reply,
                   (shell.Ask<attendance::ListChronicReply>("attendance", request)));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  TextTable table({"学生编号", "姓名", "缺勤半天", "点名半天", "缺勤率"});
  for (std::size_t i = 2; i < 5; ++i) table.RightAligned(i);
  for (const attendance::ChronicStudent& one : reply.students()) {
    table.Row({std::to_string(one.student_id()), one.student_name(),
               std::to_string(one.absent_half_days()), std::to_string(one.counted_half_days()),
               fmt::format("{:.1f}%", one.rate_basis_points() / 100.0)});
  }
  shell.Say(table.ToString());
  return {};
}

}  // namespace

void AddAbsence(Shell& shell, Command& root) {
  Command command = root.Sub("absence", "缺勤：到线缺勤、经常缺勤、试算预警线");
  command.NeedsSub();
  const auto o = std::make_shared<Options>();
  Command list = command.Sub("list", "已到预警线的连续旷课");
  list.OneOf("--state", o->state, kStates, "只列这一状态")
      .Text("--school", o->school, "只列这所学校：学校标识码")
      .Number("--limit", o->limit, "最多列多少条");
  list.Run([&shell, o] { return List(shell, *o); });
  Command attempt = command.Sub("try", "试算：换一条预警线会发现哪些人，不改动数据");
  attempt.Text("--from", o->from, "第一天，如 2026-09-01", Need::kRequired)
      .Text("--to", o->to, "最后一天", Need::kRequired)
      .Number("--days", o->days, "连续旷课的教学日天数")
      .OneOf("--op", o->op, {{">=", "达到即算"}, {">", "超过才算"}}, "达到天数还是超过天数")
      .OneOf("--counting", o->counting,
             {{"any_half_day", "有半天旷课即算"}, {"all_half_days", "各半天都旷课才算"}},
             "怎样算缺勤一天");
  attempt.Run([&shell, o] { return Try(shell, *o); });
  Command chronic = command.Sub("chronic", "经常缺勤的学生");
  chronic.Text("--on", o->on, "截至哪一天，不填为今天").Number("--limit", o->limit, "最多列多少条");
  chronic.Run([&shell, o] { return Chronic(shell, *o); });
}

}  // namespace cli
