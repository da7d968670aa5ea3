// Shell: what every command works with: the settings, a client of each service, who acts, and how
// to answer (a table for people, JSON for programs).
//
// Nothing is opened before it is asked for, so `sample` or `completion` need no settings.
// Exit codes: 0 done; 1 refused, or a problem in the data; 2 wrong words or settings; 3 a service
// does not answer or failed. Errors of settings are remembered so that they exit 2. Not
// thread-safe, but what ClientOf() returns is.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "bus/bus.h"
#include "host/suite.h"

namespace google::protobuf {
class Message;
}

namespace cli {

enum ExitCode { kDone = 0, kRefused = 1, kUsage = 2, kNoService = 3 };
int ExitCodeFor(const base::Error& error);
// What was typed makes no sense: exits 2.
base::Error WrongWords(std::string detail);

class Shell {
 public:
  Shell();
  ~Shell();
  Shell(const Shell&) = delete;
  Shell& operator=(const Shell&) = delete;

  // Options that every command has; bound by main.
  struct Globals {
    std::string config = "var/etc/suite.yaml";
    std::string as = {};
    std::string key = "cli";
    bool json = false;
    bool quiet = false;
    std::int64_t timeout_s = 10;
  };
  Globals& globals() { return globals_; }
  bool json() const { return globals_.json; }
  bool quiet() const { return globals_.quiet; }

  // Errors: those of host::LoadSuite.
  base::Result<const host::Suite*> suite();
  // "registry", "attendance", "cases". Errors: those of the settings; kNotFound/SERVICE_UNKNOWN.
  base::Result<bus::Client*> ClientOf(const std::string& service);
  bus::Context& context();
  const base::Clock& clock() const { return clock_; }
  base::IdSource& ids() { return ids_; }

  // Who acts: --as, else an operator of the county's bureau.
  const bus::Actor& actor();
  bus::CallOptions Call();
  bus::CallOptions Call(std::chrono::milliseconds timeout);

  template <class Rep, class Req>
  base::Result<Rep> Ask(const std::string& service, const Req& request) {
    return AskAs<Rep>(service, request, Call());
  }
  template <class Rep, class Req>
  base::Result<Rep> AskAs(const std::string& service, const Req& request,
                          bus::CallOptions options) {
    ASSIGN_OR_RETURN(bus::Client * client, ClientOf(service));
    auto reply = client->Ask<Rep>(request, std::move(options));
    if (!reply.ok()) return Explain(service, reply.error());
    return reply;
  }

  // For people, and only for them: nothing with --json.
  void Say(const std::string& text);
  // For programs: one JSON document on stdout.
  void Json(const std::string& json);
  void Json(const google::protobuf::Message& message);
  // Waits without a clock of its own; for polling.
  void Pause(std::chrono::milliseconds time);

  // A service that does not answer is named, with what to do; other errors stay as they are.
  static base::Error Explain(const std::string& service, base::Error error);
  // Shows the error and says how to exit.
  int Fail(const base::Error& error);

 private:
  Globals globals_;
  base::SystemClock clock_;
  base::RandomIds ids_;
  bool settings_failed_ = false;
  std::optional<bus::Actor> actor_;
  std::unique_ptr<host::Suite> suite_;
  std::unique_ptr<bus::Context> context_;
  std::map<std::string, std::unique_ptr<bus::Client>> clients_;
};

}  // namespace cli
