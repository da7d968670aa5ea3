// The shipped rule sets load, the officials' examples come out, and an example that is wrong is
// told. Terms, ledger and recognition steps, table by table.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "subsidy/domain/ledger.h"
#include "subsidy/domain/recognition.h"
#include "subsidy/domain/terms.h"
#include "subsidy/endpoints/rule_cases.h"
#include "subsidy/endpoints/rule_reader.h"

namespace subsidy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kConfig = std::string{BAOXUE_SOURCE_DIR} + "/config/subsidy";

base::Date Day(const char* iso) { return *base::Date::Parse(iso); }

TEST(ShippedRules, EveryExampleOfTheOfficialsComesOut) {
  const auto report = RunRuleFolder(kConfig + "/tests");
  ASSERT_TRUE(report.ok()) << report.error().ToString();
  EXPECT_THAT(report->failures, IsEmpty());
  EXPECT_GE(report->passed, 20);
}

TEST(ShippedRules, AWrongExampleIsTold) {
  const std::string path = ::testing::TempDir() + "wrong_example.yaml";
  std::ofstream{path} << "rules: " << kConfig << "/national.yaml\n"
                      << R"(cases:
  - name: 错的金额
    day: 2026-10-15
    facts: {在籍状态: 在读, 年级: "3", 寄宿: 是}
    groups: [{name: 低保, from: 2026-01-01}]
    expect:
      - {benefit: 免学杂费}
      - {benefit: 免费教科书}
      - {benefit: 生活补助(寄宿), term_fen: 62501}
)";
  const auto report = RunRuleCases(path);
  ASSERT_TRUE(report.ok()) << report.error().ToString();
  ASSERT_EQ(report->failures.size(), 1u);
  EXPECT_THAT(report->failures[0], HasSubstr("应得"));
  EXPECT_THAT(report->failures[0], HasSubstr("625.01"));
}

TEST(ShippedRules, EveryRuleSetLoadsAndHasAVersionOfItsOwn) {
  std::vector<std::string> versions;
  for (const auto& entry : std::filesystem::directory_iterator{kConfig}) {
    if (entry.path().extension() != ".yaml") continue;
    const auto rules = LoadRules(entry.path().string());
    ASSERT_TRUE(rules.ok()) << rules.error().ToString();
    EXPECT_EQ(rules->id, entry.path().stem().string());
    for (const std::string& version : versions) EXPECT_NE(version, rules->version);
    versions.push_back(rules->version);
    for (const Benefit& benefit : rules->benefits) {
      for (const BenefitVersion& version : benefit.versions) EXPECT_FALSE(version.legal.empty());
    }
  }
  EXPECT_GE(versions.size(), 5u);
}

// 待核: until the day on which another value applies, and never for what is certain.
TEST(ShippedRules, WhatIsNotCertainIsNamed) {
  const std::string folder = std::string{BAOXUE_SOURCE_DIR} + "/config/subsidy/";
  const auto chengkou = LoadRules(folder + "chengkou.yaml");
  ASSERT_TRUE(chengkou.ok());
  const auto named = Unverified(*chengkou, *base::Date::Parse("2026-10-15"));
  ASSERT_EQ(named.size(), 1u);
  EXPECT_THAT(named[0], ::testing::StartsWith("营养改善计划 5元/生·天(2021-09-01起):"));
  RuleSet ended = *chengkou;
  for (Benefit& benefit : ended.benefits) {
    if (benefit.id == "nutrition") benefit.versions.back().to = *base::Date::Parse("2026-10-15");
  }
  EXPECT_TRUE(Unverified(ended, *base::Date::Parse("2026-10-15")).empty());
  EXPECT_EQ(Unverified(ended, *base::Date::Parse("2026-10-14")).size(), 1u);
  EXPECT_EQ(Unverified(*LoadRules(folder + "haikou.yaml"), base::Date{}).size(), 1u);
  EXPECT_TRUE(Unverified(*LoadRules(folder + "tongan.yaml"), base::Date{}).empty());
}

TEST(Explain, SaysWhichListAndArticleForAYesAndForANo) {
  const Book book{*LoadRules(kConfig + "/tongan.yaml")};
  Facts facts{.status = 1, .grade = 3, .kind = SchoolKind::kPrimary};
  facts.tags = {{"低保", "区民政局", "2026上", Day("2026-01-01"), Day("2026-07-01")}};
  const std::string yes = book.Explain(facts, Day("2026-06-30"));
  EXPECT_THAT(yes, HasSubstr("生活补助(非寄宿):享受,本学期312.50元"));
  EXPECT_THAT(yes, HasSubstr("低保:在名单上(区民政局,批次2026上,2026-01-01起至2026-06-30)"));
  const std::string no = book.Explain(facts, Day("2026-07-01"));
  EXPECT_THAT(no, HasSubstr("生活补助(非寄宿):不享受,条件不符"));
  EXPECT_THAT(no, HasSubstr("低保:2026-07-01起不在名单上(区民政局,批次2026上)"));
  EXPECT_THAT(no, HasSubstr("依据:财政部、教育部2024年通知"));
}

TEST(Terms, TheSnapshotDayDecidesOnceItIsReached) {
  const auto calendar =
      *base::Calendar::Make({{"一", Day("2026-09-01"), Day("2027-01-22")}}, {}, {});
  const RuleSet rules = *LoadRules(kConfig + "/national.yaml");
  const auto terms = TermsOf(calendar, rules);
  ASSERT_EQ(terms.size(), 1u);
  EXPECT_EQ(terms[0].id, "2026秋");
  EXPECT_FALSE(terms[0].DayToDecide(Day("2026-08-31")).has_value());
  EXPECT_EQ(terms[0].DayToDecide(Day("2026-09-01")), Day("2026-09-01"));
  EXPECT_EQ(terms[0].DayToDecide(Day("2026-10-14")), Day("2026-10-14"));
  EXPECT_EQ(terms[0].DayToDecide(Day("2026-10-15")), Day("2026-10-15"));
  EXPECT_EQ(terms[0].DayToDecide(Day("2026-12-01")), Day("2026-10-15"));
  EXPECT_FALSE(terms[0].DayToDecide(Day("2028-02-01")).has_value());
  EXPECT_EQ(NextTermChange(terms, Day("2026-09-01")), Day("2026-10-15"));
}

TEST(Terms, LastAsLongAsCorrectionsAreFollowedAndDecideWithinTheirOwnDays) {
  RuleSet rules = *LoadRules(kConfig + "/national.yaml");
  rules.correction_days = 10;
  const auto calendar =
      *base::Calendar::Make({{"一", Day("2026-09-01"), Day("2026-10-09")}}, {}, {});
  const auto terms = TermsOf(calendar, rules);
  // 15 October is after its end: its last day decides.
  EXPECT_EQ(terms[0].snapshot, Day("2026-10-09"));
  EXPECT_EQ(terms[0].DayToDecide(Day("2026-10-19")), Day("2026-10-09"));
  EXPECT_FALSE(terms[0].DayToDecide(Day("2026-10-20")).has_value());
}

// Half a 分 goes away from zero; what is stated for a term or a day is not halved.
TEST(Amounts, AreRoundedAsTheRuleSetSays) {
  const Benefit year{.per = Per::kYear};
  EXPECT_EQ(year.TermFen({.fen = 62500}), 31250);
  EXPECT_EQ(year.TermFen({.fen = 62501}), 31251);
  EXPECT_EQ(year.TermFen({.fen = 1}), 1);
  const Benefit third{.per = Per::kYear, .term_share_bp = 3333};
  EXPECT_EQ(third.TermFen({.fen = 100}), 33);
  EXPECT_EQ(third.TermFen({.fen = 200}), 67);
  EXPECT_EQ((Benefit{.per = Per::kTerm}.TermFen({.fen = 101})), 101);
  EXPECT_EQ((Benefit{.per = Per::kDay, .term_days = 97}.TermFen({.fen = 500})), 48500);
}

// 择一: of equal ones the first that stands; two groups do not know of each other.
TEST(Exclusive, TheFirstOfEqualOnesAndEachGroupOnItsOwn) {
  const auto benefit = [](const char* id, const char* group, std::int64_t fen) {
    Benefit one{.id = id, .name = id, .exclusive = group, .per = Per::kTerm};
    one.versions = {{.from = Day("2020-01-01"), .rates = {{.fen = fen}}}};
    return one;
  };
  RuleSet rules;
  rules.benefits = {benefit("a", "x", 100), benefit("b", "x", 100), benefit("c", "y", 50),
                    benefit("d", "y", 70), benefit("e", "", 1)};
  const Book book{rules};
  EXPECT_THAT(book.Amounts(book.Evaluate(Facts{.status = 1}, Day("2026-10-15"))),
              ElementsAre(Amount{"a", 100}, Amount{"d", 70}, Amount{"e", 1}));
}

TEST(Ledger, TellsDifferencesOnly) {
  const std::vector<Amount> before{{"tuition", 0}, {"living", 62500}};
  EXPECT_THAT(Compare(before, before), IsEmpty());
  EXPECT_THAT(Compare(before, {{"tuition", 0}}),
              ElementsAre(Change{ChangeKind::kEnded, "living", 62500, 0}));
  EXPECT_THAT(Compare(before, {{"tuition", 0}, {"living", 75000}}),
              ElementsAre(Change{ChangeKind::kChanged, "living", 62500, 75000}));
  EXPECT_THAT(Compare({}, {{"tuition", 0}}),
              ElementsAre(Change{ChangeKind::kGranted, "tuition", 0, 0}));
  EXPECT_EQ(DecodeAmounts(EncodeAmounts(before)), before);
  EXPECT_EQ((Balance{.entitled_fen = 75000, .paid_fen = 62500}.OpenFen()), 12500);
  EXPECT_EQ((Balance{.entitled_fen = 0, .paid_fen = 62500}.OpenFen()), -62500);
  EXPECT_EQ((Balance{.entitled_fen = 62500, .pending_fen = 62500}.OpenFen()), 0);
}

TEST(Recognition, StepsFollowOneAnotherAndPublicityLastsLongEnough) {
  const auto calendar =
      *base::Calendar::Make({{"一", Day("2026-09-01"), Day("2027-01-22")}}, {}, {});
  const Recognition profile{.steps = {"申请", "公示", "异议", "确认"}, .public_days = 5};
  std::vector<RecognitionStep> steps;
  const auto check = [&](const char* step, const char* day) {
    const auto status = CheckStep(steps, {step, Day(day), true}, profile, calendar);
    if (status.ok()) steps.push_back({step, Day(day), true});
    return status.ok() ? std::string{} : status.error().reason;
  };
  EXPECT_EQ(check("公示", "2026-09-07"), "STEP_ORDER");
  EXPECT_EQ(check("走访", "2026-09-07"), "STEP_UNKNOWN");
  EXPECT_EQ(check("申请", "2026-09-03"), "");
  EXPECT_EQ(check("公示", "2026-09-02"), "STEP_BACKDATED");
  EXPECT_EQ(check("公示", "2026-09-07"), "");   // a Monday
  EXPECT_EQ(check("确认", "2026-09-14"), "PUBLICITY_TOO_SHORT");  // the fifth working day itself
  EXPECT_FALSE(Recognised(steps, profile));
  EXPECT_EQ(check("确认", "2026-09-15"), "");
  EXPECT_TRUE(Recognised(steps, profile));
  EXPECT_EQ(check("申请", "2026-09-16"), "RECOGNITION_OVER");
}

}  // namespace
}  // namespace subsidy
