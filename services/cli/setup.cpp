#include "cli/setup.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "bus/bus.h"
#include "cli/setup_parts.h"
#include "security/security.h"
#include "settings/calendar.h"
#include "settings/county.h"

namespace cli {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::Error;
using base::Status;

Status MakeFolder(const std::string& path, mode_t mode) {
  std::error_code error;
  if (fs::is_directory(path, error)) return {};
  fs::create_directories(fs::path{path}.parent_path(), error);
  if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) return CannotWrite(path);
  return {};
}

std::string NewPassword() {
  base::RandomIds ids;
  return base::ToHex(ids.NextId());
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

std::string SuiteYaml(const SetupOptions& o) {
  const std::string etc = o.data_dir + "/etc";
  std::string yaml = fmt::format(
      "# 本部署的唯一设置文件,各服务与 baoxue 命令共用。各项含义:config/README.md。\n"
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
  const auto section = [&](const Service& service, std::size_t index) {
    yaml += ServiceYaml(service, EndpointsOf(o.data_dir, o.port_base, index),
                        o.database_prefix + std::string{service.name});
  };
  for (std::size_t i = 0; i < kServices.size(); ++i) section(kServices.at(i), i);
  if (o.tracing) section(kTracing, kTracingIndex);
  return yaml;
}

std::string AccessYaml(const SetupOptions& options, const std::string& keys_dir) {
  std::string yaml =
      "# 谁可以连接,可以调用哪些请求(may_call),可以跟随哪些事件流(may_follow)。\n"
      "# 不在此表中的钥匙一律不应答。改后一两秒内生效,不必重启;收回钥匙:baoxue access revoke 名称。\n"
      "# role:外部程序的身份,只见各服务约定(contract)里为它写明的字段;不写则全部可见。\n"
      "peers:\n";
  for (const Peer& peer : PeersOf(options.tracing)) yaml += PeerYaml(peer, keys_dir);
  return yaml;
}

Status WriteKeys(const SetupOptions& options, const std::string& keys_dir) {
  std::error_code error;
  if (options.tracing && !fs::exists(keys_dir + "/exchange.key", error)) {
    RETURN_IF_ERROR(bus::SaveKeyPair(keys_dir, "exchange", bus::MakeKeyPair()));
  }
  for (const Peer& peer : PeersOf(options.tracing)) {
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
  RETURN_IF_ERROR(CheckExchange(options.exchange_bind, options.exchange_advertise));
  std::vector<std::string> sockets{options.mysql_socket, options.redis_socket};
  for (std::size_t i = 0; options.port_base == 0 && i < kServices.size(); ++i) {
    const Endpoints endpoints = EndpointsOf(options.data_dir, options.port_base, i);
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
  if (options.exchange_bind.empty()) options.exchange_bind = DefaultExchangeBind(options.port_base);
  const std::string etc = options.data_dir + "/etc";
  const std::string keys = options.data_dir + "/keys";
  RETURN_IF_ERROR(MakeFolder(etc, 0750));
  RETURN_IF_ERROR(MakeFolder(keys, 0700));
  RETURN_IF_ERROR(MakeFolder(options.data_dir + "/run", 0750));
  RETURN_IF_ERROR(WritePassword(etc + "/mysql.password", options.mysql_password));
  RETURN_IF_ERROR(WritePassword(etc + "/redis.password", options.redis_password));
  RETURN_IF_ERROR(WriteKeys(options, keys));
  if (options.tracing) {
    const std::string& bind = options.exchange_bind;
    const std::string& advertise = options.exchange_advertise;
    RETURN_IF_ERROR(WriteNew(
        etc + "/exchange.yaml",
        ExchangeYaml(bind, advertise.empty() ? bind : advertise, options.letter_suite), 0640));
  }
  std::error_code error;
  if (!fs::exists(etc + "/access.yaml", error)) {
    RETURN_IF_ERROR(
        WriteNew(etc + "/access.granted", GrantsOf(PeersOf(options.tracing)), 0640));
  }
  RETURN_IF_ERROR(WriteNew(etc + "/access.yaml", AccessYaml(options, keys), 0640));
  // Last: whoever finds suite.yaml finds everything that it names.
  return WriteNew(SuitePath(options.data_dir), SuiteYaml(options), 0640);
}

}  // namespace cli
