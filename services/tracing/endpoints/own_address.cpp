#include "tracing/endpoints/own_address.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include "bus/tcp_address.h"

namespace tracing {
namespace {

constexpr int kConnectWaitMs = 3000;
constexpr const char* kMend =
    "请在 etc/exchange.yaml 中把 advertise 改为其他县能连到的地址（bind 相应改为 tcp://0.0.0.0:端口"
    "），重启 baoxue-tracing，各成员将自动收到";

bool IsLoopback(const std::string& text) {
  const auto address = bus::ParseTcpAddress(text);
  return address.ok() && address->IsLoopback();
}

// One address of the host: a connection within the time, or the reason.
std::string Connect(const addrinfo& to) {
  const int fd = ::socket(to.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return "无法建立连接";
  std::string problem;
  if (::connect(fd, to.ai_addr, to.ai_addrlen) != 0) {
    pollfd waiting{.fd = fd, .events = POLLOUT, .revents = 0};
    int failed = errno;
    socklen_t size = sizeof failed;
    if (failed == EINPROGRESS && ::poll(&waiting, 1, kConnectWaitMs) == 1) {
      ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &size);
    }
    if (failed == EINPROGRESS) {
      problem = "没有应答";
    } else if (failed != 0) {
      problem = failed == ECONNREFUSED ? "端口没有开" : "网络不通";
    }
  }
  ::close(fd);
  return problem;
}

}  // namespace

std::vector<std::string> AddressProblems(const ExchangeConfig& config) {
  std::vector<std::string> out;
  if (config.rehearsal) return out;
  for (const std::string& one : config.advertise) {
    if (!IsLoopback(one)) continue;
    out.push_back(fmt::format("名录中的本县地址 {} 只有本机能连，其他县的来函和回函都到不了：{}",
                              one, kMend));
  }
  if (!config.bind.empty() && config.advertise.empty() && !config.relay.through) {
    out.push_back(fmt::format("名录中没有本县的地址，其他县找不到本县：{}", kMend));
  }
  return out;
}

baoxue::bus::v1::DependencyHealth AddressHealth(const ExchangeConfig& config) {
  baoxue::bus::v1::DependencyHealth health;
  health.set_name("letters:address");
  const std::vector<std::string> problems = AddressProblems(config);
  health.set_ok(problems.empty());
  health.set_lag(problems.size());
  std::string text;
  for (const std::string& one : problems.empty() ? config.advertise : problems) {
    text += (text.empty() ? "" : "；") + one;
  }
  if (text.empty()) text = "由中转代收，或尚未对外开放";
  health.set_detail(text);
  return health;
}

std::string TryAddress(const std::string& text) {
  const auto address = bus::ParseTcpAddress(text);
  if (!address.ok()) return "不是 tcp://主机:端口";
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const std::string port = std::to_string(address->port);
  if (::getaddrinfo(address->host.c_str(), port.c_str(), &hints, &found) != 0) {
    return "域名 " + address->host + " 查不到";
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all{found, &::freeaddrinfo};
  std::string problem;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    problem = Connect(*one);
    if (problem.empty()) break;
  }
  return problem;
}

}  // namespace tracing
