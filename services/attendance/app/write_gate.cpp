#include "attendance/app/write_gate.h"

namespace attendance {

void WriteGate::lock() {
  std::unique_lock lock{mutex_};
  const std::uint64_t mine = next_++;
  turn_.wait(lock, [&] { return serving_ == mine; });
}

void WriteGate::unlock() {
  const std::lock_guard lock{mutex_};
  ++serving_;
  turn_.notify_all();
}

}  // namespace attendance
