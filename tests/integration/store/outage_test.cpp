// MariaDB is killed, restarted, paused under load: no acknowledged write is lost, none that was
// refused is there, and the pool recovers by itself.
#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "fixture.h"
#include "harness/cutting_proxy.h"

namespace {

using base::Code;
using store::Session;
using store::Transaction;
using store_test::Do;
using store_test::Said;

class OutageTest : public testing::Test {
 protected:
  harness::PrivateMariaDb server_;
  store::PoolOptions options_ = server_.FreshDatabase();
  base::SystemClock clock_;
  store::Pool pool_{options_, clock_};

  void SetUp() override {
    server_.RunSql("CREATE TABLE t (id BIGINT PRIMARY KEY) ENGINE=InnoDB", options_.database);
  }
};

TEST_F(OutageTest, KilledUnderLoadLosesNothingThatWasAcknowledged) {
  std::atomic<bool> stop{false};
  std::atomic<std::int64_t> acknowledged_count{0};
  std::mutex mutex;
  std::set<std::int64_t> acknowledged;
  std::set<std::int64_t> refused;
  std::set<std::int64_t> unknown;
  std::vector<std::thread> writers;
  for (int w = 0; w < 6; ++w) {
    writers.emplace_back([&, w] {
      for (std::int64_t i = 0; !stop; ++i) {
        const std::int64_t id = w * 1'000'000LL + i;
        const auto status = pool_.InTransaction(
            [&](Transaction& tx) { return Do(tx, "INSERT INTO t VALUES (?)", {id}); });
        const std::lock_guard lock{mutex};
        if (status.ok()) {
          acknowledged.insert(id);
          ++acknowledged_count;
        } else if (status.error().code == Code::kUnknownOutcome) {
          unknown.insert(id);
        } else {
          EXPECT_EQ(status.error().code, Code::kUnavailable) << Said(status);
          refused.insert(id);
        }
        if (!status.ok() && stop) break;
      }
    });
  }
  constexpr int kKills = 4;
  for (int kill = 0; kill < kKills; ++kill) {
    const auto before = acknowledged_count.load();
    ASSERT_TRUE(harness::WaitUntil([&] { return acknowledged_count >= before + 200; }));
    server_.Restart();
  }
  const auto before = acknowledged_count.load();
  ASSERT_TRUE(harness::WaitUntil([&] { return acknowledged_count >= before + 200; }));
  stop = true;
  for (auto& writer : writers) writer.join();

  std::set<std::int64_t> stored;
  ASSERT_TRUE(pool_
                  .WithSession([&](Session& session) {
                    return session.Stream("SELECT id FROM t", {}, [&](const store::Rows& row) {
                      stored.insert(row.Int("id"));
                      return true;
                    });
                  })
                  .ok());
  for (const auto id : acknowledged) EXPECT_TRUE(stored.contains(id)) << id << " was lost";
  for (const auto id : refused) EXPECT_FALSE(stored.contains(id)) << id << " was refused";
  for (const auto id : stored) {
    EXPECT_TRUE(acknowledged.contains(id) || unknown.contains(id)) << id;
  }
  EXPECT_GT(pool_.stats().lost_connections, 0u);
  EXPECT_FALSE(refused.empty());
}

// Its caller cannot tell the two apart: so neither is a success nor a refusal.
TEST_F(OutageTest, ACommitWhoseAnswerIsLostIsUnknownWhetherItWasDoneOrNot) {
  harness::CuttingProxy proxy{server_.socket()};
  store::PoolOptions through = options_;
  through.socket = proxy.socket();
  store::Pool pool{through, clock_};
  for (const auto& [cut, id] : {std::pair{harness::Cut::kBeforeCommit, 5},
                                std::pair{harness::Cut::kAfterCommit, 6}}) {
    proxy.CutAt(cut, "VALUES (" + std::to_string(id) + ")");
    const auto status = pool.InTransaction(
        [&, row = id](Transaction& tx) { return Do(tx, "INSERT INTO t VALUES (?)", {row}); });
    EXPECT_EQ(Said(status).substr(0, 22), "UNKNOWN/COMMIT_UNKNOWN") << Said(status);
  }
  EXPECT_EQ(server_.RunSql("SELECT id FROM t", options_.database), "6\n");
  EXPECT_TRUE(pool.Ping().ok());
}

TEST_F(OutageTest, WhileItIsDownTheAnswerIsQuickAndClear) {
  ASSERT_TRUE(pool_.Ping().ok());
  server_.Kill9();
  // The idle connection is dead; what comes after cannot be opened.
  EXPECT_EQ(pool_.Ping().error().code, Code::kUnavailable);
  EXPECT_EQ(pool_.Ping().error().reason, "DB_DOWN");
  EXPECT_EQ(pool_.InTransaction([](Transaction&) { return base::Status{}; }).error().reason,
            "DB_DOWN");
  server_.Start();
  EXPECT_TRUE(pool_.Ping().ok());
}

// The server was restarted while connections lay idle: nobody notices.
TEST_F(OutageTest, AStaleConnectionIsReplacedBeforeAnythingIsDone) {
  const auto both = pool_.WithSession([&](Session&) { return pool_.Ping(); });  // two idle ones
  ASSERT_TRUE(both.ok());
  server_.Restart();
  const auto status =
      pool_.InTransaction([](Transaction& tx) { return Do(tx, "INSERT INTO t VALUES (1)"); });
  EXPECT_TRUE(status.ok()) << Said(status);
  EXPECT_TRUE(pool_.Ping().ok());  // the second one was tried first, and replaced
}

TEST_F(OutageTest, AServerThatHangsIsGivenUpAfterTheReadTimeout) {
  store::PoolOptions impatient = options_;
  impatient.read_timeout = std::chrono::milliseconds{1000};
  store::Pool pool{impatient, clock_};
  base::Status written;
  const auto status = pool.WithSession([&](Session& session) {
    server_.Pause();
    written = Do(session, "INSERT INTO t VALUES (1)");
    return base::Status{};
  });
  server_.Resume();
  ASSERT_TRUE(status.ok());
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().code, Code::kUnknownOutcome) << Said(written);
  EXPECT_TRUE(pool.Ping().ok());
}

// A statement above max_allowed_packet is refused; the pool does not suffer.
TEST_F(OutageTest, AStatementThatIsTooLargeIsOurMistake) {
  const auto status = pool_.WithSession([&](Session& session) {
    return session.ExecuteText("SELECT '" + std::string(20u << 20, 'x') + "'").ok()
               ? base::Status{}
               : base::Status{base::Error{Code::kInternal, "REFUSED", ""}};
  });
  EXPECT_FALSE(status.ok());
  EXPECT_TRUE(pool_.Ping().ok());
}

}  // namespace
