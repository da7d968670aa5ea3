#include "base/money.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace base {
namespace {

TEST(Money, ShowsYuanAndFen) {
  EXPECT_EQ(Money::Yuan(1250).ToString(), "1250.00");
  EXPECT_EQ(Money::Fen(5).ToString(), "0.05");
  EXPECT_EQ(Money::Fen(-5).ToString(), "-0.05");
  EXPECT_EQ(Money::Fen(-12345).ToString(), "-123.45");
  EXPECT_EQ(Money{}.ToString(), "0.00");
}

TEST(Money, AddsAndCompares) {
  EXPECT_EQ(Money::Yuan(1) + Money::Fen(50) - Money::Fen(150), Money{});
  EXPECT_LT(Money::Fen(-1), Money{});
}

TEST(Money, AShareRoundsHalfAFenAwayFromZero) {
  EXPECT_EQ(Money::Yuan(1250).ShareHalfUp(5000), Money::Yuan(625));
  EXPECT_EQ(Money::Fen(1).ShareHalfUp(5000), Money::Fen(1));
  EXPECT_EQ(Money::Fen(1).ShareHalfUp(4999), Money::Fen(0));
  EXPECT_EQ(Money::Fen(-1).ShareHalfUp(5000), Money::Fen(-1));
  EXPECT_EQ(Money::Fen(-1).ShareHalfUp(4999), Money::Fen(0));
  EXPECT_EQ(Money::Fen(3).ShareHalfUp(5000), Money::Fen(2));
  EXPECT_EQ(Money::Fen(999).ShareHalfUp(10000), Money::Fen(999));
  EXPECT_EQ(Money::Fen(999).ShareHalfUp(0), Money{});
}

TEST(Money, AShareIsSymmetricAndCloseToTheExactOne) {
  EXPECT_TRUE(rc::check("share", [] {
    const auto fen = *rc::gen::inRange<std::int64_t>(-10'000'000, 10'000'000);
    const auto points = *rc::gen::inRange<std::int64_t>(0, 10'001);
    const std::int64_t share = Money::Fen(fen).ShareHalfUp(points).fen();
    RC_ASSERT(Money::Fen(-fen).ShareHalfUp(points).fen() == -share);
    RC_ASSERT(std::abs(share * 10000 - fen * points) <= 5000);
  }));
}

}  // namespace
}  // namespace base
