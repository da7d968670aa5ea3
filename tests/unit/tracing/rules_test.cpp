// Names, numbers, chains, divisions, fields of letters: tables of small rules.
#include <gtest/gtest.h>

#include "tracing/domain/divisions.h"
#include "tracing/domain/letters.h"
#include "tracing/domain/chain.h"
#include "unit/tracing/desk.h"

namespace tracing {
namespace {

using testing::Code;

base::Date Day(int year, unsigned month, unsigned day) {
  return *base::Date::FromYmd(year, month, day);
}

TEST(TracingNumbers, GapFreePerYear) {
  Numbering numbers;
  EXPECT_EQ(numbers.Take(Day(2026, 12, 31))->number, 1);
  EXPECT_EQ(numbers.Take(Day(2026, 12, 31))->number, 2);
  EXPECT_EQ(numbers.Take(Day(2027, 1, 1))->number, 1);
  EXPECT_EQ(numbers.Take(Day(2026, 12, 31))->number, 3);  // a clock that went back
}

TEST(TracingNumbers, Format) {
  EXPECT_EQ(FormatNumber("同教函", {2026, 37}), "同教函〔2026〕37号");
  EXPECT_EQ(ParseNumber("同教函", "同教函〔2026〕37号").value(), (DocumentNumber{2026, 37}));
  for (const char* bad : {"同教函〔2026〕037号", "同教函[2026]37号", "绥教函〔2026〕37号",
                          "同教函〔26〕37号", "同教函〔2026〕37", "同教函〔2026〕第37号", "",
                          "同教函〔2026〕0号", "同教函〔2026〕-1号", "同教函"}) {
    EXPECT_EQ(ParseNumber("同教函", bad).error().reason, "BAD_DOCUMENT_NO") << bad;
  }
}

TEST(TracingTypes, DivisionIsExactlySixDigits) {
  EXPECT_EQ(Code("350212").ToString(), "350212");
  for (const char* bad : {"", "35021", "3502121", "35021x", "050212", "350212199001011234"}) {
    EXPECT_FALSE(Division::Parse(bad).ok()) << bad;
  }
  EXPECT_EQ(Code("350212").Prefecture(), Code("350200"));
  EXPECT_TRUE(Code("350212").Province().IsProvince());
}

TEST(TracingTypes, EveryNameComesBack) {
  for (int i = 1; i <= static_cast<int>(Decline::kQuota); ++i) {
    const auto reason = static_cast<Decline>(i);
    EXPECT_FALSE(DeclineName(reason).empty());
    EXPECT_FALSE(DeclineChinese(reason).empty());
    EXPECT_EQ(DeclineFromName(DeclineName(reason)), reason);
  }
  for (int i = 1; i <= 14; ++i) {
    EXPECT_FALSE(LetterStateName(static_cast<LetterState>(i)).empty());
    EXPECT_FALSE(LetterStateChinese(static_cast<LetterState>(i)).empty());
  }
  for (int i = 1; i <= static_cast<int>(Stuck::kPaperWaiting); ++i) {
    EXPECT_FALSE(StuckName(static_cast<Stuck>(i)).empty());
  }
  for (int i = 1; i <= 8; ++i) {
    const auto kind = static_cast<LetterKind>(i);
    EXPECT_EQ(LetterKindFromShort(LetterKindShort(kind)), kind);
  }
}

TEST(TracingChain, EveryFieldCounts) {
  const ChainLink link{.conversation = {base::Uuid{1}}, .by_asker = true, .seq = 2,
                       .kind = ItemKind::kUrge, .seen = 3, .hash = Digest{4},
                       .previous = Digest{5}};
  const std::string bytes = LinkBytes(link);
  EXPECT_EQ(bytes.size(), 14U + 16 + 1 + 4 + 2 + 4 + 32 + 32);
  const auto differs = [&](auto change) {
    ChainLink other = link;
    change(other);
    return LinkBytes(other) != bytes;
  };
  EXPECT_TRUE(differs([](ChainLink& l) { l.conversation.raw[15] = 1; }));
  EXPECT_TRUE(differs([](ChainLink& l) { l.by_asker = false; }));
  EXPECT_TRUE(differs([](ChainLink& l) { l.seq = 3; }));
  EXPECT_TRUE(differs([](ChainLink& l) { l.kind = ItemKind::kClose; }));
  EXPECT_TRUE(differs([](ChainLink& l) { l.seen = 4; }));
  EXPECT_TRUE(differs([](ChainLink& l) { l.hash[31] = 1; }));
  EXPECT_TRUE(differs([](ChainLink& l) { l.previous[31] = 1; }));
}

TEST(TracingChain, HeadsFollowTheItems) {
  testing::Pair pair;
  pair.Open();
  pair.Must(testing::kAsker, Write{.kind = ItemKind::kSupplement, .text = "x"});
  const Conversation& c = pair.at(testing::kAsker);
  EXPECT_EQ(HeadAt(c, true, 2, testing::Hash), c.mine.head);
  EXPECT_EQ(HeadAt(c, true, 0, testing::Hash), Digest{});
  Conversation changed = c;
  changed.mine.items[0].hash[0] ^= 1;
  changed.mine.items.push_back(changed.mine.items[1]);  // not the shortcut of the newest
  EXPECT_NE(HeadAt(changed, true, 2, testing::Hash), c.mine.head);
  EXPECT_EQ(CommonPrefix({Digest{1}, Digest{2}}, {Digest{1}, Digest{3}}), 1U);
}

TEST(TracingDivisions, MergedRenamedSplitLooped) {
  const Divisions divisions(
      {Code("411003"), Code("110101"), Code("330114"), Code("330113")},
      {{Code("411023"), {Code("411003")}, Day(2016, 11, 24)},
       {Code("110103"), {Code("110101")}, Day(2010, 7, 1)},
       {Code("110199"), {Code("110103")}, Day(2000, 1, 1)},
       {Code("330110"), {Code("330113"), Code("330114")}, Day(2021, 4, 9)},
       {Code("999001"), {Code("999002")}, Day(2020, 1, 1)},
       {Code("999002"), {Code("999001")}, Day(2020, 1, 1)}});
  const base::Date today = Day(2026, 9, 1);
  EXPECT_EQ(divisions.Resolve(Code("411003"), today).value(), Code("411003"));
  EXPECT_EQ(divisions.Resolve(Code("411023"), today).value(), Code("411003"));
  EXPECT_EQ(divisions.Resolve(Code("110199"), today).value(), Code("110101"));  // twice
  EXPECT_EQ(divisions.Resolve(Code("411023"), Day(2016, 11, 23)).error().reason,
            "UNKNOWN_DIVISION");  // not yet merged, and no member under the old code
  EXPECT_EQ(divisions.Resolve(Code("411023"), Day(2016, 11, 24)).value(), Code("411003"));
  EXPECT_EQ(divisions.Resolve(Code("330110"), today).error().reason, "DIVISION_SPLIT");
  EXPECT_EQ(divisions.Resolve(Code("999001"), today).error().reason, "DIVISION_LOOP");
  EXPECT_EQ(divisions.Resolve(Code("999999"), today).error().reason, "UNKNOWN_DIVISION");
}

TEST(TracingDivisions, TownsBelongToTheirCountyAndIdentityNumbersToNobody) {
  const Divisions divisions({Code("430527")}, {});
  const base::Date today = Day(2026, 9, 1);
  EXPECT_EQ(divisions.ResolveText("430527104", today).value(), Code("430527"));
  EXPECT_EQ(divisions.ResolveText("430527104001", today).value(), Code("430527"));
  EXPECT_EQ(divisions.ResolveText("430527201203154321", today).error().reason, "BAD_DIVISION");
  EXPECT_EQ(divisions.ResolveText("43052720120315432X", today).error().reason, "BAD_DIVISION");
  EXPECT_EQ(divisions.ResolveText("430527120315432", today).error().reason, "BAD_DIVISION");
}

LetterFacts Inquiry() {
  return {.kind = LetterKind::kHc,
          .present = {"child.name", "child.id_number", "last_seen", "measures", "request",
                      "contact"},
          .home_visits = 1,
          .longest_text = 100};
}

TEST(TracingLetters, WhatALetterMustAndMayCarry) {
  EXPECT_TRUE(CheckLetter(Inquiry()).ok());
  const auto reason = [](auto change) {
    LetterFacts facts = Inquiry();
    change(facts);
    const auto status = CheckLetter(facts);
    return status.ok() ? std::string{"OK"} : status.error().reason;
  };
  EXPECT_EQ(reason([](auto& f) { f.kind = LetterKind::kHf; }), "NOT_AN_OPENING_LETTER");
  EXPECT_EQ(reason([](auto& f) { f.present.erase(f.present.begin()); }), "CHILD_MISSING");
  EXPECT_EQ(reason([](auto& f) { f.present[1] = "child.sex"; }), "CHILD_MISSING");
  EXPECT_EQ(reason([](auto& f) { f.present.pop_back(); }), "FIELD_MISSING");
  EXPECT_EQ(reason([](auto& f) { f.present.push_back("religion"); }), "FIELD_NOT_ALLOWED");
  EXPECT_EQ(reason([](auto& f) { f.home_visits = 0; }), "HOME_VISIT_MISSING");
  EXPECT_EQ(reason([](auto& f) { f.longest_text = 2001; }), "TEXT_TOO_LONG");
  // A 协查函 has no place for guardians, a copy to the superior none for a child.
  EXPECT_EQ(reason([](auto& f) {
              f.kind = LetterKind::kXc;
              f.present = {"child.name", "child.birth", "last_seen", "request", "contact",
                           "guardians"};
            }),
            "FIELD_NOT_ALLOWED");
  EXPECT_TRUE(CheckLetter({.kind = LetterKind::kGz, .present = {"subject", "text", "contact"}})
                  .ok());
}

TEST(TracingPolicy, DefaultsHoldAndBoundsAreNamed) {
  Policy policy;
  EXPECT_EQ(ProblemsOf(policy).size(), 1U);  // the prefix is the county's own
  policy.number_prefix = "同教函";
  EXPECT_TRUE(ProblemsOf(policy).empty());
  policy.deadlines.urge_days = {15, 10};
  policy.deadlines.copy_days = 5;
  policy.deadlines.expire_days = 4;
  EXPECT_EQ(ProblemsOf(policy).size(), 3U);
}

}  // namespace
}  // namespace tracing
