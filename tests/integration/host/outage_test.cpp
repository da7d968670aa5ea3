// MySQL and Redis go away under a running service, and come back.
#include "integration/host/fixture.h"

namespace host {
namespace {

namespace v1 = baoxue::bus::v1;
using harness::WaitUntil;
using testing::HasSubstr;

class OutageTest : public HostTest {
 protected:
  OutageTest() { SetUpSuite(false, mariadb_, redis_); }
  harness::PrivateMariaDb mariadb_;
  harness::PrivateRedis redis_;
  probe::Control control_;
};

TEST_F(OutageTest, StaysUpWithoutMysqlAndMendsItself) {
  auto registry = Start(probe::Registry());
  auto cases = Start(probe::Cases(control_));
  ASSERT_TRUE(registry && cases);
  AppendEvent();
  ASSERT_TRUE(WaitUntil([&] { return RowsSeen(*cases) == 1; }));
  mariadb_.Kill9();
  EXPECT_TRUE(WaitUntil([&] { return !Doctor("registry").ready(); }));
  EXPECT_FALSE(HealthOf("registry", "mysql").ok());
  EXPECT_THAT(registry->host().metrics().Text(), HasSubstr("baoxue_registry_db_up 0"));
  mariadb_.Start();
  EXPECT_TRUE(WaitUntil([&] { return Doctor("registry").ready(); }));
  AppendEvent();
  EXPECT_TRUE(WaitUntil([&] { return RowsSeen(*cases) == 2; }));
  EXPECT_TRUE(WaitUntil([&] { return HealthOf("cases", "feed:registry").ok(); }));
}

TEST_F(OutageTest, StaysUpWithoutRedisAndMendsItself) {
  auto cases = Start(probe::Cases(control_));
  ASSERT_NE(cases, nullptr);
  EXPECT_TRUE(HealthOf("cases", "redis").ok());
  redis_.Kill9();
  EXPECT_TRUE(WaitUntil([&] { return !HealthOf("cases", "redis").ok(); }));
  EXPECT_TRUE(Doctor("cases").ready());
  control_.work_is_due = true;
  redis_.Restart();
  EXPECT_TRUE(WaitUntil([&] { return control_.jobs_done == 1; }));
  EXPECT_TRUE(WaitUntil([&] { return HealthOf("cases", "redis").ok(); }));
}

TEST_F(OutageTest, AStartWaitsForMysqlAndThenSaysSo) {
  mariadb_.Stop();
  Edit("mysql:\n", "mysql:\n  start_wait_s: 1\n");
  int waits = 0;
  const auto never = Runtime::Start(suite_, probe::Registry(), [&](std::chrono::milliseconds time) {
    ++waits;
    static_cast<void>(WaitUntil([] { return false; }, time));
    return false;
  });
  ASSERT_FALSE(never.ok());
  EXPECT_EQ(never.error().reason, "DB_DOWN");
  EXPECT_THAT(AdviceFor(never.error(), suite_), HasSubstr("start MySQL"));
  EXPECT_GE(waits, 2);
  Edit("start_wait_s: 1\n", "start_wait_s: 60\n");
  // It comes up while the service waits.
  auto registry = Runtime::Start(suite_, probe::Registry(), [&](std::chrono::milliseconds) {
    mariadb_.Start();
    return false;
  });
  EXPECT_TRUE(registry.ok()) << registry.error().ToString();
}

TEST_F(OutageTest, AWaitingStartCanBeStopped) {
  mariadb_.Stop();
  const auto stopped =
      Runtime::Start(suite_, probe::Registry(), [](std::chrono::milliseconds) { return true; });
  ASSERT_FALSE(stopped.ok());
  EXPECT_EQ(stopped.error().reason, "STOPPED");
}

}  // namespace
}  // namespace host
