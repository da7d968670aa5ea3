#include "jobs/retry.h"

#include <algorithm>

namespace jobs {

std::chrono::milliseconds RetryDelay(const WorkerOptions& options, int attempts, base::Rng& rng) {
  std::int64_t full = std::max<std::int64_t>(options.retry_base.count(), 1);
  const std::int64_t most = std::max<std::int64_t>(options.retry_max.count(), 1);
  for (int i = 1; i < attempts && full < most; ++i) full *= 2;
  full = std::min(full, most);
  const std::int64_t half = full / 2;
  const auto chance = rng.Below(static_cast<std::uint64_t>(full - half) + 1);
  return std::chrono::milliseconds{half + static_cast<std::int64_t>(chance)};
}

}  // namespace jobs
