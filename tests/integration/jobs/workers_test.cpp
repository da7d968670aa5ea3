// Each job is run at least once, dead workers' jobs too; failures come back later and end in the
// dead letters; what becomes due is run within milliseconds.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "fixture.h"

namespace {

using base::Code;
using base::Error;
using jobs::Job;
using jobs::Queue;
using jobs::Workers;
using jobs_test::Gate;
using jobs_test::Ledger;
using jobs_test::NothingDue;
using jobs_test::Patient;
using jobs_test::Work;
using std::chrono::milliseconds;

class WorkersTest : public testing::Test {
 protected:
  harness::PrivateRedis& redis_ = harness::PrivateRedis::Shared();
  jobs::RedisOptions options_ = redis_.FreshPrefix();
  Queue queue_{options_, "q"};
  Ledger ledger_;
  base::SystemClock clock_;
  const std::string stream_ = options_.prefix + ":q";

  Workers::Run DoIt() {
    return [this](const Job& job) { return ledger_.Do(job); };
  }
  Workers::Due AskLedger() {
    return [this] { return ledger_.Due(); };
  }
  // Nothing waits, runs or is known.
  bool Empty() {
    const auto stats = queue_.Stats();
    return stats.ok() && stats->waiting + stats->delayed + stats->running == 0 &&
           redis_.Command({"HLEN", stream_ + ":known"}) == "0";
  }
};

TEST_F(WorkersTest, EachJobIsRunOnceAndForgotten) {
  ASSERT_TRUE(queue_.Enqueue(Work(0, 100)).ok());
  Workers workers{options_, "q", Patient(), DoIt(), NothingDue, clock_};
  workers.Start();
  ASSERT_TRUE(queue_.Enqueue(Work(100, 100)).ok());
  EXPECT_TRUE(harness::WaitUntil([&] { return workers.stats().done == 200; }));
  EXPECT_TRUE(harness::WaitUntil([&] { return Empty(); }));
  EXPECT_EQ(ledger_.runs().size(), 200u);
  EXPECT_EQ(ledger_.total_runs(), 200);
}

TEST_F(WorkersTest, SeveralProcessesShareTheWork) {
  std::atomic<int> by_first{0};
  std::atomic<int> by_second{0};
  const auto counted = [&](std::atomic<int>& count) {
    return [&](const Job& job) {
      ++count;
      // Neither takes everything before the other has had some.
      if (by_first == 0 || by_second == 0) {
        (void)harness::WaitUntil([&] { return by_first > 0 && by_second > 0; });
      }
      return ledger_.Do(job);
    };
  };
  Workers first{options_, "q", Patient(), counted(by_first), NothingDue, clock_};
  Workers second{options_, "q", Patient(), counted(by_second), NothingDue, clock_};
  first.Start();
  second.Start();
  ASSERT_TRUE(queue_.Enqueue(Work(0, 500)).ok());
  EXPECT_TRUE(harness::WaitUntil([&] { return first.stats().done + second.stats().done == 500; }));
  EXPECT_EQ(ledger_.total_runs(), 500);
  EXPECT_GT(by_first, 0);
  EXPECT_GT(by_second, 0);
}

TEST_F(WorkersTest, WhatIsDueAtTheStartIsFound) {
  ledger_.Add(0, 50);
  Workers workers{options_, "q", Patient(), DoIt(), AskLedger(), clock_};
  workers.Start();
  EXPECT_TRUE(harness::WaitUntil([&] { return ledger_.left() == 0; }));
  EXPECT_TRUE(harness::WaitUntil([&] { return workers.stats().done == 50; }));
  EXPECT_EQ(workers.stats().reconciled, 50u);
}

TEST_F(WorkersTest, ANudgeRunsWhatBecameDueWithinMilliseconds) {
  Workers workers{options_, "q", Patient(), DoIt(), AskLedger(), clock_};
  workers.Start();
  ASSERT_TRUE(harness::WaitUntil([&] { return ledger_.asked() > 0; }));
  base::SteadyTime::duration best = std::chrono::hours{1};
  for (int i = 0; i < 20; ++i) {
    const auto begin = clock_.Steady();
    ledger_.Add(i, 1);
    workers.Nudge();
    ASSERT_TRUE(harness::WaitUntil([&] { return ledger_.left() == 0; }));
    best = std::min(best, clock_.Steady() - begin);
  }
  EXPECT_LT(best, milliseconds{20});  // usually 2
}

TEST_F(WorkersTest, WithoutANudgeItIsFoundAtTheNextReconciliation) {
  auto options = Patient();
  options.reconcile_every = milliseconds{30};
  Workers workers{options_, "q", options, DoIt(), AskLedger(), clock_};
  workers.Start();
  ASSERT_TRUE(harness::WaitUntil([&] { return ledger_.asked() > 2; }));
  ledger_.Add(0, 5);
  EXPECT_TRUE(harness::WaitUntil([&] { return ledger_.left() == 0; }));
}

// A list of due work that is cut off at 300: the rest does not wait for the next reconciliation.
TEST_F(WorkersTest, ALongListIsContinuedWhenTheQueueEmpties) {
  ledger_.Add(0, 2000);
  Workers workers{options_, "q", Patient(), DoIt(), [this] { return ledger_.Due(300); }, clock_};
  workers.Start();
  EXPECT_TRUE(harness::WaitUntil([&] { return ledger_.left() == 0; }));
  EXPECT_EQ(ledger_.runs().size(), 2000u);
}

TEST_F(WorkersTest, AFailureOfTheDatabaseIsTriedAgain) {
  ledger_.Add(0, 1);
  std::atomic<int> asked{0};
  auto options = Patient();
  options.reconcile_every = milliseconds{20};
  Workers workers{options_,
                  "q",
                  options,
                  DoIt(),
                  [&]() -> base::Result<std::vector<Job>> {
                    if (++asked < 3) return Error{Code::kUnavailable, "DB_DOWN", ""};
                    return ledger_.Due();
                  },
                  clock_};
  workers.Start();
  EXPECT_TRUE(harness::WaitUntil([&] { return ledger_.left() == 0; }));
}

// The job's last look at its row was before the row became due again: nobody else would look.
TEST_F(WorkersTest, WhatBecomesDueAgainWhileItRunsIsRunAgain) {
  Gate gate;
  Workers workers{options_,
                  "q",
                  Patient(),
                  [&](const Job& job) {
                    const auto status = ledger_.Do(job);
                    gate.Pass();
                    return status;
                  },
                  NothingDue,
                  clock_};
  workers.Start();
  ASSERT_TRUE(queue_.Enqueue(Work(1, 1)).ok());
  ASSERT_TRUE(harness::WaitUntil([&] { return gate.arrived() == 1; }));
  EXPECT_EQ(*queue_.EnqueueCounted(Work(1, 1)), 0u);
  EXPECT_EQ(*queue_.EnqueueCounted(Work(1, 1)), 0u);
  gate.Open();
  EXPECT_TRUE(harness::WaitUntil([&] { return workers.stats().done == 2; }));
  EXPECT_TRUE(harness::WaitUntil([&] { return Empty(); }));
  EXPECT_EQ(ledger_.total_runs(), 2);  // and not a third time
}

TEST_F(WorkersTest, ADelayedJobWaitsAndNoLongerThanItMust) {
  std::mutex mutex;
  std::map<std::string, base::SteadyTime> ran;
  Workers workers{options_,
                  "q",
                  Patient(),
                  [&](const Job& job) {
                    const std::lock_guard lock{mutex};
                    ran[job.id] = clock_.Steady();
                    return base::Status{};
                  },
                  NothingDue,
                  clock_};
  workers.Start();
  const auto begin = clock_.Steady();
  ASSERT_TRUE(queue_.Enqueue(Work(1, 1), milliseconds{300}).ok());
  ASSERT_TRUE(queue_.Enqueue(Work(2, 1), milliseconds{50}).ok());
  EXPECT_TRUE(harness::WaitUntil([&] { return workers.stats().done == 2; }));
  const std::lock_guard lock{mutex};
  EXPECT_GE(ran["1"] - begin, milliseconds{300});
  EXPECT_GE(ran["2"] - begin, milliseconds{50});
  EXPECT_LT(ran["1"] - begin, milliseconds{2000});
  EXPECT_LT(ran["2"] - begin, milliseconds{2000});
}

TEST_F(WorkersTest, AFailureIsTriedAgainWithItsAttempts) {
  std::mutex mutex;
  std::vector<int> attempts;
  Workers workers{options_,
                  "q",
                  Patient(),
                  [&](const Job& job) -> base::Status {
                    const std::lock_guard lock{mutex};
                    attempts.push_back(job.attempts);
                    if (job.attempts < 3) return Error{Code::kUnavailable, "LATER", ""};
                    return {};
                  },
                  NothingDue,
                  clock_};
  workers.Start();
  ASSERT_TRUE(queue_.Enqueue(Work(1, 1)).ok());
  EXPECT_TRUE(harness::WaitUntil([&] { return workers.stats().done == 1; }));
  EXPECT_THAT(attempts, testing::ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(workers.stats().failed, 3u);
  EXPECT_TRUE(harness::WaitUntil([&] { return Empty(); }));
}

TEST_F(WorkersTest, AfterTooManyFailuresItIsADeadLetterUntilAReplay) {
  std::atomic<bool> broken{true};
  ledger_.Add(7, 1);
  auto options = Patient();
  options.attempts_max = 3;
  options.reconcile_every = milliseconds{20};
  Workers workers{options_,
                  "q",
                  options,
                  [&](const Job& job) -> base::Status {
                    if (!broken) return ledger_.Do(job);
                    return Error{Code::kInternal, "BROKEN", "no bridge"};
                  },
                  AskLedger(),
                  clock_};
  workers.Start();
  ASSERT_TRUE(harness::WaitUntil([&] { return workers.stats().dead == 1; }));
  // The database still says that it is due; the reconciler leaves the dead in peace.
  const int asked = ledger_.asked();
  ASSERT_TRUE(harness::WaitUntil([&] { return ledger_.asked() > asked + 3; }));
  EXPECT_EQ(workers.stats().failed, 3u);
  const auto dead = queue_.ListDead(10);
  ASSERT_EQ(dead->size(), 1u);
  EXPECT_EQ(dead->at(0).job.kind, "work");
  EXPECT_EQ(dead->at(0).job.id, "7");
  EXPECT_EQ(dead->at(0).job.attempts, 3);
  EXPECT_EQ(dead->at(0).error, "INTERNAL/BROKEN: no bridge");
  broken = false;
  EXPECT_EQ(*queue_.Replay({dead->at(0).entry_id}), 1u);
  EXPECT_TRUE(harness::WaitUntil([&] { return ledger_.left() == 0; }));
  EXPECT_TRUE(harness::WaitUntil([&] { return Empty(); }));
  EXPECT_TRUE(queue_.ListDead(10)->empty());
}

// A worker that took jobs and is not heard of again.
TEST_F(WorkersTest, TheJobsOfADeadWorkerAreTakenOver) {
  ASSERT_TRUE(queue_.Enqueue(Work(0, 20)).ok());
  redis_.Command({"XGROUP", "CREATE", stream_, "workers", "0"});
  redis_.Command(
      {"XREADGROUP", "GROUP", "workers", "ghost", "COUNT", "15", "STREAMS", stream_, ">"});
  auto options = Patient();
  options.claim_after = milliseconds{100};
  Workers workers{options_, "q", options, DoIt(), NothingDue, clock_};
  workers.Start();
  EXPECT_TRUE(harness::WaitUntil([&] { return ledger_.runs().size() == 20; }));
  EXPECT_GE(workers.stats().claimed, 15u);
  EXPECT_TRUE(harness::WaitUntil([&] { return Empty(); }));
}

// A job that ends its worker each time must not go round for ever.
TEST_F(WorkersTest, AJobThatKillsItsWorkersIsADeadLetter) {
  ASSERT_TRUE(queue_.Enqueue(Work(1, 1)).ok());
  redis_.Command({"XGROUP", "CREATE", stream_, "workers", "0"});
  redis_.Command({"XREADGROUP", "GROUP", "workers", "ghost", "STREAMS", stream_, ">"});
  const std::string entry = redis_.Command({"XRANGE", stream_, "-", "+"});
  redis_.Command({"XCLAIM", stream_, "workers", "ghost", "0", entry.substr(0, entry.find('\n')),
                  "RETRYCOUNT", "8"});
  auto options = Patient();
  options.claim_after = milliseconds{50};
  Workers workers{options_, "q", options, DoIt(), NothingDue, clock_};
  workers.Start();
  EXPECT_TRUE(harness::WaitUntil([&] { return workers.stats().dead == 1; }));
  EXPECT_EQ(ledger_.total_runs(), 0);
  EXPECT_TRUE(harness::WaitUntil([&] { return queue_.Stats()->dead == 1; }));
  EXPECT_THAT(queue_.ListDead(1)->at(0).error, testing::HasSubstr("WORKER_DIED"));
}

// What waits behind a slow job in the same batch is not taken for abandoned.
TEST_F(WorkersTest, ASlowJobDoesNotLoseItsBatch) {
  auto options = Patient();
  options.threads = 1;
  options.claim_after = milliseconds{400};
  std::atomic<int> runs{0};
  const auto slow = [&](const Job& job) {
    ++runs;
    const auto until = clock_.Steady() + milliseconds{100};
    (void)harness::WaitUntil([&] { return clock_.Steady() >= until; });
    return ledger_.Do(job);
  };
  ASSERT_TRUE(queue_.Enqueue(Work(0, 12)).ok());
  Workers first{options_, "q", options, slow, NothingDue, clock_};
  first.Start();
  ASSERT_TRUE(harness::WaitUntil([&] { return runs >= 4; }));  // the batch is large by now
  Workers second{options_, "q", options, slow, NothingDue, clock_};
  second.Start();
  EXPECT_TRUE(harness::WaitUntil([&] { return first.stats().done + second.stats().done >= 12; }));
  EXPECT_EQ(runs, 12);
  EXPECT_EQ(first.stats().claimed + second.stats().claimed, 0u);
}

TEST_F(WorkersTest, StopFinishesWhatRunsAndGivesTheRestBack) {
  Gate gate;
  auto options = Patient();
  options.threads = 1;
  ASSERT_TRUE(queue_.Enqueue(Work(0, 40)).ok());
  {
    std::atomic<int> quick{0};
    Workers workers{options_,
                    "q",
                    options,
                    [&](const Job& job) {
                      if (++quick > 20) {  // in the middle of a batch
                        gate.Pass();
                        const auto until = clock_.Steady() + milliseconds{30};
                        (void)harness::WaitUntil([&] { return clock_.Steady() >= until; });
                      }
                      return ledger_.Do(job);
                    },
                    NothingDue,
                    clock_};
    workers.Start();
    ASSERT_TRUE(harness::WaitUntil([&] { return gate.arrived() == 1; }));
    std::thread stopper{[&] { workers.Stop(); }};
    gate.Open();
    stopper.join();
    EXPECT_LT(ledger_.total_runs(), 40);
  }
  EXPECT_EQ(queue_.Stats()->running, 0u);
  EXPECT_EQ(queue_.Stats()->waiting, 40u - static_cast<unsigned>(ledger_.total_runs()));
  Workers next{options_, "q", options, DoIt(), NothingDue, clock_};
  next.Start();
  EXPECT_TRUE(harness::WaitUntil([&] { return ledger_.runs().size() == 40; }));
  EXPECT_EQ(ledger_.total_runs(), 40);
}

TEST_F(WorkersTest, StopIsQuickAndMayBeCalledTwice) {
  Workers workers{options_, "q", Patient(), DoIt(), NothingDue, clock_};
  workers.Start();
  workers.Start();
  const auto begin = clock_.Steady();
  workers.Stop();
  workers.Stop();
  EXPECT_LT(clock_.Steady() - begin, milliseconds{2000});  // a read waits for 0.2 s
}

// Redis lost the stream but not the note that the jobs are in it.
TEST_F(WorkersTest, JobsThatAreKnownButNowhereAreFoundAgain) {
  ledger_.Add(1, 3);
  ASSERT_TRUE(queue_.Enqueue(Work(1, 3)).ok());
  redis_.Command({"DEL", stream_});
  Workers workers{options_, "q", Patient(), DoIt(), AskLedger(), clock_};
  workers.Start();
  EXPECT_TRUE(harness::WaitUntil([&] { return ledger_.left() == 0; }));
}

}  // namespace
