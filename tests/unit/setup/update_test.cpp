// A deployment that is there gets what a later release or one more service needs, and keeps the
// rest as its operator wrote it.
#include "cli/setup_update.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "cli/setup.h"
#include "harness/temp_dir.h"
#include "host/suite.h"

namespace cli {
namespace {

namespace fs = std::filesystem;
using harness::ReadFile;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

class UpdateTest : public testing::Test {
 protected:
  UpdateTest() {
    fs::create_directories(dir_.File("config/counties"));
    harness::WriteFile(dir_.File("config/counties/tongan.yaml"), "county: {}\n");
    options_.data_dir = dir_.File("var");
    options_.config_dir = dir_.File("config");
  }
  void Make(bool tracing) {
    options_.tracing = tracing;
    ASSERT_TRUE(WriteSetup(options_).ok());
  }
  std::string Suite() const { return SuitePath(options_.data_dir); }
  std::string Access() const { return dir_.File("var/etc/access.yaml"); }
  base::Result<std::vector<std::string>> Update(bool tracing, const std::string& bind = "",
                                                const std::string& advertise = "") {
    return UpdateSetup({.suite_path = Suite(), .add_tracing = tracing, .exchange_bind = bind,
                        .exchange_advertise = advertise});
  }
  // Every file of the deployment but who wrote when.
  std::map<std::string, std::string> Everything() const {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator{options_.data_dir}) {
      if (entry.is_regular_file()) files[entry.path()] = ReadFile(entry.path());
    }
    return files;
  }
  void Replace(const std::string& path, const std::string& from, const std::string& to) {
    std::string text = ReadFile(path);
    const std::size_t at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    harness::WriteFile(path, text);
  }
  // As if an earlier release had written it: nothing is known of what was given.
  void Forget() { fs::remove(dir_.File("var/etc/access.granted")); }
  bool May(const char* peer, const char* call) const {
    const auto access = host::LoadAccess(Access());
    return access.ok() && access->FindName(peer) != nullptr &&
           bus::AccessList::MayCall(*access->FindName(peer), call);
  }

  harness::TempDir dir_{"update"};
  SetupOptions options_;
};

constexpr const char* kFindLikely = "baoxue.registry.v1.FindLikely";

TEST_F(UpdateTest, TracingIsAddedLaterAsIfItHadBeenThereFromTheStart) {
  Make(true);
  const auto first = host::LoadSuite(Suite());
  const auto first_access = host::LoadAccess(Access());
  fs::remove_all(options_.data_dir);
  Make(false);
  Forget();
  Replace(Suite(), "services:\n", "# 本县机房二楼\nservices:\n");
  const std::string before = ReadFile(Suite());
  const auto notes = Update(true, "tcp://0.0.0.0:17099", "tcp://10.1.2.3:17099");
  ASSERT_TRUE(notes.ok()) << notes.error().ToString();
  EXPECT_THAT(*notes, Contains(HasSubstr("services.tracing")));
  EXPECT_THAT(*notes, Contains(HasSubstr("告诉其他县 tcp://10.1.2.3:17099")));
  EXPECT_THAT(*notes, Contains(HasSubstr("tracing 的钥匙和权限")));
  EXPECT_EQ(ReadFile(Suite()).substr(0, before.size()), before);
  const auto suite = host::LoadSuite(Suite());
  ASSERT_TRUE(suite.ok()) << suite.error().ToString();
  EXPECT_EQ(suite->services.at("tracing").requests, first->services.at("tracing").requests);
  EXPECT_EQ(suite->services.at("tracing").database, "baoxue_tracing");
  const auto access = host::LoadAccess(Access());
  ASSERT_TRUE(access.ok()) << access.error().ToString();
  for (const bus::Peer& wanted : first_access->peers()) {
    const bus::Peer* const there = access->FindName(wanted.name);
    ASSERT_NE(there, nullptr) << wanted.name;
    EXPECT_THAT(there->may_call, testing::UnorderedElementsAreArray(wanted.may_call));
    EXPECT_THAT(there->may_follow, testing::UnorderedElementsAreArray(wanted.may_follow));
    EXPECT_EQ(there->role, wanted.role);
  }
  EXPECT_EQ(access->peers().size(), first_access->peers().size());
  EXPECT_TRUE(host::ClientFor(*suite, "tracing", "cli").ok());
  EXPECT_TRUE(fs::exists(dir_.File("var/keys/exchange.key")));
  EXPECT_THAT(ReadFile(dir_.File("var/etc/exchange.yaml")),
              HasSubstr("bind: [\"tcp://0.0.0.0:17099\"]"));
  const auto all = Everything();
  EXPECT_THAT(*Update(true, "tcp://0.0.0.0:17099", "tcp://10.1.2.3:17099"), IsEmpty());
  EXPECT_THAT(*Update(true), IsEmpty());
  EXPECT_EQ(Everything(), all);
}

TEST_F(UpdateTest, ANewNeedIsAddedAndSaidAndTheRestStaysByteForByte) {
  Make(true);
  Forget();
  const std::string whole = ReadFile(Access());
  Replace(Access(), std::string{"\""} + kFindLikely + "\", ", "");
  Replace(Access(), "key_file", "# 2026-10 核对过\n    key_file");
  const std::string before = ReadFile(Access());
  ASSERT_FALSE(May("tracing", kFindLikely));
  const auto notes = Update(false);
  ASSERT_TRUE(notes.ok()) << notes.error().ToString();
  EXPECT_THAT(*notes, testing::ElementsAre(
                          HasSubstr(std::string{"tracing 的 may_call "} + kFindLikely)));
  EXPECT_TRUE(May("tracing", kFindLikely));
  std::string now = ReadFile(Access());
  const std::string added = std::string{", \""} + kFindLikely + "\"";
  ASSERT_NE(now.find(added), std::string::npos);
  EXPECT_EQ(now.erase(now.find(added), added.size()), before);
  EXPECT_THAT(*Update(false), IsEmpty());
}

// Lists as people write them.
TEST_F(UpdateTest, ListsOfAnyShapeAreAddedTo) {
  Make(true);
  const std::string whole = ReadFile(Access());
  const std::string old =
      "    may_call: [\"baoxue.bus.v1.FetchEvents\", \"baoxue.registry.v1.GetStudent\", "
      "\"baoxue.attendance.v1.GetPresence\", \"baoxue.tracing.v1.NameChildren\"]\n";
  ASSERT_NE(whole.find(old), std::string::npos);
  for (const char* shape :
       {"    may_call: []  # none ]\n", "    may_call: [ ]\n",
        "    may_call:\n      - baoxue.bus.v1.FetchEvents\n\n      # more\n      - 'x.y'\n",
        "    may_call:\n    - baoxue.bus.v1.FetchEvents\n",
        "    may_call: [\"a]b\",\n               'c',  # ]\n               d]\n", ""}) {
    harness::WriteFile(Access(), whole);
    Forget();
    Replace(Access(), old, shape);
    ASSERT_TRUE(host::LoadAccess(Access()).ok()) << shape;
    const auto notes = Update(false);
    ASSERT_TRUE(notes.ok()) << shape << notes.error().ToString();
    EXPECT_TRUE(May("cases", "baoxue.attendance.v1.GetPresence")) << shape;
    EXPECT_TRUE(May("cases", "baoxue.tracing.v1.NameChildren")) << shape;
    EXPECT_FALSE(May("cases", "baoxue.registry.v1.ChangeEnrolment")) << shape;
  }
}

TEST_F(UpdateTest, WhatAnOperatorTookBackStaysSo) {
  Make(true);
  Replace(Access(), ", \"baoxue.subsidy.v1.GetLastPaid\"", "");
  const std::string name = "  - name: attendance\n";
  Replace(Access(), name, name + "    revoked: \"2026-10-01\"\n");
  std::string text = ReadFile(Access());
  const std::size_t office = text.find("  - name: subsidy-office\n");
  text.erase(office, text.find("    role: office\n") + 17 - office);
  harness::WriteFile(Access(), text);
  Replace(Access(), "may_call: [\"baoxue.*\"]", "may_call: [\"baoxue.*\", \"mine.*\"]");
  const auto all = Everything();
  const auto notes = Update(true);
  ASSERT_TRUE(notes.ok()) << notes.error().ToString();
  EXPECT_THAT(*notes, testing::UnorderedElementsAre(
                          HasSubstr("tracing 的 may_call baoxue.subsidy.v1.GetLastPaid 已由操作员"),
                          HasSubstr("attendance 已由操作员收回")));
  EXPECT_EQ(Everything(), all);
}

TEST_F(UpdateTest, WhatDoesNotLoadOrIsNotUnderstoodChangesNothing) {
  Make(false);
  Forget();
  const std::string suite = ReadFile(Suite());
  const std::string access = ReadFile(Access());
  const auto refuses = [&](const char* why, const std::string& bind = "",
                           const std::string& advertise = "") {
    const auto all = Everything();
    const auto result = Update(true, bind, advertise);
    EXPECT_FALSE(result.ok()) << why;
    EXPECT_EQ(result.ok() ? "" : result.error().reason, why);
    EXPECT_EQ(Everything(), all) << why;
    harness::WriteFile(Suite(), suite);
    harness::WriteFile(Access(), access);
  };
  harness::WriteFile(Access(), access + "  - name: cases\n    key: x\n");
  refuses("BAD_SETTINGS");
  harness::WriteFile(Access(), "peers: [\n");
  refuses("BAD_YAML");
  harness::WriteFile(Access(), "peers: []\n");
  refuses("BY_HAND");
  // Another service listens where tracing would.
  Replace(Suite(), "tcp://127.0.0.1:17031", "tcp://127.0.0.1:17091");
  refuses("BAD_SETTINGS");
  std::string flow = suite;
  flow.replace(flow.find("services:\n"), 10, "services: # all of them\n");
  harness::WriteFile(Suite(), flow);
  ASSERT_TRUE(Update(true).ok());
  EXPECT_TRUE(host::LoadSuite(Suite())->services.contains("tracing"));
}

TEST_F(UpdateTest, AddressesThatNobodyCanDialAreRefused) {
  Make(false);
  const auto all = Everything();
  for (const auto& [bind, advertise] : std::map<std::string, std::string>{
           {"tcp://0.0.0.0:17099", ""},
           {"tcp://*:17099", "tcp://0.0.0.0:17099"},
           {"0.0.0.0:17099", "tcp://10.1.2.3:17099"},
           {"tcp://10.1.2.3", ""},
           {"tcp://10.1.2.3:99999", ""},
           {"tcp://10.1.2.4:17099", "letters.example.cn"}}) {
    const auto result = Update(true, bind, advertise);
    ASSERT_FALSE(result.ok()) << bind;
    EXPECT_EQ(result.error().reason, "BAD_OPTION") << bind;
    EXPECT_THAT(result.error().detail, HasSubstr("--exchange-")) << bind;
    EXPECT_EQ(Everything(), all) << bind;
  }
  ASSERT_TRUE(Update(true, "tcp://10.1.2.3:17099").ok());
  EXPECT_THAT(ReadFile(dir_.File("var/etc/exchange.yaml")),
              HasSubstr("advertise: [\"tcp://10.1.2.3:17099\"]"));
  const auto other = Update(true, "tcp://10.9.9.9:17099");
  ASSERT_FALSE(other.ok());
  EXPECT_THAT(other.error().detail, HasSubstr("已写明别的地址"));
}

TEST_F(UpdateTest, AFirstStartHasItsAddressesTooOrIsRefused) {
  options_.exchange_bind = "tcp://0.0.0.0:17099";
  options_.tracing = true;
  EXPECT_EQ(WriteSetup(options_).error().reason, "BAD_OPTION");
  EXPECT_FALSE(fs::exists(options_.data_dir));
  options_.exchange_advertise = "tcp://letters.example.cn:17099";
  ASSERT_TRUE(WriteSetup(options_).ok());
  EXPECT_THAT(ReadFile(dir_.File("var/etc/exchange.yaml")),
              testing::AllOf(HasSubstr("bind: [\"tcp://0.0.0.0:17099\"]"),
                             HasSubstr("advertise: [\"tcp://letters.example.cn:17099\"]")));
  EXPECT_THAT(*Update(false), IsEmpty());
}

}  // namespace
}  // namespace cli
