// A real county that began without letters, as its operator adds them: setup --add tracing on what
// is there, an address that nobody else can reach is said with what to do, and officers' approval
// cannot be switched off on the machine.
#include <gmock/gmock.h>

#include <fstream>

#include "harness/deployment.h"
#include "harness/temp_dir.h"

namespace tracing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class RealCounty : public ::testing::Test {
 protected:
  void SetUp() override {
    harness::DeploymentOptions options;
    options.bin_dir = BAOXUE_BINARY_DIR "/bin";
    options.config_dir = BAOXUE_SOURCE_DIR "/config";
    options.rehearsal = false;
    deployment_ = std::make_unique<harness::Deployment>(options);
    deployment_->StartAll();
  }
  harness::RunResult Add(const std::string& bind) const {
    return deployment_->Cli({"setup", "--add", "tracing", "--data-dir", deployment_->data_dir(),
                             "--exchange-bind", bind});
  }
  std::string Say(std::vector<std::string> words) const {
    return deployment_->Cli(std::move(words)).output;
  }
  void Restart(const std::string& exchange) {
    deployment_->Process("tracing").Terminate();
    harness::WriteFile(deployment_->exchange_path(), exchange);
    deployment_->Start("tracing");
  }

  std::unique_ptr<harness::Deployment> deployment_;
};

TEST_F(RealCounty, AddsLettersLaterAndIsToldWhoCannotReachIt) {
  EXPECT_THAT(Add("tcp://0.0.0.0:17099").output, HasSubstr("--exchange-advertise"));
  const std::string port = std::to_string(harness::FreePort());
  const auto added = Add("tcp://127.0.0.1:" + port);
  ASSERT_EQ(added.exit_code, 0) << added.output;
  EXPECT_THAT(added.output, AllOf(HasSubstr("services.tracing"), HasSubstr("tracing 的钥匙和权限"),
                                  HasSubstr("cli 的 may_follow tracing")));
  // The registry reads who may call by itself; the county's new service works at once.
  deployment_->Start("tracing");
  EXPECT_EQ(Add("tcp://127.0.0.1:" + port).output, "");
  EXPECT_EQ(deployment_->Cli({"letter", "list"}).exit_code, 0);

  const auto test = deployment_->Cli({"directory", "test"});
  EXPECT_EQ(test.exit_code, 1);
  EXPECT_THAT(test.output, AllOf(HasSubstr("不通过  名录中的本县地址 tcp://127.0.0.1:" + port +
                                           " 只有本机能连"),
                                 HasSubstr("etc/exchange.yaml 中把 advertise 改为"),
                                 HasSubstr("通过  本机能连到名录中的本县地址")));
  EXPECT_THAT(Say({"doctor"}),
              AllOf(HasSubstr("本县地址"), HasSubstr("只有本机能连")));

  const std::string bind = "bind: [\"tcp://127.0.0.1:" + port + "\"]\n";
  // An address of others' (TEST-NET-1): nothing is wrong as far as this machine can see.
  Restart(bind + "advertise: [\"tcp://192.0.2.1:" + port + "\"]\n");
  EXPECT_THAT(Say({"doctor"}),
              AllOf(HasSubstr("192.0.2.1"), Not(HasSubstr("只有本机能连"))));
  Restart(bind + "advertise: [\"tcp://127.0.0.1:" + std::to_string(harness::FreePort()) + "\"]\n");
  EXPECT_THAT(Say({"directory", "test"}), HasSubstr("端口没有开"));
  Restart(bind + "advertise: []\n");
  EXPECT_THAT(Say({"doctor"}), HasSubstr("其他县找不到本县"));
}

TEST_F(RealCounty, TheMachineCannotDoWithoutTheOfficersOfTheProfile) {
  ASSERT_EQ(Add("tcp://127.0.0.1:" + std::to_string(harness::FreePort())).exit_code, 0);
  std::ofstream{deployment_->exchange_path(), std::ios::app} << "automatic: [HC]\n";
  try {
    deployment_->Start("tracing");
    FAIL() << "it starts";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("only in `mode: rehearsal`"));
  }
}

}  // namespace
}  // namespace tracing
