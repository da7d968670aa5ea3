#include "host/suite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "harness/temp_dir.h"

namespace host {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kGood = R"(
suite: {county: tongan, mode: rehearsal, config_dir: ../config, data_dir: .., drain_s: 3}
mysql: {socket: /run/m.sock, user: baoxue, password_file: mysql.password, start_wait_s: 2}
redis: {host: 127.0.0.1, port: 6380, prefix: county}
keys_dir: ../keys
access_file: access.yaml
seal_key_file: /k/seal.keys
log: {level: warn}
services:
  registry:
    requests: ["tcp://127.0.0.1:17011"]
    events: ["ipc:///tmp/x"]
    metrics: "127.0.0.1:17013"
    db_connections_max: 3
)";

class SuiteTest : public testing::Test {
 protected:
  SuiteTest() {
    harness::WriteFile(dir_.File("mysql.password"), "secret-word\n");
    std::filesystem::permissions(dir_.File("mysql.password"), std::filesystem::perms::owner_read);
  }

  base::Result<Suite> Load(const std::string& yaml) {
    harness::WriteFile(dir_.File("suite.yaml"), yaml);
    return LoadSuite(dir_.File("suite.yaml"));
  }
  // What Load says is wrong after `from` was replaced by `to`.
  std::string ProblemOf(const std::string& from, const std::string& to) {
    std::string yaml = kGood;
    const auto at = yaml.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    const auto suite = Load(yaml.replace(at, from.size(), to));
    if (suite.ok()) return "(loads)";
    EXPECT_EQ(suite.error().code, base::Code::kInvalidArgument);
    return suite.error().reason + " " + suite.error().detail;
  }

  harness::TempDir dir_{"suite"};
};

TEST_F(SuiteTest, ReadsEveryKey) {
  const auto suite = Load(kGood);
  ASSERT_TRUE(suite.ok()) << suite.error().ToString();
  EXPECT_EQ(suite->county, "tongan");
  EXPECT_TRUE(suite->rehearsal);
  EXPECT_EQ(suite->drain_s, 3);
  EXPECT_EQ(suite->start_wait_s, 2);
  EXPECT_EQ(suite->mysql.socket, "/run/m.sock");
  EXPECT_EQ(suite->mysql.password, "secret-word");
  EXPECT_EQ(suite->redis.host, "127.0.0.1");
  EXPECT_EQ(suite->redis.port, 6380);
  EXPECT_EQ(suite->redis.prefix, "county");
  EXPECT_EQ(suite->log_level, "warn");
  EXPECT_EQ(suite->seal_key_file, "/k/seal.keys");
  const ServiceSettings& registry = suite->services.at("registry");
  EXPECT_EQ(registry.name, "registry");
  EXPECT_EQ(registry.database, "baoxue_registry");
  EXPECT_EQ(registry.db_connections_max, 3);
  EXPECT_EQ(registry.workers, 4);
  EXPECT_THAT(registry.events, testing::ElementsAre("ipc:///tmp/x"));
}

TEST_F(SuiteTest, TakesRelativePathsFromTheFilesFolder) {
  const auto suite = Load(kGood);
  ASSERT_TRUE(suite.ok()) << suite.error().ToString();
  const std::string parent = dir_.path().substr(0, dir_.path().rfind('/'));
  EXPECT_EQ(suite->config_dir, parent + "/config");
  EXPECT_EQ(suite->ProfilePath(), parent + "/config/counties/tongan.yaml");
  EXPECT_EQ(suite->keys_dir, parent + "/keys");
  EXPECT_EQ(suite->access_file, dir_.File("access.yaml"));
}

TEST_F(SuiteTest, SaysWhatIsWrong) {
  EXPECT_THAT(ProblemOf("mode: rehearsal", "mode: play"), HasSubstr("suite.mode"));
  EXPECT_THAT(ProblemOf("drain_s: 3", "drain_s: 0"), HasSubstr("suite.drain_s"));
  EXPECT_THAT(ProblemOf("drain_s: 3", "drian_s: 3"), HasSubstr("drian_s"));
  EXPECT_THAT(ProblemOf("socket: /run/m.sock, ", ""), HasSubstr("either a socket or a host"));
  EXPECT_THAT(ProblemOf("socket: /run/m.sock", "socket: /run/m.sock, host: db"),
              HasSubstr("either a socket or a host"));
  EXPECT_THAT(ProblemOf("mysql.password", "nobody.password"), HasSubstr("nobody.password"));
  EXPECT_THAT(ProblemOf("port: 6380", "port: 70000"), HasSubstr("redis.port"));
  EXPECT_THAT(ProblemOf("tcp://127.0.0.1:17011", "127.0.0.1:17011"), HasSubstr("tcp:// or ipc://"));
  EXPECT_THAT(ProblemOf("requests: [\"tcp://127.0.0.1:17011\"]", "requests: []"),
              HasSubstr("at least one endpoint"));
  EXPECT_THAT(ProblemOf("level: warn", "level: loud"), HasSubstr("log.level"));
  EXPECT_THAT(ProblemOf("db_connections_max: 3", "db_connections_max: 0"),
              HasSubstr("services.registry.db_connections_max"));
}

// The file that deploy/systemd gives to an office on a machine of its own.
TEST_F(SuiteTest, AProgramOutsideNeedsNoServers) {
  const auto office =
      LoadSuite(std::string{BAOXUE_SOURCE_DIR} + "/deploy/systemd/office/suite.yaml");
  ASSERT_TRUE(office.ok()) << office.error().ToString();
  EXPECT_TRUE(office->outside);
  EXPECT_EQ(office->services.at("subsidy").events.size(), 1u);
  EXPECT_THAT(ProblemOf("mode: rehearsal", "mode: outside"), HasSubstr("mysql"));
}

TEST_F(SuiteTest, ServesMetricsOnLoopbackOnly) {
  EXPECT_THAT(ProblemOf("127.0.0.1:17013", "0.0.0.0:17013"), HasSubstr("must be on loopback"));
  EXPECT_EQ(ProblemOf("127.0.0.1:17013", ""), "(loads)");
}

TEST_F(SuiteTest, TellsEveryProblemAtOnce) {
  std::string yaml = kGood;
  yaml.replace(yaml.find("drain_s: 3"), 10, "drain_s: 0");
  yaml.replace(yaml.find("port: 6380"), 10, "port: 0");
  const auto suite = Load(yaml);
  ASSERT_FALSE(suite.ok());
  EXPECT_THAT(suite.error().detail, AllOf(HasSubstr("drain_s"), HasSubstr("redis.port")));
}

TEST_F(SuiteTest, EffectiveSettingsHideSecrets) {
  harness::WriteFile(dir_.File("suite.yaml"), kGood);
  const auto effective = EffectiveSuite(dir_.File("suite.yaml"));
  ASSERT_TRUE(effective.ok());
  EXPECT_THAT(*effective, AllOf(HasSubstr("services.registry.workers = 4"), HasSubstr("***"),
                                testing::Not(HasSubstr("secret-word"))));
}

class AccessTest : public testing::Test {
 protected:
  base::Result<bus::AccessList> Load(const std::string& yaml) {
    harness::WriteFile(dir_.File("access.yaml"), yaml);
    return LoadAccess(dir_.File("access.yaml"));
  }
  harness::TempDir dir_{"access"};
};

TEST_F(AccessTest, ReadsPeersByKeyAndByFile) {
  const bus::KeyPair cli = bus::MakeKeyPair();
  const bus::KeyPair office = bus::MakeKeyPair();
  ASSERT_TRUE(bus::SaveKeyPair(dir_.path(), "cli", cli).ok());
  const auto access = Load("peers:\n- {name: cli, key_file: cli.pub, may_call: [\"baoxue.*\"]}\n"
                           "- {name: office, key: \"" + office.public_key +
                           "\", may_follow: [registry]}\n");
  ASSERT_TRUE(access.ok()) << access.error().ToString();
  ASSERT_NE(access->FindKey(cli.public_key), nullptr);
  EXPECT_EQ(access->FindKey(cli.public_key)->name, "cli");
  EXPECT_TRUE(bus::AccessList::MayCall(*access->FindName("cli"), "baoxue.bus.v1.Doctor"));
  EXPECT_FALSE(bus::AccessList::MayCall(*access->FindName("office"), "baoxue.bus.v1.Doctor"));
  EXPECT_THAT(access->FindName("office")->may_follow, testing::ElementsAre("registry"));
}

TEST_F(AccessTest, RefusesWhatWouldMixPeersUp) {
  const std::string one = bus::MakeKeyPair().public_key;
  const std::string two = bus::MakeKeyPair().public_key;
  const auto peer = [](const std::string& name, const std::string& key) {
    return "- {name: " + name + ", key: \"" + key + "\"}\n";
  };
  EXPECT_TRUE(Load("peers:\n" + peer("a", one) + peer("b", two)).ok());
  EXPECT_FALSE(Load("peers:\n" + peer("a", one) + peer("a", two)).ok());
  EXPECT_FALSE(Load("peers:\n" + peer("a", one) + peer("b", one)).ok());
  EXPECT_FALSE(Load("peers:\n" + peer("a", "short")).ok());
  EXPECT_FALSE(Load("peers:\n- {name: a}\n").ok());
  EXPECT_THAT(Load("peers:\n- {name: a, key_file: none.pub}\n").error().detail,
              HasSubstr("none.pub: No such file"));
}

}  // namespace
}  // namespace host
