// How much is taken from each county: rate, size, quota, strikes (domain/delivery.h Meter).
//
// Measured by the machine's own steady time, so a rehearsed clock that stands still shuts nobody
// out. Kept in memory: a restart forgives. Thread-safe.
#pragma once

#include <map>
#include <mutex>

#include "base/clock.h"
#include "tracing/domain/delivery.h"

namespace tracing {

class Guard {
 public:
  Guard(const base::Clock& clock, const Limits& limits) : clock_(clock), limits_(limits) {}

  Decline Take(Division peer, std::size_t bytes) {
    const std::lock_guard lock{mutex_};
    return meters_[peer].Take(Now(), bytes, open_[peer], limits_);
  }
  // True if that shut the peer out just now.
  bool Strike(Division peer) {
    const std::lock_guard lock{mutex_};
    return meters_[peer].Strike(Now(), limits_);
  }
  void Open(Division peer) {
    const std::lock_guard lock{mutex_};
    meters_[peer].Open();
  }
  Stand StandOf(Division peer) const {
    const std::lock_guard lock{mutex_};
    const auto found = meters_.find(peer);
    return found == meters_.end() ? Stand::kNormal : found->second.StandAt(Now(), limits_);
  }
  void SetOpenLetters(std::map<Division, int> open) {
    const std::lock_guard lock{mutex_};
    open_ = std::move(open);
  }

 private:
  base::UtcTime Now() const {
    return base::UtcTime{std::chrono::duration_cast<std::chrono::milliseconds>(
        clock_.Steady().time_since_epoch())};
  }
  const base::Clock& clock_;
  const Limits& limits_;
  mutable std::mutex mutex_;
  std::map<Division, Meter> meters_;
  std::map<Division, int> open_;
};

}  // namespace tracing
