// PrivateRedis: a redis-server of the test's own on a unix socket, with a password.
// Nothing is kept on disk unless append_only is set, so Kill9 and Restart lose all data: what an
// expendable Redis must survive. It dies with the test. Throws std::runtime_error with the server's
// own log when it cannot start.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/child_process.h"
#include "harness/temp_dir.h"
#include "jobs/jobs.h"

namespace harness {

struct RedisServerOptions {
  bool tcp = false;
  bool append_only = false;                  // AOF with fsync at each write
  std::vector<std::string> extra_args = {};  // e.g. "--maxmemory-policy", "allkeys-lru"
};

class PrivateRedis {
 public:
  explicit PrivateRedis(RedisServerOptions options = {});
  ~PrivateRedis();
  PrivateRedis(const PrivateRedis&) = delete;
  PrivateRedis& operator=(const PrivateRedis&) = delete;

  // The server that all tests of this executable share; made at first use.
  static PrivateRedis& Shared();

  jobs::RedisOptions Options(const std::string& prefix = "test") const;
  // The same with a prefix that no other call gets: a test of its own on the shared server.
  // Thread-safe.
  jobs::RedisOptions FreshPrefix();

  // One command given as words; the reply as text (integers in digits, nil as "", arrays one
  // element a line). Throws std::runtime_error on an error reply or a lost connection.
  std::string Command(const std::vector<std::string>& words) const;
  void FlushAll();

  void Kill9();
  void Stop();
  void Start();    // on the same socket; waits until it answers
  void Restart();  // Kill9 if it runs, then Start
  void Pause();    // SIGSTOP
  void Resume();

  const std::string& socket() const { return socket_; }
  const std::string& password() const { return password_; }
  int port() const { return port_; }
  pid_t pid() const;
  std::string Log() const;

 private:
  RedisServerOptions options_;
  TempDir dir_;
  std::string socket_;
  std::string password_ = "test-password";
  int port_ = 0;
  std::unique_ptr<ChildProcess> server_;
};

}  // namespace harness
