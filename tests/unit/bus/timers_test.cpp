// The timers of a client against a plain map.

#include "bus/timers.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>

namespace bus {
namespace {

base::SteadyTime At(int ms) { return base::SteadyTime{std::chrono::milliseconds{ms}}; }

TEST(Timers, FireInOrderAndOnce) {
  Timers timers;
  timers.Set(5, At(30));
  timers.Set(1, At(10));
  timers.Set(9, At(20));
  timers.Set(5, At(5));   // moved forward
  timers.Set(1, At(40));  // moved back
  EXPECT_EQ(timers.next(), At(5));
  EXPECT_EQ(timers.PopDue(At(4)), std::nullopt);
  EXPECT_EQ(timers.PopDue(At(5)), 5u);
  EXPECT_EQ(timers.PopDue(At(100)), 9u);
  EXPECT_EQ(timers.PopDue(At(100)), 1u);
  EXPECT_EQ(timers.PopDue(At(100)), std::nullopt);
  EXPECT_TRUE(timers.empty());
}

TEST(Timers, BehaveLikeAMap) {
  EXPECT_TRUE(rc::check("set, remove and pop in any order", [] {
    Timers timers;
    std::map<std::uint32_t, int> model;
    const int steps = *rc::gen::inRange(0, 200);
    for (int i = 0; i < steps; ++i) {
      const auto slot = *rc::gen::inRange<std::uint32_t>(0, 30);
      switch (*rc::gen::inRange(0, 4)) {
        case 0:
          timers.Remove(slot);
          model.erase(slot);
          break;
        case 1: {
          const int now = *rc::gen::inRange(0, 50);
          const auto popped = timers.PopDue(At(now));
          int earliest = 1000;
          for (const auto& [key, when] : model) earliest = std::min(earliest, when);
          RC_ASSERT(popped.has_value() == (earliest <= now));
          if (popped) {
            RC_ASSERT(model.at(*popped) == earliest);
            model.erase(*popped);
          }
          break;
        }
        default: {
          const int when = *rc::gen::inRange(0, 100);
          timers.Set(slot, At(when));
          model[slot] = when;
        }
      }
      RC_ASSERT(timers.size() == model.size());
    }
  }));
}

}  // namespace
}  // namespace bus
