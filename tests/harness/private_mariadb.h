// PrivateMariaDb: a mariadbd of the test's own, with its own data folder, on a unix socket.
//
// Started without any my.cnf and with the server's compiled-in defaults (other charset, zone and
// sql_mode than a session needs, so a session that relies on them fails here), durable at each
// commit (innodb_flush_log_at_trx_commit=1). The data folder is copied from a template that is made
// once per server version and user, so a start costs well under a second. User root, empty
// password. It dies with the test. Throws std::runtime_error with the server's own log when it
// cannot start.
//
//   store::PoolOptions options = harness::PrivateMariaDb::Shared().FreshDatabase();
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "harness/child_process.h"
#include "harness/temp_dir.h"
#include "store/store.h"

namespace harness {

struct MariaDbOptions {
  bool tcp = false;                          // listen on 127.0.0.1 too, on a free port
  std::vector<std::string> extra_args = {};  // e.g. "--innodb-lock-wait-timeout=1"; the last wins
};

class PrivateMariaDb {
 public:
  explicit PrivateMariaDb(MariaDbOptions options = {});
  ~PrivateMariaDb();
  PrivateMariaDb(const PrivateMariaDb&) = delete;
  PrivateMariaDb& operator=(const PrivateMariaDb&) = delete;

  // The server that all tests of this executable share; made at first use.
  static PrivateMariaDb& Shared();

  // How to reach it, without or with a database.
  store::PoolOptions PoolOptions(const std::string& database = {}) const;
  // The same with a new empty database (utf8mb4). Thread-safe.
  store::PoolOptions FreshDatabase();

  // Runs SQL through the server's own client program, so without the library under test. Returns
  // the tab-separated output without headings; throws std::runtime_error when a statement fails.
  std::string RunSql(const std::string& sql, const std::string& database = {}) const;

  void Kill9();    // as a power cut would, but for the disk
  void Stop();     // in order
  void Start();    // on the same data and socket; waits until it answers
  void Restart();  // Kill9 if it runs, then Start
  void Pause();    // SIGSTOP: accepts connections and never answers
  void Resume();

  const std::string& socket() const { return socket_; }
  int port() const { return port_; }  // 0 without tcp
  std::string data_folder() const { return dir_.File("d"); }
  pid_t pid() const;
  std::string Log() const;

 private:
  MariaDbOptions options_;
  TempDir dir_;
  std::string socket_;
  int port_ = 0;
  std::unique_ptr<ChildProcess> server_;
};

// A TCP port of 127.0.0.1 that was free just now.
int FreePort();

}  // namespace harness
