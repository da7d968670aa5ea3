#include "attendance/endpoints/service.h"

#include <unistd.h>

#include <optional>
#include <utility>

#include "attendance/app/duty.h"
#include "attendance/app/office.h"
#include "attendance/endpoints/handlers.h"
#include "attendance/endpoints/housekeeper.h"
#include "attendance/endpoints/intake.h"
#include "attendance/endpoints/reactions.h"
#include "attendance/store/migrations.h"
#include "host/log.h"

namespace attendance {

using base::Status;

namespace {

// The named lock, the batch under way, a loading ledger, the follower.
constexpr int kConnectionsMin = 4;
// A restart finds the lock free at once; another copy keeps it, and this one stands by.
constexpr std::chrono::milliseconds kFirstTakeover{3000};

struct Parts {
  Parts(host::Host& host, Profile profile)
      : office(host.pool(), host.clock(), std::move(profile), [&host] { host.NotifyFeed(); }),
        duty(office,
             {.holder = base::ToHex(host.ids().NextId()) + "/" + std::to_string(::getpid())}),
        housekeeper(office, duty),
        intake(office, host.metrics(),
               {.waiting_max = static_cast<std::size_t>(host.service().in_flight_max)}),
        handlers(office) {}
  Office office;
  Duty duty;
  Housekeeper housekeeper;
  Intake intake;
  Handlers handlers;
};

baoxue::bus::v1::DependencyHealth WriterHealth(const Office& office) {
  const Office::Stats stats = office.stats();
  baoxue::bus::v1::DependencyHealth health;
  health.set_name("writer");
  health.set_ok(stats.active);
  health.set_detail(stats.active ? "第 " + std::to_string(stats.epoch) + " 任，学生 " +
                                       std::to_string(stats.students) + " 人，班级 " +
                                       std::to_string(stats.classes) + " 个"
                                 : "备用，或正在载入");
  return health;
}

baoxue::bus::v1::DependencyHealth CalendarHealth(const Profile& profile) {
  baoxue::bus::v1::DependencyHealth health;
  health.set_name("calendar");
  health.set_ok(true);
  health.set_detail(profile.draft_reason.empty()
                        ? profile.calendar_name
                        : profile.calendar_name + " (草案:" + profile.draft_reason + ")");
  return health;
}

void AddMetrics(host::Metrics& metrics, const Office& office) {
  host::Gauge active = metrics.gauge("baoxue_attendance_writer_active", "1: this copy writes");
  host::Gauge students = metrics.gauge("baoxue_attendance_ledger_students", "in memory");
  metrics.Collect([=, &office]() mutable {
    const Office::Stats stats = office.stats();
    active.Set(stats.active ? 1 : 0);
    students.Set(static_cast<double>(stats.students));
  });
}

}  // namespace

base::Result<std::shared_ptr<void>> BuildService(host::Host& host, Profile profile) {
  if (host.service().db_connections_max < kConnectionsMin) {
    return base::Error{base::Code::kInvalidArgument, "BAD_SETTINGS",
                       "services.attendance.db_connections_max must be at least " +
                           std::to_string(kConnectionsMin)};
  }
  auto parts = std::make_shared<Parts>(host, std::move(profile));
  Parts& p = *parts;
  p.intake.Attach(host.server());
  p.handlers.Attach(host.server());
  host::Counter unreadable = host.metrics().counter("baoxue_attendance_events_unreadable_total",
                                                    "registry's events that made no sense");
  host.FollowBatches(
      "registry",
      [unreadable](store::Transaction& tx,
                   const std::vector<bus::Event>& events) mutable -> Status {
        const ReadEvents read = ReadNews(events);
        for (const std::uint64_t seq : read.unreadable) {
          host::LogError("attendance.event_unreadable", {{"feed", "registry"}, {"seq", seq}});
        }
        unreadable.Add(static_cast<double>(read.unreadable.size()));
        return Project(tx, read.news);
      },
      [&p] {
        p.office.roster_moved = true;
        p.housekeeper.Nudge();
      });
  host.SetWorkPending([&p]() -> base::Result<std::uint64_t> {
    const std::uint64_t waiting = p.intake.Waiting();
    ASSIGN_OR_RETURN(const std::uint64_t pending, p.housekeeper.Pending());
    return waiting + pending;
  });
  host.SetNextDue(
      [&p]() -> base::Result<std::optional<base::UtcTime>> { return p.housekeeper.NextDue(); });
  host.OnClockMoved([&p] { p.housekeeper.Nudge(); });
  host.AddHealth("writer", [&p] { return WriterHealth(p.office); });
  host.AddHealth("calendar", [&p] { return CalendarHealth(p.office.profile()); });
  AddMetrics(host.metrics(), p.office);
  host.OnStop([&p] {
    p.intake.Stop();
    p.housekeeper.Stop();
    p.duty.Stop();
  });
  if (!p.duty.Start(kFirstTakeover)) host::LogInfo("attendance.standby");
  p.intake.Start();
  p.housekeeper.Start();
  return std::shared_ptr<void>{std::move(parts)};
}

host::Definition ServiceDefinition() {
  host::Definition definition;
  definition.name = "attendance";
  definition.migrations = {Migrations().begin(), Migrations().end()};
  auto profile = std::make_shared<std::optional<Profile>>();
  definition.load = [profile](const host::Suite& suite) -> Status {
    ASSIGN_OR_RETURN(*profile, LoadProfile(suite.ProfilePath()));
    return {};
  };
  definition.build = [profile](host::Host& host) { return BuildService(host, **profile); };
  return definition;
}

}  // namespace attendance
