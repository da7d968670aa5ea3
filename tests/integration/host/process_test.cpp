// The program as an operator meets it: arguments, exit codes, signals.
#include <csignal>
#include <fstream>

#include "harness/child_process.h"
#include "integration/host/fixture.h"

namespace host {
namespace {

using harness::ChildProcess;
using harness::RunProgram;
using harness::WaitUntil;
using testing::AllOf;
using testing::HasSubstr;

class ProcessTest : public HostTest {
 protected:
  ProcessTest() {
    SetUpSuite(true, harness::PrivateMariaDb::Shared(), harness::PrivateRedis::Shared());
  }
  std::string SuiteFile() { return cli::SuitePath(dir_.File("v")); }
  std::string ReadyPid() {
    std::ifstream in{dir_.File("v/run/registry.ready")};
    std::string pid;
    in >> pid;
    return pid;
  }
  const std::string program_ = std::string{BAOXUE_BINARY_DIR} + "/bin/host-probe";
};

TEST_F(ProcessTest, CheckConfigPrintsWhatIsInEffect) {
  const auto good = RunProgram({program_, "--config", SuiteFile(), "--check-config"});
  EXPECT_EQ(good.exit_code, 0) << good.output;
  EXPECT_THAT(good.output, AllOf(HasSubstr("suite.mode = rehearsal"), HasSubstr("***")));
  EXPECT_FALSE(std::filesystem::exists(dir_.File("v/run/registry.ready")));
}

TEST_F(ProcessTest, BadSettingsAreOneLineAndExitTwo) {
  Edit("workers: 4", "workers: 3");
  std::string yaml = harness::ReadFile(SuiteFile());
  harness::WriteFile(SuiteFile(), yaml.replace(yaml.find("workers: 3"), 10, "workers: 0"));
  for (const char* check : {"--check-config", ""}) {
    std::vector<std::string> words{program_, "--config", SuiteFile()};
    if (*check != '\0') words.emplace_back(check);
    const auto bad = RunProgram(words);
    EXPECT_EQ(bad.exit_code, 2);
    EXPECT_THAT(bad.output, AllOf(HasSubstr("cannot start"), HasSubstr("workers"),
                                  HasSubstr("correct that file")));
    EXPECT_EQ(std::count(bad.output.begin(), bad.output.end(), '\n'), 1) << bad.output;
  }
}

TEST_F(ProcessTest, WrongArgumentsExitTwo) {
  EXPECT_EQ(RunProgram({program_}).exit_code, 2);
  EXPECT_EQ(RunProgram({program_, "--config", SuiteFile(), "--nonsense"}).exit_code, 2);
  EXPECT_EQ(RunProgram({program_, "--version"}).exit_code, 0);
  const auto missing = RunProgram({program_, "--config", dir_.File("none.yaml")});
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_THAT(missing.output, HasSubstr("baoxue setup"));
}

TEST_F(ProcessTest, StopsInOrderOnSigtermAndSigint) {
  for (const int signal : {SIGTERM, SIGINT}) {
    ChildProcess process{{.argv = {program_, "--config", SuiteFile()},
                          .output_file = dir_.File("log")}};
    ASSERT_TRUE(WaitUntil([&] { return ReadyPid() == std::to_string(process.pid()); }))
        << process.Output();
    EXPECT_TRUE(Doctor("registry").ready());
    process.Signal(signal);
    EXPECT_EQ(process.Wait().value_or(-1), 0) << process.Output();
    EXPECT_EQ(ReadyPid(), "");
    EXPECT_THAT(process.Output(), HasSubstr("host.stopped"));
  }
}

TEST_F(ProcessTest, StartsAgainOnExistingDataInNoTime) {
  for (int round = 0; round < 2; ++round) {
    const auto began = clock_.Steady();
    ChildProcess process{{.argv = {program_, "--config", SuiteFile()},
                          .output_file = dir_.File("log")}};
    ASSERT_TRUE(WaitUntil([&] { return ReadyPid() == std::to_string(process.pid()); }))
        << process.Output();
    const std::chrono::seconds limit{round == 0 ? 30 : 2};
    EXPECT_LT(clock_.Steady() - began, limit);
    EXPECT_EQ(process.Terminate(), 0) << process.Output();
  }
}

}  // namespace
}  // namespace host
