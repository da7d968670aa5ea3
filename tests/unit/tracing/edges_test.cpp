// Where each rule of letters begins and ends: the exact day and instant, the one too many, the item
// that is almost the right one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tracing/domain/deadlines.h"
#include "tracing/domain/recovery.h"
#include "unit/tracing/desk.h"

namespace tracing {
namespace {

using testing::Code;
using testing::kAnswerer;
using testing::kAsker;
using testing::Pair;

constexpr int kEnd = 17 * 60 + 30;

DeclinedArrived Refusal(Pair& pair) {
  EXPECT_FALSE(pair.wire.empty());
  const testing::Packet packet = pair.Take();
  const auto* declined = std::get_if<DeclinedArrived>(&packet.what);
  EXPECT_NE(declined, nullptr);
  return declined == nullptr ? DeclinedArrived{} : *declined;
}
Digest Other(Digest digest) {
  digest[0] ^= 1;
  return digest;
}

class DeadlineEdges : public ::testing::Test {
 protected:
  void SetUp() override {
    pair_.now = testing::At(2026, 11, 2);
    pair_.OpenAndDeliver();
  }
  RoundTimes Times() {
    return *TimesOf(pair_.at(kAsker), Fold(pair_.at(kAsker)), pair_.policy[kAsker],
                    pair_.calendar);
  }
  Pair pair_;
};

TEST_F(DeadlineEdges, ADateOnADayOffIsUrgedOnTheNextWorkingDay) {
  // Saturday 28 November.
  pair_.Must(kAnswerer, Write{.kind = ItemKind::kInterim, .text = "外出调查",
                              .due = *base::Date::FromYmd(2026, 11, 28)});
  pair_.PassAll();
  pair_.TickAt(testing::At(2026, 11, 28, kEnd));
  EXPECT_EQ(Fold(pair_.at(kAsker)).urges, 0);
  pair_.TickAt(testing::At(2026, 11, 30, kEnd));
  EXPECT_EQ(Fold(pair_.at(kAsker)).urges, 1);
}

TEST_F(DeadlineEdges, GivenUpAtTheInstantNotBefore) {
  const base::UtcTime expire = Times().expire;
  pair_.TickAt(expire - std::chrono::milliseconds{1});
  EXPECT_TRUE(AwaitsAnswer(pair_.State(kAsker)));
  pair_.TickAt(expire);
  EXPECT_EQ(pair_.State(kAsker), LetterState::kExpired);
}

TEST_F(DeadlineEdges, AcrossProvincesTheCopyGoesToTheProfilesSuperior) {
  const auto copied_to = [](Pair& pair) {
    for (const Item& item : pair.at(kAsker).mine.items) {
      if (item.kind == ItemKind::kCopy) return item.to;
    }
    return Division{};
  };
  pair_.TickAt(Times().copy);
  EXPECT_EQ(copied_to(pair_), Code("350000")) << "nobody is above both: the asker's province";
  Pair other;
  other.policy[kAsker].superior = Code("350200");
  other.now = testing::At(2026, 11, 2);
  other.OpenAndDeliver();
  other.TickAt(testing::At(2026, 11, 30, kEnd));
  EXPECT_EQ(copied_to(other), Code("350200"));
  EXPECT_EQ(CommonSuperior(Code("430527"), Code("430528")), Code("430500"));
  EXPECT_EQ(CommonSuperior(Code("430527"), Code("431022")), Code("430000"));
}

TEST_F(DeadlineEdges, ANewRoundHasItsOwnCopy) {
  pair_.TickAt(Times().copy);
  pair_.PassAll();
  EXPECT_EQ(pair_.Count(Did::kCopyDue, kAsker), 1);
  pair_.Must(kAnswerer, Write{.kind = ItemKind::kAnswer, .code = 6});
  pair_.PassAll();
  pair_.Must(kAsker, Write{.kind = ItemKind::kReopen, .text = "仍未找到"});
  pair_.PassAll();
  pair_.TickAt(Times().copy);
  EXPECT_EQ(pair_.Count(Did::kCopyDue, kAsker), 2);
}

TEST(ArrivalEdges, OtherBytesInAPlaceThatIsTakenAreAFork) {
  Pair pair;
  pair.Open();
  const auto letter = std::get<Arrived>(pair.Take().what);
  pair.Must(kAnswerer, letter);
  pair.wire.clear();
  Arrived other = letter;
  other.item.hash = Other(other.item.hash);
  pair.Must(kAnswerer, other);
  EXPECT_EQ(Refusal(pair).reason, Decline::kFork);
  EXPECT_EQ(pair.at(kAnswerer).theirs.size(), 1u);
  EXPECT_EQ(pair.at(kAnswerer).theirs.items[0].hash, letter.item.hash);
}

TEST(ArrivalEdges, WhatDoesNotFollowFromOurHeadIsAFork) {
  Pair pair;
  pair.OpenAndDeliver();
  pair.Must(kAsker, Write{.kind = ItemKind::kSupplement, .text = "补充"});
  auto item = std::get<Arrived>(pair.Take().what);
  item.previous = Other(item.previous);
  pair.Must(kAnswerer, item);
  EXPECT_EQ(Refusal(pair).reason, Decline::kFork);
  EXPECT_EQ(pair.at(kAnswerer).theirs.size(), 1u);
}

TEST(ArrivalEdges, NobodyElseWritesIntoAConversation) {
  Pair pair;
  pair.OpenAndDeliver();
  pair.Must(kAsker, Write{.kind = ItemKind::kSupplement, .text = "补充"});
  auto item = std::get<Arrived>(pair.Take().what);
  item.asker = Code("431022");
  pair.Must(kAnswerer, item);
  EXPECT_EQ(Refusal(pair).reason, Decline::kWrongParties);
  // The letter itself again, by somebody else: no receipt for him.
  auto letter = pair.Pack(kAsker, 1);
  letter.asker = Code("431022");
  pair.Must(kAnswerer, letter);
  EXPECT_EQ(Refusal(pair).reason, Decline::kWrongParties);
  EXPECT_EQ(pair.at(kAnswerer).theirs.size(), 1u);
}

TEST(ArrivalEdges, AnAskerMayNotAnswerForTheOtherSide) {
  Pair pair;
  pair.OpenAndDeliver();
  pair.Must(kAsker, Write{.kind = ItemKind::kSupplement, .text = "补充"});
  auto item = std::get<Arrived>(pair.Take().what);
  item.item.kind = ItemKind::kAnswer;
  item.item.code = 1;
  pair.Must(kAnswerer, item);
  EXPECT_EQ(Refusal(pair).reason, Decline::kBadItem);
  EXPECT_EQ(pair.State(kAnswerer), LetterState::kReceipted);
}

TEST(ArrivalEdges, AReceiptCountsForTheBytesThatWereSentAlone) {
  Pair pair;
  pair.Open();
  pair.Give(pair.Take());
  auto receipt = std::get<ReceiptArrived>(pair.Take().what);
  ReceiptArrived of_other = receipt;
  of_other.hash = Other(of_other.hash);
  const Effects wrong = pair.Must(kAsker, of_other);
  EXPECT_EQ(pair.at(kAsker).delivered, 0u);
  EXPECT_TRUE(pair.Has(wrong, Did::kRestoreSuspected));
  pair.wire.clear();
  ReceiptArrived of_other_chain = receipt;
  of_other_chain.head = Other(of_other_chain.head);
  EXPECT_TRUE(pair.Has(pair.Must(kAsker, of_other_chain), Did::kStateDiffers));
  EXPECT_EQ(pair.at(kAsker).delivered, 0u);
  pair.Must(kAsker, receipt);
  EXPECT_EQ(pair.at(kAsker).delivered, 1u);
}

TEST(ArrivalEdges, WhatIsReceiptedIsNotOverwrittenByWhatComesBack) {
  Pair pair;
  pair.OpenAndDeliver();
  auto mine = pair.Pack(kAsker, 1);
  mine.item.hash = Other(mine.item.hash);
  const Digest before = pair.at(kAsker).mine.items[0].hash;
  const Effects effects = pair.Must(kAsker, Returned{.items = {mine}});
  EXPECT_EQ(pair.at(kAsker).mine.items[0].hash, before);
  EXPECT_FALSE(pair.Has(effects, Did::kOvertaken));
  EXPECT_FALSE(pair.Has(effects, Did::kAdopted));
}

TEST(DeliveryEdges, WhatWaitsStaysHereWhileThePeerHasNotConfirmedOurRestore) {
  Pair pair;
  pair.Open();
  pair.wire.clear();  // lost
  pair.confirmed[kAsker] = false;
  pair.now += std::chrono::minutes{10};
  EXPECT_TRUE(pair.Must(kAsker, Tick{}).send.empty());
  EXPECT_EQ(pair.at(kAsker).stuck, Stuck::kRestoreUnconfirmed);
  pair.confirmed[kAsker] = true;
  pair.now += std::chrono::minutes{20};
  EXPECT_EQ(pair.Must(kAsker, Tick{}).send.size(), 1u);
  EXPECT_EQ(pair.at(kAsker).stuck, Stuck::kNone);
}

TEST(DeliveryEdges, ALetterToASilentPeerWaitsForItsLane) {
  Pair pair;
  pair.Open();
  pair.wire.clear();  // lost
  pair.lane_open[kAsker] = false;
  pair.now += std::chrono::minutes{10};
  EXPECT_TRUE(pair.Must(kAsker, Tick{}).send.empty());
  pair.lane_open[kAsker] = true;
  pair.now += std::chrono::hours{2};
  EXPECT_EQ(pair.Must(kAsker, Tick{}).send.size(), 1u);
}

TEST(ConversationEdges, EveryPartOfWhatIsAskedMakesItAnotherConversation) {
  const AskKey key{.asker = Code("350212"), .answerer = Code("430527"), .kind = LetterKind::kHc,
                   .case_id = 3, .student_id = 7, .ordinal = 1};
  std::vector<AskKey> others(6, key);
  others[0].asker = Code("350213");
  others[1].answerer = Code("430528");
  others[2].kind = LetterKind::kXc;
  others[3].case_id = 4;
  others[4].student_id = 8;
  others[5].ordinal = 2;
  const ConversationId id = ConversationOf(key, testing::Hash);
  EXPECT_EQ(ConversationOf(key, testing::Hash), id);
  for (std::size_t i = 0; i < others.size(); ++i) {
    EXPECT_NE(ConversationOf(others[i], testing::Hash), id) << i;
  }
}

TEST(NumberEdges, ALostNumberIsGivenInItsOwnYearOnly) {
  Numbering numbers = Numbering::Of({{2026, 5}}, false, {{2026, {4}}});
  const auto next_year = numbers.Take(*base::Date::FromYmd(2027, 1, 4));
  EXPECT_EQ(*next_year, (DocumentNumber{2027, 1}));
  EXPECT_EQ(*numbers.Take(*base::Date::FromYmd(2026, 12, 31)), (DocumentNumber{2026, 4}));
  EXPECT_EQ(*numbers.Take(*base::Date::FromYmd(2026, 12, 31)), (DocumentNumber{2026, 6}));
}

TEST(ForwardEdges, TheLastHopIsCountedAndTheChainIsNotReturnedTo) {
  Pair pair;
  pair.policy[kAnswerer].forward_hops_max = 2;
  pair.OpenAndDeliver();
  Conversation& theirs = pair.at(kAnswerer);
  theirs.hops = {{.conversation = {}, .by = Code("431022"), .forwarding = {}}};
  const auto forward = [&](std::string_view to) {
    return pair.Do(kAnswerer, Write{.kind = ItemKind::kForward, .text = "不属我县",
                                    .to = Code(to)});
  };
  EXPECT_EQ(forward("431022").error().reason, "BAD_TARGET");
  theirs.hops.push_back({.conversation = {}, .by = Code("431023"), .forwarding = {}});
  EXPECT_EQ(forward("431024").error().reason, "TOO_MANY_HOPS");
  theirs.hops.pop_back();
  EXPECT_TRUE(forward("431024").ok());
}

TEST(AnswerEdges, ACorrectionSaysWhy) {
  Pair pair;
  pair.OpenAndDeliver();
  pair.Must(kAnswerer, Write{.kind = ItemKind::kAnswer, .code = 1});
  EXPECT_EQ(pair.Do(kAnswerer, Write{.kind = ItemKind::kAnswer, .code = 6}).error().reason,
            "TEXT_MISSING");
  EXPECT_TRUE(
      pair.Do(kAnswerer, Write{.kind = ItemKind::kAnswer, .text = "同名", .code = 6}).ok());
}

}  // namespace
}  // namespace tracing
