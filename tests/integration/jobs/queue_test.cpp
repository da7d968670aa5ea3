#include <gmock/gmock.h>

#include "fixture.h"

namespace {

using base::Code;
using jobs_test::Said;
using jobs_test::Work;
using std::chrono::milliseconds;

class QueueTest : public testing::Test {
 protected:
  harness::PrivateRedis& redis_ = harness::PrivateRedis::Shared();
  jobs::RedisOptions options_ = redis_.FreshPrefix();
  jobs::Queue queue_{options_, "q"};
  const std::string stream_ = options_.prefix + ":q";

  // As a worker that dies would: takes up to `count` entries and is not heard of again.
  void TakeAndVanish(int count) {
    (void)redis_.Command({"XGROUP", "CREATE", stream_, "workers", "0", "MKSTREAM"});
    (void)redis_.Command({"XREADGROUP", "GROUP", "workers", "ghost", "COUNT", std::to_string(count),
                          "STREAMS", stream_, ">"});
  }
};

TEST_F(QueueTest, TheSameJobIsQueuedOnce) {
  EXPECT_EQ(*queue_.EnqueueCounted(Work(1, 3)), 3u);
  EXPECT_EQ(*queue_.EnqueueCounted(Work(2, 3)), 1u);
  EXPECT_EQ(*queue_.EnqueueCounted({{.kind = "other", .id = "1"}}), 1u);
  EXPECT_TRUE(queue_.Enqueue(Work(1, 1), milliseconds{60'000}).ok());
  const auto stats = queue_.Stats();
  EXPECT_EQ(stats->waiting, 5u);
  EXPECT_EQ(stats->delayed, 0u);
  EXPECT_EQ(stats->running, 0u);
  EXPECT_EQ(stats->dead, 0u);
}

TEST_F(QueueTest, ADelayedJobIsQueuedOnceToo) {
  EXPECT_TRUE(queue_.Enqueue(Work(1, 1), milliseconds{60'000}).ok());
  EXPECT_TRUE(queue_.Enqueue(Work(1, 1)).ok());
  EXPECT_EQ(queue_.Stats()->delayed, 1u);
  EXPECT_EQ(queue_.Stats()->waiting, 0u);
}

TEST_F(QueueTest, RunningIsToldFromWaiting) {
  ASSERT_TRUE(queue_.Enqueue(Work(1, 5)).ok());
  TakeAndVanish(2);
  EXPECT_EQ(queue_.Stats()->running, 2u);
  EXPECT_EQ(queue_.Stats()->waiting, 3u);
}

TEST_F(QueueTest, ThousandsAtOnce) {
  EXPECT_EQ(*queue_.EnqueueCounted(Work(0, 3210)), 3210u);
  EXPECT_EQ(queue_.Stats()->waiting, 3210u);
}

TEST_F(QueueTest, OddNamesSurvive) {
  const std::string odd{"a\nb\0c 'x' 保", 13};
  ASSERT_TRUE(queue_.Enqueue({{.kind = "k", .id = odd}}).ok());
  const std::string entries = redis_.Command({"XRANGE", stream_, "-", "+"});
  EXPECT_THAT(entries, testing::HasSubstr(odd));
  EXPECT_EQ(queue_.Enqueue({{.kind = "a\nb", .id = "1"}}).error().reason, "BAD_JOB");
  EXPECT_EQ(queue_.Enqueue({{.kind = "", .id = "1"}}).error().reason, "BAD_JOB");
}

TEST_F(QueueTest, AnEmptyQueueIsNoError) {
  EXPECT_TRUE(queue_.Enqueue({}).ok());
  EXPECT_EQ(queue_.Stats()->waiting, 0u);
  EXPECT_TRUE(queue_.ListDead(10)->empty());
  EXPECT_EQ(*queue_.Replay({}), 0u);
  EXPECT_EQ(*queue_.Replay({"1-1"}), 0u);
  EXPECT_EQ(queue_.Replay({"no entry"}).error().reason, "BAD_ENTRY");
}

TEST_F(QueueTest, TheOldestDeadLetterGoesWhenThereAreTooMany) {
  // As the finishing script would have left them: 10,000, the limit.
  for (int i = 0; i < 10'000; i += 500) {
    std::string script = "for i = " + std::to_string(i) + ", " + std::to_string(i + 499) +
                         " do redis.call('XADD', KEYS[1] .. ':dead', '*', 'kind', 'work', 'id',"
                         " 'd' .. i, 'attempts', 8, 'error', 'E')"
                         " redis.call('HSET', KEYS[1] .. ':known', 'work\\nd' .. i, 'x') end";
    redis_.Command({"EVAL", script, "1", stream_});
  }
  const base::SystemClock clock;
  auto options = jobs_test::Patient();
  options.attempts_max = 1;
  jobs::Workers workers{options_,
                        "q",
                        options,
                        [](const jobs::Job&) {
                          return base::Status{base::Error{Code::kInternal, "NO", ""}};
                        },
                        jobs_test::NothingDue,
                        clock};
  workers.Start();
  ASSERT_TRUE(queue_.Enqueue(Work(1, 2)).ok());
  EXPECT_TRUE(harness::WaitUntil([&] { return workers.stats().dead == 2; }));
  workers.Stop();
  EXPECT_EQ(queue_.Stats()->dead, 10'000u);
  EXPECT_EQ(queue_.ListDead(1)->at(0).job.id, "d2");
  // The dropped ones may be queued again, the others may not.
  EXPECT_EQ(*queue_.EnqueueCounted({{.kind = "work", .id = "d0"}, {.kind = "work", .id = "d2"}}),
            1u);
  EXPECT_EQ(*queue_.Replay({}), 10'000u);
}

TEST_F(QueueTest, PingSaysWhatIsWrong) {
  EXPECT_TRUE(queue_.Ping().ok());
  auto wrong = options_;
  wrong.password = "wrong";
  EXPECT_EQ(jobs::Queue(wrong, "q").Ping().error().reason, "REDIS_ACCESS");
  wrong.password = "";
  EXPECT_EQ(jobs::Queue(wrong, "q").Ping().error().reason, "REDIS_ACCESS");
  wrong = options_;
  wrong.socket = "/nowhere/socket";
  EXPECT_EQ(jobs::Queue(wrong, "q").Ping().error().reason, "REDIS_DOWN");
}

TEST(QueuePolicyTest, ARedisThatDropsKeysIsReported) {
  harness::PrivateRedis redis{
      {.tcp = true, .extra_args = {"--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"}}};
  auto options = redis.Options();
  options.socket.clear();
  options.host = "127.0.0.1";
  options.port = redis.port();
  const auto status = jobs::Queue(options, "q").Ping();
  EXPECT_EQ(status.error().reason, "REDIS_EVICTS") << Said(status);
  EXPECT_THAT(status.error().detail, testing::HasSubstr("allkeys-lru"));
  const base::SystemClock clock;
  jobs::Workers workers{options,
                        "q",
                        jobs_test::Patient(),
                        [](const jobs::Job&) { return base::Status{}; },
                        jobs_test::NothingDue,
                        clock};
  workers.Start();
  EXPECT_TRUE(harness::WaitUntil([&] { return workers.stats().redis_evicts; }));
}

TEST(QueueOutageTest, ALostConnectionIsReplacedAndADeadServerIsSaid) {
  harness::PrivateRedis redis;
  jobs::Queue queue{redis.Options(), "q"};
  ASSERT_TRUE(queue.Enqueue(Work(1, 1)).ok());
  redis.Kill9();
  EXPECT_EQ(queue.Enqueue(Work(2, 1)).error().reason, "REDIS_DOWN");  // and no SIGPIPE
  EXPECT_EQ(queue.Stats().error().reason, "REDIS_DOWN");
  redis.Start();
  EXPECT_TRUE(queue.Enqueue(Work(3, 1)).ok());
  redis.Restart();
  const auto stale = queue.Enqueue(Work(4, 1));  // on a connection that is dead and does not know
  EXPECT_TRUE(stale.ok()) << Said(stale);
  EXPECT_EQ(queue.Stats()->waiting, 1u);
}

// After a timeout the late answer must not be taken for that to the next question.
TEST(QueueOutageTest, AConnectionThatTimedOutIsNeverUsedAgain) {
  harness::PrivateRedis redis;
  auto options = redis.Options();
  options.timeout = milliseconds{100};
  jobs::Queue queue{options, "q"};
  ASSERT_TRUE(queue.Enqueue(Work(1, 7)).ok());
  redis.Pause();
  EXPECT_EQ(queue.ListDead(5).error().reason, "REDIS_DOWN");
  redis.Resume();
  EXPECT_EQ(queue.Stats()->waiting, 7u);
}

}  // namespace
