// The section `tracing` of the county profiles.
#include "tracing/app/profile.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tracing/app/division_file.h"

namespace tracing {
namespace {

base::Result<PolicyBook> Load(const std::string& yaml) {
  const std::string path = ::testing::TempDir() + "/tracing_profile.yaml";
  std::ofstream(path) << yaml;
  return LoadPolicies(path);
}

TEST(TracingProfile, EveryCountyHasRulesThatHold) {
  int counties = 0;
  for (const auto& file :
       std::filesystem::directory_iterator(BAOXUE_SOURCE_DIR "/config/counties")) {
    if (file.path().extension() != ".yaml") continue;
    const auto book = LoadPolicies(file.path().string());
    ASSERT_TRUE(book.ok()) << book.error().detail;
    for (const auto& entry : book->entries()) {
      EXPECT_FALSE(entry.source.empty());
      EXPECT_TRUE(entry.policy.superior) << file.path();
      EXPECT_TRUE(ProblemsOf(entry.policy).empty());
    }
    counties += 1;
  }
  EXPECT_EQ(counties, 5);
}

TEST(DivisionFile, OldCodesLeadToTheCountyOfToday) {
  const auto changes =
      LoadDivisionChanges(BAOXUE_SOURCE_DIR "/config/reference/division_changes.yaml");
  ASSERT_TRUE(changes.ok()) << changes.error().detail;
  EXPECT_GE(changes->size(), 18U);
  std::vector<Division> members;
  for (const DivisionChange& change : *changes) {
    members.insert(members.end(), change.became.begin(), change.became.end());
  }
  const Divisions divisions{members, *changes};
  const base::Date today = base::Date::FromYmd(2026, 9, 1).value();
  for (const DivisionChange& change : *changes) {
    EXPECT_TRUE(divisions.Resolve(change.from, today).ok()) << change.from.ToString();
  }
  EXPECT_EQ(divisions.ResolveText("411023", today)->ToString(), "411003");  // 许昌县：建安区
}

TEST(DivisionFile, WhatIsWrongIsNamedByLine) {
  const std::string path = ::testing::TempDir() + "/division_changes.yaml";
  std::ofstream(path) << "changes:\n"
                         "  - {from: \"41102\", became: [\"411003\"], on: 2016-11-24, source: x}\n"
                         "  - {from: \"411023\", became: [], on: 2016-11-24, source: x}\n";
  const auto changes = LoadDivisionChanges(path);
  ASSERT_FALSE(changes.ok());
  EXPECT_NE(changes.error().detail.find(":2: "), std::string::npos) << changes.error().detail;
  EXPECT_NE(changes.error().detail.find(":3: "), std::string::npos) << changes.error().detail;
  EXPECT_TRUE(LoadDivisionChanges(path + ".none")->empty());
}

TEST(TracingProfile, TheEntryOfTheDayApplies) {
  const auto book = Load(
      "county: {}\n"
      "tracing:\n"
      "  - {from: 2026-01-01, source: a, number_prefix: 同教函}\n"
      "  - {from: 2027-01-01, source: b, number_prefix: 同教函,\n"
      "     deadlines: {reply_days: 7, urge_days: [7, 9, 12]}}\n");
  ASSERT_TRUE(book.ok()) << book.error().detail;
  EXPECT_EQ(book->At(*base::Date::FromYmd(2025, 1, 1)).deadlines.reply_days, 10);
  EXPECT_EQ(book->At(*base::Date::FromYmd(2026, 12, 31)).deadlines.reply_days, 10);
  const auto& later = book->At(*base::Date::FromYmd(2027, 1, 1));
  EXPECT_EQ(later.deadlines.reply_days, 7);
  EXPECT_EQ(later.deadlines.urge_days, (std::vector<int>{7, 9, 12}));
  EXPECT_EQ(later.deadlines.day_end_minute, 17 * 60 + 30);
  EXPECT_EQ(&book->At(*base::Date::FromYmd(2030, 1, 1)), &later);
  EXPECT_EQ(book->NextFrom(*base::Date::FromYmd(2025, 1, 1)),
            base::Date::FromYmd(2027, 1, 1).value())
      << "the first entry holds before its own day too";
  EXPECT_EQ(book->NextFrom(*base::Date::FromYmd(2026, 12, 31)),
            base::Date::FromYmd(2027, 1, 1).value());
  EXPECT_FALSE(book->NextFrom(*base::Date::FromYmd(2027, 1, 1)));
}

TEST(TracingProfile, EveryMistakeIsNamed) {
  const auto book = Load(
      "tracing:\n"
      "  - from: 2026-01-01\n"
      "    source: a\n"
      "    number_prefix: 同教函\n"
      "    superior: \"35020\"\n"
      "    deadlines: {reply_days: 0, urge_days: [ten], typo: 1}\n"
      "    transfers: {party_days: 0, arrival_days: 121, issue_automatically: maybe, day: 1}\n"
      "    approval: {automatic: [ABC]}\n");
  ASSERT_FALSE(book.ok());
  for (const char* part : {"superior", "reply_days", "'ten'", "typo", "'ABC'", "party_days",
                           "arrival_days", "issue_automatically", "transfers.day"}) {
    EXPECT_NE(book.error().detail.find(part), std::string::npos) << part;
  }
}

TEST(TracingProfile, MistakesOfTheWeightsAreNamed) {
  const auto book = Load(
      "tracing:\n"
      "  - {from: 2026-01-01, source: a, number_prefix: 同教函}\n"
      "  - from: 2027-01-01\n"
      "    source: b\n"
      "    number_prefix: 同教函\n"
      "    reply: {candidate_score_min: 700, likeness: {name: 1001, name_near: 10, birth: 100,\n"
      "            birth_swapped: 101, birth_digit: 102, number_near: 20, sex: -1, guardian: 5,\n"
      "            guardian_phone: 6, nose: 7}}\n");
  ASSERT_FALSE(book.ok());
  for (const char* part :
       {"tracing[1].reply.likeness.source", "tracing[1].reply.likeness.name: must be 0..1000",
        "likeness.birth_swapped: a slip counts no more than birth (100), is 101",
        "likeness.birth_digit: a slip counts no more than birth (100), is 102",
        "likeness.sex: must be 0..1000", "likeness.nose"}) {
    EXPECT_NE(book.error().detail.find(part), std::string::npos)
        << part << "\n" << book.error().detail;
  }
}

TEST(TracingProfile, AThresholdThatNobodyReachesIsNamed) {
  const auto load = [](int least) {
    return Load(
        "tracing:\n"
        "  - {from: 2026-01-01, source: a, number_prefix: 同教函, reply: {candidate_score_min: " +
        std::to_string(least) +
        ",\n     likeness: {source: c, name: 300, name_near: 100, birth: 200, number_near: 40,\n"
        "       sex: 30, guardian: 20, guardian_phone: 10}}}\n");
  };
  EXPECT_TRUE(load(600).ok());
  EXPECT_TRUE(load(1000).ok()) << "no candidates, on purpose";
  const auto book = load(601);
  ASSERT_FALSE(book.ok());
  EXPECT_NE(book.error().detail.find("reply.candidate_score_min: nobody could be shown: likeness "
                                     "adds up to 600, is 601"),
            std::string::npos) << book.error().detail;
}

TEST(TracingProfile, EveryShippedProfileWeighsAndSaysWhy) {
  for (const char* county : {"tongan", "suining", "jianan", "tiedong", "chengkou"}) {
    const auto book =
        LoadPolicies(BAOXUE_SOURCE_DIR "/config/counties/" + std::string{county} + ".yaml");
    ASSERT_TRUE(book.ok()) << county << book.error().detail;
    for (const auto& entry : book->entries()) {
      const AutoReply& reply = entry.policy.reply;
      EXPECT_NE(reply.likeness.source, "") << county;
      EXPECT_EQ(reply.candidate_score_min, 600) << county;
      EXPECT_EQ(reply.likeness.name, LikenessWeights{}.name) << county << ": the product's default";
      EXPECT_EQ(reply.likeness.number_different, LikenessWeights{}.number_different) << county;
    }
  }
}

// 绥宁 keeps the list (S4); 湖南 and 辽宁 hand files over at term end, 福建 does not.
TEST(TracingProfile, WhoTracksAndWhoHandsOver) {
  const auto at = [](const std::string& county) {
    const auto book = LoadPolicies(BAOXUE_SOURCE_DIR "/config/counties/" + county + ".yaml");
    return book.ok() ? book->entries().back().policy : Policy{};
  };
  EXPECT_TRUE(at("suining").away.enabled);
  EXPECT_TRUE(at("suining").away.suspect);
  EXPECT_TRUE(at("suining").hand_over.at_term_end);
  EXPECT_TRUE(at("tiedong").hand_over.at_term_end);
  EXPECT_FALSE(at("tongan").hand_over.at_term_end);
  EXPECT_FALSE(at("tongan").away.enabled);
}

TEST(TracingProfile, MistakesOfAwayAndHandOverAreNamed) {
  const auto book = Load(
      "tracing:\n"
      "  - from: 2026-01-01\n"
      "    source: a\n"
      "    number_prefix: 同教函\n"
      "    away: {ask_days: 30, proof_days: 20, cutoff: \"02-30\"}\n"
      "    hand_over: {source: b, at_term_end: true, states: []}\n");
  ASSERT_FALSE(book.ok());
  for (const char* part : {"source", "after ask_days", "08-31", "at least one state"}) {
    EXPECT_NE(book.error().detail.find(part), std::string::npos) << part;
  }
}

TEST(TracingProfile, AProfileWithoutTheSectionIsRefused) {
  EXPECT_EQ(Load("county: {}\n").error().reason, "BAD_SETTINGS");
}

// Every key that the code reads stands in the README, and the other way round.
TEST(TracingProfile, TheReadmeNamesEveryKey) {
  std::ifstream file(BAOXUE_SOURCE_DIR "/config/counties/README.md");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto from = text.find("## tracing");
  ASSERT_NE(from, std::string::npos);
  const std::string section = text.substr(from);
  for (const char* key :
       {"number_prefix", "superior", "forward_hops_max", "acknowledge_days", "reply_days",
        "urge_days", "copy_days", "expire_days", "extension_days_max", "extensions_max",
        "reopen_days_max", "close_days", "post_days",
        "day_end", "automatic", "forward_automatically",
        "reply.acknowledge", "enrolled", "transferred_out", "student_no",
        "enrolled_without_class", "candidate_score_min", "candidates_max", "household_days",
        "reply.likeness.source", "likeness.name", "name_near", "birth_swapped", "birth_digit",
        "number_near", "number_different", "guardian_phone",
        "retry_first_ms", "retry_max_ms", "jitter_percent", "stuck_after_minutes", "park_after",
        "attachments.types", "bytes_max", "total_bytes_max", "count_max",
        "letter_bytes_max", "per_minute", "burst", "open_letters_max",
        "strikes_slow", "strikes_shut", "strikes_minutes", "shut_minutes", "transfers.party_days",
        "arrival_days", "issue_automatically", "away.enabled",

        "away.source", "visit_every_days", "visit_days", "ask_days", "proof_days", "age_max",
        "cutoff", "suspect", "visit_missing", "hand_over.at_term_end", "hand_over.source",
        "working_days_after", "hand_over.states"}) {
    EXPECT_NE(section.find(key), std::string::npos) << key;
  }
}

}  // namespace
}  // namespace tracing
