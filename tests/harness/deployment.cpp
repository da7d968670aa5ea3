#include "harness/deployment.h"

#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "cli/setup.h"
#include "harness/wait.h"

namespace harness {

const std::vector<std::string>& Deployment::ServiceNames() {
  static const std::vector<std::string> names{"registry", "attendance", "cases"};
  return names;
}

Deployment::Deployment(DeploymentOptions options) : options_(std::move(options)), dir_("suite") {
  mariadb_ = std::make_unique<PrivateMariaDb>(options_.mariadb);
  redis_ = std::make_unique<PrivateRedis>();
  cli::SetupOptions setup;
  setup.data_dir = dir_.path();
  setup.config_dir = options_.config_dir;
  setup.county = options_.county;
  setup.rehearsal = options_.rehearsal;
  setup.port_base = options_.tcp ? FreePort() : 0;
  setup.mysql_socket = mariadb_->socket();
  setup.mysql_user = "root";
  setup.mysql_password = "";
  setup.redis_socket = redis_->socket();
  setup.redis_password = redis_->password();
  if (options_.tracing) {
    exchange_address_ = options_.exchange_bind.empty()
                            ? "tcp://127.0.0.1:" + std::to_string(FreePort())
                            : options_.exchange_bind;
    setup.tracing = true;
    setup.exchange_bind = exchange_address_;
    setup.letter_suite = options_.letter_suite;
  }
  if (const auto written = cli::WriteSetup(setup); !written.ok()) {
    throw std::runtime_error("setup: " + written.error().ToString());
  }
  suite_path_ = cli::SuitePath(dir_.path());
}

Deployment::~Deployment() = default;

void Deployment::StartAll() {
  for (const auto& name : ServiceNames()) Launch(name);
  for (const auto& name : ServiceNames()) AwaitReady(name);
}

void Deployment::StopAll() {
  for (auto it = ServiceNames().rbegin(); it != ServiceNames().rend(); ++it) {
    if (services_.contains(*it)) services_.at(*it)->Terminate();
  }
  services_.clear();
}

void Deployment::Start(const std::string& service) {
  Launch(service);
  AwaitReady(service);
}

void Deployment::Launch(const std::string& service) {
  ChildOptions child;
  child.argv = {options_.bin_dir + "/baoxue-" + service, "--config", suite_path_};
  child.output_file = dir_.File("log/" + service + ".log");
  child.network_namespace = options_.network_namespace;
  std::filesystem::create_directories(dir_.File("log"));
  services_[service] = std::make_unique<ChildProcess>(child);
}

void Deployment::AwaitReady(const std::string& service) {
  ChildProcess& process = Process(service);
  const std::string file = dir_.File("run/" + service + ".ready");
  const bool ready = WaitUntil(
      [&] {
        if (!process.Running()) return true;
        std::ifstream in{file};
        pid_t pid = 0;
        return static_cast<bool>(in >> pid) && pid == process.pid();
      },
      std::chrono::seconds{60});
  if (!ready || !process.Running()) {
    throw std::runtime_error(service + " did not get ready:\n" + LogOf(service));
  }
}

void Deployment::Kill9(const std::string& service) { Process(service).Kill9(); }

ChildProcess& Deployment::Process(const std::string& service) {
  const auto it = services_.find(service);
  if (it == services_.end()) throw std::runtime_error(service + " was not started");
  return *it->second;
}

RunResult Deployment::Cli(std::vector<std::string> words,
                          std::chrono::milliseconds deadline) const {
  std::vector<std::string> argv{options_.bin_dir + "/baoxue", "--config", suite_path_};
  argv.insert(argv.end(), words.begin(), words.end());
  return RunProgram(argv, deadline);
}

std::string Deployment::LogOf(const std::string& service) const {
  return ReadFile(dir_.File("log/" + service + ".log"));
}

std::uint64_t Deployment::ResidentBytes(const std::string& service) {
  std::ifstream in{"/proc/" + std::to_string(Process(service).pid()) + "/statm"};
  std::uint64_t total = 0;
  std::uint64_t resident = 0;
  in >> total >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace harness
