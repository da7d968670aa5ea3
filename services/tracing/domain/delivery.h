// How often a peer is tried, and how much is taken from one.
//
// Back-off doubles from retry_first to retry_max, with jitter, per item and per peer (Lane): while
// a peer is silent only one item at a time probes it, so a dead county costs the others nothing.
// Meter slows a peer that sends too much or bad items, then shuts it out for shut_minutes.
// Instants by our clock; a clock that jumps back never locks a peer for longer than its own
// maximum. Pure; values are not thread-safe.
#pragma once

#include <cstdint>

#include "tracing/domain/policy.h"
#include "tracing/domain/types.h"

namespace tracing {

// Wait before try number `attempt` + 1, attempt >= 1; `random` is any number.
std::chrono::milliseconds Backoff(const Delivery& delivery, int attempt, std::uint64_t random);

struct Lane {
  std::uint32_t silences = 0;        // tries in a row without any answer
  base::UtcTime probe_at = {};       // while silent: when one item may go
  base::UtcTime silent_since = {};
  base::UtcTime heard_at = {};

  bool MaySend(base::UtcTime now, const Delivery& delivery) const;
  void Sent(base::UtcTime now, const Delivery& delivery, std::uint64_t random);
  void Heard(base::UtcTime now);     // any answer, also a declined one
};

enum class Stand : std::uint8_t { kNormal, kSlowed, kShutOut };
std::string_view StandName(Stand stand);

struct Meter {
  std::int64_t milli_tokens = -1;    // -1: full
  base::UtcTime filled_at = {};
  int strikes = 0;
  base::UtcTime struck_at = {};      // first strike of the window
  base::UtcTime shut_until = {};

  // Judges one arrival before it is opened; kNone: take it. The quota of open letters is judged
  // where a letter begins, because answers and closings must come in whatever is open.
  Decline Take(base::UtcTime now, std::size_t bytes, const Limits& limits);
  // When the next one may come, after kSlowDown or kShutOut; at least a second.
  int RetryAfterSeconds(base::UtcTime now, const Limits& limits) const;
  // Shut out from now on, as before a restart.
  void ShutOut(base::UtcTime now, const Limits& limits);
  // A bad seal, signature or item: true if that shut the peer out just now (alert).
  bool Strike(base::UtcTime now, const Limits& limits);
  Stand StandAt(base::UtcTime now, const Limits& limits) const;
  void Open();                       // an officer ends it
};

}  // namespace tracing
