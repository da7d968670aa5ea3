// What deploy/up shows, on two small counties: the vanished child is found by letter, the case
// moves by the answer, both files of evidence hold, a county without the software gets its paper.
// Installs and builds nothing; stops what it started.
#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "harness/child_process.h"
#include "harness/temp_dir.h"

namespace {

using nlohmann::json;
using ::testing::HasSubstr;

constexpr const char* kStudents = "800";  // the fewest of which one vanishes in the first weeks

class Demo : public ::testing::Test {
 protected:
  void TearDown() override {
    (void)harness::RunProgram({BAOXUE_SOURCE_DIR "/deploy/down", "--var", var()},
                              std::chrono::minutes{4});
  }
  std::string var() const { return dir_.path() + "/v"; }
  harness::RunResult Up() const {
    return harness::RunProgram(
        {"env", "BAOXUE_BIN=" BAOXUE_BINARY_DIR "/bin", BAOXUE_SOURCE_DIR "/deploy/up",
         "--no-build", "--students", kStudents, "--var", var(), "--port-base", "26010"},
        std::chrono::minutes{6});
  }
  std::string Run(const std::string& county, std::vector<std::string> words) const {
    std::vector<std::string> argv{BAOXUE_BINARY_DIR "/bin/baoxue", "--config",
                                  var() + county + "/etc/suite.yaml"};
    argv.insert(argv.end(), words.begin(), words.end());
    const auto run = harness::RunProgram(argv);
    EXPECT_EQ(run.exit_code, 0) << run.output;
    return run.output;
  }
  json Ask(const std::string& county, std::vector<std::string> words) const {
    words.insert(words.begin(), {"--json", "--quiet"});
    return json::parse(Run(county, std::move(words)), nullptr, false);
  }

  // The document number of our one letter of that kind.
  std::string NumberOf(const std::string& kind, bool paper) const {
    const json all = Ask("", {"letter", "list"});
    for (const json& one : all["letters"]) {
      if (one["kind"] == kind && one["paper"] == paper) return one["document_no"];
    }
    ADD_FAILURE() << kind << " is not in " << all.dump();
    return "";
  }

  harness::TempDir dir_{"demo"};
};

TEST_F(Demo, TwoCountiesExchangeLettersAndAThirdGetsPaper) {
  const auto up = Up();
  ASSERT_EQ(up.exit_code, 0) << up.output;

  const std::string number = NumberOf("HC", false);
  const json letter = Ask("", {"letter", "show", number})["letter"];
  EXPECT_EQ(letter["reply_code"], "R01") << "the child is found";
  EXPECT_EQ(letter["state_name"], "已办结");
  ASSERT_GE(letter["log"].size(), 2u);
  EXPECT_NE(letter["log"][0]["written_at"], letter["log"][0]["taken_at"])
      << "the other county was away when the letter was written";
  const json incoming = Ask("/suining", {"letter", "show", number})["letter"];
  EXPECT_EQ(incoming["state_name"], "已办结") << "both sides show the same";

  const std::string case_id = letter["case_id"].dump();
  EXPECT_THAT(Run("", {"case", "show", case_id}), HasSubstr("状态:80 销号")) << "it moved by it";

  for (const char* county : {"tongan", "suining"}) {
    const auto judged = harness::RunProgram({BAOXUE_BINARY_DIR "/bin/baoxue", "evidence", "verify",
                                             var() + "/exchange/" + county + ".evidence"});
    EXPECT_EQ(judged.exit_code, 0) << judged.output;
    EXPECT_THAT(judged.output, HasSubstr("证据成立"));
  }

  const std::string paper_number = NumberOf("HC", true);
  const std::string pdf = var() + "/exchange/" + paper_number + ".pdf";
  const auto pages = harness::RunProgram({"pdftotext", "-raw", pdf, "-"});
  ASSERT_EQ(pages.exit_code, 0) << pages.output;
  EXPECT_THAT(pages.output, HasSubstr(paper_number));
  EXPECT_THAT(pages.output, HasSubstr("挂号邮寄"));
  EXPECT_LT(std::filesystem::file_size(pdf), 150'000u);
  EXPECT_THAT(up.output, HasSubstr(pdf));
  const json paper = Ask("", {"letter", "show", paper_number})["letter"];
  EXPECT_EQ(paper["paper"], true);
  EXPECT_EQ(paper["state_name"], "已送达");

  ASSERT_TRUE(std::filesystem::exists(var() + "/exchange/mover")) << "somebody was transferred";
  EXPECT_EQ(Ask("", {"transfer", "list", "--state", "missing"})["transfers"].size(), 1u);
  EXPECT_THAT(up.output, HasSubstr("按疑似辍学立案"));

  const std::size_t letters = Ask("", {"letter", "list"})["letters"].size();
  const auto again = Up();
  EXPECT_EQ(again.exit_code, 0) << again.output;
  EXPECT_EQ(Ask("", {"letter", "list"})["letters"].size(), letters) << "nothing is done twice";
}

}  // namespace
