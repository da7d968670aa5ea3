// One thread that brings due work from the database into the queue and delayed jobs back into the
// stream. Internal to libs/jobs.
#pragma once

#include <memory>

#include "jobs/redis_client.h"
#include "jobs/shared.h"

namespace jobs {

class Scheduler {
 public:
  explicit Scheduler(Shared& shared) : shared_(shared), queue_(shared.redis, shared.queue) {}

  void Loop();

 private:
  enum class Wake { kStop, kNudge, kTime };

  Wake Wait();
  base::Status Connect();
  base::Status Promote();
  base::Status Reconcile();
  // After a full list of due work there may be more: looks again when the queue has been half
  // emptied.
  base::Status LookForMore();

  Shared& shared_;
  Queue queue_;
  std::unique_ptr<RedisClient> client_;
  Backoff backoff_;
  base::SteadyTime next_reconcile_ = {};
  bool must_reconcile_ = true;
  std::size_t many_due_ = 0;  // how many the last list had, if it was a long one
};

}  // namespace jobs
