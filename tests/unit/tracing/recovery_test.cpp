// Restored backups: nothing twice, nothing lost that others hold, numbers without gap.
#include "tracing/domain/recovery.h"

#include <gtest/gtest.h>

#include "unit/tracing/desk.h"

namespace tracing {
namespace {

using testing::Code;
using testing::kAnswerer;
using testing::kAsker;
using testing::Pair;

TEST(LetterRecovery, NothingIsSentUntilThePeerHasConfirmed) {
  Pair pair;
  pair.OpenAndDeliver();
  const Conversation backup = pair.at(kAsker);
  pair.Must(kAsker, Write{.kind = ItemKind::kWithdraw, .text = "已找到"});
  pair.PassAll();
  pair.at(kAsker) = backup;
  pair.confirmed[kAsker] = false;
  EXPECT_EQ(pair.Do(kAsker, Write{.kind = ItemKind::kWithdraw, .text = "已找到"}).error().reason,
            "RESTORE_UNCONFIRMED");
  pair.Give({kAnswerer, AskReturn{1, 0}});
  EXPECT_EQ(pair.Count(Did::kAdopted, kAsker), 1);
  EXPECT_EQ(pair.State(kAsker), LetterState::kWithdrawn);
  pair.confirmed[kAsker] = true;
  pair.now += std::chrono::hours{2};
  pair.Must(kAsker, Tick{});  // to hold the receipt again: the same item, not another one
  pair.PassAll();
  EXPECT_EQ(pair.at(kAnswerer).theirs.size(), 2U);
  EXPECT_EQ(pair.Count(Did::kReceived, kAnswerer), 2);
  EXPECT_TRUE(Agree(pair.at(kAsker), pair.at(kAnswerer)));
}

TEST(LetterRecovery, AWholeConversationComesBack) {
  Pair pair;
  pair.OpenAndDeliver();
  pair.Must(kAnswerer, Write{.kind = ItemKind::kAnswer, .code = 1});
  pair.PassAll();
  pair.at(kAsker) = {};
  pair.at(kAsker).self = Code("350212");
  pair.Give({kAnswerer, AskReturn{0, 0}});
  EXPECT_EQ(pair.at(kAsker).side, Side::kAsker);
  EXPECT_EQ(pair.State(kAsker), LetterState::kAnswered);
  EXPECT_TRUE(Agree(pair.at(kAsker), pair.at(kAnswerer)));
}

TEST(LetterRecovery, ARestoreThatNobodyAnnouncedIsFoundAndDropsWhatItWroteSince) {
  Pair pair;
  pair.OpenAndDeliver();
  const Conversation backup = pair.at(kAsker);
  pair.Must(kAsker, Write{.kind = ItemKind::kWithdraw, .text = "已找到"});
  pair.PassAll();
  pair.at(kAsker) = backup;
  pair.now += std::chrono::hours{1};
  pair.Must(kAsker, Write{.kind = ItemKind::kSupplement, .text = "补充"});
  pair.PassAll();
  EXPECT_GE(pair.Count(Did::kRestoreSuspected, kAsker), 1);
  EXPECT_EQ(pair.Count(Did::kOvertaken, kAsker), 1);
  EXPECT_EQ(pair.Count(Did::kAdopted, kAsker), 1);
  EXPECT_EQ(pair.State(kAsker), LetterState::kWithdrawn);
  EXPECT_EQ(pair.at(kAnswerer).theirs.size(), 2U);
  EXPECT_TRUE(Agree(pair.at(kAsker), pair.at(kAnswerer)));
}

TEST(LetterRecovery, TheSameIntentionAfterARestoreIsNotASecondLetter) {
  Pair pair;
  pair.OpenAndDeliver();
  pair.at(kAsker) = {};
  pair.at(kAsker).self = Code("350212");
  pair.now += std::chrono::hours{1};
  pair.Open();  // the case asks again: same id, other bytes
  pair.PassAll();
  EXPECT_EQ(pair.at(kAnswerer).theirs.size(), 1U);
  EXPECT_EQ(pair.Count(Did::kLookUp, kAnswerer), 1);
  EXPECT_EQ(pair.Count(Did::kOvertaken, kAsker), 1);
  EXPECT_TRUE(Agree(pair.at(kAsker), pair.at(kAnswerer)));
}

TEST(LetterRecovery, NumbersAreFrozenUntilAllHaveAnsweredAndLostOnesComeFirst) {
  Numbering numbers = Numbering::Of({{2026, 34}}, false);
  Recovery recovery;
  BeginRecovery(recovery, 1000, {Code("430527"), Code("411003")}, numbers);
  EXPECT_EQ(recovery.epoch, 1000U);
  const base::Date day = *base::Date::FromYmd(2026, 11, 2);
  EXPECT_EQ(numbers.Take(day).error().reason, "NUMBERS_FROZEN");
  EXPECT_FALSE(recovery.Confirmed(Code("430527")));
  numbers.Learn({2026, 36});  // 35 never arrived anywhere
  EXPECT_FALSE(ConfirmMember(recovery, Code("430527"), numbers));
  EXPECT_TRUE(recovery.Confirmed(Code("430527")));
  EXPECT_TRUE(numbers.frozen());
  EXPECT_TRUE(ConfirmMember(recovery, Code("411003"), numbers));
  EXPECT_EQ(numbers.Take(day)->number, 35);
  EXPECT_EQ(numbers.Take(day)->number, 37);
}

TEST(LetterRecovery, ADroppedItemGivesItsNumberBackUnlessAnotherHoldsIt) {
  Numbering numbers = Numbering::Of({{2026, 34}}, false);
  const base::Date day = *base::Date::FromYmd(2026, 11, 2);
  EXPECT_EQ(numbers.Take(day)->number, 35);
  EXPECT_EQ(numbers.Take(day)->number, 36);
  numbers.Learn({2026, 36});  // on a letter of before the restore
  numbers.GiveBack({2026, 35});
  numbers.GiveBack({2026, 36});
  numbers.GiveBack({});
  EXPECT_EQ(numbers.Take(day)->number, 35);
  EXPECT_EQ(numbers.Take(day)->number, 37);
}

TEST(LetterRecovery, AnOfficerMayVouchForTheLastNumber) {
  Numbering numbers = Numbering::Of({{2026, 34}}, true);
  ConfirmNumbers(numbers, {2026, 40});
  EXPECT_EQ(numbers.Take(*base::Date::FromYmd(2026, 11, 2))->number, 41);
}

TEST(LetterRecovery, EachRestoreHasAHigherEpochAndOlderItemsAreRefused) {
  Recovery recovery;
  Numbering numbers;
  BeginRecovery(recovery, 500, {Code("430527")}, numbers);
  BeginRecovery(recovery, 400, {Code("430527")}, numbers);  // a clock that went back
  EXPECT_EQ(recovery.epoch, 501U);
  EXPECT_EQ(JudgeEpoch(501, 500), Decline::kOldEpoch);
  EXPECT_EQ(JudgeEpoch(501, 501), Decline::kNone);
  EXPECT_EQ(JudgeRecovering(recovery, Code("430527")), Decline::kBehind);
}

TEST(LetterRecovery, HeadsSayWhoLacksWhat) {
  Pair pair;
  pair.OpenAndDeliver();
  const Conversation& mine = pair.at(kAsker);
  const HashFn hash = testing::Hash;
  const HeadFact same{.id = mine.id, .asked_by_us = true, .ours = 1,
                      .ours_head = mine.mine.head, .theirs = 0};
  EXPECT_EQ(Compare(&mine, same, hash), Lack::kNothing);
  EXPECT_EQ(Compare(nullptr, same, hash), Lack::kOurs);
  HeadFact more = same;
  more.theirs = 1;
  EXPECT_EQ(Compare(&mine, more, hash), Lack::kOurs);
  HeadFact fork = same;
  fork.ours_head[0] ^= 1;
  EXPECT_EQ(Compare(&mine, fork, hash), Lack::kOurs);
  const HeadFact less{.id = mine.id, .asked_by_us = true};
  EXPECT_EQ(Compare(&mine, less, hash), Lack::kTheirs);
}

TEST(LetterRecovery, NoWordOfAMemberDrivesOurEpochToItsEnd) {
  const base::UtcTime now = testing::At(2026, 9, 1);
  const auto seconds = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count());
  EXPECT_TRUE(IsPlausibleEpoch(1, now));
  EXPECT_TRUE(IsPlausibleEpoch(seconds + 3'600 * 24 * 366, now)) << "a clock that was off";
  EXPECT_FALSE(IsPlausibleEpoch(seconds * 2, now));
  EXPECT_FALSE(IsPlausibleEpoch(~std::uint64_t{0}, now));
}

}  // namespace
}  // namespace tracing
