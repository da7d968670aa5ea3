// Children between two counties with all their real services, worked by the operator's command: one
// arrives, one does not and then does, one comes back, and nobody is paid twice.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/deployment.h"
#include "harness/wait.h"

namespace tracing {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::HasSubstr;

using Row = std::map<std::string, std::string>;

class County {
 public:
  County(const std::string& profile, const std::string& division) : division_(division) {
    harness::DeploymentOptions options;
    options.bin_dir = BAOXUE_BINARY_DIR "/bin";
    options.config_dir = BAOXUE_SOURCE_DIR "/config";
    options.county = profile;
    options.tracing = true;
    deployment_ = std::make_unique<harness::Deployment>(options);
    std::ofstream{deployment_->exchange_path(), std::ios::app} << "retry_first_ms: 200\n";
    const std::string sample = File("sample");
    Run({"sample", "--county", profile, "--students", "200", "--weeks", "1", "--config-dir",
         options.config_dir, "--out", sample});
    for (const char* service : kServices) deployment_->Launch(service);
    for (const char* service : kServices) deployment_->AwaitReady(service);
    Run({"import", "--sample", sample});
    ReadRoster(sample + "/roster.csv");
  }

  const std::string& division() const { return division_; }
  const std::string& suite() const { return deployment_->suite_path(); }
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
  json Ask(std::vector<std::string> words) const {
    words.insert(words.begin(), {"--json", "--quiet"});
    return json::parse(Run(std::move(words)), nullptr, false);
  }
  std::string Export() const {
    return Ask({"directory", "export", File("own.directory")})["fingerprint"];
  }
  void KillTracing() {
    deployment_->Kill9("tracing");
    deployment_->Start("tracing");
  }
  const std::vector<Row>& roster() const { return roster_; }

  std::string StudentId(const Row& child) const {
    return Text(Ask({"student", "show", child.at("身份证件号")})["student_id"]);
  }
  // What the term owes to the family, in 分.
  std::int64_t Entitled(const std::string& who) const {
    const auto shown = Try({"--json", "--quiet", "subsidy", "show", who, "--term", "2026秋"});
    if (shown.exit_code != 0) return 0;
    const json decided = json::parse(shown.output, nullptr, false);
    if (decided.is_discarded() || !decided.contains("balance")) return 0;
    return std::stoll(Text(decided["balance"].value("entitled_fen", json{"0"})));
  }
  static std::string Text(const json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
  }
  // The only watch of this student in this direction; null: none.
  json Watch(const std::string& student, const std::string& direction) const {
    const json list =
        Ask({"transfer", "list", "--student", student, "--direction", direction})["transfers"];
    if (list.empty()) return {};
    EXPECT_EQ(list.size(), 1u);
    return Ask({"transfer", "show", Text(list[0]["watch_id"])})["transfer"];
  }
  bool Awaits(const std::string& student, const std::string& direction, const std::string& what,
              const std::string& value) const {
    return harness::WaitUntil(
        [&] {
          const json watch = Watch(student, direction);
          return !watch.is_null() && watch.value(what, "") == value;
        },
        std::chrono::seconds{30});
  }
  void Out(const std::string& student, const std::string& day, const std::string& to) const {
    Run({"enrol", "transfer-out", "--student", student, "--effective", day, "--evidence",
         "转学申请:1", "--approver", "a/bureau_officer/教育局", "--other-school", "外县小学",
         "--other-division", to});
  }
  // As somebody new, in the class of the same number as there.
  std::string In(const Row& child, const std::string& day, const std::string& from) const {
    std::string in_class;
    for (const Row& own : roster_) {
      if (own.at("班号").substr(0, 4) != child.at("班号").substr(0, 4)) continue;
      in_class = own.at("学校标识码") + "/" + own.at("班号");
    }
    std::vector<std::string> words{"enrol", "transfer-in", "--class", in_class, "--effective", day,
                                   "--evidence", "转学申请:2", "--approver",
                                   "b/bureau_officer/教育局", "--other-school", "外县小学",
                                   "--other-division", from};
    for (const char* column : {"姓名", "性别", "出生日期", "身份证件号"}) {
      words.insert(words.end(), {"--detail", std::string{column} + "=" + child.at(column)});
    }
    return Text(Ask(words)["student"]["student_id"]);
  }
  // How often the feed has told this of one watch.
  int Told(const std::string& feed, const std::string& type, const std::string& subject) const {
    const std::string position = File("follow." + feed);
    std::remove(position.c_str());
    std::istringstream lines{
        Run({"follow", feed, "--once", "--position-file", position})};
    int count = 0;
    for (std::string line; std::getline(lines, line);) {
      const json event = json::parse(line, nullptr, false);
      if (event.is_discarded()) continue;
      count += event.value("type", "").find(type) != std::string::npos &&
               event.value("subject", "") == subject;
    }
    return count;
  }

 private:
  static constexpr const char* kServices[] = {"registry", "attendance", "cases", "subsidy",
                                              "tracing"};
  void ReadRoster(const std::string& path) {
    std::ifstream in{path};
    std::string line;
    const auto cells = [](const std::string& text) {
      std::vector<std::string> out;
      std::istringstream stream{text};
      for (std::string cell; std::getline(stream, cell, ',');) out.push_back(cell);
      return out;
    };
    std::getline(in, line);
    if (line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    const auto head = cells(line);
    while (std::getline(in, line)) {
      const auto values = cells(line);
      Row row;
      for (std::size_t i = 0; i < values.size() && i < head.size(); ++i) row[head[i]] = values[i];
      if (row["身份证件号"].size() == 18) roster_.push_back(std::move(row));
    }
  }

  std::string division_;
  std::unique_ptr<harness::Deployment> deployment_;
  std::vector<Row> roster_;
};

class TwoCounties : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    tongan_ = new County{"tongan", "350212"};
    suining_ = new County{"suining", "430527"};
    const std::string one = tongan_->Export();
    const std::string two = suining_->Export();
    tongan_->Run({"directory", "import", suining_->File("own.directory"), "--fingerprint", two});
    suining_->Run({"directory", "import", tongan_->File("own.directory"), "--fingerprint", one});
  }
  static void TearDownTestSuite() {
    delete tongan_;
    delete suining_;
  }
  static void To(const std::string& time) {
    tongan_->Run({"clock", "set", time, "--with", suining_->suite()});
  }
  static const json* Party(const json& watch, const std::string& name) {
    for (const json& party : watch["parties"]) {
      if (party["party"] == name) return &party;
    }
    return nullptr;
  }
  static inline County* tongan_ = nullptr;
  static inline County* suining_ = nullptr;
};

// Who is paid for a term in mid-term and moves is not paid again where he comes to, whatever day
// the new school writes.
TEST_F(TwoCounties, AnArrivalAnswersByItselfAndNobodyIsPaidTwice) {
  To("2026-10-16T08:00");
  // A child of 同安 to whom the term is owed; 绥宁's own list names him too, so it would pay as well.
  const auto found = std::find_if(
      tongan_->roster().begin(), tongan_->roster().end(),
      [&](const Row& row) { return tongan_->Entitled(row.at("身份证件号")) > 0; });
  ASSERT_NE(found, tongan_->roster().end());
  const Row* const child = &*found;
  const std::string student = tongan_->StudentId(*child);
  const std::int64_t fen = tongan_->Entitled(student);
  std::ofstream{suining_->File("group.csv")}
      << "姓名,身份证件号,群体类别\n" << child->at("姓名") << "," << child->at("身份证件号")
      << ",脱贫户\n";
  suining_->Run({"import", suining_->File("group.csv"), "--kind", "group", "--source",
                 "乡村振兴局", "--group", "脱贫户", "--valid-from", "2026-09-01", "--yes"});
  tongan_->Run({"subsidy", "roll", "make", "--term", "2026秋", "--school",
                child->at("学校标识码")});
  tongan_->Run({"subsidy", "roll", "enter", "1", "--all-paid"});

  To("2026-10-20T08:00");
  tongan_->Out(student, "2026-10-19", "430527");
  // 绥宁 does not have the child yet: it says that it has the letter, and nothing else.
  ASSERT_TRUE(harness::WaitUntil(
      [&] {
        const json letters = suining_->Ask({"letter", "list", "--incoming"})["letters"];
        return letters.size() == 1 && letters[0]["state_name"] == "已签收";
      },
      std::chrono::seconds{30}));
  json watch = tongan_->Watch(student, "out");
  EXPECT_EQ(watch["state_name"], "待确认到校");
  EXPECT_EQ(watch["reply"], "");
  EXPECT_EQ((*Party(watch, "out_bureau"))["done"], "2026-10-20");
  EXPECT_EQ((*Party(watch, "into_school"))["running"], true);

  const std::string there = suining_->In(*child, "2026-10-12", "350212");
  ASSERT_TRUE(tongan_->Awaits(student, "out", "state_name", "已到校"))
      << tongan_->Watch(student, "out").dump();
  watch = tongan_->Watch(student, "out");
  EXPECT_EQ(watch["reply"], "R01 在我地就读有学籍");
  EXPECT_EQ((*Party(watch, "into_bureau"))["how"], "letter");
  EXPECT_EQ(tongan_->Told("tracing", "tracing.transfer.arrived",
                          "transfer/" + County::Text(watch["watch_id"])), 1);

  // 绥宁 has asked 同安 as well, and knows what was paid and that 同安's parties are done.
  ASSERT_TRUE(suining_->Awaits(there, "in", "last_paid_term", "2026秋"))
      << suining_->Watch(there, "in").dump();
  const json in = suining_->Watch(there, "in");
  EXPECT_EQ(County::Text(in["last_paid_fen"]), std::to_string(fen));
  EXPECT_TRUE(Party(in, "out_bureau")->contains("done"));
  const auto decision = [&] { return suining_->Ask({"subsidy", "show", there})["decision"]; };
  EXPECT_TRUE(harness::WaitUntil(
      [&] { return decision().value("cause", "") == "外县已发"; }, std::chrono::seconds{20}))
      << decision().dump();
  EXPECT_THAT(decision()["trace"].get<std::string>(), HasSubstr("一个学期不重复发放"));
  EXPECT_EQ(suining_->Entitled(there), 0);
}

TEST_F(TwoCounties, WhoDoesNotArriveIsASuspectedDropoutOnceAndALaterArrivalEndsIt) {
  const Row& child = tongan_->roster().at(20);
  const std::string student = tongan_->StudentId(child);
  tongan_->Out(student, "2026-10-20", "430527");
  ASSERT_TRUE(harness::WaitUntil(
      [&] { return tongan_->Watch(student, "out").value("conversation_id", "") != ""; },
      std::chrono::seconds{30}));
  tongan_->KillTracing();
  To("2026-11-17T17:29");
  EXPECT_EQ(tongan_->Watch(student, "out")["state_name"], "待确认到校");
  suining_->KillTracing();
  To("2026-11-18T08:00");
  json watch = tongan_->Watch(student, "out");
  const std::string subject = "transfer/" + County::Text(watch["watch_id"]);
  EXPECT_EQ(watch["state_name"], "逾期未到校") << watch.dump();
  EXPECT_EQ(watch["arrive_by"], "2026-11-17");
  EXPECT_EQ((*Party(watch, "into_school"))["overdue"], true);
  tongan_->KillTracing();
  EXPECT_EQ(tongan_->Told("tracing", "tracing.transfer.missing", subject), 1);
  EXPECT_EQ(tongan_->Told("tracing", "tracing.transfer.overdue", subject), 1);
  const auto cases = [&] {
    json mine = json::array();
    const json all = tongan_->Ask({"case", "list"})["cases"];
    for (const json& one : all) {
      if (County::Text(one["student_id"]) == student) mine.push_back(one);
    }
    return mine;
  };
  ASSERT_TRUE(harness::WaitUntil([&] { return cases().size() == 1; }, std::chrono::seconds{20}))
      << tongan_->Run({"case", "list"}) << tongan_->Run({"doctor"});
  EXPECT_EQ(cases()[0]["found_by"], "转学");
  EXPECT_EQ(cases()[0]["phase"], "open");

  suining_->In(child, "2026-11-18", "350212");
  ASSERT_TRUE(tongan_->Awaits(student, "out", "state_name", "已到校"));
  EXPECT_EQ(tongan_->Watch(student, "out")["was_missing"], true);
  EXPECT_TRUE(harness::WaitUntil([&] { return cases()[0]["phase"] != "open"; },
                                 std::chrono::seconds{20}))
      << cases().dump();
  EXPECT_EQ(cases()[0]["phase"], "withdrawn");
  EXPECT_EQ(cases().size(), 1u);
  EXPECT_EQ(tongan_->Told("tracing", "tracing.transfer.arrived", subject), 1);
}

TEST_F(TwoCounties, WhoComesBackIsNotWaitedFor) {
  const Row& child = tongan_->roster().at(30);
  const std::string student = tongan_->StudentId(child);
  tongan_->Out(student, "2026-11-18", "430527");
  ASSERT_TRUE(tongan_->Awaits(student, "out", "state_name", "待确认到校"));
  tongan_->Run({"enrol", "transfer-in", "--student", student, "--class",
                child.at("学校标识码") + "/" + child.at("班号"), "--effective", "2026-11-18",
                "--evidence", "转学申请:3", "--approver", "a/bureau_officer/教育局",
                "--other-school", "外县小学"});
  EXPECT_TRUE(tongan_->Awaits(student, "out", "state_name", "已取消"));
}

TEST_F(TwoCounties, WhatNoMachineTellsAnOfficerRecords) {
  const Row& child = tongan_->roster().at(40);
  const std::string student = tongan_->StudentId(child);
  tongan_->Out(student, "2026-11-18", "530100");  // nobody in the directory
  ASSERT_TRUE(harness::WaitUntil(
      [&] { return tongan_->Watch(student, "out").value("letter_problem", "") != ""; },
      std::chrono::seconds{30}));
  const std::string id = County::Text(tongan_->Watch(student, "out")["watch_id"]);
  EXPECT_THAT(tongan_->Run({"transfer", "show", id}), HasSubstr("通讯录中没有区划 530100"));
  EXPECT_THAT(tongan_->Try({"transfer", "step", id, "call_off"}).output,
              HasSubstr("TEXT_MISSING"));
  EXPECT_THAT(tongan_->Try({"transfer", "step", id, "party", "--party", "out_school"}).output,
              HasSubstr("ALREADY_DONE"));
  EXPECT_THAT(tongan_->Try({"transfer", "step", "99999", "arrived"}).output,
              HasSubstr("NO_TRANSFER"));
  tongan_->Run({"transfer", "step", id, "party", "--party", "into_bureau", "--text", "电话告知"});
  const std::string shown = tongan_->Run({"transfer", "step", id, "arrived", "--school",
                                          "昆明一小"});
  EXPECT_THAT(shown, HasSubstr("已到校"));
  EXPECT_THAT(shown, HasSubstr("转入地主管部门已办理（电话告知）"));
  EXPECT_THAT(tongan_->Run({"transfer", "list", "--direction", "out"}), HasSubstr("已取消"));
  const json summary = tongan_->Ask({"letter", "summary"});
  EXPECT_EQ(County::Text(summary["transfers_missing"]), "0");
}

}  // namespace
}  // namespace tracing
