#include "tracing/domain/delivery.h"

#include <algorithm>

namespace tracing {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kMilli = 1000;

}  // namespace

milliseconds Backoff(const Delivery& delivery, int attempt, std::uint64_t random) {
  std::int64_t wait = delivery.retry_first_ms;
  for (int i = 1; i < attempt && wait < delivery.retry_max_ms; ++i) wait *= 2;
  wait = std::min<std::int64_t>(wait, delivery.retry_max_ms);
  const std::int64_t spread = wait * delivery.jitter_percent / 100;
  if (spread > 0) {
    wait += static_cast<std::int64_t>(random % static_cast<std::uint64_t>(2 * spread + 1)) - spread;
  }
  return milliseconds{std::max<std::int64_t>(wait, 1)};
}

// Up to two silent tries are the network's; then one probe at a time.
bool Lane::MaySend(base::UtcTime now, const Delivery& delivery) const {
  if (silences < 3) return true;
  if (now >= probe_at) return true;
  return probe_at - now > milliseconds{delivery.retry_max_ms} * 2;  // the clock jumped back
}

void Lane::Sent(base::UtcTime now, const Delivery& delivery, std::uint64_t random) {
  if (silences == 0) silent_since = now;
  silences = std::min<std::uint32_t>(silences + 1, 1'000'000);
  probe_at = now + Backoff(delivery, static_cast<int>(std::min<std::uint32_t>(silences, 64)),
                           random);
}

void Lane::Heard(base::UtcTime now) {
  silences = 0;
  probe_at = {};
  silent_since = {};
  heard_at = now;
}

std::string_view StandName(Stand stand) {
  switch (stand) {
    case Stand::kSlowed: return "slowed";
    case Stand::kShutOut: return "shut_out";
    default: return "normal";
  }
}

Stand Meter::StandAt(base::UtcTime now, const Limits& limits) const {
  const auto shut = std::chrono::minutes{limits.shut_minutes};
  if (shut_until > now && shut_until - now <= shut) return Stand::kShutOut;
  const auto window = std::chrono::minutes{limits.strikes_minutes};
  const bool fresh = struck_at <= now && now - struck_at < window;
  return fresh && strikes >= limits.strikes_slow ? Stand::kSlowed : Stand::kNormal;
}

Decline Meter::Take(base::UtcTime now, std::size_t bytes, const Limits& limits) {
  const Stand stand = StandAt(now, limits);
  if (stand == Stand::kShutOut) return Decline::kShutOut;
  // A slowed peer gets a tenth.
  const std::int64_t share = stand == Stand::kSlowed ? 10 : 1;
  const std::int64_t full = std::int64_t{limits.burst} * kMilli / share;
  if (milli_tokens < 0) milli_tokens = full;
  if (filled_at < now) {
    const std::int64_t passed_ms =
        std::min<std::int64_t>((now - filled_at).count(), std::int64_t{3'600'000});
    milli_tokens += passed_ms * limits.per_minute / 60 / share;
  }
  filled_at = now;
  milli_tokens = std::min(milli_tokens, full);
  if (milli_tokens < kMilli) return Decline::kSlowDown;
  milli_tokens -= kMilli;
  if (bytes > static_cast<std::size_t>(limits.letter_bytes_max)) return Decline::kTooLarge;
  return Decline::kNone;
}

int Meter::RetryAfterSeconds(base::UtcTime now, const Limits& limits) const {
  const Stand stand = StandAt(now, limits);
  const auto up = [](std::int64_t ms) {
    return static_cast<int>(std::max<std::int64_t>((ms + 999) / 1000, 1));
  };
  if (stand == Stand::kShutOut) return up((shut_until - now).count());
  const std::int64_t share = stand == Stand::kSlowed ? 10 : 1;
  const std::int64_t missing = kMilli - std::clamp<std::int64_t>(milli_tokens, 0, kMilli);
  return up(missing * 60 * share / limits.per_minute);
}

void Meter::ShutOut(base::UtcTime now, const Limits& limits) {
  strikes = 0;
  shut_until = now + std::chrono::minutes{limits.shut_minutes};
}

bool Meter::Strike(base::UtcTime now, const Limits& limits) {
  const auto window = std::chrono::minutes{limits.strikes_minutes};
  if (strikes == 0 || now < struck_at || now - struck_at >= window) {
    strikes = 0;
    struck_at = now;
  }
  strikes += 1;
  if (strikes < limits.strikes_shut) return false;
  ShutOut(now, limits);
  return true;
}

void Meter::Open() {
  strikes = 0;
  shut_until = {};
}

}  // namespace tracing
