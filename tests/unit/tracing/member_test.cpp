// A member whose signature is good and whose word is not: what the protocol lets nobody do.
#include <gtest/gtest.h>

#include "tracing/domain/wire.h"
#include "unit/tracing/desk.h"

namespace tracing {
namespace {

using testing::kAnswerer;
using testing::kAsker;
using testing::Pair;

// The answer of the county that was asked, not yet given to the asker.
Arrived AnswerOf(Pair& pair, ItemKind kind = ItemKind::kAnswer) {
  pair.Must(kAnswerer, Write{.kind = kind, .text = "说明", .code = 3});
  EXPECT_FALSE(pair.wire.empty());
  Arrived arrived = std::get<Arrived>(pair.Take().what);
  arrived.seen_head = HeadAt(pair.at(kAnswerer), true, arrived.item.seen, testing::Hash);
  return arrived;
}

Decline RefusalOf(const Effects& effects) {
  for (const Send& send : effects.send) {
    if (const auto* no = std::get_if<SendDeclined>(&send)) return no->reason;
  }
  return Decline::kNone;
}

class Member : public ::testing::Test {
 protected:
  void SetUp() override { pair_.OpenAndDeliver(); }
  std::size_t Taken() { return pair_.at(kAsker).theirs.items.size(); }
  Pair pair_;
};

TEST_F(Member, WhatItSaysToHaveSeenIsWhatIsHere) {
  const Arrived good = AnswerOf(pair_);
  Arrived bad = good;
  (*bad.seen_head)[0] ^= 1;
  EXPECT_EQ(RefusalOf(*pair_.Do(kAsker, bad)), Decline::kBehind);
  EXPECT_EQ(Taken(), 0u);
  EXPECT_EQ(RefusalOf(*pair_.Do(kAsker, good)), Decline::kNone);
  EXPECT_EQ(pair_.State(kAsker), LetterState::kAnswered);
}

TEST_F(Member, WhatItHadSeenItDoesNotUnsee) {
  pair_.Must(kAsker, Write{.kind = ItemKind::kSupplement, .text = "又及"});
  pair_.PassAll();
  ASSERT_EQ(RefusalOf(pair_.Must(kAsker, AnswerOf(pair_, ItemKind::kNote))), Decline::kNone);
  pair_.PassAll();
  const Arrived next = AnswerOf(pair_);
  ASSERT_EQ(next.item.seen, 2u);
  Arrived less = next;
  less.item.seen = 1;
  less.seen_head = HeadAt(pair_.at(kAsker), true, 1, testing::Hash);
  EXPECT_EQ(RefusalOf(*pair_.Do(kAsker, less)), Decline::kBadItem);
  EXPECT_EQ(Taken(), 1u);
}

TEST_F(Member, GivesBackOnlyWhatIsItsOwnToWrite) {
  Arrived close = AnswerOf(pair_, ItemKind::kNote);
  close.item.kind = ItemKind::kClose;
  ASSERT_TRUE(pair_.Do(kAsker, Returned{{close}}).ok());
  EXPECT_EQ(Taken(), 0u);
  EXPECT_NE(pair_.State(kAsker), LetterState::kClosed);
  Arrived note = close;
  note.item.kind = ItemKind::kNote;
  (*note.seen_head)[0] ^= 1;
  ASSERT_TRUE(pair_.Do(kAsker, Returned{{note}}).ok());
  EXPECT_EQ(Taken(), 0u);
  note.seen_head.reset();
  ASSERT_TRUE(pair_.Do(kAsker, Returned{{note}}).ok());
  EXPECT_EQ(Taken(), 1u);
}

TEST(MemberBegins, WithALetterAlsoWhenItIsGivenBack) {
  Pair sender;
  sender.Open();
  const Arrived letter = std::get<Arrived>(sender.Take().what);
  for (int wrong = 0; wrong < 5; ++wrong) {
    Pair pair;
    pair.at(kAnswerer).self = testing::Code("430527");
    Arrived item = letter;
    if (wrong == 0) item.item.kind = ItemKind::kUrge;
    if (wrong == 1) item.kind = LetterKind::kHf;
    if (wrong == 2) item.previous[0] = 1;
    if (wrong == 3) item.item.seen = 1;
    if (wrong == 4) item.seen_head = Digest{1};
    ASSERT_TRUE(pair.Do(kAnswerer, Returned{{item}}).ok());
    EXPECT_EQ(pair.at(kAnswerer).stage, Stage::kNone) << wrong;
    const auto effects = pair.Do(kAnswerer, item);
    ASSERT_TRUE(effects.ok());
    EXPECT_EQ(RefusalOf(*effects), Decline::kBadItem) << wrong;
  }
}

TEST_F(Member, WhatCannotBeClosedWithoutAKeyIsNotDueAgainAtOnce) {
  pair_.Must(kAnswerer, Write{.kind = ItemKind::kAnswer, .text = "说明", .code = 3});
  pair_.PassAll();
  pair_.own_key = false;
  pair_.now += std::chrono::days{30};
  const auto effects = pair_.Do(kAsker, Tick{});
  ASSERT_TRUE(effects.ok());
  EXPECT_EQ(pair_.State(kAsker), LetterState::kAnswered);
  ASSERT_TRUE(effects->wake);
  EXPECT_GT(*effects->wake, pair_.now);
}

TEST(Wire, ANumberThatDoesNotFitIsOneThatNobodyKnows) {
  EXPECT_EQ(ReplyCodeOf(1), 1);
  EXPECT_EQ(ReplyCodeOf(65'536 + 1), 65'535);
  EXPECT_EQ(ReplyCodeOf(-65'535), 65'535);
  EXPECT_EQ(LetterKindOf(1), LetterKind::kHc);
  EXPECT_EQ(LetterKindName(LetterKindOf(257)), "未知函件");
  EXPECT_EQ(ItemKindOf(35), ItemKind::kAnswer);
  EXPECT_FALSE(IsKnown(ItemKindOf(65'536 + 35)));
  EXPECT_EQ(LetterStateOf(8), LetterState::kClosed);
  EXPECT_TRUE(LetterStateName(LetterStateOf(256 + 8)).empty());
}

}  // namespace
}  // namespace tracing
