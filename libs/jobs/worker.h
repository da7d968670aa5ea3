// One thread that takes jobs from the stream, runs them and says how they ended. Internal to
// libs/jobs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "jobs/redis_client.h"
#include "jobs/shared.h"

struct redisReply;

namespace jobs {

class Worker {
 public:
  Worker(Shared& shared, std::string consumer, std::uint64_t seed)
      : shared_(shared), consumer_(std::move(consumer)), rng_(seed) {}

  // Returns after Stop(), with the job that runs finished and the others given back.
  void Loop();

 private:
  struct Entry {
    std::string id = {};
    Job job = {};
  };

  base::Status Connect();
  base::Status EnsureGroup();
  // What to run next: entries of this worker from before a lost connection, those of dead workers,
  // new ones (waits for a while).
  base::Result<std::vector<Entry>> Next();
  base::Result<std::vector<Entry>> ReadGroup(const std::string& from);
  base::Result<std::vector<Entry>> Claim();
  base::Status CountDeaths(Entry& entry);
  void RunAll(const std::vector<Entry>& entries);
  base::Status Renew(const std::vector<Entry>& entries, std::size_t from);
  base::Status Finish(const Entry& entry, const base::Status& status);
  base::Status Send(const Entry& entry, std::string_view action, int attempts,
                    const std::string& argument);
  std::vector<Entry> ParseEntries(const redisReply& list);
  void Failed(const base::Error& error);

  Shared& shared_;
  std::string consumer_;
  base::Rng rng_;
  std::unique_ptr<RedisClient> client_;
  Backoff backoff_;
  bool own_from_before_ = true;  // ask for entries that this worker was given and has not finished
  int read_count_ = 1;
  base::SteadyTime next_claim_ = {};
  std::vector<std::vector<std::string>> unsent_;  // endings that Redis has not heard of
};

}  // namespace jobs
