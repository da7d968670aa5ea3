// A letter to a county without the software, by the operator's command alone: printed, posted,
// receipted by hand, urged on paper, answered from the tear-off reply; and who printed what.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/deployment.h"
#include "harness/wait.h"

namespace tracing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kNumber = "431022201403050014";

class PaperCounty : public ::testing::Test {
 protected:
  void SetUp() override {
    harness::DeploymentOptions options;
    options.bin_dir = BAOXUE_BINARY_DIR "/bin";
    options.config_dir = BAOXUE_SOURCE_DIR "/config";
    options.tracing = true;
    deployment_ = std::make_unique<harness::Deployment>(options);
    std::ofstream{deployment_->exchange_path(), std::ios::app} << "automatic: [HC]\n";
    constexpr const char* kServices[] = {"registry", "attendance", "cases", "tracing"};
    for (const char* service : kServices) deployment_->Launch(service);
    for (const char* service : kServices) deployment_->AwaitReady(service);
    std::ofstream{File("number")} << kNumber << "\n";
  }

  std::string File(const std::string& name) const { return deployment_->data_dir() + "/" + name; }
  harness::RunResult Try(std::vector<std::string> words) const {
    return deployment_->Cli(std::move(words));
  }
  std::string Run(std::vector<std::string> words) const {
    const std::string what = words.size() > 1 ? words[0] + " " + words[1] : words[0];
    const auto result = Try(std::move(words));
    EXPECT_EQ(result.exit_code, 0) << what << ": " << result.output;
    return result.output;
  }
  json Ask(std::vector<std::string> words) const {
    words.insert(words.begin(), {"--json", "--quiet"});
    return json::parse(Run(std::move(words)), nullptr, false);
  }
  json Letter() const { return Ask({"letter", "show", "同教函〔2026〕1号"})["letter"]; }
  // What stands on the pages, without blanks.
  std::string PagesOf(const std::string& name) const {
    const auto run =
        harness::RunProgram({"pdftotext", "-raw", File(name), "-"}, std::chrono::seconds{30});
    EXPECT_EQ(run.exit_code, 0) << run.output;
    std::string out;
    for (const char c : run.output) {
      if (c != ' ' && c != '\n' && c != '\f') out += c;
    }
    return out;
  }
  json Send() const {
    return Ask({"letter", "draft", "--kind", "HC", "--to", "431022", "--name", "欧阳小满",
                "--id-file", File("number"), "--birth", "2014-03-05", "--last-seen", "2026-08-20",
                "--visit", "2026-08-25:家中无人", "--phone", "0592-0000000"})["letter"];
  }

  std::unique_ptr<harness::Deployment> deployment_;
};

TEST_F(PaperCounty, ALetterLivesItsWholeLifeOnPaper) {
  EXPECT_THAT(Run({"directory", "paper", "431022", "--name", "宜章县", "--bureau", "宜章县教育局",
                   "--address", "湖南省郴州市宜章县玉溪镇"}),
              HasSubstr("打印后邮寄"));
  EXPECT_THAT(Run({"directory", "show"}), HasSubstr("宜章县"));
  json letter = Send();
  EXPECT_EQ(letter["document_no"], "同教函〔2026〕1号");
  EXPECT_EQ(letter["peer_name"], "宜章县");
  EXPECT_EQ(letter["paper"], true);
  EXPECT_EQ(letter["stuck"], "PAPER_WAITING");
  EXPECT_EQ(letter["stuck_text"], "待打印、邮寄并登记送达");
  const auto on_list = [&] { return Ask({"letter", "list", "--for-officer"})["total"].dump(); };
  EXPECT_EQ(on_list(), "1") << "somebody must take it to the post";
  EXPECT_THAT(Run({"doctor"}), HasSubstr("1 封纸质函件待打印邮寄或登记送达"));

  EXPECT_THAT(Run({"letter", "print", "同教函〔2026〕1号", File("letter.pdf")}),
              HasSubstr("打印登记第1号"));
  EXPECT_EQ(Letter()["stuck_text"], "已打印，待登记送达");
  EXPECT_EQ(on_list(), "0");
  Run({"clock", "advance", "--days", "11"});
  EXPECT_EQ(on_list(), "1") << "posted long ago, and nobody has entered the delivery";
  const std::string pages = PagesOf("letter.pdf");
  for (const char* part : {"宜章县教育局：", kNumber, "欧阳小满", "同教函〔2026〕1号", "回执",
                           "打印登记第1号", "用途：寄送"}) {
    EXPECT_THAT(pages, HasSubstr(part));
  }

  const auto early = Try({"letter", "do", "同教函〔2026〕1号", "answer_by_hand", "--code", "R06",
                          "--text", "查无此人", "--reference", "宜教函〔2026〕8号"});
  EXPECT_THAT(early.output, HasSubstr("请先登记送达"));
  Run({"letter", "do", "同教函〔2026〕1号", "receipt_by_hand", "--reference", "XA12345678943",
       "--on", "2026-08-29"});
  EXPECT_EQ(Letter()["state_name"], "已送达");
  EXPECT_THAT(Run({"letter", "show", "同教函〔2026〕1号"}), HasSubstr("XA12345678943 2026-08-29"));

  Run({"letter", "do", "同教函〔2026〕1号", "answer_by_hand", "--code", "R01", "--school",
       "宜章县第一小学", "--class", "六年级2班", "--since", "2026-09-01", "--reference",
       "宜教函〔2026〕8号"});
  letter = Letter();
  EXPECT_EQ(letter["state_name"], "已回函");
  EXPECT_EQ(letter["reply_code"], "R01");
  Run({"letter", "print", "同教函〔2026〕1号", File("reply.pdf"), "--of", "reply", "--for",
       "归入个案"});
  const std::string reply = PagesOf("reply.pdf");
  for (const char* part : {"宜章县第一小学六年级2班", "来件编号：宜教函〔2026〕8号", "归入个案"}) {
    EXPECT_THAT(reply, HasSubstr(part));
  }
  EXPECT_THAT(reply, Not(HasSubstr(kNumber)));
  Run({"evidence", "export", "同教函〔2026〕1号", File("1.evidence")});
  for (const char* name : {"letter.pdf", "reply.pdf", "1.evidence"}) {
    const auto mode = std::filesystem::status(File(name)).permissions();
    EXPECT_EQ(static_cast<int>(mode), 0600) << name;
  }
  Run({"letter", "do", "同教函〔2026〕1号", "close"});
  letter = Letter();
  EXPECT_EQ(letter["state_name"], "已办结");
  EXPECT_EQ(letter["stuck"], "") << "a closing is not posted";
  EXPECT_EQ(on_list(), "0");
}

// The county that was asked says where the family went: the next letter names who had it before.
TEST_F(PaperCounty, TheThirdCountyIsAskedAndTheChainIsShown) {
  for (const char* code : {"431022", "431023"}) {
    Run({"directory", "paper", code, "--name", std::string{"甲县"} + code, "--bureau", "教育局"});
  }
  Send();
  const std::string letter = "同教函〔2026〕1号";
  Run({"letter", "do", letter, "receipt_by_hand", "--reference", "XA12345678943"});
  Run({"letter", "do", letter, "answer_by_hand", "--code", "R05", "--to", "431023", "--text",
       "全家已迁出", "--reference", "宜教函〔2026〕8号"});
  EXPECT_THAT(Run({"letter", "list", "--for-officer"}), HasSubstr(letter)) << "may be asked";
  Run({"letter", "do", letter, "ask_third"});
  ASSERT_TRUE(harness::WaitUntil(
      [&] { return Ask({"letter", "list", "--peer", "431023"})["total"].dump() == "1"; },
      std::chrono::seconds{20}));
  const std::string id = Letter()["conversation_id"];
  const std::string next = Ask({"letter", "list", "--peer", "431023"})["letters"][0]
                               ["conversation_id"];
  EXPECT_THAT(Run({"letter", "show", letter}), HasSubstr("已转办为: 函件 " + next));
  EXPECT_THAT(Run({"letter", "show", next}), HasSubstr("转办经过: 431022(函件 " + id + ") → 本函"));
}

TEST_F(PaperCounty, WhoPrintedWhatIsShownExportedAndCannotBeChanged) {
  Run({"directory", "paper", "431022", "--name", "宜章县", "--bureau", "宜章县教育局"});
  Send();
  const std::string letter = "同教函〔2026〕1号";
  Run({"--as", "甲/bureau_officer/同安区教育局", "letter", "print", letter, File("a.pdf")});
  Run({"--as", "乙/bureau_officer/同安区教育局", "letter", "print", letter, File("b.pdf"), "--for",
       std::string{"家长查询"} + kNumber});
  EXPECT_EQ(Try({"letter", "print", letter, File("c.pdf"), "--of", "reply"}).exit_code, 1);

  const std::string shown = Run({"letter", "show", letter});
  for (const char* part : {"打印登记", "甲", "乙", "家长查询", "寄送"}) {
    EXPECT_THAT(shown, HasSubstr(part));
  }
  EXPECT_THAT(shown, Not(HasSubstr(kNumber)));
  EXPECT_EQ(Letter()["printed"].size(), 2u);
  Run({"letter", "printed", "--out", File("printed.csv")});
  std::ifstream in{File("printed.csv")};
  const std::string csv{std::istreambuf_iterator<char>{in}, {}};
  EXPECT_THAT(csv, HasSubstr("登记号,时间,打印人"));
  EXPECT_THAT(csv, HasSubstr("2,"));
  EXPECT_THAT(Run({"letter", "printed", "--check"}), HasSubstr("打印登记2条,无改动"));

  const std::string database = "baoxue_tracing";
  deployment_->mariadb().RunSql("UPDATE print_log SET purpose = '存档' WHERE print_no = 2",
                                database);
  const auto changed = Try({"letter", "printed", "--check"});
  EXPECT_EQ(changed.exit_code, 1);
  EXPECT_THAT(changed.output, HasSubstr("打印登记第2号"));
  deployment_->mariadb().RunSql("DELETE FROM print_log WHERE print_no = 1", database);
  EXPECT_THAT(Try({"letter", "printed", "--check"}).output, HasSubstr("PRINT_LOG_BROKEN"));
}

}  // namespace
}  // namespace tracing
