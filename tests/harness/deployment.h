// Deployment: a whole county for a test: private MariaDB and Redis, settings and keys as `baoxue
// setup` writes them, and the three real services as child processes. Services die with the test.
// Throws std::runtime_error with the service's last output when one does not get ready. Belongs to
// one thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "harness/child_process.h"
#include "harness/private_mariadb.h"
#include "harness/private_redis.h"
#include "harness/temp_dir.h"
#include "host/suite.h"

namespace harness {

struct DeploymentOptions {
  std::string bin_dir = {};     // where baoxue, baoxue-registry, ... are
  std::string config_dir = {};  // the repository's config/, or a copy with other profiles
  std::string county = "tongan";
  bool rehearsal = true;
  bool tcp = false;  // CURVE over tcp loopback instead of unix sockets
  MariaDbOptions mariadb = {};
  // With letters between counties: Start("tracing") runs the service; StartAll leaves it alone.
  bool tracing = false;
  std::string letter_suite = "sm";
  std::string exchange_bind = {};  // empty: a free port of 127.0.0.1
  int network_namespace = -1;      // where the services run (child_process.h)
};

class Deployment {
 public:
  explicit Deployment(DeploymentOptions options);
  ~Deployment();

  static const std::vector<std::string>& ServiceNames();  // registry, attendance, cases

  void StartAll();
  void StopAll();                          // SIGTERM, in reverse order
  void Start(const std::string& service);  // returns when it says it is ready
  // Starts without waiting for readiness.
  void Launch(const std::string& service);
  void AwaitReady(const std::string& service);
  void Kill9(const std::string& service);
  ChildProcess& Process(const std::string& service);

  // Runs the operator's command: Cli({"import", "roster.csv", "--kind", "roster", "--yes"}).
  RunResult Cli(std::vector<std::string> words,
                std::chrono::milliseconds deadline = std::chrono::seconds{120}) const;

  const std::string& suite_path() const { return suite_path_; }
  // Where other counties reach this one, and the file that says so.
  const std::string& exchange_address() const { return exchange_address_; }
  std::string exchange_path() const { return dir_.path() + "/etc/exchange.yaml"; }
  std::string data_dir() const { return dir_.path(); }
  PrivateMariaDb& mariadb() { return *mariadb_; }
  PrivateRedis& redis() { return *redis_; }
  std::string LogOf(const std::string& service) const;
  // Resident memory of one service, bytes.
  std::uint64_t ResidentBytes(const std::string& service);

 private:
  DeploymentOptions options_;
  TempDir dir_;
  std::unique_ptr<PrivateMariaDb> mariadb_;
  std::unique_ptr<PrivateRedis> redis_;
  std::string suite_path_;
  std::string exchange_address_;
  std::map<std::string, std::unique_ptr<ChildProcess>> services_;
};

}  // namespace harness
