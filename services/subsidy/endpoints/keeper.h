// What happens without anyone asking: on its day a tag begins or ends, a rule changes, a term
// begins. One thread finds who is due in MySQL, so Redis is not needed and nothing is lost with
// it; it wakes at a nudge and twice a second. Thread-safe.
#pragma once

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
  void Run(const std::stop_token& stop);
  const Office& office_;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  bool nudged_ = false;
  std::jthread thread_;
};

}  // namespace subsidy
