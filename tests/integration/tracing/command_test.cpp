// Two whole counties with their real services, worked by the operator's command alone: join, send,
// answer by machine, the case's timeline, evidence that a third machine checks.
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/deployment.h"
#include "harness/wait.h"

namespace tracing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class County {
 public:
  explicit County(const std::string& profile) : profile_(profile) {
    harness::DeploymentOptions options;
    options.bin_dir = BAOXUE_BINARY_DIR "/bin";
    options.config_dir = BAOXUE_SOURCE_DIR "/config";
    options.county = profile;
    options.tracing = true;
    deployment_ = std::make_unique<harness::Deployment>(options);
    std::ofstream{deployment_->exchange_path(), std::ios::app} << "automatic: [HC]\n";
    Run({"sample", "--county", profile, "--students", "200", "--weeks", "1", "--config-dir",
         options.config_dir, "--out", sample()});
    for (const char* service : {"registry", "attendance", "cases", "tracing"}) {
      deployment_->Launch(service);
    }
    for (const char* service : {"registry", "attendance", "cases", "tracing"}) {
      deployment_->AwaitReady(service);
    }
    Run({"import", "--sample", sample()});
  }

  std::string sample() const { return deployment_->data_dir() + "/sample"; }
  std::string File(const std::string& name) const { return deployment_->data_dir() + "/" + name; }
  harness::RunResult Try(std::vector<std::string> words) const {
    return deployment_->Cli(std::move(words));
  }
  std::string Run(std::vector<std::string> words) const {
    const std::string what = words.front();
    const auto result = Try(std::move(words));
    EXPECT_EQ(result.exit_code, 0) << what << ": " << result.output;
    return result.output;
  }
  json Ask(std::vector<std::string> words) const {
    words.insert(words.begin(), {"--json", "--quiet"});
    return json::parse(Run(std::move(words)), nullptr, false);
  }
  // Writes its own record; returns the fingerprint that is read out on the telephone.
  std::string Export() const {
    return Ask({"directory", "export", File("own.directory")})["fingerprint"];
  }

  // Every row of every table of the services, what they log, and their feeds.
  std::string Everything() const {
    const auto lines = [&](const std::string& sql, const std::string& database) {
      std::istringstream rows{deployment_->mariadb().RunSql(sql, database)};
      std::vector<std::string> out;
      for (std::string row; std::getline(rows, row);) out.push_back(row);
      return out;
    };
    std::string all;
    for (const std::string& database : lines("SHOW DATABASES LIKE 'baoxue%'", "")) {
      for (const std::string& table : lines("SHOW TABLES", database)) {
        const std::string columns =
            lines("SELECT GROUP_CONCAT(column_name) FROM information_schema.columns WHERE "
                  "table_schema = DATABASE() AND table_name = '" + table + "'",
                  database).front();
        all += deployment_->mariadb().RunSql("SELECT " + columns + " FROM " + table, database);
      }
    }
    for (const char* service : {"registry", "attendance", "cases", "tracing"}) {
      all += deployment_->LogOf(service);
    }
    for (const char* feed : {"cases", "tracing"}) all += Run({"--quiet", "follow", feed, "--once"});
    return all;
  }
  // A cell of the roster's first child.
  std::string Cell(const std::string& column) const {
    std::ifstream in{sample() + "/roster.csv"};
    std::string head;
    std::string row;
    std::getline(in, head);
    std::getline(in, row);
    std::istringstream names{head};
    std::istringstream cells{row};
    std::string name;
    std::string cell;
    while (std::getline(names, name, ',') && std::getline(cells, cell, ',')) {
      if (name.find(column) != std::string::npos) return cell;
    }
    return "";
  }

 private:
  std::string profile_;
  std::unique_ptr<harness::Deployment> deployment_;
};

// Another child, whom nobody knows there, becomes a township's task; then neither number stands in
// any table, log, feed or answer.
void NothingInTheClear(const County& tongan, const County& suining, const std::string& id,
                       const std::string& number) {
  constexpr const char* kUnknown = "430527201403050019";
  std::ofstream{tongan.File("unknown")} << kUnknown << "\n";
  const json second = tongan.Ask(
      {"letter", "draft", "--kind", "HC", "--to", "430527", "--name", "欧阳小满", "--id-file",
       tongan.File("unknown"), "--household", "430527", "--last-seen", "2026-08-20", "--visit",
       std::string{"2026-08-25:邻居说证号"} + kUnknown, "--phone", "0592-0000000"});
  const std::string asked = second["letter"]["conversation_id"];
  ASSERT_TRUE(harness::WaitUntil(
      [&] { return suining.Run({"task", "list"}).find("欧阳小满") != std::string::npos; },
      std::chrono::seconds{30}))
      << tongan.Ask({"letter", "show", asked}).dump();
  for (const County* county : {&tongan, &suining}) {
    std::string all = county->Everything();
    EXPECT_NE(all.find("欧阳小满"), std::string::npos) << "the search itself works";
    all += county->Run({"letter", "show", asked}) + county->Run({"letter", "show", id});
    for (const std::string& hidden : {number, std::string{kUnknown}}) {
      const std::size_t at = all.find(hidden);
      EXPECT_EQ(at, std::string::npos) << "in the clear: " << all.substr(at - 200, 300);
    }
  }
}

TEST(TwoCounties, ALetterFromDraftToEvidenceByTheCommand) {
  const County tongan{"tongan"};
  const County suining{"suining"};
  const std::string one = tongan.Export();
  const std::string two = suining.Export();
  const auto without = tongan.Try({"directory", "import", suining.File("own.directory")});
  EXPECT_EQ(without.exit_code, 1);
  EXPECT_THAT(without.output, HasSubstr("FINGERPRINT_MISSING"));
  tongan.Run({"directory", "import", suining.File("own.directory"), "--fingerprint", two});
  suining.Run({"directory", "import", tongan.File("own.directory"), "--fingerprint", one});
  EXPECT_THAT(tongan.Run({"directory", "test", "--with", "430527"}), HasSubstr("对方的签名有效"));

  const std::string number = suining.Cell("身份证件号");
  const std::string name = suining.Cell("姓名");
  ASSERT_EQ(number.size(), 18u) << "the sample's roster has changed";
  std::ofstream{tongan.File("number")} << number << "\n";
  const json sent = tongan.Ask({"letter", "draft", "--kind", "HC", "--to", "430527", "--name", name,
                                "--id-file", tongan.File("number"), "--last-seen", "2026-08-20",
                                "--visit", "2026-08-25:家中无人", "--phone", "0592-0000000"});
  const std::string id = sent["letter"]["conversation_id"];
  EXPECT_EQ(sent["letter"]["document_no"], "同教函〔2026〕1号");
  ASSERT_TRUE(harness::WaitUntil(
      [&] { return tongan.Ask({"letter", "show", id})["letter"]["reply_code"] == "R01"; },
      std::chrono::seconds{30}))
      << tongan.Ask({"letter", "show", id}).dump();
  EXPECT_THAT(tongan.Run({"letter", "list"}), HasSubstr("已回函"));
  EXPECT_THAT(suining.Run({"letter", "show", "同教函〔2026〕1号"}), HasSubstr("回函"));

  tongan.Run({"evidence", "export", id, tongan.File("letter.evidence")});
  suining.Run({"evidence", "export", id, suining.File("letter.evidence")});
  for (const County* county : {&tongan, &suining}) {
    const auto judged = harness::RunProgram(
        {BAOXUE_BINARY_DIR "/bin/baoxue", "evidence", "verify", county->File("letter.evidence")},
        std::chrono::seconds{10});
    EXPECT_EQ(judged.exit_code, 0) << judged.output;
    EXPECT_THAT(judged.output, HasSubstr("证据成立"));
    EXPECT_THAT(judged.output, HasSubstr(one));
  }
  EXPECT_THAT(tongan.Run({"letter", "printed"}), HasSubstr("证据")) << "who took it is recorded";
  // One byte of it changed, and it is none.
  std::ifstream in{tongan.File("letter.evidence"), std::ios::binary};
  std::string bytes{std::istreambuf_iterator<char>{in}, {}};
  bytes[bytes.size() / 3] = static_cast<char>(bytes[bytes.size() / 3] ^ 4);
  std::ofstream{tongan.File("bad.evidence"), std::ios::binary} << bytes;
  EXPECT_NE(harness::RunProgram({BAOXUE_BINARY_DIR "/bin/baoxue", "evidence", "verify",
                                 tongan.File("bad.evidence")},
                                std::chrono::seconds{10})
                .exit_code,
            0);
  NothingInTheClear(tongan, suining, id, number);
}

}  // namespace
}  // namespace tracing
