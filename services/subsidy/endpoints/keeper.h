// What happens without anyone asking: on its day a tag begins or ends, a rule changes, a term
// begins. Two threads find who is due in MySQL, each half of the students, so that one computes
// while the other waits for the database; Redis is not needed and nothing is lost with it. They
// wake at a nudge and twice a second. Thread-safe.
#pragma once

#include <array>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "subsidy/app/facts_desk.h"

namespace subsidy {

class Keeper {
 public:
  explicit Keeper(const Office& office) : office_(office) {}
  ~Keeper() { Stop(); }
  void Start();
  void Stop();
  void Nudge();
  base::Result<std::uint64_t> Pending() const;
  base::Result<std::optional<base::UtcTime>> NextDue() const;

 private:
  static constexpr int kThreads = 2;
  void Run(const std::stop_token& stop, int part);
  const Office& office_;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  std::uint64_t nudges_ = 0;
  std::array<std::jthread, kThreads> threads_;
};

}  // namespace subsidy
