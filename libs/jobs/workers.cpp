#include <thread>

#include "base/random.h"
#include "jobs/jobs.h"
#include "jobs/scheduler.h"
#include "jobs/shared.h"
#include "jobs/worker.h"

namespace jobs {

struct Workers::Impl {
  explicit Impl(std::unique_ptr<Shared> made) : shared(std::move(made)) {}
  std::unique_ptr<Shared> shared;
  std::vector<std::thread> threads;
};

Workers::Workers(RedisOptions redis, std::string queue, WorkerOptions options, Run run, Due due,
                 const base::Clock& clock)
    : impl_(std::make_unique<Impl>(std::make_unique<Shared>(
          std::move(redis), std::move(queue), options, std::move(run), std::move(due), clock))) {}

Workers::~Workers() { Stop(); }

void Workers::Start() {
  if (!impl_->threads.empty()) return;
  Shared& shared = *impl_->shared;
  {
    const std::lock_guard lock{shared.mutex};
    shared.stopping = false;
  }
  impl_->threads.emplace_back([&shared] { Scheduler{shared}.Loop(); });
  base::RandomIds ids;
  for (int i = 0; i < shared.options.threads; ++i) {
    // A name that no other process or run has: what is pending under it is this worker's.
    const base::Uuid id = ids.NextId();
    std::uint64_t seed = 0;
    for (const std::uint8_t byte : id) seed = seed * 257 + byte;
    impl_->threads.emplace_back([&shared, name = base::ToHex(id), seed] {
      Worker{shared, name, seed}.Loop();
    });
  }
}

void Workers::Nudge() { impl_->shared->Nudge(); }

void Workers::Stop() {
  {
    const std::lock_guard lock{impl_->shared->mutex};
    impl_->shared->stopping = true;
    impl_->shared->changed.notify_all();
  }
  for (std::thread& thread : impl_->threads) thread.join();
  impl_->threads.clear();
}

Workers::Stats Workers::stats() const {
  const Shared& shared = *impl_->shared;
  return {shared.done,       shared.failed,       shared.dead,        shared.claimed,
          shared.reconciled, shared.redis_errors, shared.redis_evicts};
}

}  // namespace jobs
