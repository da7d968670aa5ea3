// The command `away` against real services, as a township's officer uses it: a list with mistakes,
// the same list mended, one child by hand, what officers decide, and files that go home.
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "harness/deployment.h"
#include "tables/tables.h"

namespace tracing {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kGood = "430527201503050017";  // made up, with its check digit
constexpr const char* kOther = "430527201503050025";
const std::vector<std::string> kHeader{"姓名",     "身份证号",       "乡镇", "外出时间",
                                       "居住地区划代码", "类型", "爱好"};

class Township {
 public:
  Township() {
    harness::DeploymentOptions options;
    options.bin_dir = BAOXUE_BINARY_DIR "/bin";
    options.config_dir = BAOXUE_SOURCE_DIR "/config";
    options.county = "suining";
    options.tracing = true;
    deployment_ = std::make_unique<harness::Deployment>(options);
    const std::vector<std::string> services{"registry", "attendance", "cases", "tracing"};
    for (const std::string& service : services) deployment_->Launch(service);
    for (const std::string& service : services) deployment_->AwaitReady(service);
  }
  std::string File(const std::string& name) const { return deployment_->data_dir() + "/" + name; }
  harness::RunResult Try(std::vector<std::string> words) const {
    return deployment_->Cli(std::move(words));
  }
  std::string Run(std::vector<std::string> words) const {
    const auto result = Try(std::move(words));
    EXPECT_EQ(result.exit_code, 0) << result.output;
    return result.output;
  }
  json Ask(std::vector<std::string> words) const {
    words.insert(words.begin(), {"--json", "--quiet"});
    return json::parse(Run(std::move(words)), nullptr, false);
  }
  int Total() const { return std::stoi(Text(Ask({"away", "list"}).value("total", json{"0"}))); }
  static std::string Text(const json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
  }

 private:
  std::unique_ptr<harness::Deployment> deployment_;
};

std::string Csv(const std::vector<std::vector<std::string>>& rows) {
  std::string out;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) out += (i == 0 ? "" : ",") + row[i];
    out += "\n";
  }
  return out;
}

std::vector<std::vector<std::string>> Mistakes() {
  return {kHeader,
          {"甲", kGood, "长铺镇", "2025年9月", "441900", "举家搬迁", ""},
          {"", "430527201503051234", "", "去年", "999999", "旅游", ""},
          {"丙", kOther, "长铺镇", "2099-01-01", "430527", "", ""},
          {"甲", kGood, "长铺镇", "2025-09-01", "", "", ""}};
}

class AwayCommand : public ::testing::Test {
 protected:
  void SaysEachMistake(const std::string& output, const std::string& file) {
    for (const char* what :
         {" 第3行 A列“姓名”：", " 第3行 B列“身份证号”：", " 第3行 C列“乡镇”：",
          " 第3行 D列“外出时间”：", " 第3行 E列“居住地区划代码”：", " 第3行 F列“类型”：",
          " 第4行 D列“外出时间”：", " 第4行 E列“居住地区划代码”：", " 第5行：与第2行是同一儿童"}) {
      EXPECT_THAT(output, HasSubstr(file + what));
    }
    // How to mend it.
    EXPECT_THAT(output, AllOf(HasSubstr("请对照户口簿核对"), HasSubstr("写成2026-09-01"),
                              HasSubstr("如350212"), HasSubstr("须为举家搬迁"),
                              HasSubstr("请删去一行"), HasSubstr("“爱好”不认识")));
    EXPECT_THAT(output, HasSubstr("什么都没有改动"));
    EXPECT_THAT(output, Not(HasSubstr("20150305"))) << "no number in a message";
    EXPECT_THAT(output, Not(HasSubstr("第2行 ")));
  }
  const Township town_;
};

TEST_F(AwayCommand, AListWithMistakesSaysWhereAndHowAndChangesNothing) {
  const std::string csv = town_.File("外出儿童.csv");
  std::ofstream{csv} << Csv(Mistakes());
  auto imported = town_.Try({"away", "import", csv});
  EXPECT_EQ(imported.exit_code, 1);
  SaysEachMistake(imported.output, "外出儿童.csv");
  EXPECT_EQ(town_.Total(), 0) << "nothing of it is kept";

  // The same from Excel.
  const std::string xlsx = town_.File("外出儿童.xlsx");
  {
    auto rows = Mistakes();
    auto writer = tables::Create(xlsx, tables::Format::kXlsx, "名单");
    ASSERT_TRUE(writer.ok()) << writer.error().ToString();
    for (const auto& row : rows) ASSERT_TRUE((*writer)->Write(row).ok());
    ASSERT_TRUE((*writer)->Close().ok());
  }
  imported = town_.Try({"away", "import", xlsx});
  EXPECT_EQ(imported.exit_code, 1);
  SaysEachMistake(imported.output, "外出儿童.xlsx");
  EXPECT_EQ(town_.Total(), 0);

  // The good rows alone, if that is wanted.
  imported = town_.Try({"away", "import", csv, "--skip-bad"});
  EXPECT_EQ(imported.exit_code, 1);
  EXPECT_THAT(imported.output, AllOf(HasSubstr("新增 1"), HasSubstr("有误的行没有导入")));
  EXPECT_EQ(town_.Total(), 1);

  std::ofstream{csv} << Csv({kHeader, {"甲", kGood, "长铺镇", "2025-09-01", "441900", "", ""}});
  EXPECT_THAT(town_.Run({"away", "import", csv, "--dry-run"}), HasSubstr("试导入（共 1 行）：可新增 0"));
  std::ofstream{csv} << "姓名,乡镇\n甲,长铺镇\n";
  imported = town_.Try({"away", "import", csv});
  EXPECT_EQ(imported.exit_code, 1);
  EXPECT_THAT(imported.output, AllOf(HasSubstr("表头缺少：外出日期、身份证件号"),
                                     HasSubstr("请用模板的表头")));
  imported = town_.Try({"away", "import", town_.File("没有.csv")});
  EXPECT_NE(imported.exit_code, 0);
}

TEST_F(AwayCommand, AChildFromTheListToItsEnd) {
  const std::string csv = town_.File("away.csv");
  std::ofstream{csv} << Csv({kHeader, {"甲", kGood, "长铺镇", "2025-09-01", "441900", "", ""}});
  EXPECT_THAT(town_.Run({"away", "import", csv}), HasSubstr("已导入（共 1 行）：新增 1"));
  EXPECT_THAT(town_.Run({"away", "import", csv}), HasSubstr("不变 1"));
  const auto on_the_line =
      town_.Try({"away", "add", "--name", "乙", "--id-number", kOther, "--town", "关峡乡", "--left",
                 "2025-08-20"});
  EXPECT_EQ(on_the_line.exit_code, 2);
  EXPECT_THAT(on_the_line.output, AllOf(HasSubstr("--id-file"), Not(HasSubstr(kOther))));
  std::ofstream{town_.File("number")} << kOther << "\n";
  const json added = town_.Ask({"away", "add", "--name", "乙", "--id-file", town_.File("number"),
                                "--town", "关峡乡", "--left", "2025-08-20", "--guardian", "乙父"});
  ASSERT_TRUE(added.contains("row")) << added.dump();
  const std::string id = Township::Text(added["row"]["away_id"]);
  const std::string list = town_.Run({"away", "list"});
  EXPECT_THAT(list, AllOf(HasSubstr("甲"), HasSubstr("乙"), HasSubstr("在外居住，待取得就读证明"),
                          HasSubstr("2 名"), Not(HasSubstr(kGood))));
  EXPECT_THAT(town_.Run({"away", "list", "--town", "关峡乡"}), HasSubstr("1 名"));
  EXPECT_THAT(town_.Run({"away", "summary"}),
              AllOf(HasSubstr("在外居住，待取得就读证明  2"), HasSubstr("到期待办 0 名")));
  // The term begins: each family is the township's task, by name.
  town_.Run({"clock", "advance", "--to", "2026-09-01T12:00"});
  EXPECT_THAT(town_.Run({"away", "show", id}), HasSubstr("交乡镇回访"));
  EXPECT_THAT(town_.Run({"task", "list"}),
              AllOf(HasSubstr("外出儿童回访"), HasSubstr("甲"), HasSubstr("乙")));
  auto refused = town_.Try({"away", "act", id, "proof"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.output, HasSubstr("请填写就读学校"));
  refused = town_.Try({"away", "act", id, "note", "--text", "旧", "--expected-version", "77"});
  EXPECT_EQ(refused.exit_code, 1) << "another officer was quicker";
  EXPECT_THAT(refused.output, HasSubstr("VERSION_MISMATCH"));
  EXPECT_THAT(town_.Run({"away", "act", id, "proof", "--school", "东莞市莞城中心小学", "--since",
                         "2025-09-01", "--reference", "学籍证明:1"}),
              AllOf(HasSubstr("就读证明有效"), HasSubstr("东莞市莞城中心小学")));
  const json done = town_.Ask({"away", "act", id, "end", "--text", "户籍已迁出"});
  EXPECT_EQ(done["row"]["state_name"], "已移出台账") << done.dump();
  EXPECT_EQ(town_.Total(), 1);
  EXPECT_THAT(town_.Run({"away", "list", "--all"}), HasSubstr("2 名"));
  EXPECT_THAT(town_.Run({"away", "show", id}),
              AllOf(HasSubstr("户籍已迁出"), HasSubstr("列入台账"), HasSubstr("乙父")));
  refused = town_.Try({"away", "show", "999"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.output, HasSubstr("没有这一条"));
  EXPECT_THAT(town_.Run({"away", "handovers"}), HasSubstr("户籍地"));
}

}  // namespace
}  // namespace tracing
