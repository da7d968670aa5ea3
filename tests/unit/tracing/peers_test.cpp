// What went wrong in the nearest existing system (SORMAS-to-SORMAS), one test an issue: what can
// be decided without network and keys. The numbers are those of its issue tracker.
#include <gtest/gtest.h>

#include "tracing/domain/divisions.h"
#include "tracing/domain/letters.h"
#include "tracing/domain/reply.h"
#include "unit/tracing/desk.h"

namespace tracing {
namespace {

using testing::kAnswerer;
using testing::kAsker;
using testing::Pair;

std::string ReasonOf(const base::Result<Effects>& result) {
  return result.ok() ? "OK" : result.error().reason;
}

TEST(Peers, Issue4423_TheRecipientMayAcceptOrRejectWithinATermAndTheSenderMayWithdraw) {
  Pair refused;
  refused.OpenAndDeliver();
  refused.Must(kAnswerer, Write{.kind = ItemKind::kRefuse, .text = "材料不全"});
  refused.PassAll();
  EXPECT_EQ(refused.State(kAsker), LetterState::kRefused);
  Pair withdrawn;
  withdrawn.OpenAndDeliver();
  withdrawn.Must(kAsker, Write{.kind = ItemKind::kWithdraw, .text = "已找到"});
  withdrawn.PassAll();
  EXPECT_EQ(withdrawn.State(kAnswerer), LetterState::kWithdrawn);
  EXPECT_EQ(withdrawn.at(kAnswerer).desk, Desk::kNone);  // nothing is left to do
}

TEST(Peers, Issue9940_ARefusalNeedsItsReason) {
  Pair pair;
  pair.OpenAndDeliver();
  EXPECT_EQ(ReasonOf(pair.Do(kAnswerer, Write{.kind = ItemKind::kRefuse})), "TEXT_MISSING");
}

TEST(Peers, Issue9945_TheSourceLearnsOfARejection) {
  Pair pair;
  pair.OpenAndDeliver();
  pair.Must(kAnswerer, Write{.kind = ItemKind::kRefuse, .text = "材料不全"});
  pair.wire.clear();  // the first message is lost; it comes again by itself
  pair.now += std::chrono::minutes{5};
  pair.Must(kAnswerer, Tick{});
  pair.PassAll();
  EXPECT_EQ(pair.State(kAsker), LetterState::kRefused);
}

TEST(Peers, Issue6592_WithdrawingAndAnsweringThatCrossEndAlikeOnBothSides) {
  for (const bool asker_first : {true, false}) {
    Pair pair;
    pair.OpenAndDeliver();
    pair.Must(kAsker, Write{.kind = ItemKind::kWithdraw, .text = "已找到"});
    pair.Must(kAnswerer, Write{.kind = ItemKind::kAnswer, .code = 1});
    if (!asker_first) std::swap(pair.wire[0], pair.wire[1]);
    pair.PassAll();
    EXPECT_EQ(pair.State(kAsker), LetterState::kWithdrawn);
    EXPECT_EQ(pair.State(kAnswerer), LetterState::kWithdrawn);
    EXPECT_TRUE(Agree(pair.at(kAsker), pair.at(kAnswerer)));
    EXPECT_EQ(pair.Count(Did::kCrossed, kAsker), 1);
    EXPECT_EQ(pair.Count(Did::kReply, kAsker), 0);  // the case is not moved by it
  }
}

TEST(Peers, Issue8576_TwoDepartmentsAtOnceCannotBothAnswer) {
  Pair pair;
  pair.OpenAndDeliver();
  pair.Must(kAnswerer, ToDesk{Desk::kHousehold});
  EXPECT_EQ(ReasonOf(pair.Do(kAnswerer, ToDesk{Desk::kHousehold})), "ALREADY_DONE");
  pair.Must(kAnswerer, Write{.kind = ItemKind::kAnswer, .code = 3});
  // The second one has to say that it corrects the first.
  EXPECT_EQ(ReasonOf(pair.Do(kAnswerer, Write{.kind = ItemKind::kAnswer, .code = 4})),
            "TEXT_MISSING");
}

TEST(Peers, Issue9967_9836_AStepThatFailsChangesNothing) {
  Pair pair;
  pair.OpenAndDeliver();
  pair.numbers[kAnswerer].Freeze();
  const auto before = pair.at(kAnswerer).version;
  EXPECT_EQ(ReasonOf(pair.Do(kAnswerer, Write{.kind = ItemKind::kAnswer, .code = 1})),
            "NUMBERS_FROZEN");
  EXPECT_EQ(pair.at(kAnswerer).version, before);
  EXPECT_EQ(pair.at(kAnswerer).mine.size(), 0U);
  EXPECT_EQ(pair.State(kAnswerer), LetterState::kReceipted);
}

TEST(Peers, Issue6067_RejectingTwiceIsNamedAndHarmless) {
  Pair pair;
  pair.OpenAndDeliver();
  pair.Must(kAnswerer, Write{.kind = ItemKind::kRefuse, .text = "材料不全"});
  EXPECT_EQ(ReasonOf(pair.Do(kAnswerer, Write{.kind = ItemKind::kRefuse, .text = "又"})),
            "WRONG_STATE");
  EXPECT_EQ(pair.at(kAnswerer).mine.size(), 1U);
}

TEST(Peers, Issue6639_WhatWasRefusedCanBeAskedAgain) {
  Pair pair;
  pair.OpenAndDeliver();
  pair.Must(kAnswerer, Write{.kind = ItemKind::kRefuse, .text = "材料不全"});
  pair.PassAll();
  pair.Must(kAsker, Write{.kind = ItemKind::kReopen, .text = "已补材料"});
  pair.PassAll();
  EXPECT_EQ(pair.State(kAnswerer), LetterState::kReopened);
  EXPECT_EQ(pair.at(kAnswerer).desk, Desk::kOfficer);
}

TEST(Peers, Issue10611_10625_10931_WhatIsWithdrawnWhilePendingStaysInBothLogs) {
  Pair pair;
  pair.Open();
  pair.Must(kAsker, Write{.kind = ItemKind::kWithdraw, .text = "不再需要"});
  pair.PassAll();
  EXPECT_EQ(pair.at(kAnswerer).theirs.size(), 2U);
  EXPECT_EQ(pair.State(kAnswerer), LetterState::kWithdrawn);
  EXPECT_EQ(ReasonOf(pair.Do(kAnswerer, ToDesk{Desk::kOfficer})), "WRONG_STATE");
}

TEST(Peers, Issue11913_9527_10135_NothingIsShownTwice) {
  Pair pair;
  pair.Open();
  const auto letter = pair.Take();
  pair.Give(letter);
  pair.Must(kAnswerer, ToDesk{Desk::kOfficer});
  for (int i = 0; i < 5; ++i) pair.Give(letter);
  pair.PassAll();
  EXPECT_EQ(pair.Count(Did::kToOfficer, kAnswerer), 1);
  EXPECT_EQ(pair.Count(Did::kReceived, kAnswerer), 1);
  // The same question about the same child is the same letter.
  const AskKey key{.asker = testing::Code("350212"), .answerer = testing::Code("430527"),
                   .kind = LetterKind::kHc, .case_id = 7, .student_id = 9};
  EXPECT_EQ(ConversationOf(key, testing::Hash), ConversationOf(key, testing::Hash));
  AskKey meant = key;
  meant.ordinal = 1;
  EXPECT_NE(ConversationOf(key, testing::Hash), ConversationOf(meant, testing::Hash));
}

TEST(Peers, Issue9771_WhatIsAddedLaterIsDeliveredToo) {
  Pair pair;
  pair.OpenAndDeliver();
  pair.Must(kAsker, Write{.kind = ItemKind::kSupplement, .text = "新电话"});
  pair.PassAll();
  EXPECT_EQ(pair.at(kAnswerer).theirs.items.back().kind, ItemKind::kSupplement);
  EXPECT_EQ(pair.State(kAnswerer), LetterState::kReceipted);
}

TEST(Peers, Issue10932_11886_ASideThatLostItemsGetsThemBack) {
  Pair pair;
  pair.OpenAndDeliver();
  const Conversation backup = pair.at(kAnswerer);
  pair.Must(kAsker, Write{.kind = ItemKind::kSupplement, .text = "补充"});
  pair.PassAll();
  pair.at(kAnswerer) = backup;
  pair.Must(kAsker, Write{.kind = ItemKind::kWithdraw, .text = "已找到"});
  pair.PassAll();
  EXPECT_EQ(pair.Count(Did::kRewound, kAsker), 1);
  EXPECT_EQ(pair.at(kAnswerer).theirs.size(), 3U);
  EXPECT_TRUE(Agree(pair.at(kAsker), pair.at(kAnswerer)));
}

TEST(Peers, Issue10725_ACodeThatIsNotKnownIsKeptAndShown) {
  Pair pair;
  pair.OpenAndDeliver();
  Arrived item{.id = pair.at(kAsker).id, .asker = pair.at(kAsker).self,
               .answerer = pair.at(kAsker).peer, .seq = 1, .kind = LetterKind::kHc};
  item.item = {.kind = ItemKind::kAnswer, .code = 42, .seen = 1, .hash = Digest{5}};
  pair.Must(kAsker, item);
  EXPECT_EQ(pair.State(kAsker), LetterState::kAnswered);
  EXPECT_EQ(Fold(pair.at(kAsker)).code, 42);
  const Meaning meaning = EffectOf(42);
  EXPECT_EQ(meaning.name, "R42 未知代码");
  EXPECT_FALSE(meaning.asks_third);
  EXPECT_FALSE(meaning.is_final);
}

TEST(Peers, Issue6324_AnItemOfANewerNeighbourIsTakenShownAndWithoutEffect) {
  Pair pair;
  pair.OpenAndDeliver();
  Arrived item{.id = pair.at(kAsker).id, .asker = pair.at(kAsker).self,
               .answerer = pair.at(kAsker).peer, .seq = 1, .kind = LetterKind::kHc};
  item.item = {.kind = ItemKind{77}, .seen = 1, .hash = Digest{5}};
  const auto effects = pair.Must(kAsker, item);
  EXPECT_TRUE(pair.Has(effects, Did::kUnknownKind));
  EXPECT_TRUE(std::holds_alternative<SendReceipt>(effects.send.at(0)));
  EXPECT_EQ(pair.State(kAsker), LetterState::kReceipted);
  EXPECT_EQ(ItemKindName(ItemKind{77}), "unknown:77");
}

TEST(Peers, Issue8802_AddressedByDivisionAlsoWhenItWasMerged) {
  using testing::Code;
  const base::Date merged = *base::Date::FromYmd(2021, 1, 1);
  const Divisions divisions({Code("411003"), Code("350212")},
                            {{Code("411023"), {Code("411003")}, merged}});
  EXPECT_EQ(divisions.Resolve(Code("411023"), *base::Date::FromYmd(2026, 9, 1)).value(),
            Code("411003"));
}

TEST(Peers, Issue3742_ForwardedToTheResponsibleOfficeWithItsChain) {
  Pair pair;
  pair.OpenAndDeliver();
  pair.Must(kAnswerer, Write{.kind = ItemKind::kForward, .text = "户籍已迁往建安区",
                             .to = testing::Code("411003")});
  pair.PassAll();
  EXPECT_EQ(pair.State(kAsker), LetterState::kForwarded);
  EXPECT_EQ(pair.Count(Did::kForwardDue, kAsker), 1);
  const Facts facts = Fold(pair.at(kAsker));
  const Hop hop{pair.at(kAsker).id, pair.at(kAsker).peer,
                pair.at(kAsker).theirs.items[*facts.forward_seq - 1].hash};
  Pair next;
  next.Must(kAsker, DraftLetter{.id = {base::Uuid{8}}, .self = testing::Code("350212"),
                                .peer = facts.forwarded_to, .kind = LetterKind::kHc,
                                .hops = {hop}});
  next.at(kAnswerer).self = facts.forwarded_to;
  next.Must(kAsker, Approve{});
  auto letter = std::get<Arrived>(next.Take().what);
  letter.hops = {hop};
  next.Must(kAnswerer, letter);
  // It cannot be sent back to who sent it on.
  EXPECT_EQ(ReasonOf(next.Do(kAnswerer, Write{.kind = ItemKind::kForward, .text = "x",
                                              .to = testing::Code("430527")})),
            "BAD_TARGET");
}

TEST(Peers, Issue11998_AFailureThatLastsIsAStateNotALogLine) {
  Pair pair;
  pair.known[kAsker] = false;
  pair.Open();
  EXPECT_EQ(pair.at(kAsker).stuck, Stuck::kNoMember);
  EXPECT_EQ(StuckName(pair.at(kAsker).stuck), "NO_MEMBER");
  EXPECT_EQ(pair.Count(Did::kStuck, kAsker), 1);
  EXPECT_TRUE(pair.wire.empty());
}

TEST(Peers, Issue11277_InternalTasksHaveNoPlaceInALetter) {
  for (const LetterKind kind : {LetterKind::kHc, LetterKind::kXc, LetterKind::kQf,
                                LetterKind::kZx, LetterKind::kJd, LetterKind::kGz}) {
    for (const auto& field : FieldsOf(kind)) {
      EXPECT_EQ(field.name.find("task"), std::string_view::npos);
      EXPECT_EQ(field.name.find("case"), std::string_view::npos);
      EXPECT_EQ(field.name.find("photo"), std::string_view::npos);
    }
  }
}

// What each does to the case: Letters.* of cases' domain.
TEST(Peers, Issue907_EveryResultHasACodeAndAConsequence) {
  for (const int code : {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 99}) {
    const Meaning meaning = EffectOf(static_cast<ReplyCode>(code));
    EXPECT_EQ(meaning.name.find("未知"), std::string::npos) << code;
    EXPECT_EQ(meaning.asks_third, code == 5 || code == 11) << code;
  }
}

}  // namespace
}  // namespace tracing
