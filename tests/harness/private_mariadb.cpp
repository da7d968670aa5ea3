#include "harness/private_mariadb.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <stdexcept>

#include "base/random.h"
#include "harness/wait.h"

namespace harness {
namespace {

namespace fs = std::filesystem;

// Raised when the way the template is made changes.
constexpr int kTemplateRecipe = 1;
constexpr std::chrono::seconds kStartDeadline{60};

std::vector<std::string> ServerArgs(const std::string& data, const std::string& socket) {
  std::vector<std::string> args{"mariadbd",
                                "--no-defaults",
                                "--datadir=" + data,
                                "--socket=" + socket,
                                "--pid-file=" + data + "/pid",
                                "--innodb-flush-log-at-trx-commit=1",
                                "--innodb-buffer-pool-size=64M",
                                "--innodb-log-file-size=32M",
                                "--skip-log-bin",
                                "--skip-name-resolve",
                                "--max-connections=300"};
  if (::geteuid() == 0) args.push_back("--user=root");
  return args;
}

// The server is ready once a connection is greeted (a paused or dying one accepts without a word).
bool Greets(const std::string& path) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const timeval patience{.tv_sec = 2, .tv_usec = 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  char byte = 0;
  const bool greeted =
      ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::recv(fd, &byte, 1, 0) == 1;
  ::close(fd);
  return greeted;
}

std::string RunClient(const std::string& socket, const std::string& database,
                      const std::string& sql) {
  std::vector<std::string> argv{"mariadb",
                                "--no-defaults",
                                "--socket=" + socket,
                                "--user=root",
                                "--batch",
                                "--skip-column-names",
                                "--default-character-set=utf8mb4"};
  if (!database.empty()) argv.push_back(database);
  const RunResult result = RunProgram(std::move(argv), std::chrono::seconds{60}, sql);
  if (result.exit_code != 0) throw std::runtime_error("SQL failed: " + result.output);
  return result.output;
}

void WaitForGreeting(ChildProcess& server, const std::string& socket) {
  const bool decided =
      WaitUntil([&] { return !server.Running() || Greets(socket); }, kStartDeadline);
  if (!decided || !server.Running()) {
    throw std::runtime_error("mariadbd did not start; its log:\n" + server.Output());
  }
}

// A lock between processes, held as long as the object lives.
class FileLock {
 public:
  explicit FileLock(const std::string& path)
      : fd_(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    if (fd_ < 0 || ::flock(fd_, LOCK_EX) != 0) throw std::runtime_error("cannot lock " + path);
  }
  ~FileLock() { ::close(fd_); }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  int fd_;
};

void MakeTemplate(const std::string& data) {
  std::vector<std::string> install{"mariadb-install-db", "--no-defaults",
                                   "--datadir=" + data,  "--auth-root-authentication-method=normal",
                                   "--skip-test-db",     "--innodb-log-file-size=32M",
                                   // a machine may not know its own name
                                   "--skip-name-resolve", "--force"};
  if (::geteuid() == 0) install.push_back("--user=root");
  const RunResult made = RunProgram(std::move(install), std::chrono::seconds{180});
  if (made.exit_code != 0) throw std::runtime_error("mariadb-install-db: " + made.output);
  const TempDir dir{"mt"};
  std::vector<std::string> args = ServerArgs(data, dir.File("s"));
  args.push_back("--skip-networking");
  ChildProcess server{{.argv = args, .output_file = dir.File("log")}};
  WaitForGreeting(server, dir.File("s"));
  RunClient(dir.File("s"), "", "SET GLOBAL innodb_fast_shutdown = 0;");
  if (server.Terminate(std::chrono::seconds{60}) != 0) {
    throw std::runtime_error("mariadbd did not stop in order:\n" + server.Output());
  }
}

// The path of a data folder that can be copied.
std::string TemplateFolder() {
  static std::mutex mutex;
  static std::string known;
  const std::lock_guard lock{mutex};
  if (!known.empty()) return known;
  std::string version = RunProgram({"mariadbd", "--no-defaults", "--version"}).output;
  std::string key;
  for (const char c : version.substr(version.find("Ver"))) {
    if (c == ' ' && key.size() > 4) break;
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.') key += c;
  }
  const std::string path = SystemTempFolder() + "/baoxue-mariadb-template-" + key + "-" +
                           std::to_string(kTemplateRecipe) + "-" + std::to_string(::geteuid());
  const FileLock between_processes{path + ".lock"};
  if (!fs::exists(path)) {
    const std::string half = path + ".half";
    fs::remove_all(half);
    MakeTemplate(half);
    fs::rename(half, path);
  }
  return known = path;
}

}  // namespace

int FreePort() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool ok = ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(fd);
  if (!ok) throw std::runtime_error("no free TCP port");
  return ntohs(address.sin_port);
}

PrivateMariaDb::PrivateMariaDb(MariaDbOptions options)
    : options_(std::move(options)), dir_("my"), socket_(dir_.File("s")) {
  fs::copy(TemplateFolder(), data_folder(), fs::copy_options::recursive);
  if (options_.tcp) port_ = FreePort();
  Start();
}

PrivateMariaDb::~PrivateMariaDb() {
  // The data goes away anyway.
  if (server_) server_->Kill9();
}

PrivateMariaDb& PrivateMariaDb::Shared() {
  static PrivateMariaDb server;
  return server;
}

void PrivateMariaDb::Start() {
  if (server_ && server_->Running()) return;
  std::vector<std::string> args = ServerArgs(data_folder(), socket_);
  if (port_ == 0) {
    args.push_back("--skip-networking");
  } else {
    args.insert(args.end(), {"--bind-address=127.0.0.1", "--port=" + std::to_string(port_)});
  }
  args.insert(args.end(), options_.extra_args.begin(), options_.extra_args.end());
  server_ =
      std::make_unique<ChildProcess>(ChildOptions{.argv = args, .output_file = dir_.File("log")});
  WaitForGreeting(*server_, socket_);
}

void PrivateMariaDb::Kill9() { server_->Kill9(); }
void PrivateMariaDb::Stop() { server_->Terminate(std::chrono::seconds{60}); }
void PrivateMariaDb::Restart() {
  Kill9();
  Start();
}
void PrivateMariaDb::Pause() { server_->Signal(SIGSTOP); }
void PrivateMariaDb::Resume() { server_->Signal(SIGCONT); }
pid_t PrivateMariaDb::pid() const { return server_->pid(); }
std::string PrivateMariaDb::Log() const { return server_->Output(); }

store::PoolOptions PrivateMariaDb::PoolOptions(const std::string& database) const {
  store::PoolOptions options;
  options.socket = socket_;
  options.user = "root";
  options.database = database;
  return options;
}

store::PoolOptions PrivateMariaDb::FreshDatabase() {
  static std::atomic<int> count{0};
  const std::string name = "test_" + std::to_string(++count);
  RunSql("CREATE DATABASE " + name + " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
  return PoolOptions(name);
}

std::string PrivateMariaDb::RunSql(const std::string& sql, const std::string& database) const {
  return RunClient(socket_, database, sql);
}

}  // namespace harness
