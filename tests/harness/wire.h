// Wire: two network namespaces of the test's own and a bad line between them.
//
// Each namespace has nothing but loopback and one TUN device; a thread of the test carries whole IP
// packets from one to the other, loses some of them by a seeded generator and all of them while the
// line is cut. So a real TCP runs over a real loss. Own code, because the kernels of many test
// machines have neither netem nor a packet filter that could do it. No packet leaves the two.
// Needs root and /dev/net/tun: Possible() says whether. Throws std::runtime_error. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

namespace harness {

class Wire {
 public:
  explicit Wire(std::uint64_t seed);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  static bool Possible();
  // Of side 0 or 1: for ChildOptions, and its address ("10.77.0.1").
  int network_namespace(int side) const { return ends_.at(static_cast<std::size_t>(side)).space; }
  static std::string Address(int side);

  void Lose(int percent) { loss_percent_ = percent; }
  void Cut(bool cut) { cut_ = cut; }
  bool is_cut() const { return cut_; }
  std::uint64_t carried() const { return carried_; }
  std::uint64_t lost() const { return lost_; }  // by chance, not by cutting

 private:
  struct End {
    int space = -1;
    int tun = -1;
  };
  void Carry(const std::stop_token& stop, std::uint64_t seed);

  std::array<End, 2> ends_ = {};
  std::atomic<int> loss_percent_ = 0;
  std::atomic<bool> cut_ = false;
  std::atomic<std::uint64_t> carried_ = 0;
  std::atomic<std::uint64_t> lost_ = 0;
  std::jthread thread_;
};

}  // namespace harness
