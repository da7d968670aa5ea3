// A whole county with its real services and a small sample, worked by the operator's command.
// Errors are failures of the test that asks. Belongs to one thread.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "harness/deployment.h"
#include "harness/wait.h"

namespace tracing::testing {

using nlohmann::json;
using Row = std::map<std::string, std::string>;

class WorkedCounty {
 public:
  WorkedCounty(const std::string& profile, const std::string& division) : division_(division) {
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
    roster_ = RowsOf(sample + "/roster.csv");
    listed_ = RowsOf(sample + "/school_age.csv");
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
    return Enter({"enrol", "transfer-in", "--class", ClassLike(child), "--effective", day,
                  "--evidence", "转学申请:2", "--approver", "b/bureau_officer/教育局",
                  "--other-school", "外县小学", "--other-division", from},
                 child);
  }
  // The same without a transfer.
  std::string Registers(const Row& child, const std::string& day) const {
    return Enter({"enrol", "register", "--class", ClassLike(child), "--effective", day,
                  "--evidence", "户口簿:1", "--approver", "b/bureau_officer/教育局"},
                 child);
  }
  // A 就读证明函 about the child, issued; its id.
  std::string Proves(const Row& child, const std::string& to, const std::string& since) const {
    const json letter{
        {"kind", "LETTER_KIND_JD"},
        {"to", to},
        {"proof",
         {{"child", {{"name", child.at("姓名")}, {"id_number", child.at("身份证件号")}}},
          {"school", "长铺镇中心小学"},
          {"grade_class", "三年级1班"},
          {"since", {{"year", std::stoi(since.substr(0, 4))},
                     {"month", std::stoi(since.substr(5, 2))},
                     {"day", std::stoi(since.substr(8, 2))}}},
          {"term", "2026秋"},
          {"contact", {{"body", "教育局"}, {"person", "经办人"}, {"phone", "0739-0000000"}}}}}};
    harness::WriteFile(File("proof.json"), letter.dump());
    const std::string id =
        Ask({"letter", "draft", "--file", File("proof.json")})["letter"]["conversation_id"];
    Run({"--as", "签发人丙/bureau_officer", "letter", "approve", id});
    return id;
  }
  // Somebody of the school-age list who is in no school here.
  Row ListedOnly() const {
    for (const Row& one : listed_) {
      const bool here = std::any_of(roster_.begin(), roster_.end(), [&](const Row& own) {
        return own.at("身份证件号") == one.at("身份证件号") || own.at("姓名") == one.at("姓名");
      });
      if (!here) return one;
    }
    ADD_FAILURE() << "the sample has changed";
    return {};
  }
  // What all services have logged.
  std::string Logs() const {
    std::string all;
    for (const char* service : kServices) all += deployment_->LogOf(service);
    return all;
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
  // Those with an identity number; the columns before any that is quoted.
  static std::vector<Row> RowsOf(const std::string& path) {
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
    std::vector<Row> rows;
    while (std::getline(in, line)) {
      const auto values = cells(line);
      Row row;
      for (std::size_t i = 0; i < values.size() && i < head.size(); ++i) row[head[i]] = values[i];
      if (row["身份证件号"].size() == 18) rows.push_back(std::move(row));
    }
    return rows;
  }
  // A class here of the same grade as the child's there.
  std::string ClassLike(const Row& child) const {
    std::string in_class;
    for (const Row& own : roster_) {
      if (own.at("班号").substr(0, 4) != child.at("班号").substr(0, 4)) continue;
      in_class = own.at("学校标识码") + "/" + own.at("班号");
    }
    return in_class;
  }
  std::string Enter(std::vector<std::string> words, const Row& child) const {
    for (const char* column : {"姓名", "性别", "出生日期", "身份证件号"}) {
      words.insert(words.end(), {"--detail", std::string{column} + "=" + child.at(column)});
    }
    return Text(Ask(words)["student"]["student_id"]);
  }

  std::string division_;
  std::unique_ptr<harness::Deployment> deployment_;
  std::vector<Row> roster_;
  std::vector<Row> listed_;
};

}  // namespace tracing::testing
