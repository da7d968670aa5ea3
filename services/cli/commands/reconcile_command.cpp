#include <fmt/format.h>

#include <memory>

#include "cli/commands/commands.h"
#include "cli/shell/json.h"
#include "cli/shell/text_table.h"
#include "cli/shell/values.h"
#include "registry/contract/registry.pb.h"
#include "tables/tables.h"

namespace cli {
namespace {

namespace registry = baoxue::registry::v1;

constexpr std::uint32_t kPage = 1000;
constexpr std::chrono::minutes kRunTimeout{10};
constexpr std::chrono::milliseconds kPoll{200};

struct Options {
  std::string batch = {};
  std::string on = {};
  std::string out = {};
  std::string match_class = {};
  std::string reason = {};
  std::int64_t run = 0;
  std::int64_t match = 0;
  std::int64_t limit = 50;
  bool undecided = false;
  bool same = false;
  bool different = false;
};

void ShowRun(Shell& shell, const registry::ReconciliationReply& reply) {
  if (shell.json()) return shell.Json(reply);
  shell.Say(fmt::format("比对 {}:名单 {} 人,学籍 {} 人,待人工判断 {} 条,用时 {:.1f} 秒",
                        reply.run_id(), WithCommas(reply.people()), WithCommas(reply.students()),
                        WithCommas(reply.needs_decision()),
                        static_cast<double>(reply.millis()) / 1000));
  TextTable table({"类别", "人数"});
  table.RightAligned(1);
  for (const registry::FieldCount& one : reply.classes()) {
    table.Row({one.field(), WithCommas(one.count())});
  }
  shell.Say(table.ToString());
}

base::Status Run(Shell& shell, const Options& options) {
  registry::RunReconciliation request;
  request.set_batch(options.batch);
  if (!options.on.empty()) RETURN_IF_ERROR(ReadDate(options.on, request.mutable_on()));
  bus::CallOptions call = shell.Call(kRunTimeout);
  call.attempt_timeout = kRunTimeout;
  ASSIGN_OR_RETURN(auto reply, (shell.AskAs<registry::ReconciliationReply>("registry", request,
                                                                           std::move(call))));
  while (reply.state() == "running") {
    shell.Pause(kPoll);
    registry::GetReconciliation look;
    look.set_run_id(reply.run_id());
    ASSIGN_OR_RETURN(reply, (shell.Ask<registry::ReconciliationReply>("registry", look)));
  }
  ShowRun(shell, reply);
  return {};
}

std::vector<std::string> Cells(const registry::Match& match) {
  return {std::to_string(match.match_id()),
          match.match_class(),
          match.name(),
          Show(match.birth()),
          match.id_masked(),
          match.school(),
          std::to_string(match.score()),
          match.needs_decision() && match.decision().empty() ? "待判断" : match.decision(),
          match.why(),
          match.next_action()};
}

const std::vector<std::string> kHeader{"编号", "类别", "姓名", "出生日期", "证件号",
                                       "学校", "相似", "判断", "依据",     "下一步"};

// Calls `take` with each match that is asked for.
template <class Take>
base::Status EachMatch(Shell& shell, const Options& options, Take take) {
  registry::ListMatches request;
  request.set_run_id(options.run);
  request.set_match_class(options.match_class);
  request.set_undecided_only(options.undecided);
  std::int64_t left = options.limit > 0 ? options.limit : INT64_MAX;
  while (left > 0) {
    request.set_limit(static_cast<std::uint32_t>(std::min<std::int64_t>(left, kPage)));
    ASSIGN_OR_RETURN(const auto page, (shell.Ask<registry::ListMatchesReply>("registry", request)));
    for (const registry::Match& match : page.matches()) {
      RETURN_IF_ERROR(take(match));
      request.set_after(match.match_id());
      --left;
    }
    if (page.matches_size() < static_cast<int>(request.limit())) break;
  }
  return {};
}

base::Status List(Shell& shell, const Options& options) {
  if (!options.out.empty()) {
    Options all = options;
    all.limit = 0;
    ASSIGN_OR_RETURN(const auto writer,
                     tables::Create(options.out, tables::FormatFor(options.out), "人籍比对"));
    RETURN_IF_ERROR(writer->Write(kHeader));
    RETURN_IF_ERROR(EachMatch(
        shell, all, [&](const registry::Match& match) { return writer->Write(Cells(match)); }));
    return writer->Close();
  }
  TextTable table(kHeader);
  std::vector<std::string> json;
  RETURN_IF_ERROR(EachMatch(shell, options, [&](const registry::Match& match) -> base::Status {
    if (shell.json()) {
      json.push_back(ToJson(match));
    } else {
      table.Row(Cells(match));
    }
    return {};
  }));
  if (shell.json()) {
    shell.Json(JsonArray(json));
  } else {
    shell.Say(table.ToString());
  }
  return {};
}

base::Status Decide(Shell& shell, const Options& options) {
  if (options.same == options.different) return WrongWords("请写 --same 或 --different");
  registry::DecideMatch request;
  request.set_match_id(options.match);
  request.set_match_class(options.match_class);
  request.set_same_person(options.same);
  request.set_reason(options.reason);
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<registry::DecideMatchReply>("registry", request)));
  if (shell.json()) {
    shell.Json(reply);
  } else {
    TextTable table(kHeader);
    table.Row(Cells(reply.match()));
    shell.Say(table.ToString());
  }
  return {};
}

}  // namespace

void AddReconcile(Shell& shell, Command& root) {
  Command command =
      root.Sub("reconcile", "人籍比对：适龄儿童名单与学籍比对");
  command.NeedsSub();
  const auto options = std::make_shared<Options>();
  Command run = command.Sub("run", "立即比对，列出各类人数");
  run.Text("--batch", options->batch, "名单批次，不填为最近一批")
      .Text("--on", options->on, "按哪一天计算年龄，不填为今天");
  run.Run([&shell, options] { return Run(shell, *options); });

  Command list = command.Sub("list", "列出一次比对的结果");
  list.Number("RUN", options->run, "比对编号", Need::kRequired)
      .Text("--class", options->match_class, "只列这一类别：B01 至 B11、N00、R01")
      .Flag("--undecided", options->undecided, "只列待人工判断的")
      .Number("--limit", options->limit, "最多列多少条，0 为全部")
      .Text("--out", options->out, "全部写到这个文件（.csv 或 .xlsx）");
  list.Run([&shell, options] { return List(shell, *options); });

  Command decide = command.Sub("decide", "人工判断一条比对结果");
  decide.Number("MATCH", options->match, "结果编号", Need::kRequired)
      .Flag("--same", options->same, "是同一人")
      .Flag("--different", options->different, "不是同一人，或查无此人")
      .Text("--class", options->match_class, "应归的类别", Need::kRequired)
      .Text("--reason", options->reason, "理由", Need::kRequired);
  decide.Run([&shell, options] { return Decide(shell, *options); });
}

}  // namespace cli
