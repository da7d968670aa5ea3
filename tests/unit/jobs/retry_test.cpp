#include "jobs/retry.h"

#include <gtest/gtest.h>

namespace {

using std::chrono::milliseconds;

TEST(RetryTest, DoublesUpToTheMostWithHalfOfItChance) {
  const jobs::WorkerOptions options{.retry_base = milliseconds{200},
                                    .retry_max = milliseconds{3000}};
  base::Rng rng{7};
  const std::int64_t full[] = {200, 400, 800, 1600, 3000, 3000, 3000};
  for (int attempts = 1; attempts <= 7; ++attempts) {
    milliseconds least{1'000'000};
    milliseconds most{0};
    for (int i = 0; i < 500; ++i) {
      const auto delay = jobs::RetryDelay(options, attempts, rng);
      least = std::min(least, delay);
      most = std::max(most, delay);
    }
    const std::int64_t f = full[attempts - 1];
    EXPECT_GE(least.count(), f / 2);
    EXPECT_LT(least.count(), f / 2 + f / 20);
    EXPECT_LE(most.count(), f);
    EXPECT_GT(most.count(), f - f / 20);
  }
}

TEST(RetryTest, StaysSaneAtTheEdges) {
  base::Rng rng{7};
  const jobs::WorkerOptions zero{.retry_base = milliseconds{0}, .retry_max = milliseconds{0}};
  EXPECT_LE(jobs::RetryDelay(zero, 1, rng).count(), 1);
  const jobs::WorkerOptions usual;
  EXPECT_LE(jobs::RetryDelay(usual, 1'000'000, rng), usual.retry_max);
}

}  // namespace
