// A table of due work as a service would have it, and workers that do it.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "base/clock.h"
#include "harness/private_redis.h"
#include "harness/wait.h"
#include "jobs/jobs.h"

namespace jobs_test {

using std::chrono::milliseconds;

inline std::string Said(const base::Status& status) {
  return status.ok() ? "OK" : status.error().ToString();
}

// The rows that say that work is due. Running a job whose row is done changes nothing. Thread-safe.
class Ledger {
 public:
  void Add(int first, int count) {
    const std::lock_guard lock{mutex_};
    for (int i = first; i < first + count; ++i) due_.insert(std::to_string(i));
  }
  base::Status Do(const jobs::Job& job) {
    const std::lock_guard lock{mutex_};
    ++runs_[job.id];
    due_.erase(job.id);
    return {};
  }
  base::Result<std::vector<jobs::Job>> Due(std::size_t limit = 5000) {
    const std::lock_guard lock{mutex_};
    ++asked_;
    std::vector<jobs::Job> jobs;
    for (const std::string& id : due_) {
      if (jobs.size() == limit) break;
      jobs.push_back({.kind = "work", .id = id});
    }
    return jobs;
  }
  std::size_t left() {
    const std::lock_guard lock{mutex_};
    return due_.size();
  }
  std::map<std::string, int> runs() {
    const std::lock_guard lock{mutex_};
    return runs_;
  }
  int total_runs() {
    int total = 0;
    for (const auto& [id, count] : runs()) total += count;
    return total;
  }
  int asked() {
    const std::lock_guard lock{mutex_};
    return asked_;
  }

 private:
  std::mutex mutex_;
  std::set<std::string> due_;
  std::map<std::string, int> runs_;
  int asked_ = 0;
};

// Lets a test hold up the jobs that run.
class Gate {
 public:
  void Open() {
    const std::lock_guard lock{mutex_};
    open_ = true;
    changed_.notify_all();
  }
  void Pass() {
    std::unique_lock lock{mutex_};
    ++arrived_;
    changed_.wait(lock, [&] { return open_; });
  }
  int arrived() {
    const std::lock_guard lock{mutex_};
    return arrived_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int arrived_ = 0;
};

// Nothing happens by the clock unless the test says so.
inline jobs::WorkerOptions Patient() {
  return {.threads = 2,
          .retry_base = milliseconds{10},
          .retry_max = milliseconds{50},
          .claim_after = std::chrono::hours{1},
          .reconcile_every = std::chrono::hours{1}};
}

inline base::Result<std::vector<jobs::Job>> NothingDue() { return std::vector<jobs::Job>{}; }

inline std::vector<jobs::Job> Work(int first, int count) {
  std::vector<jobs::Job> jobs;
  for (int i = first; i < first + count; ++i) {
    jobs.push_back({.kind = "work", .id = std::to_string(i)});
  }
  return jobs;
}

}  // namespace jobs_test
