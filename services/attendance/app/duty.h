// Which copy of the service writes: takes over, says that it is alive, and steps back.
//
// A copy takes over when the named lock of the database is free (the copy that held it is gone) or
// when the fence's holder has been silent for `stale_after`. Taking over raises the epoch, so the
// other one cannot commit any more, then loads the ledger and judges everyone anew: whatever a
// crash left undone and whatever a new rule means is found then. The copy that loses its epoch
// drops its ledger and stands by. One thread and one connection of its own (two more while it
// loads).
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "attendance/app/office.h"

namespace attendance {

struct DutyOptions {
  std::string holder = {};  // what this copy calls itself
  std::chrono::milliseconds beat_every{1000};
  std::chrono::milliseconds retry_after{100};  // the lock is taken, or the database away
  std::chrono::milliseconds stale_after{10000};
};

class Duty {
 public:
  Duty(Office& office, DutyOptions options);
  ~Duty();
  // Starts the thread and waits until this copy writes, or for at most `wait` until it is clear
  // that it stands by; loading a ledger takes as long as it takes. True if this copy writes now.
  bool Start(std::chrono::milliseconds wait);
  // Lets another copy take over at once.
  void Stop();
  // Loads the ledger anew: the calendar has moved into another term.
  void Reload();

 private:
  void Run(const std::stop_token& stop);
  base::Status Watch(store::Session& session, const std::stop_token& stop);
  enum class Lock : std::uint8_t { kNone, kJustTaken, kHeld };  // of the named lock
  base::Status WatchOnce(store::Session& session, Lock lock);
  base::Status TakeOver();
  base::Status Load();
  void SetLoading(bool loading);
  base::Status MakeGood(Office::Turn& turn, std::size_t& streaks_changed);
  // True when told to stop.
  bool Pause(const std::stop_token& stop, std::chrono::milliseconds time);
  // Leaves the lock to the other copy for a while, whoever wakes this one.
  void StepBack(const std::stop_token& stop);
  void Wake();

  Office& office_;
  const DutyOptions options_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool woken_ = false;
  bool loading_ = false;
  bool fenced_ = false;      // this copy lost its epoch to another
  std::uint64_t epoch_ = 0;  // of its last takeover
  std::jthread thread_;
};

}  // namespace attendance
