// CuttingProxy: a unix socket before a MariaDB socket that cuts one connection at its COMMIT.
//
// Armed with a text, it waits for the transaction that has the text in one of its statements, and
// cuts that connection either before the server hears of the COMMIT (it rolls back) or after the
// server has done it and before its answer goes back. The program sees the same in both cases: a
// connection lost during COMMIT. Everything else passes untouched. Thread-safe. Throws
// std::runtime_error when it cannot listen.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "harness/temp_dir.h"

namespace harness {

enum class Cut { kBeforeCommit, kAfterCommit };

class CuttingProxy {
 public:
  explicit CuttingProxy(std::string server_socket);
  ~CuttingProxy();
  CuttingProxy(const CuttingProxy&) = delete;
  CuttingProxy& operator=(const CuttingProxy&) = delete;

  const std::string& socket() const { return socket_; }
  // Once, for the next transaction that says `marker`.
  void CutAt(Cut cut, std::string marker);
  int cuts() const { return cuts_; }

 private:
  struct Connection;
  void Run();
  void Accept();
  // False when the connection is over.
  bool FromProgram(Connection& connection);
  bool FromServer(Connection& connection);
  bool OnPacket(Connection& connection, const std::string& packet);

  const std::string server_socket_;
  TempDir dir_{"px"};
  const std::string socket_ = dir_.File("s");
  int listener_ = -1;
  int wake_ = -1;  // an eventfd: the end
  std::mutex mutex_;
  std::optional<Cut> armed_;
  std::string marker_;
  std::atomic<int> cuts_{0};
  std::vector<std::unique_ptr<Connection>> connections_;
  std::thread thread_;
};

}  // namespace harness
