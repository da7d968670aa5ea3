#include "bus/tcp_address.h"

#include <arpa/inet.h>

#include <charconv>

namespace bus {
namespace {

using base::Code;
using base::Error;

constexpr std::string_view kScheme = "tcp://";
constexpr std::size_t kNameMax = 253;  // of a host name

bool IsIpv4(const std::string& text) {
  in_addr address{};
  return ::inet_pton(AF_INET, text.c_str(), &address) == 1;
}

bool IsIpv6(const std::string& text, in6_addr& address) {
  return ::inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

// Letters, digits, hyphens and dots; not only digits and dots, which is an address with a slip.
bool IsName(std::string_view text) {
  if (text.empty() || text.size() > kNameMax || text.front() == '.' || text.front() == '-') {
    return false;
  }
  bool letters = false;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    letters = letters || letter;
    if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '.') return false;
  }
  return letters;
}

}  // namespace

bool TcpAddress::IsAny() const {
  in6_addr address{};
  return host == "*" || host == "0.0.0.0" ||
         (IsIpv6(host, address) && IN6_IS_ADDR_UNSPECIFIED(&address));
}

bool TcpAddress::IsLoopback() const {
  in6_addr address{};
  if (IsIpv6(host, address)) return IN6_IS_ADDR_LOOPBACK(&address);
  return host == "localhost" || host.ends_with(".localhost") ||
         (IsIpv4(host) && host.starts_with("127."));
}

base::Result<TcpAddress> ParseTcpAddress(std::string_view text) {
  const Error bad{Code::kInvalidArgument, "BAD_ADDRESS",
                  "needs tcp://host:port: " + std::string{text}};
  if (!text.starts_with(kScheme)) return bad;
  const std::string_view rest = text.substr(kScheme.size());
  const std::size_t colon = rest.rfind(':');
  if (colon == std::string_view::npos) return bad;
  TcpAddress out;
  out.host = rest.substr(0, colon);
  const std::string_view port = rest.substr(colon + 1);
  const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (failed != std::errc{} || end != port.data() + port.size() || out.port < 1 ||
      out.port > 65535) {
    return bad;
  }
  if (out.host.size() > 2 && out.host.front() == '[' && out.host.back() == ']') {
    in6_addr address{};
    out.host = out.host.substr(1, out.host.size() - 2);
    if (!IsIpv6(out.host, address)) return bad;
    return out;
  }
  if (out.host != "*" && !IsIpv4(out.host) && !IsName(out.host)) return bad;
  return out;
}

}  // namespace bus
