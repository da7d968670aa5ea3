#include "cli/setup_parts.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "bus/tcp_address.h"

namespace cli {
namespace {

namespace fs = std::filesystem;
using base::Code;
using base::Error;
using base::Status;

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

}  // namespace

std::vector<Peer> PeersOf(bool tracing) {
  std::vector<Peer> peers = Peers();
  if (!tracing) return peers;
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

Endpoints EndpointsOf(const std::string& data_dir, int port_base, std::size_t index) {
  const std::string_view name =
      index == kTracingIndex ? kTracing.name : kServices.at(index).name;
  if (port_base == 0) {
    return {fmt::format("ipc://{}/run/{}.requests", data_dir, name),
            fmt::format("ipc://{}/run/{}.events", data_dir, name), ""};
  }
  const int first = port_base + static_cast<int>(index) * kPortsPerService;
  return {fmt::format("tcp://127.0.0.1:{}", first + 1),
          fmt::format("tcp://127.0.0.1:{}", first + 2), fmt::format("127.0.0.1:{}", first + 3)};
}

std::string ServiceYaml(const Service& service, const Endpoints& endpoints,
                        const std::string& database) {
  return fmt::format(
      "  {}:\n"
      "    requests: [{}]\n"
      "    events: [{}]\n"
      "    metrics: {}\n"
      "    database: {}\n"
      "    db_connections_max: {}\n"
      "    workers: {}\n",
      service.name, Quote(endpoints.requests), Quote(endpoints.events), Quote(endpoints.metrics),
      Quote(database), service.db_connections_max,
      service.workers);
}

std::string DefaultExchangeBind(int port_base) {
  return fmt::format("tcp://127.0.0.1:{}",
                     port_base + static_cast<int>(kTracingIndex) * kPortsPerService + 9);
}

std::string ExchangeYaml(const std::string& bind, const std::string& advertise,
                         const std::string& letter_suite) {
  return fmt::format(
      "# 与其他县的函件往来。bind 是本县监听的地址,advertise 是名录中告诉其他县的地址。\n"
      "# 改后重启 baoxue-tracing;能连到的成员自动收到新地址,其余的须重新交给\n"
      "# `baoxue directory export` 的文件。核对:baoxue directory test。各项含义:config/README.md。\n"
      "bind: [{}]\n"
      "advertise: [{}]\n"
      "suite: {}\n",
      Quote(bind), Quote(advertise), letter_suite);
}

std::string PeerYaml(const Peer& peer, const std::string& keys_dir) {
  std::string yaml = fmt::format(
      "  # {}\n"
      "  - name: {}\n"
      "    key_file: {}\n"
      "    may_call: {}\n"
      "    may_follow: {}\n",
      peer.about, peer.name, Quote(fmt::format("{}/{}.pub", keys_dir, peer.name)),
      QuoteList(peer.may_call), QuoteList(peer.may_follow));
  if (!peer.role.empty()) yaml += fmt::format("    role: {}\n", peer.role);
  return yaml;
}

std::string GrantLine(std::string_view peer, std::string_view key, std::string_view what) {
  return fmt::format("{} {} {}", peer, key, what);
}

std::string GrantsOf(const std::vector<Peer>& peers) {
  std::string out = "# baoxue setup 写入过 access.yaml 的权限;操作员收回的不再自动添加。\n";
  for (const Peer& peer : peers) {
    out += GrantLine(peer.name, "is", "peer") + "\n";
    for (const auto& one : peer.may_call) out += GrantLine(peer.name, "may_call", one) + "\n";
    for (const auto& one : peer.may_follow) out += GrantLine(peer.name, "may_follow", one) + "\n";
  }
  return out;
}

Status CheckExchange(const std::string& bind, const std::string& advertise) {
  const auto bad = [](std::string text) {
    return Error{Code::kInvalidArgument, "BAD_OPTION", std::move(text)};
  };
  const auto listen = bus::ParseTcpAddress(bind);
  if (!bind.empty() && !listen.ok()) {
    return bad("--exchange-bind 要写成 tcp://地址:端口,例如 tcp://0.0.0.0:17099,不能是 " + bind);
  }
  const auto told = bus::ParseTcpAddress(advertise);
  if (!advertise.empty() && (!told.ok() || told->IsAny())) {
    return bad("--exchange-advertise 要写成其他县能连到的 tcp://地址或域名:端口,不能是 " +
               advertise);
  }
  if (listen.ok() && listen->IsAny() && advertise.empty()) {
    return bad("--exchange-bind " + bind + " 是本机的所有地址;"
               "请用 --exchange-advertise 写明其他县连到的那一个,例如 tcp://10.1.2.3:17099");
  }
  return {};
}

}  // namespace cli
