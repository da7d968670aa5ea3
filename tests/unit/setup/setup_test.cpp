#include "cli/setup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "harness/temp_dir.h"
#include "host/suite.h"
#include "security/security.h"

namespace cli {
namespace {

using harness::ReadFile;
using testing::HasSubstr;

class SetupTest : public testing::Test {
 protected:
  SetupTest() {
    std::filesystem::create_directories(dir_.File("config/counties"));
    harness::WriteFile(dir_.File("config/counties/tongan.yaml"), "county: {}\n");
    options_.data_dir = dir_.File("var");
    options_.config_dir = dir_.File("config");
  }
  base::Result<host::Suite> Load() { return host::LoadSuite(SuitePath(options_.data_dir)); }
  mode_t ModeOf(const std::string& name) {
    struct stat info {};
    EXPECT_EQ(::stat(dir_.File("var/" + name).c_str(), &info), 0) << name;
    return info.st_mode & 0777;
  }

  harness::TempDir dir_{"setup"};
  SetupOptions options_;
};

TEST_F(SetupTest, WritesASuiteThatLoads) {
  options_.rehearsal = true;
  ASSERT_TRUE(WriteSetup(options_).ok());
  const auto suite = Load();
  ASSERT_TRUE(suite.ok()) << suite.error().ToString();
  EXPECT_TRUE(suite->rehearsal);
  EXPECT_EQ(suite->county, "tongan");
  EXPECT_EQ(suite->mysql.socket, dir_.File("var/run/mysql.sock"));
  EXPECT_EQ(suite->mysql.password.size(), 32u);
  EXPECT_NE(suite->mysql.password, suite->redis.password);
  EXPECT_GE(suite->services.size(), 4u);
  EXPECT_THAT(suite->services.at("attendance").requests,
              testing::ElementsAre("tcp://127.0.0.1:17021"));
  EXPECT_EQ(suite->services.at("cases").metrics, "127.0.0.1:17033");
  EXPECT_TRUE(security::Keyring::Load(suite->seal_key_file).ok());
  for (const char* service : {"registry", "attendance", "cases", "subsidy"}) {
    for (const char* peer :
         {"registry", "attendance", "cases", "subsidy", "cli", "subsidy-office"}) {
      EXPECT_TRUE(host::ClientFor(*suite, service, peer).ok()) << service << " as " << peer;
    }
  }
}

TEST_F(SetupTest, KeepsSecretsToTheOwner) {
  ASSERT_TRUE(WriteSetup(options_).ok());
  for (const char* name : {"etc/mysql.password", "etc/redis.password", "keys/seal.keys",
                           "keys/registry.key", "keys/cli.key"}) {
    EXPECT_EQ(ModeOf(name), 0600u) << name;
  }
  EXPECT_EQ(ModeOf("keys"), 0700u);
  EXPECT_EQ(ModeOf("etc"), 0750u);
}

TEST_F(SetupTest, AgainKeepsWhatIsThereAndAddsWhatIsMissing) {
  ASSERT_TRUE(WriteSetup(options_).ok());
  const std::string suite = ReadFile(SuitePath(options_.data_dir));
  const std::string key = ReadFile(dir_.File("var/keys/cases.key"));
  harness::WriteFile(dir_.File("var/etc/access.yaml"), "peers: []\n");
  std::filesystem::remove(dir_.File("var/etc/redis.password"));
  options_.rehearsal = true;
  ASSERT_TRUE(WriteSetup(options_).ok());
  EXPECT_EQ(ReadFile(SuitePath(options_.data_dir)), suite);
  EXPECT_EQ(ReadFile(dir_.File("var/keys/cases.key")), key);
  EXPECT_EQ(ReadFile(dir_.File("var/etc/access.yaml")), "peers: []\n");
  EXPECT_EQ(ReadFile(dir_.File("var/etc/redis.password")).size(), 33u);
}

// A service that systemd is not told of is gone after the next start of the machine.
TEST_F(SetupTest, SystemdStartsEveryServiceOfTheSettings) {
  options_.tracing = true;
  ASSERT_TRUE(WriteSetup(options_).ok());
  const std::string folder = std::string{BAOXUE_SOURCE_DIR} + "/deploy/systemd/";
  const auto suite = Load();
  ASSERT_TRUE(suite->services.contains("tracing"));
  for (const auto& [name, service] : suite->services) {
    EXPECT_THAT(ReadFile(folder + "README.md"),
                testing::ContainsRegex("systemctl enable --now [^\n]*baoxue@" + name));
    EXPECT_THAT(ReadFile(folder + "baoxue@.service"), HasSubstr("baoxue@" + name));
  }
}

// Who may do what, as a person would ask it.
TEST_F(SetupTest, GivesEachPeerTheLeastItNeeds) {
  ASSERT_TRUE(WriteSetup(options_).ok());
  const auto access = host::LoadAccess(Load()->access_file);
  ASSERT_TRUE(access.ok()) << access.error().ToString();
  const auto may = [&](const char* peer, const char* type) {
    return bus::AccessList::MayCall(*access->FindName(peer), type);
  };
  const std::string change = "baoxue.registry.v1.ChangeEnrolment";
  EXPECT_TRUE(may("cli", change.c_str()));
  EXPECT_TRUE(may("cli", "baoxue.bus.v1.SetClock"));
  for (const char* peer : {"registry", "attendance", "cases", "subsidy", "subsidy-office"}) {
    EXPECT_FALSE(may(peer, change.c_str())) << peer;
    EXPECT_FALSE(may(peer, "baoxue.bus.v1.SetClock")) << peer;
    EXPECT_FALSE(may(peer, "baoxue.attendance.v1.SubmitRollCall")) << peer;
    EXPECT_TRUE(may(peer, "baoxue.bus.v1.FetchEvents")) << peer;
  }
  EXPECT_FALSE(may("attendance", "baoxue.registry.v1.GetStudent"));
  EXPECT_TRUE(may("cases", "baoxue.registry.v1.GetStudent"));
  EXPECT_TRUE(may("cases", "baoxue.attendance.v1.GetPresence"));
  EXPECT_FALSE(may("subsidy-office", "baoxue.registry.v1.GetStudent"));
  EXPECT_THAT(access->FindName("cases")->may_follow,
              testing::ElementsAre("registry", "attendance"));
  // The office follows its feed and proves that it missed nothing; it asks nothing else.
  EXPECT_THAT(access->FindName("subsidy-office")->may_follow, testing::ElementsAre("subsidy"));
  EXPECT_TRUE(may("subsidy-office", "baoxue.subsidy.v1.GetFeedDays"));
  EXPECT_FALSE(may("subsidy-office", "baoxue.subsidy.v1.GetDecision"));
  EXPECT_FALSE(may("subsidy-office", "baoxue.subsidy.v1.MakeRoll"));
}

TEST_F(SetupTest, TestsShareServersWithoutPasswordsAndPorts) {
  options_.port_base = 0;
  options_.mysql_password = "";
  options_.redis_password = "given";
  options_.database_prefix = "t7_";
  ASSERT_TRUE(WriteSetup(options_).ok());
  const auto suite = Load();
  ASSERT_TRUE(suite.ok()) << suite.error().ToString();
  EXPECT_EQ(suite->mysql.password, "");
  EXPECT_EQ(suite->redis.password, "given");
  EXPECT_EQ(suite->services.at("cases").database, "t7_cases");
  EXPECT_EQ(suite->services.at("cases").metrics, "");
  EXPECT_THAT(suite->services.at("cases").requests.front(), HasSubstr("ipc://"));
}

TEST_F(SetupTest, AcceptsAnyFolderName) {
  options_.data_dir = dir_.File("县 \"data\" \\ #1: {x}");
  ASSERT_TRUE(WriteSetup(options_).ok());
  const auto suite = Load();
  ASSERT_TRUE(suite.ok()) << suite.error().ToString();
  EXPECT_EQ(suite->data_dir, options_.data_dir);
  EXPECT_TRUE(host::LoadAccess(suite->access_file).ok());
}

TEST_F(SetupTest, RefusesWhatCannotWork) {
  options_.county = "nowhere";
  EXPECT_EQ(WriteSetup(options_).error().reason, "NO_COUNTY");
  options_.county = "tongan";
  options_.port_base = 80;
  EXPECT_EQ(WriteSetup(options_).error().reason, "BAD_OPTION");
  options_.port_base = 0;
  options_.data_dir = dir_.File(std::string(100, 'x'));
  EXPECT_EQ(WriteSetup(options_).error().reason, "PATH_TOO_LONG");
  EXPECT_FALSE(std::filesystem::exists(options_.data_dir));
}

}  // namespace
}  // namespace cli
