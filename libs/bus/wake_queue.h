// How other threads hand things to the thread that owns a ZeroMQ socket: a vector under one lock
// that the owner swaps out, and an eventfd that is written only while the owner sleeps. Push from
// any thread; Take, FallAsleep and WakeUp belong to the owner.
#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <iterator>
#include <mutex>
#include <utility>
#include <vector>

#include "base/check.h"

namespace bus {

class EventFd {
 public:
  EventFd() : fd_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) { CHECK(fd_ >= 0); }
  ~EventFd() { close(fd_); }
  EventFd(const EventFd&) = delete;
  EventFd& operator=(const EventFd&) = delete;
  int fd() const { return fd_; }
  // A full counter is already a signal, so a failed write loses nothing.
  void Signal() { (void)!eventfd_write(fd_, 1); }
  void Clear() {
    eventfd_t value = 0;
    (void)!eventfd_read(fd_, &value);
  }

 private:
  int fd_;
};

template <class T>
class WakeQueue {
 public:
  // False once closed; the item stays with the caller then.
  bool Push(T&& item) {
    bool wake = false;
    {
      const std::lock_guard lock{mutex_};
      if (closed_) return false;
      items_.push_back(std::move(item));
      wake = std::exchange(asleep_, false);
    }
    if (wake) wake_.Signal();
    return true;
  }

  // Calls add(items) once under the lock; it appends as many as it likes.
  template <class Add>
  void PushWith(Add add) {
    bool wake = false;
    {
      const std::lock_guard lock{mutex_};
      if (closed_) return;
      add(items_);
      wake = std::exchange(asleep_, false);
    }
    if (wake) wake_.Signal();
  }

  // Takes everything; `out` lends its memory for what comes next.
  void Take(std::vector<T>& out) {
    out.clear();
    const std::lock_guard lock{mutex_};
    items_.swap(out);
  }

  // Before waiting on fd(): false when something is there already.
  bool FallAsleep() {
    const std::lock_guard lock{mutex_};
    if (!items_.empty()) return false;
    asleep_ = true;
    return true;
  }
  void WakeUp() {
    {
      const std::lock_guard lock{mutex_};
      asleep_ = false;
    }
    wake_.Clear();
  }

  // Nothing is taken in any more; what is there can still be taken.
  void Close() {
    const std::lock_guard lock{mutex_};
    closed_ = true;
  }
  // Wakes the owner without giving it anything.
  void Signal() { wake_.Signal(); }
  int fd() const { return wake_.fd(); }

 private:
  std::mutex mutex_;
  std::vector<T> items_;
  bool asleep_ = false;
  bool closed_ = false;
  EventFd wake_;
};

}  // namespace bus
