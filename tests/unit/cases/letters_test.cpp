// What the answers of other counties do to the case that asked: each code, with the national rules.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "cases/domain/texts.h"
#include "unit/cases/story.h"

namespace cases::testing {
namespace {

using ::testing::HasSubstr;

LetterRule Rule(std::string code, LetterAction action, std::vector<std::string> states = {},
                std::string evidence = {}, bool attached = false) {
  return {.code = std::move(code), .action = action, .states = std::move(states),
          .evidence = std::move(evidence), .attached = attached, .source = {}};
}

class Letters : public ::testing::Test {
 protected:
  Letters() {
    Profile& profile = story_.profile();
    profile.triggers.letters = {
        Rule("R01", LetterAction::kPerform, {"41"}, "回函R01"),
        Rule("R02", LetterAction::kSuspend, {"41"}),
        Rule("R03", LetterAction::kNote),
        Rule("R05", LetterAction::kAsk),
        Rule("R07", LetterAction::kPropose, {"48"}, "死亡证明", true),
        Rule("R09", LetterAction::kPropose, {"42", "43"}),
        Rule("R12", LetterAction::kExtend),
        Rule("GZ", LetterAction::kPerform, {"41"}, "学籍移交告知函"),
        Rule("other", LetterAction::kRead)};
    Task read;
    read.id = "read_reply";
    read.name = "阅处外县回函";
    read.body = "bureau";
    read.start = {"letter:read"};
    read.due = {.unit = Unit::kWorkingDays, .count = 2};
    read.done_by = {"read_reply"};
    profile.tasks.push_back(read);
    EXPECT_DONE(Validate(profile));
    story_.Suspect("2026-09-09 08:30", "2026-09-07");
  }

  static LetterReply Answer(const std::string& code, int item = 2,
                            const std::string& conversation = "c0") {
    LetterReply reply;
    reply.at = At("2026-09-14 10:00");
    reply.letter.conversation = conversation;
    reply.reference = fmt::format("letter/{}/{}", conversation, item);
    reply.letter.county = "绥宁县";
    reply.letter.document_no = fmt::format("绥教函〔2026〕{}号", item);
    reply.letter.code = code;
    reply.letter.code_name = "名称";
    return reply;
  }
  void Give(const LetterReply& reply, std::string_view at = "2026-09-14 10:00") {
    EXPECT_DONE(story_.Give(at, reply));
  }
  const Entry& Last(EntryKind kind) const {
    const Entry* found = nullptr;
    for (const Entry& entry : story_.history()) found = entry.kind == kind ? &entry : found;
    EXPECT_NE(found, nullptr) << EntryKindName(kind);
    return found == nullptr ? story_.history().front() : *found;
  }
  std::string Text(EntryKind kind) const { return Describe(Last(kind), story_.profiles()); }

  Story story_;
};

TEST_F(Letters, R01PerformsTheClosingWithTheLetterAsEvidenceAndAwaitsReview) {
  LetterReply reply = Answer("R01");
  reply.letter.school = "长铺镇中心小学";
  reply.since = Day("2026-09-01");
  Give(reply);
  const Facts facts = story_.Known();
  EXPECT_EQ(facts.state, "41");
  EXPECT_EQ(facts.phase, Phase::kSettled);
  EXPECT_TRUE(facts.evidence.contains("回函R01"));
  EXPECT_EQ(story_.ClockStory("review"), "started");
  EXPECT_THAT(Text(EntryKind::kLetterReply), HasSubstr("绥宁县绥教函〔2026〕2号：R01"));
  EXPECT_THAT(Text(EntryKind::kLetterReply), HasSubstr("长铺镇中心小学，自2026-09-01起"));
  EXPECT_THAT(Text(EntryKind::kLetterReply), HasSubstr("佐证：回函R01:绥教函〔2026〕2号"));
  Act review = Kind("review", "");
  review.approve = true;
  EXPECT_DONE(story_.Do("2026-09-15 09:00", review, Reviewer()));
  EXPECT_EQ(story_.Known().phase, Phase::kClosed);
}

TEST_F(Letters, AFileThatTheHouseholdsCountyTookOverIsAClosingThatAwaitsReview) {
  const LetterReply taken = Answer("GZ");
  Give(taken);
  EXPECT_EQ(story_.Known().state, "41");
  EXPECT_TRUE(story_.Known().evidence.contains("学籍移交告知函"));
  const auto entries = story_.history().size();
  Give(taken);  // the same acknowledgement again changes nothing
  EXPECT_EQ(story_.history().size(), entries);
}

TEST_F(Letters, R01WithoutTheProofThatTheProfileAsksForIsOnlyProposed) {
  story_.profile().triggers.letters.front().attached = true;
  Give(Answer("R01"));
  EXPECT_EQ(story_.Known().state, "10");
  EXPECT_FALSE(story_.Known().evidence.contains("回函R01"));
  EXPECT_EQ(Last(EntryKind::kClosingProposed).cause, "41");
  LetterReply proven = Answer("R01", 3);
  proven.letter.proofs = 1;
  Give(proven);
  EXPECT_EQ(story_.Known().state, "41");
}

TEST_F(Letters, R01OfAChildWhoIsBackAtSchoolHereClosesNothing) {
  EXPECT_DONE(story_.Do("2026-09-10 08:30", Kind("returned", "")));
  ASSERT_EQ(story_.Known().phase, Phase::kWatch);
  Give(Answer("R01"));
  EXPECT_EQ(story_.Known().state, "40");
  EXPECT_EQ(story_.Count(EntryKind::kClosingProposed), 1);
}

TEST_F(Letters, R02LetsTheClocksRestUntilTheDayOfRegistration) {
  LetterReply reply = Answer("R02");
  reply.until = Day("2026-09-28");
  Give(reply);
  EXPECT_EQ(story_.Known().state, "10");
  const View rested = story_.See("2026-09-14 10:01");
  int suspended = 0;
  for (const auto& [id, clock] : rested.facts.clocks) {
    EXPECT_NE(clock.state, ClockState::kArmed) << id;
    suspended += clock.state == ClockState::kSuspended ? 1 : 0;
  }
  EXPECT_GT(suspended, 0);
  story_.Wait("2026-09-28 00:30");
  int armed = 0;
  for (const auto& [id, clock] : story_.Known().clocks) {
    armed += clock.state == ClockState::kArmed ? 1 : 0;
  }
  EXPECT_GT(armed, 0) << "the duty goes on where it stood";
}

TEST_F(Letters, R02RestsNoLongerThanAnyClockMay) {
  LetterReply reply = Answer("R02");
  reply.until = Day("2027-06-30");
  Give(reply);
  const base::Date last = Day("2026-09-14") + std::chrono::days{30};
  for (const auto& [id, clock] : story_.Known().clocks) {
    if (clock.state != ClockState::kSuspended) continue;
    EXPECT_EQ(base::DateAt(*clock.resume_at), last) << id;
  }
}

TEST_F(Letters, R03AndR04KeepItOpenAndShowThePersuasions) {
  const std::string before = story_.ClockStory("standing");
  LetterReply reply = Answer("R03");
  reply.letter.persuasions = 3;
  Give(reply, "2026-09-09 09:00");
  EXPECT_EQ(story_.Known().state, "10");
  EXPECT_EQ(story_.Known().persuasions, 0) << "ours are counted, theirs are shown";
  EXPECT_THAT(Text(EntryKind::kLetterReply), HasSubstr("对方已劝返3次"));
  EXPECT_EQ(story_.ClockStory("standing"), before);
}

TEST_F(Letters, R05ShowsWhereTheChildIsAndWhetherItWasAsked) {
  LetterReply reply = Answer("R05");
  reply.letter.third = "长沙市雨花区";
  reply.letter.forwarded = true;
  Give(reply);
  EXPECT_THAT(Text(EntryKind::kLetterReply), HasSubstr("去向：长沙市雨花区（已另行发函）"));
  EXPECT_EQ(story_.Known().state, "10");
}

TEST_F(Letters, R07ProposesAndPutsOnFileOnlyWhatIsAttached) {
  Give(Answer("R07"));
  EXPECT_EQ(story_.Known().state, "10");
  EXPECT_EQ(Last(EntryKind::kClosingProposed).cause, "48");
  EXPECT_FALSE(story_.Known().evidence.contains("死亡证明"));
  LetterReply again = Answer("R07", 3);
  again.letter.proofs = 1;
  Give(again);
  EXPECT_TRUE(story_.Known().evidence.contains("死亡证明"));
}

TEST_F(Letters, R09ProposesEachOfItsClosings) {
  Give(Answer("R09"));
  EXPECT_THAT(Text(EntryKind::kClosingProposed), HasSubstr("延缓入学、休学"));
}

TEST_F(Letters, R12ShowsTheNewDate) {
  LetterReply reply = Answer("R12");
  reply.until = Day("2026-10-20");
  Give(reply);
  EXPECT_THAT(Text(EntryKind::kLetterReply), HasSubstr("新的回复期限：2026-10-20"));
  EXPECT_EQ(story_.Known().until, std::nullopt) << "no period of an order";
}

TEST_F(Letters, AnUnknownCodeIsATaskForWhoReadsIt) {
  Give(Answer("R77"));
  EXPECT_EQ(story_.ClockStory("read_reply"), "started");
  Act read = Kind("read_reply", "对方使用新代码，已电话核实");
  EXPECT_DONE(story_.Do("2026-09-15 09:00", read, Officer()));
  EXPECT_EQ(story_.ClockStory("read_reply"), "started satisfied");
}

TEST_F(Letters, WithoutARuleOfItsOwnEveryCodeIsRead) {
  story_.profile().triggers.letters.clear();
  Give(Answer("R01"));
  EXPECT_EQ(story_.Known().state, "10");
  EXPECT_EQ(story_.ClockStory("read_reply"), "started");
}

TEST_F(Letters, TheSameAnswerTwiceChangesNothing) {
  Give(Answer("R07"));
  const std::size_t size = story_.history().size();
  Give(Answer("R07"));
  EXPECT_EQ(story_.history().size(), size);
}

TEST_F(Letters, ACorrectionTakesBackWhatTheFirstAnswerClosed) {
  Give(Answer("R01"));
  ASSERT_EQ(story_.Known().state, "41");
  Give(Answer("R06", 3), "2026-09-15 10:00");
  EXPECT_EQ(story_.Known().state, "10");
  EXPECT_FALSE(story_.Known().evidence.contains("回函R01"));
  EXPECT_EQ(story_.ClockStory("review"), "started cancelled");
  EXPECT_EQ(story_.ClockStory("read_reply"), "started");
  const View view = story_.See("2026-09-15 10:01");
  EXPECT_TRUE(view.next_due);
  EXPECT_FALSE(view.responsible.body.empty());
}

TEST_F(Letters, AnotherLettersAnswerTakesNothingBack) {
  Give(Answer("R01"));
  Give(Answer("R06", 3, "c1"), "2026-09-15 10:00");
  EXPECT_EQ(story_.Known().state, "41");
  EXPECT_TRUE(story_.Known().evidence.contains("回函R01"));
}

TEST_F(Letters, ACorrectionThatSaysTheSameLeavesTheClosing) {
  Give(Answer("R01"));
  Give(Answer("R01", 3), "2026-09-15 10:00");
  EXPECT_EQ(story_.Known().state, "41");
  EXPECT_EQ(story_.ClockStory("review"), "started");
}

TEST_F(Letters, InACaseThatIsOverTheAnswerIsKeptWithoutEffect) {
  Give(Answer("R01"));
  Act review = Kind("review", "");
  review.approve = true;
  EXPECT_DONE(story_.Do("2026-09-15 09:00", review, Reviewer()));
  Give(Answer("R06", 3), "2026-09-16 10:00");
  EXPECT_EQ(story_.Known().phase, Phase::kClosed);
  EXPECT_EQ(story_.Count(EntryKind::kLetterReply), 2);
  EXPECT_EQ(story_.ClockStory("read_reply"), "");
  Give(Answer("R07", 4), "2026-09-17 10:00");
  EXPECT_EQ(story_.Count(EntryKind::kClosingProposed), 0) << "nobody is asked to close it";
}

TEST_F(Letters, ReturnedIsClosedByNoLetterThoughTheProfileHasTheWay) {
  for (State& state : story_.profile().states) {
    if (state.code == "41") state.ways.push_back({.from = {"40"}, .by = {"system"}, .gate = {}});
  }
  EXPECT_DONE(story_.Do("2026-09-10 08:30", Kind("returned", "")));
  Give(Answer("R01"));
  EXPECT_EQ(story_.Known().state, "40") << "he is watched here: a person decides";
  EXPECT_EQ(Last(EntryKind::kClosingProposed).cause, "41");
}

TEST_F(Letters, WhatHasHappenedAlreadyIsNotProposed) {
  Give(Answer("R01"));
  ASSERT_EQ(story_.Known().state, "41");
  story_.profile().triggers.letters.push_back(
      Rule("R10", LetterAction::kPropose, {"41", "46"}));
  Give(Answer("R10", 3, "c1"), "2026-09-15 10:00");
  EXPECT_EQ(story_.Count(EntryKind::kClosingProposed), 0);
}

}  // namespace
}  // namespace cases::testing
