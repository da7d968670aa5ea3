#include "cli/setup.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "bus/bus.h"
#include "security/security.h"
#include "settings/calendar.h"
#include "settings/county.h"

namespace cli {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::Error;
using base::Status;

constexpr std::size_t kSocketPathMax = 107;  // sun_path of unix(7), without the closing NUL
constexpr int kPortsPerService = 10;

struct Service {
  std::string_view name;
  int db_connections_max;
  int workers;
};
constexpr std::array kServices{
    Service{"registry", 8, 4},
    Service{"attendance", 8, 4},
    Service{"cases", 8, 4},
    Service{"subsidy", 8, 4},
};

// The least that each peer needs. An outside program gets a line of its own by the operator.
struct Peer {
  std::string_view name;
  std::string_view about;  // comment in the file, for operators
  std::vector<std::string_view> may_call;
  std::vector<std::string_view> may_follow;
  std::string_view role = {};  // of a program outside: sees what the contract declares for it
};

const std::vector<Peer>& Peers() {
  static const std::vector<Peer> kPeers{
      {"registry",
       "学籍:跟随个案,更新疑似辍学与辍学台账",
       {"baoxue.bus.v1.FetchEvents"},
       {"cases"}},
      {"attendance",
       "考勤:跟随学籍,得到班级名册",
       {"baoxue.bus.v1.FetchEvents"},
       {"registry"}},
      {"cases",
       "个案:跟随学籍与考勤,查学生、查到校情况",
       {"baoxue.bus.v1.FetchEvents", "baoxue.registry.v1.GetStudent",
        "baoxue.attendance.v1.GetPresence"},
       {"registry", "attendance"}},
      {"subsidy",
       "资助:跟随学籍,得到在籍状态和部门名单",
       {"baoxue.bus.v1.FetchEvents"},
       {"registry"}},
      {"cli",
       "值班人员的命令 baoxue",
       {"baoxue.*"},
       {"registry", "attendance", "cases", "subsidy"}},
      {"subsidy-office",
       "资助中心:只能跟随资助的事件,只见约定的内容,并核对每日的条数和摘要",
       {"baoxue.bus.v1.FetchEvents", "baoxue.subsidy.v1.GetFeedDays"},
       {"subsidy"},
       "office"},
  };
  return kPeers;
}

std::vector<Peer> PeersOf(const SetupOptions& options) {
  std::vector<Peer> peers = Peers();
  if (!options.tracing) return peers;
  peers.push_back({"tracing",
                   "协查:按来函查学籍",
                   {"baoxue.registry.v1.GetStudent", "baoxue.registry.v1.GetStudentHistory",
                    "baoxue.registry.v1.ListStudents", "baoxue.registry.v1.GetChildForLetter",
                    "baoxue.registry.v1.FindPerson", "baoxue.registry.v1.FindLikely",
                    "baoxue.cases.v1.GetHouseholdTask",
                    "baoxue.cases.v1.GetCase",
                    "baoxue.registry.v1.MakeMark", "baoxue.registry.v1.MatchMark",
                    "baoxue.bus.v1.FetchEvents", "baoxue.subsidy.v1.GetLastPaid"},
                   {"registry", "cases"}});
  for (Peer& peer : peers) {
    const bool follows = peer.name == "cli" || peer.name == "subsidy" || peer.name == "cases";
    if (follows) peer.may_follow.emplace_back("tracing");
    if (peer.name == "cases") peer.may_call.emplace_back("baoxue.tracing.v1.NameChildren");
  }
  return peers;
}

// A YAML double-quoted scalar: paths may hold anything.
std::string Quote(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string QuoteList(std::span<const std::string_view> items) {
  std::string out;
  for (const std::string_view item : items) {
    if (!out.empty()) out += ", ";
    out += Quote(item);
  }
  return "[" + out + "]";
}

Error CannotWrite(const std::string& path) {
  return {Code::kUnavailable, "CANNOT_WRITE",
          fmt::format("文件写不进去：{}（{}）", path, std::strerror(errno))};
}

Status MakeFolder(const std::string& path, mode_t mode) {
  std::error_code error;
  if (fs::is_directory(path, error)) return {};
  fs::create_directories(fs::path{path}.parent_path(), error);
  if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) return CannotWrite(path);
  return {};
}

// Whole or not at all; an existing file is kept.
Status WriteNew(const std::string& path, std::string_view text, mode_t mode) {
  std::error_code error;
  if (fs::exists(path, error)) return {};
  const std::string fresh = path + ".new";
  const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (fd < 0) return CannotWrite(fresh);
  const bool written =
      ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
      ::fchmod(fd, mode) == 0 && ::fsync(fd) == 0;
  ::close(fd);
  if (!written || ::rename(fresh.c_str(), path.c_str()) != 0) {
    const Error failed = CannotWrite(path);
    ::unlink(fresh.c_str());
    return failed;
  }
  return {};
}

std::string NewPassword() {
  base::RandomIds ids;
  return base::ToHex(ids.NextId());
}

constexpr Service kTracing{"tracing", 12, 16};  // most wait for a commit that they share
constexpr std::size_t kTracingIndex = 8;

struct Endpoints {
  std::string requests = {};
  std::string events = {};
  std::string metrics = {};
};

Endpoints EndpointsOf(const SetupOptions& options, std::size_t index) {
  const std::string_view name =
      index == kTracingIndex ? kTracing.name : kServices.at(index).name;
  if (options.port_base == 0) {
    return {fmt::format("ipc://{}/run/{}.requests", options.data_dir, name),
            fmt::format("ipc://{}/run/{}.events", options.data_dir, name), ""};
  }
  const int first = options.port_base + static_cast<int>(index) * kPortsPerService;
  return {fmt::format("tcp://127.0.0.1:{}", first + 1),
          fmt::format("tcp://127.0.0.1:{}", first + 2), fmt::format("127.0.0.1:{}", first + 3)};
}

std::string PasswordLine(const std::string& path, const std::optional<std::string>& password) {
  if (password && password->empty()) return "";
  return "  password_file: " + Quote(path) + "\n";
}

// A new rehearsal begins the day before a school year, so that everybody is on the rolls by then.
std::string RehearsalLine(const SetupOptions& o) {
  if (!o.rehearsal) return "";
  std::optional<base::Date> start = o.rehearsal_start;
  if (!start) {
    const auto county = settings::LoadCounty(o.config_dir + "/counties/" + o.county + ".yaml");
    if (!county.ok()) return "";
    const auto calendar = settings::LoadCalendar(county->calendar);
    if (!calendar.ok() || calendar->calendar.terms().empty()) return "";
    base::Date first = calendar->calendar.terms().front().first;
    for (const base::Term& term : calendar->calendar.terms()) {
      if (term.first.month() == 8 || term.first.month() == 9) first = term.first;
    }
    start = first - std::chrono::days{1};
  }
  return "  rehearsal_start: " + start->ToString() + "\n";
}

std::string ServiceYaml(const SetupOptions& o, const Service& service, std::size_t index) {
  const Endpoints endpoints = EndpointsOf(o, index);
  return fmt::format(
      "  {}:\n"
      "    requests: [{}]\n"
      "    events: [{}]\n"
      "    metrics: {}\n"
      "    database: {}\n"
      "    db_connections_max: {}\n"
      "    workers: {}\n",
      service.name, Quote(endpoints.requests), Quote(endpoints.events), Quote(endpoints.metrics),
      Quote(o.database_prefix + std::string{service.name}), service.db_connections_max,
      service.workers);
}

// Where other counties reach us, and how letters are dealt with.
std::string ExchangeYaml(const SetupOptions& o) {
  const std::string bind =
      !o.exchange_bind.empty()
          ? o.exchange_bind
          : fmt::format("tcp://127.0.0.1:{}", o.port_base + static_cast<int>(kTracingIndex) *
                                                                kPortsPerService + 9);
  return fmt::format(
      "# 与其他县的函件往来。bind 是本县监听的地址,advertise 是名录中告诉其他县的地址。\n"
      "# 改后重启 baoxue-tracing,并把 `baoxue directory export` 的文件重新交给对方。\n"
      "bind: [{}]\n"
      "advertise: [{}]\n"
      "suite: {}\n",
      Quote(bind), Quote(bind), o.letter_suite);
}

std::string SuiteYaml(const SetupOptions& o) {
  const std::string etc = o.data_dir + "/etc";
  std::string yaml = fmt::format(
      "# 本部署的唯一设置文件,各服务与 baoxue 命令共用。各项含义:deploy/README.md。\n"
      "# 改后检查:baoxue-registry --config 本文件 --check-config\n"
      "suite:\n"
      "  county: {}\n"
      "  mode: {}\n"
      "  config_dir: {}\n"
      "  data_dir: {}\n"
      "{}"
      "mysql:\n"
      "  socket: {}\n"
      "  user: {}\n"
      "{}"
      "redis:\n"
      "  socket: {}\n"
      "{}"
      "  prefix: {}\n"
      "keys_dir: {}\n"
      "access_file: {}\n"
      "seal_key_file: {}\n"
      "log:\n"
      "  level: {}\n"
      "services:\n",
      o.county, o.rehearsal ? "rehearsal" : "real", Quote(o.config_dir), Quote(o.data_dir),
      RehearsalLine(o), Quote(o.mysql_socket), Quote(o.mysql_user),
      PasswordLine(etc + "/mysql.password", o.mysql_password), Quote(o.redis_socket),
      PasswordLine(etc + "/redis.password", o.redis_password), Quote(o.redis_prefix),
      Quote(o.data_dir + "/keys"), Quote(etc + "/access.yaml"),
      Quote(o.data_dir + "/keys/seal.keys"), o.log_level);
  for (std::size_t i = 0; i < kServices.size(); ++i) yaml += ServiceYaml(o, kServices.at(i), i);
  if (o.tracing) yaml += ServiceYaml(o, kTracing, kTracingIndex);
  return yaml;
}

std::string AccessYaml(const SetupOptions& options, const std::string& keys_dir) {
  std::string yaml =
      "# 谁可以连接,可以调用哪些请求(may_call),可以跟随哪些事件流(may_follow)。\n"
      "# 不在此表中的钥匙一律不应答。改后一两秒内生效,不必重启;收回钥匙:baoxue access revoke 名称。\n"
      "# role:外部程序的身份,只见各服务约定(contract)里为它写明的字段;不写则全部可见。\n"
      "peers:\n";
  for (const Peer& peer : PeersOf(options)) {
    yaml += fmt::format(
        "  # {}\n"
        "  - name: {}\n"
        "    key_file: {}\n"
        "    may_call: {}\n"
        "    may_follow: {}\n",
        peer.about, peer.name, Quote(fmt::format("{}/{}.pub", keys_dir, peer.name)),
        QuoteList(peer.may_call), QuoteList(peer.may_follow));
    if (!peer.role.empty()) yaml += fmt::format("    role: {}\n", peer.role);
  }
  return yaml;
}

Status WriteKeys(const SetupOptions& options, const std::string& keys_dir) {
  std::error_code error;
  if (options.tracing && !fs::exists(keys_dir + "/exchange.key", error)) {
    RETURN_IF_ERROR(bus::SaveKeyPair(keys_dir, "exchange", bus::MakeKeyPair()));
  }
  for (const Peer& peer : PeersOf(options)) {
    const std::string name{peer.name};
    if (fs::exists(keys_dir + "/" + name + ".key", error)) continue;
    RETURN_IF_ERROR(bus::SaveKeyPair(keys_dir, name, bus::MakeKeyPair()));
  }
  const std::string seal = keys_dir + "/seal.keys";
  if (!fs::exists(seal, error)) return security::Keyring::Create(seal);
  return {};
}

Status WritePassword(const std::string& path, const std::optional<std::string>& password) {
  if (password && password->empty()) return {};
  return WriteNew(path, password.value_or(NewPassword()) + "\n", 0600);
}

Status Check(const SetupOptions& options) {
  const auto bad = [](std::string text) {
    return Error{Code::kInvalidArgument, "BAD_OPTION", std::move(text)};
  };
  if (options.data_dir.empty() || options.config_dir.empty()) {
    return bad("data_dir and config_dir are needed");
  }
  constexpr int kLastPort = 65535 - static_cast<int>(kTracingIndex + 1) * kPortsPerService;
  if (options.port_base != 0 && (options.port_base < 1024 || options.port_base > kLastPort)) {
    return bad(fmt::format("the port base must be 0 or 1024..{}", kLastPort));
  }
  const std::string county_file = options.config_dir + "/counties/" + options.county + ".yaml";
  std::error_code error;
  if (!fs::is_regular_file(county_file, error)) {
    return Error{Code::kNotFound, "NO_COUNTY", "没有这个县的配置：" + county_file};
  }
  if (options.tracing && options.port_base == 0 && options.exchange_bind.empty()) {
    return bad("with unix sockets the exchange needs an address of its own");
  }
  std::vector<std::string> sockets{options.mysql_socket, options.redis_socket};
  for (std::size_t i = 0; options.port_base == 0 && i < kServices.size(); ++i) {
    const Endpoints endpoints = EndpointsOf(options, i);
    sockets.push_back(endpoints.requests.substr(6));  // without ipc://
    sockets.push_back(endpoints.events.substr(6));
  }
  for (const std::string& socket : sockets) {
    if (socket.size() > kSocketPathMax) {
      return Error{Code::kInvalidArgument, "PATH_TOO_LONG",
                   "the path of a unix socket has at most 107 bytes: " + socket};
    }
  }
  return {};
}

}  // namespace

base::Status WriteSetup(const SetupOptions& given) {
  SetupOptions options = given;
  if (!options.data_dir.empty()) {
    options.data_dir = fs::absolute(options.data_dir).lexically_normal().string();
  }
  if (!options.config_dir.empty()) {
    options.config_dir = fs::absolute(options.config_dir).lexically_normal().string();
  }
  if (options.mysql_socket.empty()) options.mysql_socket = options.data_dir + "/run/mysql.sock";
  if (options.redis_socket.empty()) options.redis_socket = options.data_dir + "/run/redis.sock";
  RETURN_IF_ERROR(Check(options));
  const std::string etc = options.data_dir + "/etc";
  const std::string keys = options.data_dir + "/keys";
  RETURN_IF_ERROR(MakeFolder(etc, 0750));
  RETURN_IF_ERROR(MakeFolder(keys, 0700));
  RETURN_IF_ERROR(MakeFolder(options.data_dir + "/run", 0750));
  RETURN_IF_ERROR(WritePassword(etc + "/mysql.password", options.mysql_password));
  RETURN_IF_ERROR(WritePassword(etc + "/redis.password", options.redis_password));
  RETURN_IF_ERROR(WriteKeys(options, keys));
  if (options.tracing) {
    RETURN_IF_ERROR(WriteNew(etc + "/exchange.yaml", ExchangeYaml(options), 0640));
  }
  RETURN_IF_ERROR(WriteNew(etc + "/access.yaml", AccessYaml(options, keys), 0640));
  // Last: whoever finds suite.yaml finds everything that it names.
  return WriteNew(SuitePath(options.data_dir), SuiteYaml(options), 0640);
}

}  // namespace cli
