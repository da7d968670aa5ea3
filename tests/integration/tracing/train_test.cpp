// Transactions of letters that share a commit: each is there once, a refusal is one letter's alone.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <thread>

#include "harness/private_mariadb.h"
#include "tracing/app/train.h"

namespace tracing {
namespace {

class TrainTest : public ::testing::Test {
 protected:
  TrainTest() : options_(harness::PrivateMariaDb::Shared().FreshDatabase()) {
    store::Pool::InitDriver();
    EXPECT_TRUE(store::Migrate(options_, "library", store::LibraryMigrations(), clock_).ok());
    EXPECT_TRUE(store::Migrate(options_, "tracing", Migrations(), clock_).ok());
    pool_ = std::make_unique<store::Pool>(options_, clock_);
  }
  static ConversationId IdOf(int i) {
    ConversationId id;
    id.raw[0] = static_cast<std::uint8_t>(i);
    id.raw[1] = 1;
    return id;
  }
  // A new letter with an item, its receipt, a number and an event; or another version of it.
  static base::Status WriteLetter(store::Transaction& tx, Cargo& cargo, int i) {
    ASSIGN_OR_RETURN(std::optional<LetterRow> row, cargo.Lock(tx, IdOf(i)));
    if (!row) {
      row.emplace();
      row->conversation.id = IdOf(i);
    }
    row->conversation.version += 1;
    ASSIGN_OR_RETURN(const int number, cargo.writes.TakeNumber(tx, 2026));
    row->document_no = std::to_string(number);
    cargo.writes.Save(*row, std::nullopt, base::UtcTime{});
    const auto seq = static_cast<std::uint32_t>(row->conversation.version);
    cargo.writes.Insert(IdOf(i), {.by_asker = true, .seq = seq, .sealed = "s", .receipt = {}});
    cargo.writes.SaveReceipt(IdOf(i), true, seq, "r");
    cargo.events.push_back({.type = "t", .subject = "s", .time = {}, .payload = "p",
                            .payload_type = "p", .correlation_id = {}, .causation_id = {}});
    return {};
  }
  std::string Sql(const std::string& sql) {
    return harness::PrivateMariaDb::Shared().RunSql(sql, options_.database);
  }

  base::SystemClock clock_;
  store::PoolOptions options_;
  std::unique_ptr<store::Pool> pool_;
};

TEST_F(TrainTest, EveryLetterIsWrittenOnceAndARefusalIsItsOwn) {
  constexpr int kThreads = 24;
  constexpr int kRounds = 20;
  Train train{*pool_};
  std::barrier together{kThreads};
  std::atomic<int> refused = 0;
  std::atomic<int> failed = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        for (int round = 0; round < kRounds; ++round) {
          together.arrive_and_wait();
          // Two threads share each letter; one thread is refused every other round.
          const bool bad = i == 7 && round % 2 == 1;
          const base::Status done =
              train.Ride(IdOf(i / 2), [&](store::Transaction& tx, Cargo& cargo) -> base::Status {
                RETURN_IF_ERROR(WriteLetter(tx, cargo, i / 2));
                if (bad) return base::Error{base::Code::kFailedPrecondition, "REFUSED", ""};
                return {};
              });
          if (!done.ok()) ++(bad && done.error().reason == "REFUSED" ? refused : failed);
        }
      });
    }
  }
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(refused, kRounds / 2);
  constexpr int kWritten = kThreads * kRounds - kRounds / 2;
  EXPECT_EQ(Sql("SELECT COUNT(*), SUM(version) FROM conversation"),
            fmt::format("{}\t{}\n", kThreads / 2, kWritten));
  EXPECT_EQ(Sql("SELECT COUNT(*) FROM item WHERE sealed = 's' AND receipt = 'r'"),
            fmt::format("{}\n", kWritten));
  EXPECT_EQ(Sql("SELECT last_number FROM numbering"), fmt::format("{}\n", kWritten));
  EXPECT_EQ(Sql("SELECT COUNT(*), MAX(seq) FROM event_log"),
            fmt::format("{}\t{}\n", kWritten, kWritten));
}

// What the tables do not take is the fault of one: the others' letters are written.
TEST_F(TrainTest, ALetterThatNoTableTakesStopsNobodyElse) {
  constexpr int kThreads = 16;
  constexpr int kRounds = 10;
  Train train{*pool_};
  std::barrier together{kThreads};
  std::atomic<int> refused = 0;
  std::atomic<int> failed = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        for (int round = 0; round < kRounds; ++round) {
          together.arrive_and_wait();
          const base::Status done =
              train.Ride(IdOf(i), [&](store::Transaction& tx, Cargo& cargo) -> base::Status {
                RETURN_IF_ERROR(WriteLetter(tx, cargo, i));
                if (i != 3) return {};
                LetterRow row;
                row.conversation.id = IdOf(i);
                row.document_no = std::string(100, 'x');
                cargo.writes.Save(row, std::nullopt, base::UtcTime{});
                return {};
              });
          if (!done.ok()) ++(i == 3 ? refused : failed);
        }
      });
    }
  }
  EXPECT_EQ(refused, kRounds);
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(Sql("SELECT COUNT(*), SUM(version) FROM conversation"),
            fmt::format("{}\t{}\n", kThreads - 1, (kThreads - 1) * kRounds));
}

}  // namespace
}  // namespace tracing
