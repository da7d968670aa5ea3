// Two small services for the host's tests: "registry" appends an event for each ListSchools,
// "cases" follows it, keeps each event as a row, and has a queue.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "host/host.h"
#include "registry/contract/registry.pb.h"

namespace probe {

namespace registry = baoxue::registry::v1;

inline const std::vector<store::Migration>& RegistryTables() {
  static const std::vector<store::Migration> kTables{
      {1, "initial",
       "CREATE TABLE asked (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY)\n"
       "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;\n"}};
  return kTables;
}

inline const std::vector<store::Migration>& CasesTables() {
  static const std::vector<store::Migration> kTables{
      {1, "initial",
       "CREATE TABLE seen (seq BIGINT UNSIGNED NOT NULL PRIMARY KEY)\n"
       "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;\n"}};
  return kTables;
}

// ListSchools: one row and one event, in one transaction. GetRegistrySummary: calls `slow`.
inline host::Definition Registry(std::function<void()> slow = {}) {
  host::Definition definition;
  definition.name = "registry";
  definition.migrations = RegistryTables();
  definition.build = [slow](host::Host& host) -> base::Result<std::shared_ptr<void>> {
    host.server().On<registry::ListSchools, registry::ListSchoolsReply>(
        [&host](const bus::Request&,
                const registry::ListSchools&) -> base::Result<registry::ListSchoolsReply> {
          RETURN_IF_ERROR(host.pool().InTransaction([&](store::Transaction& tx) -> base::Status {
            ASSIGN_OR_RETURN([[maybe_unused]] const std::uint64_t rows,
                             tx.Execute("INSERT INTO asked () VALUES ()"));
            const store::NewEvent event{.type = "registry.school.asked",
                                        .subject = "school/1",
                                        .time = host.clock().Now(),
                                        .payload = "x",
                                        .payload_type = "none"};
            ASSIGN_OR_RETURN([[maybe_unused]] const std::uint64_t first,
                             store::AppendEvents(tx, "registry", {&event, 1}));
            return {};
          }));
          host.NotifyFeed();
          return registry::ListSchoolsReply{};
        });
    host.server().On<registry::GetRegistrySummary, registry::RegistrySummary>(
        [slow](const bus::Request&,
               const registry::GetRegistrySummary&) -> base::Result<registry::RegistrySummary> {
          if (slow) slow();
          registry::RegistrySummary summary;
          summary.set_students(7);
          return summary;
        });
    return std::shared_ptr<void>{};
  };
  return definition;
}

// What the tests see and steer of "cases".
struct Control {
  std::atomic<bool> refuse_events{false};
  std::atomic<bool> fail_jobs{false};
  std::atomic<int> commits{0};
  std::atomic<int> jobs_done{0};
  std::atomic<int> clock_moves{0};
  std::atomic<int> stops{0};
  std::atomic<bool> work_is_due{false};
  host::Host* host = nullptr;
};

inline host::Definition Cases(Control& control) {
  host::Definition definition;
  definition.name = "cases";
  definition.migrations = CasesTables();
  definition.build = [&control](host::Host& host) -> base::Result<std::shared_ptr<void>> {
    control.host = &host;
    host.Follow(
        "registry",
        [&control](store::Transaction& tx, const bus::Event& event) -> base::Status {
          if (control.refuse_events) {
            return base::Error{base::Code::kInternal, "PROBE_REFUSES", "as it was told"};
          }
          ASSIGN_OR_RETURN([[maybe_unused]] const std::uint64_t rows,
                           tx.Execute("INSERT INTO seen (seq) VALUES (?)", {event.seq()}));
          return {};
        },
        [&control] { ++control.commits; });
    host.AddWorkers(
        "cases.probe",
        {.attempts_max = 2,
         .retry_base = std::chrono::milliseconds{1},
         .retry_max = std::chrono::milliseconds{2},
         .reconcile_every = std::chrono::milliseconds{50}},
        [&control](const jobs::Job&) -> base::Status {
          if (control.fail_jobs) {
            return base::Error{base::Code::kInternal, "PROBE_FAILS", "id 350212201601011234"};
          }
          control.work_is_due = false;
          ++control.jobs_done;
          return {};
        },
        [&control]() -> base::Result<std::vector<jobs::Job>> {
          if (!control.work_is_due) return std::vector<jobs::Job>{};
          return std::vector<jobs::Job>{{.kind = "probe", .id = "1"}};
        });
    host.SetWorkPending([&control]() -> base::Result<std::uint64_t> {
      return std::uint64_t{control.work_is_due ? 1u : 0u};
    });
    host.SetNextDue([&host]() -> base::Result<std::optional<base::UtcTime>> {
      return std::optional{host.clock().Now() + std::chrono::hours{1}};
    });
    host.OnClockMoved([&control] { ++control.clock_moves; });
    host.OnStop([&control] { ++control.stops; });
    return std::shared_ptr<void>{};
  };
  return definition;
}

}  // namespace probe
