// Redis is expendable: wiped, killed, away or hanging, all due work is done in the end.
#include <atomic>

#include "fixture.h"

namespace {

using base::Status;
using jobs::Job;
using jobs::Queue;
using jobs::Workers;
using jobs_test::Ledger;
using jobs_test::Patient;
using std::chrono::milliseconds;

class JobsOutageTest : public testing::Test {
 protected:
  harness::PrivateRedis redis_;
  jobs::RedisOptions options_ = Impatient();
  Ledger ledger_;
  base::SystemClock clock_;

  jobs::RedisOptions Impatient() {
    auto options = redis_.Options();
    options.timeout = milliseconds{300};
    return options;
  }
  std::unique_ptr<Workers> Start() {
    auto workers = std::make_unique<Workers>(
        options_, "q", Patient(), [this](const Job& job) { return ledger_.Do(job); },
        [this] { return ledger_.Due(); }, clock_);
    workers->Start();
    return workers;
  }
  // Half of what was due when it was called is done.
  bool WaitForHalf() {
    const std::size_t all = ledger_.left();
    return harness::WaitUntil([&] { return ledger_.left() <= all / 2; });
  }
};

// With a reconciler that never comes by the clock: it must notice by itself.
TEST_F(JobsOutageTest, FlushAllInTheMiddle) {
  const auto workers = Start();
  for (int round = 0; round < 5; ++round) {
    ledger_.Add(round * 1000, 1000);
    workers->Nudge();
    ASSERT_TRUE(WaitForHalf());
    redis_.FlushAll();
    ASSERT_TRUE(harness::WaitUntil([&] { return ledger_.left() == 0; })) << round;
  }
  EXPECT_EQ(ledger_.runs().size(), 5000u);
}

// Few jobs, all of them in Redis when it is wiped, two of them running.
TEST_F(JobsOutageTest, FlushAllOfEverythingThatIsQueued) {
  jobs_test::Gate gate;
  ledger_.Add(0, 30);
  Workers workers{options_,
                  "q",
                  Patient(),
                  [&](const Job& job) {
                    gate.Pass();
                    return ledger_.Do(job);
                  },
                  [this] { return ledger_.Due(); },
                  clock_};
  workers.Start();
  ASSERT_TRUE(harness::WaitUntil([&] { return gate.arrived() == 2; }));
  redis_.FlushAll();
  gate.Open();
  EXPECT_TRUE(harness::WaitUntil([&] { return ledger_.left() == 0; }));
  EXPECT_EQ(ledger_.runs().size(), 30u);
}

TEST_F(JobsOutageTest, KilledAndRestartedInTheMiddle) {
  const auto workers = Start();
  for (int round = 0; round < 3; ++round) {
    ledger_.Add(round * 1000, 1000);
    workers->Nudge();
    ASSERT_TRUE(WaitForHalf());
    redis_.Restart();
    ASSERT_TRUE(harness::WaitUntil([&] { return ledger_.left() == 0; })) << round;
  }
  EXPECT_GT(workers->stats().redis_errors, 0u);
}

TEST_F(JobsOutageTest, AwayAtTheStartIsWaitedForWithoutSpinning) {
  redis_.Kill9();
  ledger_.Add(0, 10);
  const auto workers = Start();
  const auto begin = clock_.Steady();
  ASSERT_TRUE(harness::WaitUntil([&] { return clock_.Steady() - begin > milliseconds{600}; }));
  EXPECT_EQ(ledger_.asked(), 0);  // the database is not asked for nothing
  EXPECT_GT(workers->stats().redis_errors, 2u);
  EXPECT_LT(workers->stats().redis_errors, 40u);
  redis_.Start();
  EXPECT_TRUE(harness::WaitUntil([&] { return ledger_.left() == 0; }));
}

TEST_F(JobsOutageTest, StopDoesNotWaitForARedisThatIsAway) {
  const auto workers = Start();
  ASSERT_TRUE(harness::WaitUntil([&] { return ledger_.asked() > 0; }));
  redis_.Kill9();
  const auto begin = clock_.Steady();
  workers->Stop();
  EXPECT_LT(clock_.Steady() - begin, milliseconds{2000});
}

TEST_F(JobsOutageTest, AServerThatHangsIsSurvived) {
  const auto workers = Start();
  ledger_.Add(0, 2000);
  workers->Nudge();
  ASSERT_TRUE(WaitForHalf());
  redis_.Pause();
  ASSERT_TRUE(harness::WaitUntil([&] { return workers->stats().redis_errors > 0; }));
  redis_.Resume();
  EXPECT_TRUE(harness::WaitUntil([&] { return ledger_.left() == 0; }));
  // What was given to a worker whose connection timed out is not left lying.
  Queue queue{redis_.Options(), "q"};
  EXPECT_TRUE(harness::WaitUntil([&] {
    const auto stats = queue.Stats();
    return stats.ok() && stats->waiting + stats->running + stats->delayed == 0;
  }));
}

}  // namespace
