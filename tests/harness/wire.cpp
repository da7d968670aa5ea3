#include "harness/wire.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "base/random.h"

namespace harness {
namespace {

constexpr const char* kDevice = "wire0";
constexpr int kPatienceMs = 50;
constexpr std::size_t kPacketBytesMax = 2048;

void Need(bool ok, const char* what) {
  if (!ok) throw std::runtime_error(std::string{"Wire: "} + what + ": " + std::strerror(errno));
}

ifreq Named(const char* device) {
  ifreq request{};
  std::strncpy(request.ifr_name, device, IFNAMSIZ - 1);
  return request;
}

void SetAddress(int socket, unsigned long what, const std::string& address) {
  ifreq request = Named(kDevice);
  auto* const in = reinterpret_cast<sockaddr_in*>(&request.ifr_addr);
  in->sin_family = AF_INET;
  ::inet_pton(AF_INET, address.c_str(), &in->sin_addr);
  Need(::ioctl(socket, what, &request) == 0, "address");
}

void SetUp(int socket, const char* device) {
  ifreq request = Named(device);
  Need(::ioctl(socket, SIOCGIFFLAGS, &request) == 0, device);
  request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP | IFF_RUNNING);
  Need(::ioctl(socket, SIOCSIFFLAGS, &request) == 0, device);
}

// Runs on a thread of its own, which takes its namespace along when it ends; the fds keep it.
void MakeEnd(int side, int& space, int& tun) {
  Need(::unshare(CLONE_NEWNET) == 0, "unshare");
  space = ::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
  Need(space >= 0, "namespace");
  tun = ::open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
  Need(tun >= 0, "/dev/net/tun");
  ifreq request = Named(kDevice);
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  Need(::ioctl(tun, TUNSETIFF, &request) == 0, "TUNSETIFF");
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  Need(socket >= 0, "socket");
  SetUp(socket, "lo");
  SetAddress(socket, SIOCSIFADDR, Wire::Address(side));
  SetAddress(socket, SIOCSIFDSTADDR, Wire::Address(1 - side));
  SetUp(socket, kDevice);
  ::close(socket);
}

}  // namespace

bool Wire::Possible() {
  return ::geteuid() == 0 && ::access("/dev/net/tun", R_OK | W_OK) == 0;
}

std::string Wire::Address(int side) { return side == 0 ? "10.77.0.1" : "10.77.0.2"; }

Wire::Wire(std::uint64_t seed) {
  std::string problem;
  for (int side = 0; side < 2; ++side) {
    End& end = ends_.at(static_cast<std::size_t>(side));
    std::jthread{[&] {
      try {
        MakeEnd(side, end.space, end.tun);
      } catch (const std::runtime_error& e) {
        problem = e.what();
      }
    }}.join();
    if (!problem.empty()) throw std::runtime_error(problem);
  }
  thread_ = std::jthread{[this, seed](const std::stop_token& stop) { Carry(stop, seed); }};
}

Wire::~Wire() {
  thread_.request_stop();
  thread_.join();
  for (const End& end : ends_) {
    ::close(end.tun);
    ::close(end.space);
  }
}

void Wire::Carry(const std::stop_token& stop, std::uint64_t seed) {
  base::Rng rng{seed};
  std::array<char, kPacketBytesMax> packet;
  while (!stop.stop_requested()) {
    pollfd ready[2] = {{ends_[0].tun, POLLIN, 0}, {ends_[1].tun, POLLIN, 0}};
    if (::poll(ready, 2, kPatienceMs) <= 0) continue;
    for (std::size_t from = 0; from < 2; ++from) {
      if ((ready[from].revents & POLLIN) == 0) continue;
      const ssize_t bytes = ::read(ends_[from].tun, packet.data(), packet.size());
      if (bytes <= 0 || cut_) continue;
      if (static_cast<int>(rng.Below(100)) < loss_percent_) {
        ++lost_;
        continue;
      }
      // A device that takes no more loses packets too, as a line does.
      if (::write(ends_[1 - from].tun, packet.data(), static_cast<std::size_t>(bytes)) > 0) {
        ++carried_;
      }
    }
  }
}

}  // namespace harness
