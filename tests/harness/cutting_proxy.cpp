#include "harness/cutting_proxy.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace harness {
namespace {

constexpr std::size_t kHeaderBytes = 4;  // of a packet: three of its length, one of its number
constexpr char kQuery = 3;               // COM_QUERY

sockaddr_un AddressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw std::runtime_error("too long: " + path);
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

const sockaddr* Plain(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

int Connect(const std::string& path) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = AddressOf(path);
  if (connect(fd, Plain(address), sizeof address) == 0) return fd;
  close(fd);
  return -1;
}

bool SendAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

// What has arrived; empty at the end of the connection.
std::string Receive(int fd) {
  std::string bytes(1 << 16, '\0');
  const ssize_t got = recv(fd, bytes.data(), bytes.size(), 0);
  bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return bytes;
}

std::size_t PacketBytes(std::string_view header) {
  const auto byte = [&](std::size_t i) {
    return std::size_t{static_cast<unsigned char>(header[i])};
  };
  return kHeaderBytes + (byte(0) | byte(1) << 8 | byte(2) << 16);
}

}  // namespace

struct CuttingProxy::Connection {
  Connection(int program_fd, int server_fd) : program(program_fd), server(server_fd) {}
  ~Connection() {
    close(program);
    close(server);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int program;
  int server;
  std::string unread = {};  // of the program: less than a packet
  bool marked = false;      // the marker was in this transaction
};

CuttingProxy::CuttingProxy(std::string server_socket)
    : server_socket_(std::move(server_socket)),
      listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      wake_(eventfd(0, EFD_CLOEXEC)) {
  const sockaddr_un address = AddressOf(socket_);
  if (bind(listener_, Plain(address), sizeof address) != 0 || listen(listener_, 64) != 0) {
    throw std::runtime_error("cannot listen at " + socket_);
  }
  thread_ = std::thread{[this] { Run(); }};
}

CuttingProxy::~CuttingProxy() {
  eventfd_write(wake_, 1);
  thread_.join();
  connections_.clear();
  close(listener_);
  close(wake_);
}

void CuttingProxy::CutAt(Cut cut, std::string marker) {
  const std::lock_guard lock{mutex_};
  armed_ = cut;
  marker_ = std::move(marker);
}

void CuttingProxy::Run() {
  std::vector<pollfd> fds;
  for (;;) {
    fds.assign({{wake_, POLLIN, 0}, {listener_, POLLIN, 0}});
    for (const auto& one : connections_) {
      fds.push_back({one->program, POLLIN, 0});
      fds.push_back({one->server, POLLIN, 0});
    }
    if (poll(fds.data(), fds.size(), -1) < 0) continue;
    if (fds[0].revents != 0) return;
    for (std::size_t i = connections_.size(); i > 0; --i) {
      const std::size_t at = 2 * i;
      Connection& one = *connections_[i - 1];
      const bool goes_on = (fds[at].revents == 0 || FromProgram(one)) &&
                           (fds[at + 1].revents == 0 || FromServer(one));
      if (!goes_on) connections_.erase(connections_.begin() + static_cast<std::ptrdiff_t>(i - 1));
    }
    if (fds[1].revents != 0) Accept();
  }
}

void CuttingProxy::Accept() {
  const int program = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  if (program < 0) return;
  const int server = Connect(server_socket_);
  if (server < 0) {
    close(program);
    return;
  }
  connections_.push_back(std::make_unique<Connection>(program, server));
}

bool CuttingProxy::FromServer(Connection& connection) {
  const std::string bytes = Receive(connection.server);
  return !bytes.empty() && SendAll(connection.program, bytes);
}

bool CuttingProxy::FromProgram(Connection& connection) {
  const std::string bytes = Receive(connection.program);
  if (bytes.empty()) return false;
  connection.unread += bytes;
  while (connection.unread.size() >= kHeaderBytes) {
    const std::size_t size = PacketBytes(connection.unread);
    if (connection.unread.size() < size) break;
    const std::string packet = connection.unread.substr(0, size);
    connection.unread.erase(0, size);
    if (!OnPacket(connection, packet)) return false;
  }
  return true;
}

// False after a cut.
bool CuttingProxy::OnPacket(Connection& connection, const std::string& packet) {
  const std::string_view body = std::string_view{packet}.substr(kHeaderBytes);
  const bool query = !body.empty() && body.front() == kQuery;
  const std::string_view text = query ? body.substr(1) : std::string_view{};
  std::optional<Cut> cut;
  {
    const std::lock_guard lock{mutex_};
    if (text == "BEGIN") connection.marked = false;
    if (armed_ && text.find(marker_) != std::string_view::npos) connection.marked = true;
    if (armed_ && connection.marked && text == "COMMIT") cut = std::exchange(armed_, std::nullopt);
  }
  if (!cut) return SendAll(connection.server, packet);
  if (*cut == Cut::kAfterCommit) {
    SendAll(connection.server, packet);
    (void)Receive(connection.server);  // done; nobody will hear of it
  }
  ++cuts_;
  return false;
}

}  // namespace harness
