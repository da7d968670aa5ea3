#include "base/random.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>
#include <vector>

namespace base {
namespace {

// Samples and their planted truth are told by their seed: these numbers must never change. They are
// the published first outputs of SplitMix64 for the seed 1234567.
TEST(Rng, IsSplitMix64) {
  Rng rng{1234567};
  EXPECT_EQ(rng.Next(), 6457827717110365317ULL);
  EXPECT_EQ(rng.Next(), 3203168211198807973ULL);
  EXPECT_EQ(rng.Next(), 9817491932198370423ULL);
  EXPECT_EQ(rng.Next(), 4593380528125082431ULL);
  EXPECT_EQ(rng.Next(), 16408922859458223821ULL);
}

TEST(Rng, OneSeedOneSequence) {
  Rng a{42};
  Rng b{42};
  Rng c{43};
  bool differs = false;
  for (int i = 0; i < 100; ++i) {
    const std::uint64_t value = a.Next();
    EXPECT_EQ(value, b.Next());
    differs = differs || value != c.Next();
  }
  EXPECT_TRUE(differs);
}

TEST(Rng, BelowStaysBelowAndReachesEverything) {
  Rng rng{7};
  std::vector<int> counts(10, 0);
  for (int i = 0; i < 10'000; ++i) ++counts[rng.Below(10)];
  for (const int count : counts) {
    EXPECT_GT(count, 850);
    EXPECT_LT(count, 1150);
  }
  EXPECT_EQ(rng.Below(1), 0u);
  EXPECT_TRUE(rc::check("below n", [] {
    Rng any{*rc::gen::arbitrary<std::uint64_t>()};
    const auto n = *rc::gen::suchThat<std::uint64_t>([](std::uint64_t x) { return x > 0; });
    RC_ASSERT(any.Below(n) < n);
    RC_ASSERT(any.Below(UINT64_MAX) < UINT64_MAX);
  }));
}

TEST(Rng, ChanceIsInBasisPoints) {
  Rng rng{3};
  int hits = 0;
  for (int i = 0; i < 20'000; ++i) {
    EXPECT_FALSE(rng.Chance(0));
    EXPECT_TRUE(rng.Chance(10000));
    hits += rng.Chance(2500) ? 1 : 0;
  }
  EXPECT_GT(hits, 4700);
  EXPECT_LT(hits, 5300);
}

TEST(Uuid, HexGoesRound) {
  RandomIds ids;
  for (int i = 0; i < 50; ++i) {
    const Uuid id = ids.NextId();
    Uuid back{};
    ASSERT_TRUE(FromHex(ToHex(id), back));
    EXPECT_EQ(back, id);
  }
  Uuid out{};
  EXPECT_TRUE(FromHex("0123456789ABCDEF0123456789abcdef", out));
  EXPECT_EQ(ToHex(out), "0123456789abcdef0123456789abcdef");
  EXPECT_FALSE(FromHex("", out));
  EXPECT_FALSE(FromHex("0123456789abcdef0123456789abcde", out));
  EXPECT_FALSE(FromHex("0123456789abcdef0123456789abcdeg", out));
}

TEST(IdSource, RandomOnesDifferAndSequentialOnesCount) {
  RandomIds random;
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(ToHex(random.NextId()));
  EXPECT_EQ(seen.size(), 1000u);
  SequentialIds sequential;
  EXPECT_EQ(ToHex(sequential.NextId()), "00000000000000000000000000000001");
  EXPECT_EQ(ToHex(sequential.NextId()), "00000000000000000000000000000002");
  EXPECT_EQ(Bytes(sequential.NextId()).size(), 16u);
}

}  // namespace
}  // namespace base
