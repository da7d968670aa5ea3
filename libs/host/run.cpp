// main() of every service: arguments, signals, exit codes.
#include <malloc.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>

#include "host/runtime.h"

namespace host {
namespace {

struct Arguments {
  std::string config = {};
  bool check_config = false;
};

// Signals that ask for an orderly stop. Blocked in every thread; only main waits for them.
sigset_t StopSignals() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGTERM);
  ::sigaddset(&set, SIGINT);
  return set;
}

// True if a stop signal came within that time.
bool WaitForStop(const sigset_t& set, std::chrono::milliseconds time) {
  const timespec limit{.tv_sec = time.count() / 1000, .tv_nsec = (time.count() % 1000) * 1000000};
  return ::sigtimedwait(&set, nullptr, &limit) > 0;
}

int Fail(const std::string& name, const base::Error& error, const std::string& advice) {
  std::string text = error.detail.empty() ? error.reason : error.detail;
  while (!text.empty() && text.back() == '\n') text.pop_back();
  for (char& c : text) {
    if (c == '\n') c = ';';
  }
  std::cerr << "baoxue-" << name << ": cannot start: " << text << " [" << error.reason << "]"
            << (advice.empty() ? "" : "; ") << advice << std::endl;
  return 2;
}

int CheckConfig(const std::string& name, const Suite& suite, const Definition& definition) {
  if (!suite.services.contains(name)) {
    const std::string missing = "services." + name + " is missing";
    return Fail(name, {base::Code::kInvalidArgument, "NO_SERVICE", missing},
                "add it to " + suite.path);
  }
  if (definition.load) {
    const base::Status loaded = definition.load(suite);
    if (!loaded.ok()) return Fail(name, loaded.error(), AdviceFor(loaded.error(), suite));
  }
  const auto effective = EffectiveSuite(suite.path);
  if (!effective.ok()) return Fail(name, effective.error(), "");
  std::cout << *effective << std::flush;
  return 0;
}

int Serve(Suite suite, Definition definition) {
  const std::string name = definition.name;
  const sigset_t stop_signals = StopSignals();
  // Two cores serve a county: sixteen malloc arenas would only hold memory.
  ::mallopt(M_ARENA_MAX, 4);
  store::Pool::InitDriver();
  InitLog(name, suite.log_level);
  const Suite settings = suite;
  auto runtime = Runtime::Start(
      std::move(suite), std::move(definition),
      [&](std::chrono::milliseconds time) { return WaitForStop(stop_signals, time); });
  if (!runtime.ok()) {
    if (runtime.error().reason == "STOPPED") return 0;
    return Fail(name, runtime.error(), AdviceFor(runtime.error(), settings));
  }
  int signal = 0;
  ::sigwait(&stop_signals, &signal);
  LogInfo("host.stop_signal", {{"signal", signal}});
  (*runtime)->Stop();
  return 0;
}

}  // namespace

std::string AdviceFor(const base::Error& error, const Suite& suite) {
  const std::string& reason = error.reason;
  if (reason == "DB_DOWN") return "start MySQL, or correct the mysql section of " + suite.path;
  if (reason == "BIND_FAILED" || reason == "METRICS_BIND") {
    return "stop the process that holds the address, or change it in " + suite.path;
  }
  if (reason == "NO_KEY" || reason == "NO_KEY_FILE" || reason == "NO_FILE") {
    return "run `baoxue setup` to write what is missing";
  }
  if (reason == "KEY_MODE" || reason == "KEY_FILE_MODE") return "run chmod 600 on that file";
  if (reason == "MIGRATION_CHANGED" || reason == "MIGRATION_HALF") {
    return "use the release that made this database, or restore a backup";
  }
  if (reason == "BAD_SETTINGS" || reason == "BAD_YAML") return "correct that file";
  return {};
}

int Run(int argc, char** argv, Definition definition) {
  Arguments arguments;
  const std::string name = definition.name;
  CLI::App app{"baoxue " + name, "baoxue-" + name};
  app.set_version_flag("--version", BAOXUE_VERSION);
  app.add_option("--config", arguments.config, "suite.yaml of the deployment")->required();
  app.add_flag("--check-config", arguments.check_config, "print the settings in effect and exit");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  }
  // Before any thread exists, so that all of them inherit it.
  const sigset_t stop_signals = StopSignals();
  ::pthread_sigmask(SIG_BLOCK, &stop_signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  try {
    auto suite = LoadSuite(arguments.config);
    if (!suite.ok()) {
      Suite unread;
      unread.path = arguments.config;
      return Fail(name, suite.error(), AdviceFor(suite.error(), unread));
    }
    if (arguments.check_config) return CheckConfig(name, *suite, definition);
    return Serve(*std::move(suite), std::move(definition));
  } catch (const std::exception& e) {
    return Fail(name, {base::Code::kInternal, "EXCEPTION", e.what()}, "");
  }
}

}  // namespace host
