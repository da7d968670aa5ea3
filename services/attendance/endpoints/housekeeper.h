// What happens without anyone asking: registry's news into the ledger, half-days closed at their
// time, a new ledger when another term begins. One thread; wakes at a nudge and twice a second.
// Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "attendance/app/closer.h"
#include "attendance/app/duty.h"
#include "attendance/app/office.h"

namespace attendance {

class Housekeeper {
 public:
  Housekeeper(Office& office, Duty& duty) : office_(office), duty_(duty), closer_(office) {}
  ~Housekeeper() { Stop(); }
  void Start();
  void Stop();
  void Nudge();

  // For GetProgress: what is due now and not done, and when something will be.
  base::Result<std::uint64_t> Pending() const;
  std::optional<base::UtcTime> NextDue() const { return closer_.NextDue(); }

 private:
  void Run(const std::stop_token& stop);
  base::Status RunOnce();
  bool TermHasChanged(const Mandate& mandate) const;

  Office& office_;
  Duty& duty_;
  Closer closer_;
  std::mutex mutex_;
  std::condition_variable_any woken_;
  bool nudged_ = false;
  std::jthread thread_;
};

}  // namespace attendance
