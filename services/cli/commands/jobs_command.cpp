#include <fmt/format.h>

#include <memory>

#include "cli/commands/commands.h"
#include "cli/shell/json.h"
#include "cli/shell/text_table.h"
#include "cli/shell/values.h"

namespace cli {
namespace {

namespace wire = baoxue::bus::v1;

struct Options {
  std::string service = {};
  std::string queue = {};
  std::vector<std::string> entries = {};
  std::int64_t limit = 100;
};

std::vector<std::string> Services(const Options& options) {
  if (!options.service.empty()) return {options.service};
  return {"registry", "attendance", "cases"};
}

base::Status Queues(Shell& shell, const Options& options) {
  TextTable table({"服务", "队列", "等待", "延迟", "在办", "死信"});
  for (std::size_t i = 2; i < 6; ++i) table.RightAligned(i);
  JsonObject json;
  for (const std::string& service : Services(options)) {
    wire::ListJobs request;
    ASSIGN_OR_RETURN(const auto reply, (shell.Ask<wire::ListJobsReply>(service, request)));
    json.Message(service, reply);
    for (const wire::QueueInfo& queue : reply.queues()) {
      table.Row({service, queue.name(), WithCommas(queue.waiting()), WithCommas(queue.delayed()),
                 WithCommas(queue.running()), WithCommas(queue.dead())});
    }
  }
  if (shell.json()) {
    shell.Json(json.ToString());
  } else {
    shell.Say(table.ToString());
  }
  return {};
}

base::Status Dead(Shell& shell, const Options& options) {
  TextTable table({"服务", "队列", "条目", "种类", "编号", "次数", "原因"});
  table.WidthMax(6, 80);
  JsonObject json;
  for (const std::string& service : Services(options)) {
    wire::ListJobs request;
    request.set_queue(options.queue);
    request.set_dead(true);
    request.set_limit(static_cast<std::uint32_t>(options.limit));
    ASSIGN_OR_RETURN(const auto reply, (shell.Ask<wire::ListJobsReply>(service, request)));
    json.Message(service, reply);
    for (const wire::Job& job : reply.jobs()) {
      table.Row({service, job.queue(), job.entry_id(), job.kind(), job.id(),
                 std::to_string(job.attempts()), job.error()});
    }
  }
  if (shell.json()) {
    shell.Json(json.ToString());
  } else {
    shell.Say(table.empty() ? "没有死信" : table.ToString());
  }
  return {};
}

base::Status Replay(Shell& shell, const Options& options) {
  wire::ReplayJobs request;
  request.set_queue(options.queue);
  for (const std::string& entry : options.entries) request.add_entry_ids(entry);
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<wire::ReplayJobsReply>(options.service, request)));
  if (shell.json()) {
    shell.Json(reply);
  } else {
    shell.Say(fmt::format("已重新排队 {} 项", reply.replayed()));
  }
  return {};
}

}  // namespace

void AddJobs(Shell& shell, Command& root) {
  Command command = root.Sub("jobs", "后台队列：积压、死信、重新排队");
  command.NeedsSub();
  const auto o = std::make_shared<Options>();
  const std::vector<Choice> services{
      {"registry", "学籍"}, {"attendance", "考勤"}, {"cases", "个案"}};
  Command queues = command.Sub("queues", "各队列积压多少");
  queues.OneOf("--service", o->service, services, "只看这个服务");
  queues.Run([&shell, o] { return Queues(shell, *o); });
  Command dead = command.Sub("dead", "已放弃的任务（死信）和原因");
  dead.OneOf("--service", o->service, services, "只看这个服务")
      .Text("--queue", o->queue, "只看这个队列")
      .Number("--limit", o->limit, "最多列多少条");
  dead.Run([&shell, o] { return Dead(shell, *o); });
  Command replay = command.Sub("replay", "把死信重新排队");
  replay.OneOf("--service", o->service, services, "哪个服务", Need::kRequired)
      .Text("--queue", o->queue, "哪个队列", Need::kRequired)
      .List("ENTRY", o->entries, "jobs dead 列出的条目，不填为全部");
  replay.Run([&shell, o] { return Replay(shell, *o); });
}

}  // namespace cli
