// What leaves the services: their logs, the feeds, the command's answers. No identity number of the
// sample (students, guardians, lists) is in any of it, and no line is an ERROR.
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <set>

#include "acceptance/stage.h"

namespace {

using acceptance::Stage;

// Every identity number of every list of the sample.
std::set<std::string> NumbersOf(const std::string& folder) {
  std::set<std::string> numbers;
  static const std::regex kNumber("[1-9][0-9]{16}[0-9X]");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".csv") continue;
    const std::string text = harness::ReadFile(entry.path().string());
    const std::sregex_iterator end;
    for (std::sregex_iterator found(text.begin(), text.end(), kNumber); found != end; ++found) {
      numbers.insert(found->str());
    }
  }
  return numbers;
}

TEST(Privacy, NoIdentityNumberIsInAnyLogEventOrAnswer) {
  Stage stage({.county = "jianan", .students = 300, .weeks = 2});
  const std::set<std::string> numbers = NumbersOf(stage.folder());
  ASSERT_GT(numbers.size(), 300u);
  stage.ImportSample();
  // A number where no number belongs, and a row that is refused.
  const std::string header = "学校标识码,姓名,性别,出生日期,身份证件号,班号\n";
  const std::string path = stage.File("odd.csv");
  harness::WriteFile(path, header + "9," + *numbers.begin() + ",男," + *numbers.rbegin() + "," +
                               *numbers.begin() + "," + *numbers.rbegin() + "\n");
  std::string said = stage.Run({"import", path, "--kind", "roster", "--yes"}).output;
  stage.Ask({"rehearse", "--sample", stage.folder()});
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"student", "list", "--limit", "0"},
           {"student", "show", *numbers.begin()},
           {"student", "history", *numbers.begin()},
           {"reconcile", "run"},
           {"reconcile", "list", "1"},
           {"ledger", "school-age"},
           {"case", "list"},
           {"case", "show", "1"},
           {"report"},
           {"doctor"}}) {
    // What was asked for is not an answer: a number that was typed may come back in a refusal.
    const auto answer = stage.Run(words);
    EXPECT_NE(answer.exit_code, 2) << answer.output;
    said += answer.output;
  }
  for (const char* feed : {"registry", "attendance", "cases"}) {
    said += stage.deployment().Cli({"--quiet", "follow", feed, "--once"}).output;
  }
  for (const std::string& service : harness::Deployment::ServiceNames()) {
    const std::string log = stage.deployment().LogOf(service);
    EXPECT_FALSE(log.empty());
    EXPECT_EQ(log.find("\"level\":\"error\""), std::string::npos) << service << "\n" << log;
    said += log;
  }
  EXPECT_NE(said.find("**********"), std::string::npos);  // masks are there, so the search works
  for (const std::string& number : numbers) {
    const std::size_t at = said.find(number);
    EXPECT_EQ(at, std::string::npos)
        << "an identity number stands in the clear: "
        << said.substr(at < 200 ? 0 : at - 200, 400);
  }
}

}  // namespace
