// What if: nothing changes until two people have approved, and then exactly that text is in force.
// Recognition steps count once they have ended well.
#include <gmock/gmock.h>

#include "integration/subsidy/office_fixture.h"

namespace subsidy::testing {
namespace {

using ::testing::HasSubstr;

std::string Raised() {
  std::string rules = TestRules();
  const std::string from = "fen: 62500, text: 625元";
  rules.replace(rules.find(from), from.size(), "fen: 72500, text: 725元");
  return rules;
}

RegistryNews TwoChildren() {
  RegistryNews news = PlacesNews();
  news.states = {State(1, 1, "2026-09-01", 1), State(2, 1, "2026-09-01", 1, true)};
  for (int id : {1, 2}) {
    news.tags[StudentId{id}] = {{"低保", "民政", "一批", Day("2026-01-01"), {}}};
  }
  return news;
}

std::string Approve(Desk& desk, std::int64_t run, const Actor& who, v1::ApproveRulesReply& out) {
  v1::ApproveRules ask;
  ask.set_run_id(run);
  const auto reply = ApproveRules(desk.office(), desk.NextKey(), ask, who);
  if (!reply.ok()) return reply.error().reason;
  out = desk.One<v1::ApproveRulesReply>(*reply);
  return "";
}

TEST(WhatIf, SaysWhoGainsAndNothingChangesUntilTwoHaveApproved) {
  Desk desk{"2026-09-10"};
  ASSERT_TRUE(desk.Take(TwoChildren()).ok());
  const auto run =
      RunWhatIf(desk.office(), JoinTexts({{"probe.yaml", Raised()}}), Day("2026-09-10"), kOfficer);
  ASSERT_TRUE(run.ok()) << run.error().ToString();
  EXPECT_EQ(run->students(), 2u);
  EXPECT_EQ(run->gain(), 1u);
  EXPECT_EQ(run->lose(), 0u);
  EXPECT_EQ(run->fen_after() - run->fen_before(), 5000);
  v1::ListWhatIfRows page;
  page.set_run_id(run->run_id());
  const auto rows = ListWhatIfRows(desk.office(), page);
  ASSERT_EQ(rows->rows_size(), 1);
  EXPECT_EQ(rows->rows(0).student_id(), 1);
  EXPECT_EQ(desk.Standings("2026秋")[0].payable_fen, 31250);
  v1::ApproveRulesReply reply;
  EXPECT_EQ(Approve(desk, run->run_id(), kOfficer, reply), "");
  EXPECT_FALSE(reply.in_force());
  EXPECT_EQ(Approve(desk, run->run_id(), kOfficer, reply), "APPROVED_ALREADY");
  desk.Move(Day("2026-09-11"));
  EXPECT_EQ(desk.Standings("2026秋")[0].payable_fen, 31250);
  EXPECT_EQ(Approve(desk, run->run_id(), kSecond, reply), "");
  EXPECT_TRUE(reply.in_force());
  EXPECT_EQ(Approve(desk, run->run_id(), {"zz003", "", "x", ""}, reply), "ALREADY_IN_FORCE");
  EXPECT_EQ(Approve(desk, 99, kOfficer, reply), "RUN_UNKNOWN");
  desk.Move(Day("2026-09-12"));
  EXPECT_EQ(desk.Standings("2026秋")[0].payable_fen, 36250);
  EXPECT_EQ(desk.Standings("2026秋")[1].payable_fen, 62500);
  // The old decision is still explained by the old text.
  v1::GetDecision ask;
  ask.set_student_id(1);
  ask.set_no(1);
  EXPECT_THAT(GetDecision(desk.office(), ask)->decision().trace(), HasSubstr("625元/生·年"));
  ask.set_no(2);
  EXPECT_THAT(GetDecision(desk.office(), ask)->decision().trace(), HasSubstr("725元/生·年"));
}

TEST(WhatIf, TheSameRulesNextTerm) {
  Desk desk{"2026-09-10"};
  ASSERT_TRUE(desk.Take(TwoChildren()).ok());
  const auto run =
      RunWhatIf(desk.office(), desk.office().config_texts(), Day("2027-04-15"), kOfficer);
  ASSERT_TRUE(run.ok()) << run.error().ToString();
  EXPECT_EQ(run->gain(), 2u);
  EXPECT_EQ(run->fen_after() - run->fen_before(), 32550 - 31250 + 65050 - 62500);
  const auto bad = RunWhatIf(desk.office(), JoinTexts({{"x.yaml", "id: 1"}}), Day("2027-04-15"),
                             kOfficer);
  EXPECT_EQ(bad.error().reason, "BAD_SETTINGS");
}

TEST(Recognition, CountsOnceItHasEndedWell) {
  std::string rules = TestRules();
  rules += "recognition: {steps: [申请, 公示, 确认], public_days: 5}\n";
  const std::string groups = "- {groups: [脱贫户, 低保]}";
  for (std::size_t at = rules.find(groups); at != std::string::npos; at = rules.find(groups, at)) {
    rules.replace(at, groups.size(), "- {any: [{groups: [低保]}, {fact: 认定, is: [是]}]}");
  }
  Desk desk{"2026-09-01", rules};
  RegistryNews news = PlacesNews();
  news.states = {State(1, 1, "2026-09-01", 1)};
  ASSERT_TRUE(desk.Take(news).ok());
  const auto step = [&](const char* name, const char* day) {
    desk.Move(Day(day));
    v1::RecordStep ask;
    ask.set_student_id(1);
    ask.set_school_year("2026-2027");
    ask.set_step(name);
    PutDate(Day(day), ask.mutable_on());
    ask.set_passed(true);
    const auto reply = RecordStep(desk.office(), desk.NextKey(), ask, kOfficer);
    return reply.ok() ? std::string{} : reply.error().reason;
  };
  EXPECT_EQ(step("公示", "2026-09-02"), "STEP_ORDER");
  EXPECT_EQ(step("申请", "2026-09-02"), "");
  EXPECT_EQ(step("公示", "2026-09-07"), "");
  v1::ListPublicity list;
  list.set_school_year("2026-2027");
  const auto publicity = Publicity(desk.office(), list);
  ASSERT_EQ(publicity->rows_size(), 1);
  EXPECT_EQ(publicity->rows(0).name(), "学生1");
  EXPECT_EQ(step("确认", "2026-09-14"), "PUBLICITY_TOO_SHORT");
  EXPECT_EQ(desk.Standings("2026秋")[0].payable_fen, 0);
  EXPECT_EQ(step("确认", "2026-09-15"), "");
  EXPECT_EQ(desk.Standings("2026秋")[0].payable_fen, 31250);
}

}  // namespace
}  // namespace subsidy::testing
