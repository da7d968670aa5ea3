// A heap of timers, at most one for each slot of a table; a timer can be moved and taken out, so
// that finished calls leave nothing behind. Internal; not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace bus {

class Timers {
 public:
  // Sets or moves the timer of `slot`.
  void Set(std::uint32_t slot, base::SteadyTime when) {
    if (slot >= place_.size()) place_.resize(slot + 1, kNone);
    if (place_[slot] == kNone) {
      place_[slot] = static_cast<std::uint32_t>(heap_.size());
      heap_.push_back({when, slot});
    } else {
      heap_[place_[slot]].when = when;
    }
    Down(Up(place_[slot]));
  }
  void Remove(std::uint32_t slot) {
    if (slot >= place_.size() || place_[slot] == kNone) return;
    const std::uint32_t at = std::exchange(place_[slot], kNone);
    const Entry last = heap_.back();
    heap_.pop_back();
    if (at == heap_.size()) return;
    Put(at, last);
    Down(Up(at));
  }
  bool empty() const { return heap_.empty(); }
  std::size_t size() const { return heap_.size(); }
  // Precondition: !empty().
  base::SteadyTime next() const { return heap_.front().when; }
  // Takes out one timer that is due.
  std::optional<std::uint32_t> PopDue(base::SteadyTime now) {
    if (heap_.empty() || heap_.front().when > now) return std::nullopt;
    const std::uint32_t slot = heap_.front().slot;
    Remove(slot);
    return slot;
  }

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;
  struct Entry {
    base::SteadyTime when = {};
    std::uint32_t slot = 0;
  };
  void Put(std::uint32_t at, Entry entry) {
    heap_[at] = entry;
    place_[entry.slot] = at;
  }
  std::uint32_t Up(std::uint32_t at) {
    const Entry entry = heap_[at];
    while (at > 0 && entry.when < heap_[(at - 1) / 2].when) {
      Put(at, heap_[(at - 1) / 2]);
      at = (at - 1) / 2;
    }
    Put(at, entry);
    return at;
  }
  void Down(std::uint32_t at) {
    const Entry entry = heap_[at];
    const auto size = static_cast<std::uint32_t>(heap_.size());
    for (std::uint32_t child = 2 * at + 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && heap_[child + 1].when < heap_[child].when) ++child;
      if (heap_[child].when >= entry.when) break;
      Put(at, heap_[child]);
      at = child;
    }
    Put(at, entry);
  }

  std::vector<Entry> heap_;
  std::vector<std::uint32_t> place_;  // of each slot in the heap
};

}  // namespace bus
