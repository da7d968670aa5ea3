// Schema changes go forward, once each, and a run that was cut off goes on where it stopped.
#include <gmock/gmock.h>

#include <thread>

#include "fixture.h"

namespace {

using base::Code;
using store::Migration;
using store_test::Said;
using testing::HasSubstr;

class MigrationsTest : public testing::Test {
 protected:
  harness::PrivateMariaDb& server_ = harness::PrivateMariaDb::Shared();
  store::PoolOptions options_ = Named();
  base::SystemClock clock_;

  // A database that does not exist yet.
  store::PoolOptions Named() {
    store::PoolOptions options = server_.FreshDatabase();
    server_.RunSql("DROP DATABASE " + options.database);
    return options;
  }
  base::Status Migrate(const std::vector<Migration>& migrations) {
    return store::Migrate(options_, "s", migrations, clock_);
  }
  std::string Seen(const std::string& sql) {
    std::string text = server_.RunSql(sql, options_.database);
    if (!text.empty()) text.pop_back();
    return text;
  }
};

constexpr Migration kFirst{1, "initial",
                           "-- a comment; with a semicolon\n"
                           "CREATE TABLE a (id INT PRIMARY KEY,\n"
                           "  name VARCHAR(10)) ENGINE=InnoDB CHARACTER SET utf8mb4;\n"
                           "INSERT INTO a VALUES (1, ';'),\n  (2, '保?');\n"};
constexpr Migration kSecond{2, "more", "ALTER TABLE a ADD COLUMN n INT NOT NULL DEFAULT 5"};

TEST_F(MigrationsTest, CreateTheDatabaseAndApplyWhatIsMissingOnce) {
  EXPECT_TRUE(Migrate({kFirst}).ok());
  EXPECT_EQ(Seen("SELECT GROUP_CONCAT(name) FROM a"), ";,保?");
  const auto both = Migrate({kFirst, kSecond});
  EXPECT_TRUE(both.ok()) << Said(both);
  EXPECT_TRUE(Migrate({kFirst, kSecond}).ok());
  EXPECT_EQ(Seen("SELECT COUNT(*), SUM(n) FROM a"), "2\t10");
  EXPECT_EQ(Seen("SELECT COUNT(*) FROM schema_migration WHERE applied_at IS NOT NULL"), "2");
  EXPECT_EQ(Seen("SELECT default_character_set_name FROM information_schema.schemata"
                 " WHERE schema_name = DATABASE()"),
            "utf8mb4");
}

TEST_F(MigrationsTest, SeriesAreCountedApart) {
  EXPECT_TRUE(store::Migrate(options_, "library", store::LibraryMigrations(), clock_).ok());
  EXPECT_TRUE(Migrate({kFirst}).ok());
  EXPECT_EQ(Seen("SELECT COUNT(*) FROM schema_migration WHERE number = 1"), "2");
}

TEST_F(MigrationsTest, AnAppliedOneMustNotChange) {
  EXPECT_TRUE(Migrate({kFirst}).ok());
  Migration changed = kFirst;
  changed.sql = "CREATE TABLE b (id INT)";
  const auto status = Migrate({changed, kSecond});
  EXPECT_EQ(status.error().code, Code::kFailedPrecondition);
  EXPECT_EQ(status.error().reason, "MIGRATION_CHANGED");
  EXPECT_EQ(Seen("SELECT COUNT(*) FROM schema_migration"), "1");  // nothing was applied
}

TEST_F(MigrationsTest, AHoleIsNoOlderProgramAndIsFilledLater) {
  constexpr Migration kSixth{6, "late", "CREATE TABLE c (id INT)"};
  EXPECT_TRUE(Migrate({kFirst, kSixth}).ok());
  const auto again = Migrate({kFirst, kSixth});
  EXPECT_TRUE(again.ok()) << Said(again);
  const auto filled = Migrate({kFirst, kSecond, kSixth});
  EXPECT_TRUE(filled.ok()) << Said(filled);
  EXPECT_EQ(Seen("SELECT COUNT(*) FROM schema_migration WHERE applied_at IS NOT NULL"), "3");
}

TEST_F(MigrationsTest, AnOlderProgramIsTold) {
  EXPECT_TRUE(Migrate({kFirst, kSecond}).ok());
  EXPECT_EQ(Migrate({kFirst}).error().reason, "MIGRATION_NEWER");
}

TEST_F(MigrationsTest, AFailedStatementIsNamedAndTriedAgain) {
  const Migration half{1, "half",
                       "CREATE TABLE a (id INT PRIMARY KEY) ENGINE=InnoDB;\n"
                       "INSERT INTO a VALUES (1);\n"
                       "INSERT INTO missing VALUES (1);\n"
                       "INSERT INTO a VALUES (2);\n"};
  const auto status = Migrate({half});
  EXPECT_EQ(status.error().reason, "MIGRATION_HALF");
  EXPECT_THAT(status.error().detail, HasSubstr("migration s/1 half, statement 3 of 4"));
  EXPECT_THAT(status.error().detail, HasSubstr("1146"));
  EXPECT_EQ(Migrate({half}).error().reason, "MIGRATION_HALF");
  server_.RunSql("CREATE TABLE missing (id INT) ENGINE=InnoDB", options_.database);
  const auto mended = Migrate({half});
  EXPECT_TRUE(mended.ok()) << Said(mended);
  EXPECT_EQ(Seen("SELECT COUNT(*) FROM a"), "2");  // nothing was done twice
}

// The process died after a DDL statement and before the note that it was done.
TEST_F(MigrationsTest, AStatementThatWasDoneButNotNotedIsPassedOver) {
  EXPECT_TRUE(Migrate({kFirst, kSecond}).ok());
  server_.RunSql(
      "UPDATE schema_migration SET statements_done = 0, applied_at = NULL"
      " WHERE number = 2",
      options_.database);
  const auto status = Migrate({kFirst, kSecond});
  EXPECT_TRUE(status.ok()) << Said(status);
  EXPECT_EQ(Seen("SELECT statements_done FROM schema_migration WHERE number = 2"), "1");
}

// "Already there" is an error for a statement that nobody had begun.
TEST_F(MigrationsTest, AnUnexpectedTableIsAnError) {
  server_.RunSql("CREATE DATABASE " + options_.database);
  server_.RunSql("CREATE TABLE a (other INT) ENGINE=InnoDB", options_.database);
  EXPECT_EQ(Migrate({kFirst}).error().reason, "MIGRATION_HALF");
}

TEST_F(MigrationsTest, TwoCopiesMayStartTogether) {
  std::vector<base::Status> statuses(6);
  std::vector<std::thread> threads;
  for (auto& status : statuses) {
    threads.emplace_back([&] { status = Migrate({kFirst, kSecond}); });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& status : statuses) EXPECT_TRUE(status.ok()) << Said(status);
  EXPECT_EQ(Seen("SELECT COUNT(*), SUM(n) FROM a"), "2\t10");
}

TEST_F(MigrationsTest, ADatabaseThatIsAwayIsUnavailable) {
  store::PoolOptions away = options_;
  away.socket = "/nowhere/socket";
  const std::vector<Migration> none;
  EXPECT_EQ(store::Migrate(away, "s", none, clock_).error().code, Code::kUnavailable);
}

}  // namespace
