// One writer at a time, in the order of asking: under a full load of roll calls a leave slip waits
// for one batch, not for ever (std::mutex promises no order). Thread-safe.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace attendance {

class WriteGate {
 public:
  void lock();
  void unlock();

 private:
  std::mutex mutex_;
  std::condition_variable turn_;
  std::uint64_t next_ = 0;
  std::uint64_t serving_ = 0;
};

}  // namespace attendance
