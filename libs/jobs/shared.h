// What the threads of one Workers object share. Internal to libs/jobs.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>

#include "base/clock.h"
#include "jobs/jobs.h"
#include "jobs/keys.h"

namespace jobs {

struct Shared {
  Shared(RedisOptions redis_options, std::string queue_name, WorkerOptions worker_options,
         Workers::Run run_job, Workers::Due list_due, const base::Clock& steady)
      : redis(std::move(redis_options)),
        queue(std::move(queue_name)),
        options(worker_options),
        run(std::move(run_job)),
        due(std::move(list_due)),
        clock(steady),
        keys(redis, queue) {}

  const RedisOptions redis;
  const std::string queue;
  const WorkerOptions options;
  const Workers::Run run;
  const Workers::Due due;
  const base::Clock& clock;
  const Keys keys;

  std::mutex mutex;
  std::condition_variable changed;
  bool stopping = false;
  bool nudged = false;
  std::optional<base::SteadyTime> promote_at;  // when a delayed job is due, as far as known here

  std::atomic<std::uint64_t> done{0};
  std::atomic<std::uint64_t> failed{0};
  std::atomic<std::uint64_t> dead{0};
  std::atomic<std::uint64_t> claimed{0};
  std::atomic<std::uint64_t> reconciled{0};
  std::atomic<std::uint64_t> redis_errors{0};
  std::atomic<bool> redis_evicts{false};

  void Nudge() {
    const std::lock_guard lock{mutex};
    nudged = true;
    changed.notify_all();
  }
  void PromoteAt(base::SteadyTime when) {
    const std::lock_guard lock{mutex};
    promote_at = promote_at ? std::min(*promote_at, when) : when;
    changed.notify_all();
  }
  bool Stopping() {
    const std::lock_guard lock{mutex};
    return stopping;
  }
  // Waits, but not beyond Stop().
  void Pause(std::chrono::milliseconds time) {
    std::unique_lock lock{mutex};
    changed.wait_until(lock, clock.Steady() + time, [&] { return stopping; });
  }
};

// How long to wait before Redis is tried again: doubled from 20 ms to 1 s.
class Backoff {
 public:
  std::chrono::milliseconds Next() {
    const auto now = next_;
    next_ = std::min(next_ * 2, std::chrono::milliseconds{1000});
    return now;
  }
  void Reset() { next_ = std::chrono::milliseconds{20}; }

 private:
  std::chrono::milliseconds next_{20};
};

}  // namespace jobs
