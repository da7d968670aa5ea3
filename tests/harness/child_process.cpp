#include "harness/child_process.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "harness/temp_dir.h"
#include "harness/wait.h"

namespace harness {
namespace {

// Runs every fork of the process on one thread that never ends.
class Forker {
 public:
  static Forker& Get() {
    static Forker* const forker = new Forker;  // never destroyed: children hang on its thread
    return *forker;
  }

  pid_t Run(const std::function<pid_t()>& fork_and_exec) {
    const std::lock_guard one_at_a_time{callers_};
    std::unique_lock lock{mutex_};
    task_ = &fork_and_exec;
    changed_.notify_all();
    changed_.wait(lock, [&] { return task_ == nullptr; });
    return result_;
  }

 private:
  Forker() {
    std::thread{[this] { Loop(); }}.detach();
  }

  void Loop() {
    std::unique_lock lock{mutex_};
    for (;;) {
      changed_.wait(lock, [&] { return task_ != nullptr; });
      result_ = (*task_)();
      task_ = nullptr;
      changed_.notify_all();
    }
  }

  std::mutex callers_;
  std::mutex mutex_;
  std::condition_variable changed_;
  const std::function<pid_t()>* task_ = nullptr;
  pid_t result_ = -1;
};

std::string FindProgram(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  const std::string folders =
      EnvironmentVariable("PATH") + ":/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin";
  std::size_t begin = 0;
  while (begin <= folders.size()) {
    std::size_t end = folders.find(':', begin);
    if (end == std::string::npos) end = folders.size();
    const std::string full = folders.substr(begin, end - begin) + "/" + name;
    if (::access(full.c_str(), X_OK) == 0) return full;
    begin = end + 1;
  }
  throw std::runtime_error("no program " + name + " in PATH: is its package installed?");
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (std::string& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

struct Prepared {
  std::string program;
  std::vector<std::string> env;
  int in = -1;
  int out = -1;
};

// Only async-signal-safe calls between fork and exec.
pid_t ForkExec(ChildOptions& options, Prepared& prepared) {
  const std::vector<char*> argv = Pointers(options.argv);
  const std::vector<char*> env = Pointers(prepared.env);
  const char* dir = options.working_dir.empty() ? nullptr : options.working_dir.c_str();
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);
  if (options.network_namespace >= 0 && ::setns(options.network_namespace, CLONE_NEWNET) != 0) {
    ::_exit(127);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  ::dup2(prepared.in, STDIN_FILENO);
  ::dup2(prepared.out, STDOUT_FILENO);
  ::dup2(prepared.out, STDERR_FILENO);
  if (dir != nullptr && ::chdir(dir) != 0) ::_exit(127);
  ::execve(prepared.program.c_str(), argv.data(), env.data());
  ::_exit(127);
}

}  // namespace

std::string EnvironmentVariable(const std::string& name) {
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text{*entry};
    if (text.starts_with(name + "=")) return text.substr(name.size() + 1);
  }
  return {};
}

ChildProcess::ChildProcess(ChildOptions options) : options_(std::move(options)) {
  if (options_.argv.empty()) throw std::runtime_error("ChildProcess: empty argv");
  Prepared prepared;
  prepared.program = FindProgram(options_.argv.front());
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text{*entry};
    bool replaced = false;
    for (const auto& [name, value] : options_.env) replaced |= text.starts_with(name + "=");
    if (!replaced) prepared.env.push_back(text);
  }
  for (const auto& [name, value] : options_.env) prepared.env.push_back(name + "=" + value);
  const auto name_or_null = [](const std::string& name) {
    return name.empty() ? "/dev/null" : name.c_str();
  };
  prepared.in = ::open(name_or_null(options_.stdin_file), O_RDONLY | O_CLOEXEC);
  prepared.out =
      ::open(name_or_null(options_.output_file), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (prepared.in >= 0 && prepared.out >= 0) {
    pid_ = Forker::Get().Run([&] { return ForkExec(options_, prepared); });
  }
  if (prepared.in >= 0) ::close(prepared.in);
  if (prepared.out >= 0) ::close(prepared.out);
  if (pid_ <= 0) throw std::runtime_error("cannot start " + options_.argv.front());
}

ChildProcess::~ChildProcess() { Kill9(); }

bool ChildProcess::Reap(int flags) {
  if (exit_code_) return true;
  int status = 0;
  pid_t got = 0;
  do {
    got = ::waitpid(pid_, &status, flags);
  } while (got < 0 && errno == EINTR);
  if (got == 0) return false;
  exit_code_ = got < 0 ? 127 : WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return true;
}

bool ChildProcess::Running() { return !Reap(WNOHANG); }

void ChildProcess::Signal(int signal) {
  if (Running()) ::kill(pid_, signal);
}

std::optional<int> ChildProcess::Wait(std::chrono::milliseconds deadline) {
  if (!WaitUntil([&] { return Reap(WNOHANG); }, deadline)) return std::nullopt;
  return exit_code_;
}

void ChildProcess::Kill9() {
  Signal(SIGKILL);
  Reap(0);
}

int ChildProcess::Terminate(std::chrono::milliseconds deadline) {
  Signal(SIGTERM);
  if (!Wait(deadline)) Kill9();
  return *exit_code_;
}

std::string ChildProcess::Output() const {
  return options_.output_file.empty() ? std::string{} : ReadFile(options_.output_file);
}

RunResult RunProgram(std::vector<std::string> argv, std::chrono::milliseconds deadline,
                     const std::string& stdin_text) {
  const TempDir dir{"run"};
  const std::string name = argv.empty() ? std::string{} : argv.front();
  ChildOptions options{.argv = std::move(argv), .output_file = dir.File("out")};
  if (!stdin_text.empty()) {
    options.stdin_file = dir.File("in");
    WriteFile(options.stdin_file, stdin_text);
  }
  ChildProcess child{std::move(options)};
  const auto code = child.Wait(deadline);
  if (!code) throw std::runtime_error(name + " took too long; it said: " + child.Output());
  return {*code, child.Output()};
}

}  // namespace harness
