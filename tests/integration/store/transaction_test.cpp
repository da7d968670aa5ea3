// A transaction commits all or nothing, says which, and never says "committed" when it is not.
#include <gmock/gmock.h>

#include <atomic>
#include <thread>

#include "fixture.h"

namespace {

using base::Code;
using base::Error;
using store::Rows;
using store::Session;
using store::Transaction;
using store_test::Do;
using store_test::Said;

class TransactionTest : public store_test::StoreTest {
 protected:
  void SetUp() override {
    Must("CREATE TABLE t (id INT PRIMARY KEY, n INT NOT NULL) ENGINE=InnoDB");
  }
  std::string Count() { return Seen("SELECT COUNT(*) FROM t"); }
};

base::Result<std::string> ConnectionId(Session& session) {
  ASSIGN_OR_RETURN(Rows rows, session.Query("SELECT CONNECTION_ID() AS id"));
  rows.Next();
  return rows.Text("id");
}

TEST_F(TransactionTest, CommitsOnSuccessAndRollsBackOnError) {
  EXPECT_TRUE(
      pool_.InTransaction([](Transaction& tx) { return Do(tx, "INSERT INTO t VALUES (1, 1)"); })
          .ok());
  EXPECT_EQ(Count(), "1");
  const auto refused = pool_.InTransaction([](Transaction& tx) -> base::Status {
    RETURN_IF_ERROR(Do(tx, "INSERT INTO t VALUES (2, 1)"));
    return Error{Code::kFailedPrecondition, "NOT_TODAY", ""};
  });
  EXPECT_EQ(refused.error().reason, "NOT_TODAY");
  EXPECT_EQ(Count(), "1");
}

TEST_F(TransactionTest, TransactGivesTheValue) {
  const auto id = pool_.Transact([](Transaction& tx) -> base::Result<int> {
    RETURN_IF_ERROR(Do(tx, "INSERT INTO t VALUES (7, 1)"));
    return 7;
  });
  EXPECT_EQ(*id, 7);
  const auto none = pool_.Transact([](Transaction&) -> base::Result<int> {
    return Error{Code::kNotFound, "NONE", ""};
  });
  EXPECT_EQ(none.error().reason, "NONE");
}

// The trap of the connector: its commit() returns normally here and nothing is stored.
TEST_F(TransactionTest, AConnectionKilledBeforeCommitIsNeverASuccess) {
  const auto status = pool_.InTransaction([&](Transaction& tx) -> base::Status {
    RETURN_IF_ERROR(Do(tx, "INSERT INTO t VALUES (1, 1)"));
    ASSIGN_OR_RETURN(const std::string id, ConnectionId(tx));
    server_.RunSql("KILL " + id);
    return {};
  });
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, Code::kUnknownOutcome) << Said(status);
  EXPECT_EQ(status.error().reason, "COMMIT_UNKNOWN");
  EXPECT_EQ(Count(), "0");
  // The broken connection is not given to anybody else.
  EXPECT_TRUE(pool_.Ping().ok());
  EXPECT_EQ(pool_.stats().lost_connections, 1u);
}

TEST_F(TransactionTest, AConnectionKilledInTheMiddleHasChangedNothing) {
  const auto status = pool_.InTransaction([&](Transaction& tx) -> base::Status {
    RETURN_IF_ERROR(Do(tx, "INSERT INTO t VALUES (1, 1)"));
    ASSIGN_OR_RETURN(const std::string id, ConnectionId(tx));
    server_.RunSql("KILL " + id);
    return Do(tx, "INSERT INTO t VALUES (2, 1)");
  });
  EXPECT_EQ(status.error().code, Code::kUnavailable) << Said(status);
  EXPECT_EQ(Count(), "0");
}

// With an automatic reconnect the second row would be committed on its own.
TEST_F(TransactionTest, AfterALostConnectionNoFurtherStatementRuns) {
  const auto status = pool_.InTransaction([&](Transaction& tx) -> base::Status {
    ASSIGN_OR_RETURN(const std::string id, ConnectionId(tx));
    server_.RunSql("KILL " + id);
    EXPECT_FALSE(Do(tx, "INSERT INTO t VALUES (1, 1)").ok());
    EXPECT_FALSE(Do(tx, "INSERT INTO t VALUES (2, 1)").ok());
    return {};  // even a user who does not look
  });
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(Count(), "0");
}

TEST_F(TransactionTest, AnAutocommittedWriteThatWasCutOffIsUnknown) {
  const auto status = pool_.WithSession([&](Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const std::string id, ConnectionId(session));
    server_.RunSql("KILL " + id);
    return Do(session, "INSERT INTO t VALUES (1, 1)");
  });
  EXPECT_EQ(status.error().code, Code::kUnknownOutcome) << Said(status);
  const auto read = pool_.WithSession([&](Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const std::string id, ConnectionId(session));
    server_.RunSql("KILL " + id);
    const auto rows = session.Query("SELECT 1");
    return rows.ok() ? base::Status{} : rows.error();
  });
  EXPECT_EQ(read.error().code, Code::kUnavailable) << Said(read);
}

TEST_F(TransactionTest, ADeadlockRunsTheWholeWorkAgain) {
  Must("INSERT INTO t VALUES (1, 0), (2, 0)");
  std::atomic<int> runs{0};
  std::atomic<int> arrived{0};
  const auto work = [&](int first, int second) {
    return pool_.InTransaction([&, first, second](Transaction& tx) -> base::Status {
      const int run = ++runs;
      RETURN_IF_ERROR(Do(tx, "UPDATE t SET n = n + 1 WHERE id = ?", {first}));
      if (run <= 2) {
        ++arrived;
        EXPECT_TRUE(harness::WaitUntil([&] { return arrived == 2; }));
      }
      // A use case that gives the error another name gets its retry all the same.
      if (Do(tx, "UPDATE t SET n = n + 1 WHERE id = ?", {second}).ok()) return {};
      return Error{Code::kInternal, "RENAMED", ""};
    });
  };
  base::Status other;
  std::thread thread{[&] { other = work(2, 1); }};
  const auto mine = work(1, 2);
  thread.join();
  EXPECT_TRUE(mine.ok()) << Said(mine);
  EXPECT_TRUE(other.ok()) << Said(other);
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(pool_.stats().retries, 1u);
  EXPECT_EQ(Seen("SELECT GROUP_CONCAT(n) FROM t"), "2,2");
}

// InnoDB has rolled everything back at the deadlock; work that goes on regardless must not have
// its further statements committed one by one.
TEST_F(TransactionTest, AnIgnoredDeadlockIsNotCommittedInPart) {
  Must("INSERT INTO t VALUES (1, 0), (2, 0)");
  std::atomic<int> arrived{0};
  const auto work = [&](int first, int second, int row) {
    return pool_.InTransaction(
        [&, first, second, row](Transaction& tx) -> base::Status {
          RETURN_IF_ERROR(Do(tx, "UPDATE t SET n = n + 1 WHERE id = ?", {first}));
          ++arrived;
          EXPECT_TRUE(harness::WaitUntil([&] { return arrived >= 2; }));
          (void)Do(tx, "UPDATE t SET n = n + 1 WHERE id = ?", {second});
          (void)Do(tx, "INSERT INTO t VALUES (?, 0)", {row});
          return {};
        },
        1);
  };
  base::Status other;
  std::thread thread{[&] { other = work(2, 1, 20); }};
  const auto mine = work(1, 2, 10);
  thread.join();
  EXPECT_NE(mine.ok(), other.ok()) << Said(mine) << " " << Said(other);
  EXPECT_EQ((mine.ok() ? other : mine).error().reason, "DEADLOCK");
  EXPECT_EQ(Seen("SELECT GROUP_CONCAT(n ORDER BY id) FROM t WHERE id < 10"), "1,1");
  EXPECT_EQ(Seen("SELECT GROUP_CONCAT(id) FROM t WHERE id >= 10"), mine.ok() ? "10" : "20");
}

TEST_F(TransactionTest, RetryIsBounded) {
  int runs = 0;
  const auto status = pool_.InTransaction(
      [&](Transaction&) -> base::Status {
        ++runs;
        return Error{Code::kConflict, "RETRY", ""};
      },
      3);
  EXPECT_EQ(status.error().reason, "RETRY");
  EXPECT_EQ(runs, 3);
  runs = 0;
  EXPECT_FALSE(pool_
                   .InTransaction([&](Transaction&) -> base::Status {
                     ++runs;
                     return Error{Code::kConflict, "VERSION", ""};
                   })
                   .ok());
  EXPECT_EQ(runs, 1);
}

TEST_F(TransactionTest, ALockWaitRollsEverythingBack) {
  Must("INSERT INTO t VALUES (1, 0)");
  store::PoolOptions impatient = options_;
  impatient.lock_wait_s = 1;
  store::Pool pool{impatient, clock_};
  const auto outer = pool_.InTransaction([&](Transaction& holder) -> base::Status {
    RETURN_IF_ERROR(Do(holder, "UPDATE t SET n = 1 WHERE id = 1"));
    const auto status = pool.InTransaction([](Transaction& tx) -> base::Status {
      RETURN_IF_ERROR(Do(tx, "INSERT INTO t VALUES (2, 0)"));
      (void)Do(tx, "UPDATE t SET n = 2 WHERE id = 1");
      return {};
    });
    EXPECT_FALSE(status.ok());
    EXPECT_EQ(status.error().reason, "LOCK_WAIT") << Said(status);
    return {};
  });
  EXPECT_TRUE(outer.ok());
  EXPECT_EQ(Seen("SELECT GROUP_CONCAT(id, ':', n) FROM t"), "1:1");
}

TEST_F(TransactionTest, ADuplicateKeyLeavesTheRestIntact) {
  const auto status = pool_.InTransaction([](Transaction& tx) -> base::Status {
    RETURN_IF_ERROR(Do(tx, "INSERT INTO t VALUES (1, 1)"));
    EXPECT_EQ(Do(tx, "INSERT INTO t VALUES (1, 2)").error().code, Code::kAlreadyExists);
    return Do(tx, "UPDATE t SET n = 3 WHERE id = 1");
  });
  EXPECT_TRUE(status.ok()) << Said(status);
  EXPECT_EQ(Seen("SELECT n FROM t"), "3");
}

TEST_F(TransactionTest, ReadCommittedSeesWhatOthersCommitted) {
  const auto status = pool_.InTransaction([&](Transaction& tx) -> base::Status {
    const auto count = [&]() -> base::Result<std::int64_t> {
      ASSIGN_OR_RETURN(Rows rows, tx.Query("SELECT COUNT(*) AS n FROM t"));
      rows.Next();
      return rows.Int("n");
    };
    ASSIGN_OR_RETURN(const auto before, count());
    EXPECT_EQ(before, 0);
    Must("INSERT INTO t VALUES (1, 1)");
    ASSIGN_OR_RETURN(const auto after, count());
    EXPECT_EQ(after, 1);
    return {};
  });
  EXPECT_TRUE(status.ok()) << Said(status);
}

// The loop of every use-case test: whichever statement fails, nothing is half done.
TEST_F(TransactionTest, FailTheNthStatement) {
  const auto use_case = [&] {
    return pool_.InTransaction([](Transaction& tx) -> base::Status {
      RETURN_IF_ERROR(Do(tx, "INSERT INTO t VALUES (1, 1)"));
      const auto rows = tx.Query("SELECT n FROM t WHERE id = 1");
      if (!rows.ok()) return rows.error();
      const auto streamed = tx.Stream("SELECT n FROM t", {}, [](const Rows&) { return true; });
      RETURN_IF_ERROR(streamed);
      store::BulkInsert insert{tx, "INSERT INTO t (id, n)"};
      RETURN_IF_ERROR(insert.Add({2, 2}));
      return insert.Flush();
    });
  };
  int failed = 0;
  for (int n = 0;; ++n) {
    store::FailPlan plan{.fail_at = n, .error = {Code::kUnavailable, "PLANNED", ""}};
    pool_.set_fail_plan(&plan);
    const auto status = use_case();
    pool_.set_fail_plan(nullptr);
    if (status.ok()) {
      EXPECT_EQ(plan.seen, n);
      break;
    }
    EXPECT_EQ(status.error().reason, "PLANNED");
    EXPECT_EQ(Count(), "0") << "after statement " << n;
    ++failed;
  }
  EXPECT_EQ(failed, 6);  // BEGIN, INSERT, SELECT, SELECT, bulk INSERT, COMMIT
  EXPECT_EQ(Count(), "2");
}

TEST_F(TransactionTest, AnExceptionOfTheWorkLeavesNoOpenTransaction) {
  EXPECT_THROW((void)pool_.InTransaction([](Transaction& tx) -> base::Status {
    (void)Do(tx, "INSERT INTO t VALUES (1, 1)");
    throw std::runtime_error("oops");
  }),
               std::runtime_error);
  Must("INSERT INTO t VALUES (2, 1)");
  EXPECT_EQ(Seen("SELECT GROUP_CONCAT(id) FROM t"), "2");
}

TEST_F(TransactionTest, TheThirdOfTwoConnectionsWaitsAndIsTold) {
  store::PoolOptions small = options_;
  small.connections_max = 2;
  small.acquire_timeout = std::chrono::milliseconds{50};
  store::Pool pool{small, clock_};
  const auto status = pool.WithSession([&](Session&) {
    return pool.WithSession([&](Session&) {
      const auto third = pool.Ping();
      EXPECT_EQ(third.error().code, Code::kResourceExhausted);
      EXPECT_EQ(third.error().reason, "POOL_EXHAUSTED");
      EXPECT_EQ(pool.stats().open, 2);
      return base::Status{};
    });
  });
  EXPECT_TRUE(status.ok());
  EXPECT_TRUE(pool.Ping().ok());
  EXPECT_EQ(pool.stats().open, 2);
  EXPECT_EQ(pool.stats().idle, 2);
}

TEST_F(TransactionTest, ManyThreadsShareFewConnections) {
  store::PoolOptions small = options_;
  small.connections_max = 3;
  small.acquire_timeout = std::chrono::seconds{30};
  store::Pool pool{small, clock_};
  std::atomic<int> failures{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 12; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 50; ++i) {
        const auto status = pool.InTransaction(
            [&](Transaction& tx) { return Do(tx, "INSERT INTO t VALUES (?, 1)", {t * 1000 + i}); });
        if (!status.ok()) ++failures;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(Count(), "600");
  EXPECT_LE(pool.stats().open, 3);
}

TEST_F(TransactionTest, AccessAndDatabaseAreCheckedByName) {
  store::PoolOptions wrong = options_;
  wrong.password = "wrong";
  EXPECT_EQ(store::Pool(wrong, clock_).Ping().error().reason, "DB_ACCESS");
  wrong = options_;
  wrong.database = "no_such_database";
  EXPECT_EQ(store::Pool(wrong, clock_).Ping().error().reason, "DB_MISSING");
  wrong = options_;
  wrong.socket = "/nowhere/socket";
  EXPECT_EQ(store::Pool(wrong, clock_).Ping().error().reason, "DB_DOWN");
  wrong.socket.clear();
  wrong.host = "127.0.0.1";
  wrong.port = harness::FreePort();
  EXPECT_EQ(store::Pool(wrong, clock_).Ping().error().reason, "DB_DOWN");
}

}  // namespace
