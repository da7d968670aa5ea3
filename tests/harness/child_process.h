// ChildProcess: a program that a test starts, signals and waits for; its output goes to a file.
// The child dies with the test process, even when that is killed: it is forked from one thread that
// lives as long as the process (PR_SET_PDEATHSIG watches the forking thread, not the process).
// The destructor kills and reaps. Throws std::runtime_error when the program cannot be started.
// Methods may be called from any one thread at a time.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace harness {

struct ChildOptions {
  std::vector<std::string> argv = {};  // argv[0] is looked up in PATH and the sbin folders
  std::string output_file = {};        // stdout and stderr, appended; empty: /dev/null
  std::string stdin_file = {};         // empty: /dev/null
  std::string working_dir = {};        // empty: the test's own
  int network_namespace = -1;          // an open /proc/.../ns/net; -1: the test's own
  std::vector<std::pair<std::string, std::string>> env = {};  // added to the test's environment
};

class ChildProcess {
 public:
  explicit ChildProcess(ChildOptions options);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }
  bool Running();
  // Nothing happens when it has ended already.
  void Signal(int signal);
  // The exit code (128 + signal number when a signal ended it); nothing when the deadline passed.
  std::optional<int> Wait(std::chrono::milliseconds deadline = std::chrono::seconds{30});
  // SIGKILL and reap.
  void Kill9();
  // SIGTERM, then SIGKILL after the deadline. The exit code as of Wait().
  int Terminate(std::chrono::milliseconds deadline = std::chrono::seconds{20});
  std::string Output() const;
  const std::string& output_file() const { return options_.output_file; }

 private:
  bool Reap(int flags);

  ChildOptions options_;
  pid_t pid_ = -1;
  std::optional<int> exit_code_;
};

// A variable of the test's own environment; empty if there is none.
std::string EnvironmentVariable(const std::string& name);

struct RunResult {
  int exit_code = 0;
  std::string output = {};  // stdout and stderr
};
// Runs a program to its end. Throws std::runtime_error when it takes longer than `deadline`.
RunResult RunProgram(std::vector<std::string> argv,
                     std::chrono::milliseconds deadline = std::chrono::seconds{60},
                     const std::string& stdin_text = {});

}  // namespace harness
