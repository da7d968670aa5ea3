#include "jobs/scheduler.h"

#include <hiredis/hiredis.h>

#include "host/log.h"
#include "jobs/scripts.h"

namespace jobs {
namespace {

// Delayed jobs of other processes are seen this late at most.
constexpr std::chrono::milliseconds kPromoteEvery{100};
constexpr std::chrono::milliseconds kLookAgain{20};
constexpr std::chrono::milliseconds kDueFailed{1000};
constexpr std::chrono::minutes kForgetConsumer{10};
constexpr int kPromoteAtOnce = 500;
constexpr std::size_t kManyDue = 200;

}  // namespace

Scheduler::Wake Scheduler::Wait() {
  std::unique_lock lock{shared_.mutex};
  const auto latest = std::min(
      next_reconcile_, shared_.clock.Steady() + (many_due_ > 0 ? kLookAgain : kPromoteEvery));
  for (;;) {
    if (shared_.stopping) return Wake::kStop;
    if (shared_.nudged) break;
    const auto until = shared_.promote_at ? std::min(latest, *shared_.promote_at) : latest;
    if (shared_.clock.Steady() >= until) break;
    shared_.changed.wait_until(lock, until);
  }
  shared_.promote_at.reset();
  return std::exchange(shared_.nudged, false) ? Wake::kNudge : Wake::kTime;
}

base::Status Scheduler::Connect() {
  if (client_ && !client_->dead()) return {};
  ASSIGN_OR_RETURN(client_, RedisClient::Connect(shared_.redis));
  ASSIGN_OR_RETURN(const std::string policy, EvictionPolicy(*client_));
  shared_.redis_evicts = !policy.empty() && policy != kSafePolicy;
  if (shared_.redis_evicts) {
    host::LogWarn(
        "jobs.redis_evicts",
        {{"queue", shared_.queue}, {"maxmemory_policy", policy}, {"must_be", kSafePolicy}});
  }
  return {};
}

void Scheduler::Loop() {
  for (;;) {
    const Wake wake = Wait();
    if (wake == Wake::kStop) return;
    if (wake == Wake::kNudge || shared_.clock.Steady() >= next_reconcile_) must_reconcile_ = true;
    base::Status status = Connect();
    if (status.ok()) status = Promote();
    if (status.ok() && many_due_ > 0 && !must_reconcile_) status = LookForMore();
    if (status.ok() && must_reconcile_) status = Reconcile();
    if (status.ok()) {
      backoff_.Reset();
      continue;
    }
    ++shared_.redis_errors;
    host::LogWarnLimited("jobs.redis_error", 10,
                         {{"queue", shared_.queue}, {"error", status.error().ToString()}});
    client_.reset();
    must_reconcile_ = true;
    shared_.Pause(backoff_.Next());
  }
}

base::Status Scheduler::Promote() {
  const Keys& keys = shared_.keys;
  for (;;) {
    ASSIGN_OR_RETURN(const Reply reply,
                     client_->Command({"EVAL", std::string{kPromoteScript}, "3", keys.stream,
                                       keys.delay, keys.known, std::to_string(kPromoteAtOnce)}));
    const redisReply* moved = At(*reply, 0);
    const redisReply* next = At(*reply, 1);
    if (moved == nullptr || next == nullptr) return {};
    if (IntOf(*moved) >= kPromoteAtOnce) continue;
    if (IntOf(*next) >= 0) {
      // A millisecond later than Redis's clock says, so that it is due for certain.
      shared_.PromoteAt(shared_.clock.Steady() + std::chrono::milliseconds{IntOf(*next) + 1});
    }
    return {};
  }
}

base::Status Scheduler::Reconcile() {
  const Keys& keys = shared_.keys;
  const auto forget =
      std::max<std::chrono::milliseconds>(kForgetConsumer, shared_.options.claim_after * 10);
  const auto healed =
      client_->Command({"EVAL", std::string{kHealScript}, "4", keys.stream, keys.delay, keys.known,
                        keys.dead, std::to_string(forget.count())});
  if (!healed.ok()) return healed.error();
  if (IntOf(**healed) > 0) host::LogWarn("jobs.known_rebuilt", {{"queue", shared_.queue}});
  const auto due = shared_.due();
  const auto now = shared_.clock.Steady();
  must_reconcile_ = false;
  many_due_ = 0;
  if (!due.ok()) {
    host::LogWarnLimited("jobs.due_failed", 10,
                         {{"queue", shared_.queue}, {"error", due.error().ToString()}});
    next_reconcile_ = now + std::min(kDueFailed, shared_.options.reconcile_every);
    return {};
  }
  next_reconcile_ = now + shared_.options.reconcile_every;
  if (due->empty()) return {};
  ASSIGN_OR_RETURN(const std::uint64_t added, queue_.EnqueueCounted(*due));
  shared_.reconciled += added;
  if (due->size() >= kManyDue && added > 0) many_due_ = due->size();
  return {};
}

base::Status Scheduler::LookForMore() {
  ASSIGN_OR_RETURN(const Reply length, client_->Command({"XLEN", shared_.keys.stream}));
  if (static_cast<std::size_t>(IntOf(*length)) * 2 < many_due_) return Reconcile();
  return {};
}

}  // namespace jobs
