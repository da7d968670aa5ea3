// What every service's main() needs: settings, logs, metrics, clock, database, bus, feeds; start,
// ready, drain, stop; the requests that every service answers (Doctor, SetClock, GetProgress,
// FetchEvents, ListJobs, ReplayJobs, ReloadAccess).
//
// One settings file serves the whole deployment (suite.yaml, written by `baoxue setup`).
//   baoxue-registry --config suite.yaml [--check-config]
// SIGTERM: refuse new requests, finish what was accepted, stop workers and followers, exit 0.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "bus/bus.h"
#include "host/log.h"
#include "host/metrics.h"
#include "host/suite.h"
#include "jobs/jobs.h"
#include "security/security.h"
#include "settings/reader.h"
#include "store/event_log.h"
#include "store/migrations.h"
#include "store/store.h"

namespace host {

// Everything a service is wired from. Made by Run(), outlives whatever `build` makes.
class Host {
 public:
  virtual ~Host() = default;
  virtual const Suite& suite() const = 0;
  virtual const ServiceSettings& service() const = 0;
  virtual const base::Clock& clock() const = 0;      // rehearsed in a rehearsal
  virtual base::IdSource& ids() = 0;
  virtual store::Pool& pool() = 0;
  virtual bus::Context& context() = 0;
  virtual bus::Server& server() = 0;
  virtual Metrics& metrics() = 0;
  virtual const security::Keyring& keyring() const = 0;
  virtual jobs::RedisOptions redis() const = 0;
  // A client of another service of this deployment; made once.
  virtual bus::Client& client(const std::string& service) = 0;
  // Tells the publisher of this service's feed that a commit has appended events.
  virtual void NotifyFeed() = 0;

  // Called before Start:
  // Follows another service's feed. `apply` gets a transaction in which the position is saved too;
  // events that the service does not know must be skipped, not refused.
  virtual void Follow(const std::string& service,
                      std::function<base::Status(store::Transaction&, const bus::Event&)> apply,
                      std::function<void()> after_commit = {}) = 0;
  // The whole batch in one call, for followers that write in bulk.
  virtual void FollowBatches(
      const std::string& service,
      std::function<base::Status(store::Transaction&, const std::vector<bus::Event>&)> apply,
      std::function<void()> after_commit = {}) = 0;
  // A queue of this service with its workers.
  virtual jobs::Workers& AddWorkers(const std::string& queue, jobs::WorkerOptions options,
                                    jobs::Workers::Run run, jobs::Workers::Due due) = 0;
  // How much work is due at the present time (GetProgress), and the next future deadline.
  virtual void SetWorkPending(std::function<base::Result<std::uint64_t>()> count) = 0;
  virtual void SetNextDue(std::function<base::Result<std::optional<base::UtcTime>>()> next) = 0;
  // Called after the rehearsal clock has moved.
  virtual void OnClockMoved(std::function<void()> callback) = 0;
  // Adds a line to Doctor.
  virtual void AddHealth(const std::string& name,
                         std::function<baoxue::bus::v1::DependencyHealth()> check) = 0;
  // Called on drain, after the server refused new requests and before the pool closes; in order.
  virtual void OnStop(std::function<void()> callback) = 0;
};

struct Definition {
  std::string name = {};  // "registry": section of suite.yaml, feed, database baoxue_registry
  std::vector<store::Migration> migrations = {};
  // Reads and validates the service's own settings (county profile and the like); problems stop
  // the start.
  std::function<base::Status(const Suite&)> load = {};
  // Wires the service: handlers on host.server(), Follow, AddWorkers. The returned object lives
  // until stop.
  std::function<base::Result<std::shared_ptr<void>>(Host&)> build = {};
};

// main() of every service. Returns the process's exit code: 0 stopped in order, 2 could not start
// (one line on stderr says what failed and what to do).
int Run(int argc, char** argv, Definition definition);

}  // namespace host
