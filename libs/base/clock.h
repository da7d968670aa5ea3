// Where time comes from. Clock::Now is civil time (deadlines, dates, records); Clock::Steady only
// measures how long something took or when to give up waiting.
// Everything that needs time takes a Clock&; only these classes read the machine's clock.
#pragma once

#include <atomic>
#include <chrono>

#include "base/date.h"

namespace base {

using SteadyTime = std::chrono::steady_clock::time_point;

class Clock {
 public:
  virtual ~Clock() = default;
  // The instant to date records and deadlines with. In a rehearsal this is the rehearsed time.
  virtual UtcTime Now() const = 0;
  // For durations and timeouts; never rehearsed.
  virtual SteadyTime Steady() const = 0;
  // The county's civil day of Now().
  Date Today() const { return DateAt(Now()); }
};

// The machine's clock.
class SystemClock final : public Clock {
 public:
  UtcTime Now() const override;
  SteadyTime Steady() const override;
};

// A clock that stands still until it is moved: tests and rehearsals. Thread-safe.
// Now() never goes back: Set() to an earlier instant is refused and returns false.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(UtcTime start) : now_ms_(start.time_since_epoch().count()) {}
  UtcTime Now() const override { return UtcTime{std::chrono::milliseconds{now_ms_.load()}}; }
  SteadyTime Steady() const override;
  bool Set(UtcTime instant);
  void Advance(std::chrono::milliseconds by) { Set(Now() + by); }

 private:
  std::atomic<std::int64_t> now_ms_;
};

}  // namespace base
