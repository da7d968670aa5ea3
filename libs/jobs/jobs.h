// Work queues on Redis Streams (hiredis): retried, delayed, spread over workers, never the only
// copy of a fact.
//
// A job is a kind and an id; the truth is a row in MySQL that says that work is due. A reconciler
// re-creates missing jobs from those rows, so Redis may be wiped at any moment. Delivery is at
// least once; the work itself checks its row, so running it twice changes nothing. Keys:
// "<prefix>:<queue>" (stream), ":delay" (sorted set), ":dead" (stream), ":known" (where each job
// is). A (kind, id) is queued once. One that becomes due again while it runs is queued once more at
// its end; a dead one only by a replay. `kind` has no line break (kInvalidArgument/BAD_JOB). One
// hiredis context per thread; any error discards it. Queue and Workers are thread-safe. SIGPIPE is
// ignored from the first connection on, unless the program handles it itself.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace jobs {

struct RedisOptions {
  std::string socket = {};  // or host and port
  std::string host = {};
  int port = 6379;
  std::string password = {};
  std::string prefix = "baoxue";
  std::chrono::milliseconds timeout{2000};
};

struct Job {
  std::string kind = {};
  std::string id = {};
  int attempts = 0;
};
struct DeadJob {
  std::string entry_id = {};
  Job job = {};
  std::string error = {};
};
struct QueueStats {
  std::uint64_t waiting = 0, delayed = 0, running = 0, dead = 0;
};

// What Redis must not do: drop keys when memory is short.
inline constexpr const char* kSafePolicy = "noeviction";

class Queue {
 public:
  Queue(RedisOptions options, std::string name);
  ~Queue();
  const std::string& name() const;

  // Adds a job unless the same (kind, id) is already queued. `delay` zero: now.
  // Errors: kUnavailable/REDIS_DOWN.
  base::Status Enqueue(const std::vector<Job>& jobs,
                       std::chrono::milliseconds delay = std::chrono::milliseconds{0});
  // The same; returns how many were not queued already.
  base::Result<std::uint64_t> EnqueueCounted(
      const std::vector<Job>& jobs, std::chrono::milliseconds delay = std::chrono::milliseconds{0});
  base::Result<QueueStats> Stats();
  base::Result<std::vector<DeadJob>> ListDead(std::size_t limit);
  // Puts dead jobs back with fresh attempts; empty = all. Returns how many there were.
  base::Result<std::uint64_t> Replay(const std::vector<std::string>& entry_ids);
  // Errors: kUnavailable/REDIS_DOWN, kPermissionDenied/REDIS_ACCESS,
  // kFailedPrecondition/REDIS_EVICTS when its maxmemory-policy is not noeviction (work would be
  // late by up to reconcile_every, never lost).
  base::Status Ping();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

struct WorkerOptions {
  int threads = 1;
  int batch_max = 16;
  int attempts_max = 8;                       // then the dead-letter stream
  std::chrono::milliseconds retry_base{200};  // doubled each time, with jitter, at most retry_max
  std::chrono::milliseconds retry_max{60000};
  std::chrono::milliseconds claim_after{30000};  // work of a dead worker; longer than any job runs
  std::chrono::milliseconds reconcile_every{5000};
};

// Runs jobs and reconciles. `run` returns an error to have the job retried.
// `due` lists the jobs that the database says are due now (at most a few thousand); it is called at
// start, every reconcile_every, and after Redis came back or lost its data. Redis being away is
// logged, counted and waited for, never fatal.
class Workers {
 public:
  using Run = std::function<base::Status(const Job&)>;
  using Due = std::function<base::Result<std::vector<Job>>()>;
  Workers(RedisOptions redis, std::string queue, WorkerOptions options, Run run, Due due,
          const base::Clock& clock);
  ~Workers();
  void Start();
  // Makes the reconciler run now (a commit made work due; the rehearsal clock moved).
  void Nudge();
  // Finishes what runs, takes no more.
  void Stop();
  struct Stats {
    std::uint64_t done = 0, failed = 0, dead = 0, claimed = 0, reconciled = 0, redis_errors = 0;
    bool redis_evicts = false;  // maxmemory-policy is not noeviction
  };
  Stats stats() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace jobs
