#include "base/clock.h"

namespace base {

UtcTime SystemClock::Now() const {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}
SteadyTime SystemClock::Steady() const { return std::chrono::steady_clock::now(); }
SteadyTime ManualClock::Steady() const { return std::chrono::steady_clock::now(); }

bool ManualClock::Set(UtcTime instant) {
  const std::int64_t to = instant.time_since_epoch().count();
  std::int64_t from = now_ms_.load();
  while (from <= to) {
    if (now_ms_.compare_exchange_weak(from, to)) return true;
  }
  return false;
}

}  // namespace base
