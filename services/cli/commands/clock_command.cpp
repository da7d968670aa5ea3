#include <fmt/format.h>

#include <memory>

#include "cli/commands/commands.h"
#include "cli/rehearsal/clock_drive.h"
#include "cli/shell/json.h"
#include "cli/shell/text_table.h"
#include "cli/shell/values.h"

namespace cli {
namespace {

namespace wire = baoxue::bus::v1;

struct Options {
  std::string time = {};
  std::int64_t days = 0;
  std::int64_t hours = 0;
  std::int64_t minutes = 0;
  std::string to = {};
  std::vector<std::string> with = {};
};

base::Status ShowClocks(Shell& shell) {
  TextTable table({"服务", "时间", "演练", "事件", "待办", "下一期限"});
  table.RightAligned(3).RightAligned(4);
  JsonObject json;
  ClockDrive drive(shell);
  for (const std::string& service : drive.Services()) {
    ASSIGN_OR_RETURN(const auto doctor, (shell.Ask<wire::DoctorReply>(service, wire::Doctor{})));
    wire::GetProgressReply progress;
    if (doctor.rehearsal()) {
      ASSIGN_OR_RETURN(progress, (shell.Ask<wire::GetProgressReply>(service, wire::GetProgress{})));
    }
    table.Row({service, Show(doctor.now()), doctor.rehearsal() ? "是" : "否",
               WithCommas(doctor.feed_head()), WithCommas(progress.work_pending()),
               Show(progress.next_due())});
    json.Json(service, JsonObject{}
                           .Text("now", base::ToIso(FromProto(doctor.now())))
                           .Bool("rehearsal", doctor.rehearsal())
                           .Message("progress", progress)
                           .ToString());
  }
  if (shell.json()) {
    shell.Json(json.ToString());
  } else {
    shell.Say(table.ToString());
  }
  return {};
}

// A deployment and its clock; a shell each, since it holds the settings and the clients.
struct Neighbour {
  Shell shell = {};
  ClockDrive drive{shell};
};

base::Status Move(Shell& shell, base::UtcTime target, const Options& options) {
  ClockDrive drive(shell);
  std::vector<ClockDrive*> drives{&drive};
  std::vector<std::unique_ptr<Neighbour>> neighbours;
  for (const std::string& suite : options.with) {
    Neighbour& one = *neighbours.emplace_back(std::make_unique<Neighbour>());
    one.shell.globals() = shell.globals();
    one.shell.globals().config = suite;
    drives.push_back(&one.drive);
  }
  ASSIGN_OR_RETURN(const int stops, ClockDrive::AdvanceAll(drives, target));
  if (shell.json()) {
    shell.Json(JsonObject{}
                   .Text("now", base::ToIso(target))
                   .Number("deadlines", std::int64_t{stops})
                   .ToString());
  }
  shell.Say(fmt::format("现在是 {},途中到期 {} 次", base::ToLocal(target), stops));
  return {};
}

base::Status Set(Shell& shell, const Options& options) {
  ASSIGN_OR_RETURN(const base::UtcTime target, base::ParseTime(options.time));
  return Move(shell, target, options);
}

base::Status Advance(Shell& shell, const Options& options) {
  if (!options.to.empty()) {
    ASSIGN_OR_RETURN(const base::UtcTime target, base::ParseTime(options.to));
    return Move(shell, target, options);
  }
  const auto by = std::chrono::days{options.days} + std::chrono::hours{options.hours} +
                  std::chrono::minutes{options.minutes};
  if (by <= std::chrono::minutes{0}) return WrongWords("请用 --days、--hours、--minutes 或 --to 写明推进多少");
  ClockDrive drive(shell);
  ASSIGN_OR_RETURN(const base::UtcTime now, drive.Now());
  return Move(shell, now + by, options);
}

}  // namespace

void AddClock(Shell& shell, Command& root) {
  Command command = root.Sub("clock", "演练的时间：查看、拨到、推进");
  command.NeedsSub();
  const auto o = std::make_shared<Options>();
  Command show = command.Sub("show", "各服务现在的时间和下一期限");
  show.Run([&shell] { return ShowClocks(shell); });
  Command set = command.Sub("set", "拨到某一时间，途中逐一停在各期限");
  set.Text("TIME", o->time, "北京时间，如 2026-09-01T08:00", Need::kRequired)
      .List("--with", o->with, "一同推进的另一套部署的 suite.yaml，可写多次");
  set.Run([&shell, o] { return Set(shell, *o); });
  Command advance = command.Sub("advance", "向前推进，途中逐一停在各期限");
  advance.Number("--days", o->days, "推进几天")
      .Number("--hours", o->hours, "推进几小时")
      .Number("--minutes", o->minutes, "推进几分钟")
      .Text("--to", o->to, "推进到这一时间，如 2026-09-01T08:00")
      .List("--with", o->with, "一同推进的另一套部署的 suite.yaml，可写多次");
  advance.Run([&shell, o] { return Advance(shell, *o); });
}

}  // namespace cli
