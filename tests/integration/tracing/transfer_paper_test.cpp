// A child is transferred to a county without the software: the letter of the watch is printed and
// posted, its answer entered by hand, and the watch ends by it.
#include <gmock/gmock.h>

#include "harness/child_process.h"
#include "integration/tracing/worked_county.h"

namespace tracing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using testing::WorkedCounty;
using testing::Row;

constexpr const char* kThere = "431022";

class PaperWatch : public ::testing::Test {
 protected:
  // Nobody in the directory yet: the letter waits. As soon as the county is known, it goes.
  std::string Leaves(const Row& child, bool known) {
    const std::string student = county_.StudentId(child);
    county_.Out(student, "2026-10-19", kThere);
    if (!known) {
      EXPECT_TRUE(harness::WaitUntil(
          [&] { return county_.Watch(student, "out").value("letter_problem", "") != ""; },
          std::chrono::seconds{30}));
      county_.Run({"directory", "paper", kThere, "--name", "宜章县", "--bureau", "宜章县教育局"});
    }
    EXPECT_TRUE(harness::WaitUntil(
        [&] { return county_.Watch(student, "out").value("conversation_id", "") != ""; },
        std::chrono::seconds{30}))
        << county_.Watch(student, "out").dump();
    return student;
  }
  json LetterOf(const std::string& student) {
    return county_.Ask({"letter", "show",
                        county_.Watch(student, "out")["conversation_id"]})["letter"];
  }
  // The letter of the watch, printed and taken to the post; its number.
  std::string Posts(const std::string& student) {
    json letter;
    EXPECT_TRUE(harness::WaitUntil(
        [&] {
          letter = LetterOf(student);
          return letter.value("stuck", "") == "PAPER_WAITING";
        },
        std::chrono::seconds{30}))
        << letter.dump();
    const std::string number = letter["document_no"];
    EXPECT_NE(number, "");
    county_.Run({"letter", "print", number, county_.File("letter.pdf")});
    const auto text = harness::RunProgram(
        {"pdftotext", "-raw", county_.File("letter.pdf"), "-"}, std::chrono::seconds{30});
    EXPECT_THAT(text.output, HasSubstr("宜章县教育局："));
    EXPECT_THAT(text.output, HasSubstr("转学"));
    county_.Run({"letter", "do", number, "receipt_by_hand", "--reference", "XA12345678943", "--on",
                 "2026-10-20"});
    return number;
  }
  void To(const std::string& time) { county_.Run({"clock", "set", time}); }
  std::vector<json> CasesOf(const std::string& student) {
    std::vector<json> mine;
    const json all = county_.Ask({"case", "list"})["cases"];
    for (const json& one : all) {
      if (WorkedCounty::Text(one["student_id"]) == student) mine.push_back(one);
    }
    return mine;
  }

  WorkedCounty county_{"tongan", "350212"};
};

TEST_F(PaperWatch, TheAnswerFromTheTearOffReplyEndsIt) {
  To("2026-10-20T08:00");
  const std::string came = Leaves(county_.roster().at(20), false);
  const std::string number = Posts(came);
  county_.Run({"letter", "do", number, "answer_by_hand", "--code", "R01", "--school",
               "宜章县第一小学", "--since", "2026-10-20", "--reference", "宜教函〔2026〕8号"});
  EXPECT_TRUE(county_.Awaits(came, "out", "state_name", "已到校"))
      << county_.Watch(came, "out").dump();
  EXPECT_EQ(county_.Watch(came, "out")["reply"], "R01 在我地就读有学籍");

  const std::string never = Leaves(county_.roster().at(30), true);
  const std::string other = Posts(never);
  EXPECT_NE(other, number);
  county_.Run({"letter", "do", other, "answer_by_hand", "--code", "R06", "--text", "未到我县报到",
               "--reference", "宜教函〔2026〕9号"});
  json watch = county_.Watch(never, "out");
  EXPECT_THAT(watch["reply"].get<std::string>(), HasSubstr("R06"));
  // The days that a family has are its days, whatever the answer says before.
  EXPECT_EQ(watch["state_name"], "待确认到校");
  EXPECT_TRUE(CasesOf(never).empty());
  To("2026-11-18T08:00");
  EXPECT_TRUE(county_.Awaits(never, "out", "state_name", "逾期未到校"))
      << county_.Watch(never, "out").dump();
  ASSERT_TRUE(harness::WaitUntil([&] { return CasesOf(never).size() == 1; },
                                 std::chrono::seconds{20}));
  EXPECT_EQ(CasesOf(never)[0]["found_by"], "转学");
  EXPECT_EQ(county_.Watch(came, "out")["state_name"], "已到校");
  EXPECT_TRUE(CasesOf(came).empty());
  EXPECT_EQ(county_.Told("tracing", "tracing.transfer.missing",
                         "transfer/" + WorkedCounty::Text(watch["watch_id"])), 1);
}

}  // namespace
}  // namespace tracing
