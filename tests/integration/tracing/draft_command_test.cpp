// letter draft, as an officer types it, with the real registry and cases behind it: every kind, and
// no identity number on the command line.
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/deployment.h"

namespace tracing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kTo = "431022";

class DraftCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    harness::DeploymentOptions options;
    options.bin_dir = BAOXUE_BINARY_DIR "/bin";
    options.config_dir = BAOXUE_SOURCE_DIR "/config";
    options.tracing = true;
    deployment_ = std::make_unique<harness::Deployment>(options);
    std::ofstream{deployment_->exchange_path(), std::ios::app}
        << "automatic: [HC, XC, QF, ZX, JD, GZ]\n";
    Run({"sample", "--county", "tongan", "--students", "200", "--weeks", "1", "--config-dir",
         options.config_dir, "--out", File("sample")});
    const char* const kServices[] = {"registry", "attendance", "cases", "tracing"};
    for (const char* service : kServices) deployment_->Launch(service);
    for (const char* service : kServices) deployment_->AwaitReady(service);
    Run({"import", "--sample", File("sample")});
    Run({"directory", "paper", kTo, "--name", "宜章县", "--bureau", "宜章县教育局"});
    student_ = Cell("学校标识码") + "/" + Cell("班号") + "/" + Cell("班内学号");
  }
  std::string File(const std::string& name) const { return deployment_->data_dir() + "/" + name; }
  harness::RunResult Try(std::vector<std::string> words) const {
    return deployment_->Cli(std::move(words));
  }
  std::string Run(std::vector<std::string> words) const {
    std::string what;
    for (const std::string& word : words) what += word + " ";
    const auto result = Try(std::move(words));
    EXPECT_EQ(result.exit_code, 0) << what << ": " << result.output;
    return result.output;
  }
  // Drafts, prints, and returns what stands on the pages, without blanks.
  std::string Page(std::vector<std::string> words) const {
    words.insert(words.begin(), {"--json", "--quiet", "letter", "draft", "--to", kTo, "--phone",
                                 "0592-0000000"});
    const json reply = json::parse(Run(std::move(words)), nullptr, false);
    if (reply.is_discarded()) return "";
    Run({"letter", "print", reply["letter"]["conversation_id"], File("page.pdf")});
    const auto run = harness::RunProgram({"pdftotext", "-raw", File("page.pdf"), "-"},
                                         std::chrono::seconds{30});
    std::string out;
    for (const char c : run.output) {
      if (c != ' ' && c != '\n' && c != '\f') out += c;
    }
    return out;
  }
  // A cell of the roster's first child.
  std::string Cell(const std::string& column) const {
    std::ifstream in{File("sample/roster.csv")};
    std::string head;
    std::string row;
    std::getline(in, head);
    std::getline(in, row);
    std::istringstream names{head};
    std::istringstream cells{row};
    std::string name;
    std::string cell;
    while (std::getline(names, name, ',') && std::getline(cells, cell, ',')) {
      if (name == column || name == "\xEF\xBB\xBF" + column) return cell;
    }
    ADD_FAILURE() << "the sample has no column " << column;
    return "";
  }

  std::unique_ptr<harness::Deployment> deployment_;
  std::string student_;
};

TEST_F(DraftCommand, ALetterFromACaseNeedsNoTyping) {
  Run({"case", "open", student_, "--reason", "不辞而别", "--first-absent", "2026-08-20"});
  Run({"case", "act", "1", "contact", "--method", "电话", "--outcome", "未接通", "--counterpart",
       "监护人", "--text", "三次无人接听"});
  const auto early = Try({"letter", "draft", "--case", "1", "--to", kTo});
  EXPECT_THAT(early.output, HasSubstr("至少有一次家访"));
  Run({"case", "act", "1", "visit", "--participant", "班主任", "--outcome", "未见到人", "--text",
       "家中无人"});
  const std::string page = Page({"--case", "1", "--destination", "邻居称已外出"});
  for (const std::string& part :
       {Cell("姓名"), Cell("身份证件号"), Cell("成员1姓名"), Cell("成员1联系电话"),
        Cell("家庭地址"), std::string{"三次无人接听"}, std::string{"未见到人，家中无人"},
        std::string{"邻居称已外出"}, std::string{"核查学生去向"}}) {
    EXPECT_THAT(page, HasSubstr(part));
  }
}

TEST_F(DraftCommand, EveryKindHasItsOptions) {
  const std::string name = Cell("姓名");
  EXPECT_THAT(Page({"--kind", "协查函", "--student", student_, "--last-seen", "2026-08-20",
                    "--destination", "宜章县玉溪镇"}),
              HasSubstr("宜章县玉溪镇"));
  const std::string persuasion =
      Page({"--kind", "QF", "--student", student_, "--whereabouts", "在玉溪镇务工", "--visit",
            "2026-08-25:家长称已随亲戚外出", "--measure", "2026-08-26:电话:拒绝返校", "--guardian",
            "姑姑:王某:13800000000"});
  for (const char* part : {"在玉溪镇务工", "家长称已随亲戚外出", "电话，拒绝返校", "王某（姑姑"}) {
    EXPECT_THAT(persuasion, HasSubstr(part));
  }
  const std::string transfer =
      Page({"--kind", "ZX", "--student", student_, "--from-school", "宜章县第一小学", "--left-on",
            "2026-07-01", "--last-paid-term", "2026春", "--last-paid-yuan", "625.50"});
  for (const char* part : {"转出学校：宜章县第一小学", "2026年7月1日", "2026春", "请协助办理转出"}) {
    EXPECT_THAT(transfer, HasSubstr(part));
  }
  const std::string proof = Page({"--kind", "JD", "--student", student_, "--term", "2026秋",
                                  "--since", "2025-09-01"});
  for (const std::string& part : {name, std::string{"2026秋"}, std::string{"2025年9月1日"}}) {
    EXPECT_THAT(proof, HasSubstr(part));
  }
  const std::string notice = Page({"--kind", "GZ", "--student", student_, "--subject", "学籍移交",
                                   "--text", "该生学籍已移交贵局", "--about",
                                   "宜教函〔2026〕8号"});
  for (const std::string& part :
       {name, std::string{"该生学籍已移交贵局"}, std::string{"宜教函〔2026〕8号"}}) {
    EXPECT_THAT(notice, HasSubstr(part));
  }
  EXPECT_THAT(Page({"--kind", "GZ", "--subject", "通气", "--text", "两地专班名单", "--without-child"}),
              Not(HasSubstr(name)));
}

TEST_F(DraftCommand, AChildOfNoSchoolHereIsTypedWithoutTheNumber) {
  std::ofstream{File("number")} << "431022201403050014\n";
  const std::string page =
      Page({"--kind", "XC", "--name", "欧阳小满", "--sex", "女", "--birth", "2014-03-05",
            "--id-file", File("number"), "--last-seen", "2026-08-20"});
  EXPECT_THAT(page, HasSubstr("欧阳小满，女，2014年3月5日出生，公民身份号码431022201403050014"));
  const auto shown = Try({"letter", "draft", "--kind", "XC", "--to", kTo, "--name", "欧阳小满",
                          "--id-number", "431022201403050014"});
  EXPECT_EQ(shown.exit_code, 2);
  EXPECT_THAT(shown.output, HasSubstr("不要写在命令行上"));
  const auto ours = Try({"letter", "draft", "--kind", "XC", "--to", kTo, "--name", Cell("姓名"),
                         "--birth", "2014-03-05", "--student", Cell("身份证件号")});
  EXPECT_THAT(ours.output, HasSubstr("不要写在命令行上"));
  std::ofstream{File("ours")} << Cell("身份证件号") << "\n";
  const auto without = Try({"letter", "draft", "--kind", "XC", "--to", kTo, "--name",
                            Cell("姓名"), "--id-file", File("ours")});
  EXPECT_THAT(without.output, HasSubstr("CHILD_NOT_OF_CASE"));
}

TEST_F(DraftCommand, WhatCannotBeWrittenIsSaidInWords) {
  const auto refused = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {"letter", "draft", "--to", kTo});
    const auto result = Try(std::move(words));
    EXPECT_EQ(result.exit_code, 2) << result.output;
    return result.output;
  };
  EXPECT_THAT(refused({"--kind", "CB"}), HasSubstr("催办函由系统"));
  EXPECT_THAT(refused({"--kind", "回函"}), HasSubstr("letter do"));
  EXPECT_THAT(refused({"--kind", "XX"}), HasSubstr("须为 HC 核查函"));
  EXPECT_THAT(refused({"--kind", "XC", "--guardian", "母亲:王某"}),
              HasSubstr("协查函不载有 --guardian"));
  EXPECT_THAT(refused({"--kind", "QF", "--visit", "家中无人"}), HasSubstr("2026-10-08:家中无人"));
}

}  // namespace
}  // namespace tracing
