#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>

#include "base/clock.h"
#include "harness/child_process.h"
#include "harness/cutting_proxy.h"
#include "harness/private_mariadb.h"
#include "harness/private_redis.h"
#include "harness/temp_dir.h"
#include "harness/wait.h"

namespace {

using harness::ChildProcess;

TEST(ChildProcessTest, CapturesOutputAndExitCode) {
  const auto result = harness::RunProgram({"sh", "-c", "cat; echo err >&2; exit 3"},
                                          std::chrono::seconds{10}, "in\n");
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.output, "in\nerr\n");
}

TEST(ChildProcessTest, WaitGivesUpAtTheDeadlineAndKillEndsIt) {
  ChildProcess child{{.argv = {"sleep", "100"}}};
  EXPECT_FALSE(child.Wait(std::chrono::milliseconds{20}).has_value());
  EXPECT_TRUE(child.Running());
  child.Kill9();
  EXPECT_FALSE(child.Running());
  EXPECT_EQ(child.Wait(), 128 + SIGKILL);
}

TEST(ChildProcessTest, AnUnknownProgramIsSaid) {
  EXPECT_THROW(ChildProcess({.argv = {"no-such-program"}}), std::runtime_error);
}

// A shell starts a test process that starts a child; the test process is killed: so is the child.
TEST(ChildProcessTest, TheChildDiesWithATestThatIsKilled) {
  if (const std::string file = harness::EnvironmentVariable("HARNESS_TEST_PID_FILE");
      !file.empty()) {
    ChildProcess sleeper{{.argv = {"sleep", "100"}}};
    harness::WriteFile(file + ".tmp", std::to_string(sleeper.pid()));
    std::filesystem::rename(file + ".tmp", file);
    (void)sleeper.Wait(std::chrono::seconds{100});
    return;
  }
  const harness::TempDir dir;
  const std::string file = dir.File("pid");
  ChildProcess parent{
      {.argv = {"/proc/self/exe", "--gtest_filter=*TheChildDiesWithATestThatIsKilled"},
       .env = {{"HARNESS_TEST_PID_FILE", file}}}};
  ASSERT_TRUE(harness::WaitUntil([&] { return std::filesystem::exists(file); }));
  const int pid = std::stoi(harness::ReadFile(file));
  ASSERT_EQ(kill(pid, 0), 0);
  parent.Kill9();
  // The orphan may stay a zombie where nobody reaps; it must not run.
  EXPECT_TRUE(harness::WaitUntil([&] {
    const std::string stat = harness::ReadFile("/proc/" + std::to_string(pid) + "/stat");
    return stat.empty() || stat.find(") Z ") != std::string::npos;
  }));
}

TEST(PrivateMariaDbTest, StartsFastWithAFreshDatabaseAndKeepsCommitsThroughKill9) {
  harness::PrivateMariaDb first;  // makes the template if need be
  const base::SystemClock clock;
  const auto begin = clock.Steady();
  harness::PrivateMariaDb db;
  EXPECT_LT(clock.Steady() - begin, std::chrono::seconds{5});  // 0.3 s on an idle machine
  const auto options = db.FreshDatabase();
  EXPECT_NE(options.database, db.FreshDatabase().database);
  db.RunSql("CREATE TABLE t (a VARCHAR(10)) ENGINE=InnoDB; INSERT INTO t VALUES ('𠮷')",
            options.database);
  db.Kill9();
  EXPECT_THROW(db.RunSql("SELECT 1"), std::runtime_error);
  db.Restart();
  EXPECT_EQ(db.RunSql("SELECT a FROM t", options.database), "𠮷\n");
  EXPECT_EQ(db.RunSql("SELECT @@innodb_flush_log_at_trx_commit, @@skip_networking"), "1\t1\n");
  EXPECT_THROW(db.RunSql("NONSENSE"), std::runtime_error);
}

TEST(PrivateMariaDbTest, ListensOnTcpWhenAsked) {
  const harness::PrivateMariaDb db{{.tcp = true}};
  const auto result = harness::RunProgram(
      {"mariadb", "--no-defaults", "--protocol=tcp", "--host=127.0.0.1", "--user=root",
       "--port=" + std::to_string(db.port()), "-Nse", "SELECT 7"});
  EXPECT_EQ(result.output, "7\n");
}

TEST(CuttingProxyTest, CutsTheMarkedCommitOnceBeforeOrAfterItIsDone) {
  harness::PrivateMariaDb& server = harness::PrivateMariaDb::Shared();
  const std::string database = server.FreshDatabase().database;
  server.RunSql("CREATE TABLE t (a VARCHAR(10)) ENGINE=InnoDB", database);
  harness::CuttingProxy proxy{server.socket()};
  const auto write = [&](const std::string& value) {
    return harness::RunProgram({"mariadb", "--no-defaults", "--user=root", "--skip-reconnect",
                                "--socket=" + proxy.socket(), database, "-e",
                                "BEGIN; INSERT INTO t VALUES ('" + value + "'); COMMIT"})
        .exit_code;
  };
  EXPECT_EQ(write("a"), 0);
  proxy.CutAt(harness::Cut::kBeforeCommit, "'b'");
  EXPECT_EQ(write("c"), 0);
  EXPECT_NE(write("b"), 0);
  proxy.CutAt(harness::Cut::kAfterCommit, "'d'");
  EXPECT_NE(write("d"), 0);
  EXPECT_EQ(proxy.cuts(), 2);
  EXPECT_EQ(write("d"), 0);
  EXPECT_EQ(server.RunSql("SELECT a FROM t ORDER BY a", database), "a\nc\nd\nd\n");
}

TEST(PrivateRedisTest, AsksForThePasswordAndLosesDataOnKill9) {
  harness::PrivateRedis redis;
  EXPECT_EQ(redis.Command({"SET", "a", "1"}), "OK");
  redis.Kill9();
  EXPECT_THROW(redis.Command({"PING"}), std::runtime_error);
  redis.Restart();
  EXPECT_EQ(redis.Command({"GET", "a"}), "");
  redis.Command({"SET", "a", "1"});
  redis.FlushAll();
  EXPECT_EQ(redis.Command({"EXISTS", "a"}), "0");
  EXPECT_THROW(redis.Command({"NONSENSE"}), std::runtime_error);
}

TEST(PrivateRedisTest, KeepsDataWhenAsked) {
  harness::PrivateRedis redis{{.append_only = true}};
  redis.Command({"SET", "a", "1"});
  redis.Restart();
  EXPECT_EQ(redis.Command({"GET", "a"}), "1");
}

TEST(TempDirTest, IsGoneAfterwards) {
  std::string path;
  {
    const harness::TempDir dir;
    path = dir.path();
    EXPECT_TRUE(std::filesystem::exists(path));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
