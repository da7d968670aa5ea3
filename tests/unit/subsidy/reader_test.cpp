// Every mistake in a rule set is found when it is read, with file and line.
#include <gmock/gmock.h>

#include "subsidy/endpoints/rule_reader.h"

namespace subsidy {
namespace {

using ::testing::HasSubstr;


constexpr const char* kHead = R"(id: probe
name: 试
source: 试
groups:
  - {name: 低保, owner: 民政}
benefits:
  - id: living
    name: 生活补助
    versions:
)";

std::string Problem(const std::string& versions) {
  const auto rules = ParseRules({{"probe.yaml", kHead + versions}});
  return rules.ok() ? "" : rules.error().detail;
}

constexpr const char* kGood = R"(      - effective_from: 2024-02-01
        legal: 文
        when: [{fact: 在籍状态, is: [在读]}]
        rates: [{fen: 125000, text: 1250元/生·年}]
)";

TEST(RuleReader, AGoodOneLoads) { EXPECT_EQ(Problem(kGood), ""); }

TEST(RuleReader, UnknownFactsValuesAndGroups) {
  EXPECT_THAT(Problem(R"(      - effective_from: 2024-02-01
        legal: 文
        when: [{fact: 身高, is: [在读]}]
        rates: [{fen: 125000, text: 1250元/生·年}]
)"),
              HasSubstr("probe.yaml:12"));
  EXPECT_THAT(Problem(R"(      - effective_from: 2024-02-01
        legal: 文
        when: [{fact: 学段, is: [高中]}, {groups: [军烈属]}]
        rates: [{fen: 125000, text: 1250元/生·年}]
)"),
              ::testing::AllOf(HasSubstr("没有“高中”这个值"), HasSubstr("没有“军烈属”这个群体")));
}

TEST(RuleReader, GapsAndOverlaps) {
  const std::string second = R"(      - effective_from: 2025-01-01
        legal: 文
        rates: [{fen: 125000, text: 1250元/生·年}]
)";
  const auto first = [](const std::string& to) {
    return "      - effective_from: 2024-02-01\n" + to +
           "        legal: 文\n        rates: [{fen: 125000, text: 1250元/生·年}]\n";
  };
  EXPECT_EQ(Problem(first("        effective_to: 2024-12-31\n") + second), "");
  EXPECT_THAT(Problem(first("        effective_to: 2024-12-30\n") + second),
              HasSubstr("2024-12-31至2024-12-31之间没有规定"));
  EXPECT_THAT(Problem(first("        effective_to: 2025-01-01\n") + second), HasSubstr("重叠"));
  EXPECT_THAT(Problem(first("") + second), HasSubstr("重叠"));
}

TEST(RuleReader, ConditionsThatNobodyMeets) {
  const auto version = [](const std::string& when) {
    return "      - effective_from: 2024-02-01\n        legal: 文\n        when: " + when +
           "\n        rates: [{fen: 125000, text: 1250元/生·年}]\n";
  };
  EXPECT_THAT(Problem(version("[{fact: 寄宿, is: [是]}, {fact: 寄宿, is: [否]}]")),
              HasSubstr("probe.yaml:12: benefits[0].versions[0].when"));
  EXPECT_THAT(Problem(version("[{fact: 学段, is: [初中]}, {fact: 年级, is: [\"3\"]}]")),
              HasSubstr("没有任何学生"));
  EXPECT_THAT(Problem(version("[{groups: [低保]}, {not_groups: [低保]}]")),
              HasSubstr("没有任何学生"));
  EXPECT_EQ(Problem(version("[{any: [{fact: 寄宿, is: [是]}, {groups: [低保]}]},"
                            " {fact: 寄宿, is: [否]}]")),
            "");
}

TEST(RuleReader, AmountsInAWrongUnit) {
  const auto rate = [](const std::string& text) {
    return "      - effective_from: 2024-02-01\n        legal: 文\n        rates: [" + text + "]\n";
  };
  EXPECT_THAT(Problem(rate("{fen: 1250, text: 1250元/生·年}")),
              ::testing::AllOf(HasSubstr("probe.yaml:12"), HasSubstr("应写 125000,写成了 1250")));
  EXPECT_THAT(Problem(rate("{fen: 1250.5, text: 1250元/生·年}")), HasSubstr("probe.yaml:12"));
  EXPECT_THAT(Problem(rate("{fen: 500, text: 5元/生·天}")), HasSubstr("没有写“年”"));
  EXPECT_THAT(Problem(rate("{fen: 500, text: 五元/生·年}")), HasSubstr("must begin with"));
  EXPECT_EQ(Problem(rate("{fen: 31250, text: 312.5元/生·年}")), "");
}

TEST(RuleReader, EveryStudentHasOneAmountAndEveryAmountAStudent) {
  const auto rates = [](const std::string& text) {
    return "      - effective_from: 2024-02-01\n        legal: 文\n        rates:\n" + text;
  };
  const std::string primary =
      "          - {when: [{fact: 学段, is: [小学]}], fen: 100, text: 1元/生·年}\n";
  const std::string all = "          - {fen: 200, text: 2元/生·年}\n";
  EXPECT_THAT(Problem(rates(primary)), HasSubstr("没有对应的标准"));
  EXPECT_EQ(Problem(rates(primary + all)), "");
  EXPECT_THAT(Problem(rates(all + primary)), HasSubstr("永远不会适用"));
}

TEST(RuleReader, AnOverlayReplacesOnlyWhenItSaysSo) {
  const std::string base = std::string{kHead} + kGood;
  const auto overlay = [](const std::string& replaces) {
    return "id: o\nname: o\nsource: o\nextends: probe.yaml\nbenefits:\n  - id: living\n" +
           replaces + "    name: 新\n    versions:\n" + kGood;
  };
  const auto twice = ParseRules({{"probe.yaml", base}, {"o.yaml", overlay("")}});
  ASSERT_FALSE(twice.ok());
  EXPECT_THAT(twice.error().detail, HasSubstr("o.yaml:6"));
  const auto replaced =
      ParseRules({{"probe.yaml", base}, {"o.yaml", overlay("    replaces: true\n")}});
  ASSERT_TRUE(replaced.ok()) << replaced.error().ToString();
  ASSERT_EQ(replaced->benefits.size(), 1u);
  EXPECT_EQ(replaced->benefits[0].name, "新");
}

}  // namespace
}  // namespace subsidy
