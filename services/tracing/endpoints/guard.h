// How much is taken from each county: rate, size, strikes (domain/delivery.h Meter).
//
// Two meters for each: what it brings to our door itself, where its CURVE key names it, and what a
// relay brings in its name, where only a signature inside proves anything. What nobody has proven
// counts against the second alone, so that a relay cannot have somebody shut out at our door.
// Measured by the machine's own steady time, so a rehearsed clock that stands still shuts nobody
// out; the limits are those of the clock's day. Kept in memory; PeerWatch keeps who is shut out in
// a table and tells of it. Thread-safe.
#pragma once

#include <algorithm>
#include <map>
#include <mutex>

#include "base/clock.h"
#include "base/result.h"
#include "tracing/app/office.h"
#include "tracing/domain/delivery.h"

namespace tracing {

enum class Way : std::uint8_t { kDoor, kRelay };

class Guard {
 public:
  // Both outlive the guard.
  Guard(const base::Clock& clock, const Office& office) : clock_(clock), office_(office) {}

  Decline Take(Division peer, std::size_t bytes, Way way = Way::kDoor) {
    const std::lock_guard lock{mutex_};
    return meters_[{peer, way}].Take(Now(), bytes, Today());
  }
  // The same for requests that are answered with an error. kResourceExhausted with the reason.
  base::Status Admit(Division peer, std::size_t bytes) {
    const Decline verdict = Take(peer, bytes);
    if (verdict == Decline::kNone) return {};
    return base::Error{base::Code::kResourceExhausted, std::string{DeclineName(verdict)},
                       std::string{DeclineChinese(verdict)}};
  }
  int RetryAfterSeconds(Division peer, Way way = Way::kDoor) const {
    const std::lock_guard lock{mutex_};
    const auto found = meters_.find({peer, way});
    return found == meters_.end() ? 1 : found->second.RetryAfterSeconds(Now(), Today());
  }
  // True if that shut the peer out just now.
  bool Strike(Division peer, Way way = Way::kDoor) {
    const std::lock_guard lock{mutex_};
    return meters_[{peer, way}].Strike(Now(), Today());
  }
  void Open(Division peer) {
    const std::lock_guard lock{mutex_};
    for (const Way way : {Way::kDoor, Way::kRelay}) meters_[{peer, way}].Open();
  }
  // Anew for the whole time: it was shut out before a restart.
  void ShutOut(Division peer) {
    const std::lock_guard lock{mutex_};
    meters_[{peer, Way::kDoor}].ShutOut(Now(), Today());
  }
  // The worse of both ways.
  Stand StandOf(Division peer) const {
    const std::lock_guard lock{mutex_};
    Stand worst = Stand::kNormal;
    for (const Way way : {Way::kDoor, Way::kRelay}) {
      const auto found = meters_.find({peer, way});
      if (found == meters_.end()) continue;
      worst = std::max(worst, found->second.StandAt(Now(), Today()));
    }
    return worst;
  }
  // Of all that were ever heard of since the start.
  std::map<Division, Stand> Stands() const {
    const std::lock_guard lock{mutex_};
    std::map<Division, Stand> out;
    for (const auto& [key, meter] : meters_) {
      Stand& worst = out[key.first];
      worst = std::max(worst, meter.StandAt(Now(), Today()));
    }
    return out;
  }

 private:
  const Limits& Today() const { return office_.PolicyAt(clock_.Now()).limits; }
  base::UtcTime Now() const {
    return base::UtcTime{std::chrono::duration_cast<std::chrono::milliseconds>(
        clock_.Steady().time_since_epoch())};
  }
  const base::Clock& clock_;
  const Office& office_;
  mutable std::mutex mutex_;
  std::map<std::pair<Division, Way>, Meter> meters_;
};

}  // namespace tracing
