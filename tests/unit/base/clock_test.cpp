#include "base/clock.h"

#include <gtest/gtest.h>

namespace base {
namespace {

using namespace std::chrono_literals;

TEST(ManualClock, StandsUntilItIsMovedAndNeverGoesBack) {
  const UtcTime start = InstantAt(*Date::FromYmd(2026, 9, 1), 8 * 60);
  ManualClock clock{start};
  EXPECT_EQ(clock.Now(), start);
  EXPECT_EQ(clock.Now(), start);
  clock.Advance(90s);
  EXPECT_EQ(clock.Now(), start + 90s);
  EXPECT_TRUE(clock.Set(start + 90s));
  EXPECT_FALSE(clock.Set(start));
  EXPECT_EQ(clock.Now(), start + 90s);
}

TEST(ManualClock, TodayIsTheCountysDay) {
  ManualClock clock{*ParseTime("2026-09-01T15:59:00Z")};
  EXPECT_EQ(clock.Today().ToString(), "2026-09-01");
  clock.Advance(1min);
  EXPECT_EQ(clock.Today().ToString(), "2026-09-02");
}

TEST(SystemClock, GoesOn) {
  const SystemClock clock;
  EXPECT_GT(clock.Now(), *ParseTime("2026-01-01T00:00Z"));
  const SteadyTime earlier = clock.Steady();
  EXPECT_LE(earlier, clock.Steady());
}

}  // namespace
}  // namespace base
