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
  if (by <= std::chrono::minutes{0}) return WrongWords("give --days, --hours, --minutes or --to");
  ClockDrive drive(shell);
  ASSIGN_OR_RETURN(const base::UtcTime now, drive.Now());
  return Move(shell, now + by, options);
}

}  // namespace

void AddClock(Shell& shell, Command& root) {
  Command command = root.Sub("clock", "Time of a rehearsal: show, set, advance");
  command.NeedsSub();
  const auto o = std::make_shared<Options>();
  Command show = command.Sub("show", "what time each service has, and what is due next");
  show.Run([&shell] { return ShowClocks(shell); });
  Command set = command.Sub("set", "move to this time, stopping at every deadline on the way");
  set.Text("TIME", o->time, "2026-09-01T08:00 (China time)", Need::kRequired)
      .List("--with", o->with, "suite.yaml of another deployment that moves along");
  set.Run([&shell, o] { return Set(shell, *o); });
  Command advance = command.Sub("advance", "move on, stopping at every deadline on the way");
  advance.Number("--days", o->days, "days")
      .Number("--hours", o->hours, "hours")
      .Number("--minutes", o->minutes, "minutes")
      .Text("--to", o->to, "up to this time")
      .List("--with", o->with, "suite.yaml of another deployment that moves along");
  advance.Run([&shell, o] { return Advance(shell, *o); });
}

}  // namespace cli
