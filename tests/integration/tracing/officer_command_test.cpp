// Officers at their desks, by the operator's command alone: a draft is read, sent back or signed by
// another one, a file goes with it and is taken out again, letters are listed in pages.
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/deployment.h"

namespace tracing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kNumber = "431022201403050014";
const std::string kPdf = "%PDF-1.4 made up";

class OfficerDesk : public ::testing::Test {
 protected:
  void SetUp() override {
    harness::DeploymentOptions options;
    options.bin_dir = BAOXUE_BINARY_DIR "/bin";
    options.config_dir = BAOXUE_SOURCE_DIR "/config";
    options.tracing = true;
    deployment_ = std::make_unique<harness::Deployment>(options);
    for (const char* service : {"registry", "tracing"}) {
      deployment_->Launch(service);
      deployment_->AwaitReady(service);
    }
    Run({"directory", "paper", "431022", "--name", "宜章县", "--bureau", "宜章县教育局"});
    std::ofstream{File("proof.pdf"), std::ios::binary} << kPdf;
    std::ofstream{File("program.pdf"), std::ios::binary} << "MZ";
  }

  std::string File(const std::string& name) const { return deployment_->data_dir() + "/" + name; }
  harness::RunResult Try(std::vector<std::string> words) const {
    return deployment_->Cli(std::move(words));
  }
  std::string Run(std::vector<std::string> words) const {
    const auto result = Try(words);
    EXPECT_EQ(result.exit_code, 0) << words[0] << " " << words[1] << ": " << result.output;
    return result.output;
  }
  json Ask(std::vector<std::string> words) const {
    words.insert(words.begin(), {"--json", "--quiet"});
    return json::parse(Run(std::move(words)), nullptr, false);
  }
  harness::RunResult Draft(const std::string& ordinal, const std::string& file) const {
    harness::WriteFile(File("number"), std::string{kNumber} + "\n");
    return Try({"--json", "--quiet", "--as", "甲/bureau_officer", "letter", "draft", "--kind", "HC",
                "--to", "431022", "--name", "欧阳小满", "--id-file", File("number"), "--birth",
                "2014-03-05", "--last-seen", "2026-08-20", "--visit", "2026-08-25:家中无人",
                "--phone", "0592-0000000", "--ordinal", ordinal, "--attach", File(file)});
  }

  std::unique_ptr<harness::Deployment> deployment_;
};

TEST_F(OfficerDesk, ADraftIsReadAndSignedByAnother) {
  EXPECT_THAT(Draft("0", "program.pdf").output, HasSubstr("只能用PDF"));
  const auto drafted = Draft("0", "proof.pdf");
  ASSERT_EQ(drafted.exit_code, 0) << drafted.output;
  EXPECT_THAT(Run({"letter", "summary"}), HasSubstr("待签发 1"));
  const json waiting = Ask({"letter", "list", "--for-approval"});
  ASSERT_EQ(waiting["letters"].size(), 1u);
  const std::string id = waiting["letters"][0]["conversation_id"];
  const std::string version = std::to_string(waiting["letters"][0]["version"].get<int>());

  const std::string shown = Run({"letter", "show", id});
  for (const char* part : {"【拟稿】", "欧阳小满", "请求事项", "2026-08-25 家访 家中无人",
                           "1. proof.pdf", "拟稿: 甲", "待签发"}) {
    EXPECT_THAT(shown, HasSubstr(part));
  }
  EXPECT_THAT(shown, Not(HasSubstr(kNumber)));
  EXPECT_THAT(Ask({"letter", "show", id}).dump(), Not(HasSubstr(kNumber)));
  EXPECT_THAT(Run({"letter", "attachment", id, File("taken.pdf"), "--seq", "0", "--for", "审阅"}),
              HasSubstr("打印登记第1号"));
  std::ifstream in{File("taken.pdf"), std::ios::binary};
  EXPECT_EQ((std::string{std::istreambuf_iterator<char>{in}, {}}), kPdf);
  EXPECT_THAT(Run({"letter", "print", id, File("draft.pdf")}), HasSubstr("打印登记第2号"));

  const auto own = Try({"--as", "甲/bureau_leader", "letter", "approve", id});
  EXPECT_EQ(own.exit_code, 1);
  EXPECT_THAT(own.output, HasSubstr("须由拟稿人以外的另一人签发"));
  const auto old = Try({"--as", "乙/bureau_leader", "letter", "approve", id,
                        "--expected-version", "77"});
  EXPECT_THAT(old.output, HasSubstr("您看到的是第77版"));
  EXPECT_THAT(Run({"--as", "乙/bureau_leader", "letter", "approve", id, "--expected-version",
                   version}),
              HasSubstr("同教函〔2026〕1号"));
  const std::string sent = Run({"letter", "show", "同教函〔2026〕1号"});
  EXPECT_THAT(sent, HasSubstr("签发: 乙"));
  EXPECT_THAT(sent, HasSubstr("现在可办(letter do): "));
  EXPECT_THAT(sent, HasSubstr("撤回 withdraw"));
  EXPECT_THAT(sent, Not(HasSubstr("reopen"))) << "it is not closed";
  EXPECT_THAT(sent, HasSubstr("【发函方1 "));
  EXPECT_EQ(Ask({"letter", "list", "--for-approval"}).value("letters", json::array()).size(), 0u);
}

TEST_F(OfficerDesk, LettersAreListedInPages) {
  for (const char* ordinal : {"1", "2", "3"}) {
    const auto drafted = Draft(ordinal, "proof.pdf");
    ASSERT_EQ(drafted.exit_code, 0) << drafted.output;
  }
  const json all = Ask({"letter", "list", "--all"});
  ASSERT_EQ(all["letters"].size(), 3u);
  const std::string page = Run({"letter", "list", "--limit", "2"});
  EXPECT_THAT(page, HasSubstr("共 3 封,所列 2 封"));
  EXPECT_THAT(page, HasSubstr("下一页"));
  const json first = Ask({"letter", "list", "--limit", "2"});
  EXPECT_EQ(first["letters"][0], all["letters"][0]);
  EXPECT_EQ(Ask({"letter", "list", "--peer", "431022"})["letters"].size(), 3u);
  EXPECT_EQ(Ask({"letter", "list", "--peer", "431023"}).value("letters", json::array()).size(), 0u);
  EXPECT_NE(Try({"letter", "list", "--peer", "宜章"}).exit_code, 0);
}

}  // namespace
}  // namespace tracing
