// Working days, urging, the superior's copy, giving up: each once, on the right day.
#include "tracing/domain/deadlines.h"

#include <gtest/gtest.h>

#include "unit/tracing/desk.h"

namespace tracing {
namespace {

using testing::kAnswerer;
using testing::kAsker;
using testing::Pair;

constexpr int kEnd = 17 * 60 + 30;

int Urges(const Pair& pair) { return Fold(const_cast<Pair&>(pair).at(kAsker)).urges; }

// 2026-09-21 is a Monday; 10 working days on: 25 is a Friday, 1..7 October are off, Saturday
// the 10th is worked, so the tenth day is Saturday 10 October.
TEST(LetterDeadlines, CountWorkingDaysOverTheHoliday) {
  Pair pair;
  pair.now = testing::At(2026, 9, 21);
  pair.OpenAndDeliver();
  EXPECT_EQ(Fold(pair.at(kAsker)).reply_by, *base::Date::FromYmd(2026, 10, 10));
  pair.TickAt(testing::At(2026, 10, 10, kEnd) - std::chrono::milliseconds{1});
  EXPECT_EQ(Urges(pair), 0);
  pair.TickAt(testing::At(2026, 10, 10, kEnd));
  EXPECT_EQ(Urges(pair), 1);
}

TEST(LetterDeadlines, UrgedTwiceCopiedOnceThenGivenUp) {
  Pair pair;
  pair.now = testing::At(2026, 11, 2);  // a Monday; no holiday after it
  pair.OpenAndDeliver();
  const auto times = TimesOf(pair.at(kAsker), Fold(pair.at(kAsker)), pair.policy[kAsker],
                             pair.calendar);
  ASSERT_TRUE(times.has_value());
  EXPECT_EQ(times->urges[0], testing::At(2026, 11, 16, kEnd));
  EXPECT_EQ(times->urges[1], testing::At(2026, 11, 23, kEnd));
  EXPECT_EQ(times->copy, testing::At(2026, 11, 30, kEnd));
  for (base::UtcTime at = pair.now; at < testing::At(2027, 1, 30); at += std::chrono::hours{5}) {
    pair.TickAt(at);
    pair.PassAll();
  }
  int urges = 0;
  int copies = 0;
  int expiries = 0;
  for (const Item& item : pair.at(kAnswerer).theirs.items) {
    urges += item.kind == ItemKind::kUrge;
    copies += item.kind == ItemKind::kCopy;
    expiries += item.kind == ItemKind::kExpire;
  }
  EXPECT_EQ(urges, 2);
  EXPECT_EQ(copies, 1);
  EXPECT_EQ(expiries, 1);
  EXPECT_EQ(pair.Count(Did::kCopyDue, kAsker), 1);
  EXPECT_EQ(pair.State(kAsker), LetterState::kExpired);
  EXPECT_EQ(pair.State(kAnswerer), LetterState::kExpired);
  // A late answer is still an answer.
  pair.Must(kAnswerer, Write{.kind = ItemKind::kAnswer, .code = 1});
  pair.PassAll();
  EXPECT_EQ(pair.State(kAsker), LetterState::kAnswered);
}

TEST(LetterDeadlines, TheDayAfterALongOutageOneUrgingIsWrittenNotTwo) {
  Pair pair;
  pair.now = testing::At(2026, 11, 2);
  pair.OpenAndDeliver();
  pair.TickAt(testing::At(2026, 11, 25));
  pair.PassAll();
  EXPECT_EQ(Urges(pair), 2);
  EXPECT_EQ(pair.at(kAnswerer).theirs.size(), 2U);
}

TEST(LetterDeadlines, NobodyIsUrgedForWhatTheNetworkHeldUp) {
  Pair pair;
  pair.now = testing::At(2026, 11, 2);
  pair.Open();
  pair.TickAt(testing::At(2026, 11, 27));  // three weeks without a link
  EXPECT_EQ(Urges(pair), 0);
  pair.PassAll();
  pair.TickAt(testing::At(2026, 12, 11, kEnd) - std::chrono::milliseconds{1});
  EXPECT_EQ(Urges(pair), 0);
  pair.TickAt(testing::At(2026, 12, 11, kEnd));
  EXPECT_EQ(Urges(pair), 1);
}

TEST(LetterDeadlines, AnInterimReplyMovesTheDateOnce) {
  Pair pair;
  pair.now = testing::At(2026, 11, 2);
  pair.OpenAndDeliver();
  const auto until = *base::Date::FromYmd(2026, 11, 27);
  pair.Must(kAnswerer, Write{.kind = ItemKind::kInterim, .text = "外出调查", .due = until});
  pair.PassAll();
  EXPECT_EQ(Fold(pair.at(kAsker)).reply_by, until);
  pair.TickAt(testing::At(2026, 11, 27, kEnd - 1));
  EXPECT_EQ(Urges(pair), 0);
  pair.TickAt(testing::At(2026, 11, 27, kEnd));
  EXPECT_EQ(Urges(pair), 1);
  const auto again = pair.Do(kAnswerer, Write{.kind = ItemKind::kInterim, .text = "再延",
                                              .due = *base::Date::FromYmd(2026, 12, 3)});
  EXPECT_EQ(again.error().reason, "EXTENSION_TOO_LONG");
}

TEST(LetterDeadlines, ReopeningBeginsTheClocksAnew) {
  Pair pair;
  pair.now = testing::At(2026, 11, 2);
  pair.OpenAndDeliver();
  pair.TickAt(testing::At(2026, 11, 16, kEnd));
  pair.PassAll();
  pair.Must(kAnswerer, Write{.kind = ItemKind::kAnswer, .code = 1});
  pair.PassAll();
  pair.Must(kAsker, Write{.kind = ItemKind::kReopen, .text = "并未到校"});
  pair.PassAll();
  EXPECT_EQ(Urges(pair), 0);
  EXPECT_EQ(Fold(pair.at(kAsker)).reply_by, *base::Date::FromYmd(2026, 11, 30));
  pair.TickAt(testing::At(2026, 11, 30, kEnd));
  pair.PassAll();
  EXPECT_EQ(Urges(pair), 1);
}

TEST(LetterDeadlines, AnAnsweredLetterClosesByItself) {
  Pair pair;
  pair.now = testing::At(2026, 11, 2);
  pair.OpenAndDeliver();
  pair.Must(kAnswerer, Write{.kind = ItemKind::kAnswer, .code = 1});
  pair.PassAll();
  pair.TickAt(testing::At(2026, 11, 9, kEnd - 1));
  EXPECT_EQ(pair.State(kAsker), LetterState::kAnswered);
  pair.TickAt(testing::At(2026, 11, 9, kEnd));
  EXPECT_EQ(pair.State(kAsker), LetterState::kClosed);
}

TEST(LetterDeadlines, R99IsReadByAnOfficerAndNotClosedByItself) {
  Pair pair;
  pair.now = testing::At(2026, 11, 2);
  pair.OpenAndDeliver();
  pair.Must(kAnswerer, Write{.kind = ItemKind::kAnswer, .text = "见附件", .code = 99});
  pair.PassAll();
  pair.TickAt(testing::At(2027, 3, 1));
  EXPECT_EQ(pair.State(kAsker), LetterState::kAnswered);
}

TEST(LetterDeadlines, WakesExactlyWhenSomethingIsDue) {
  Pair pair;
  pair.now = testing::At(2026, 11, 2);
  pair.Open();
  const auto packet = pair.Take();
  pair.Give(packet);
  const auto effects = pair.Give(pair.Take());
  ASSERT_TRUE(effects.wake.has_value());
  EXPECT_EQ(*effects.wake, testing::At(2026, 11, 16, kEnd));
}

TEST(LetterDeadlines, CommonSuperior) {
  using testing::Code;
  EXPECT_EQ(CommonSuperior(Code("350212"), Code("350211")), Code("350200"));
  EXPECT_EQ(CommonSuperior(Code("350212"), Code("350111")), Code("350000"));
  EXPECT_FALSE(CommonSuperior(Code("350212"), Code("430527")));
}

TEST(LetterDeadlines, TheCopyGoesToTheCommonSuperiorAndAcrossProvincesToOurOwn) {
  using testing::Code;
  Policy policy;
  policy.superior = Code("350200");
  EXPECT_EQ(CopyGoesTo(Code("350212"), Code("350211"), policy), Code("350200"));
  EXPECT_EQ(CopyGoesTo(Code("350212"), Code("350602"), policy), Code("350000"));
  EXPECT_EQ(CopyGoesTo(Code("350212"), Code("430527"), policy), Code("350200"));
  policy.superior = {};
  EXPECT_EQ(CopyGoesTo(Code("350212"), Code("430527"), policy), Code("350000"));
}

TEST(LetterDeadlines, OnlyWhatNobodyAcknowledgedIsToBeAcknowledged) {
  Pair pair;
  const auto day = [&](int side) {
    return AcknowledgeDay(pair.at(side), Fold(pair.at(side)), pair.policy[side], pair.calendar);
  };
  pair.now = testing::At(2026, 11, 6);
  pair.Open();
  EXPECT_FALSE(day(testing::kAsker)) << "it has not come yet";
  pair.PassAll();
  for (const int side : {testing::kAsker, testing::kAnswerer}) {
    ASSERT_TRUE(day(side));
    EXPECT_EQ(day(side)->ToString(), "2026-11-10");
  }
  pair.at(testing::kAsker).paper = true;
  EXPECT_FALSE(day(testing::kAsker));
  pair.at(testing::kAsker).paper = false;
  pair.Must(testing::kAnswerer, Write{.kind = ItemKind::kAcknowledge});
  pair.PassAll();
  for (const int side : {testing::kAsker, testing::kAnswerer}) EXPECT_FALSE(day(side));
}

// The rules of 9 November urge after 3 days and close after 1.
TEST(LetterDeadlines, ARoundAndAnAnswerFollowTheRulesOfTheDayFromWhichTheyCount) {
  const auto entry = [](unsigned day, int reply_days, int close_days) {
    Policy policy;
    policy.number_prefix = "同教函";
    policy.deadlines.reply_days = reply_days;
    policy.deadlines.urge_days = {reply_days, 15};
    policy.deadlines.close_days = close_days;
    return PolicyEntry{*base::Date::FromYmd(2026, 11, day), "", policy};
  };
  const PolicyBook book{{entry(1, 10, 5), entry(9, 3, 1)}};
  Pair old;
  Pair fresh;
  old.policies = fresh.policies = &book;
  old.now = testing::At(2026, 11, 6);   // a Friday: the tenth working day is Friday 20
  old.OpenAndDeliver();
  fresh.now = testing::At(2026, 11, 9);  // the third one is Thursday 12
  fresh.OpenAndDeliver();
  for (Pair* pair : {&old, &fresh}) pair->TickAt(testing::At(2026, 11, 12, kEnd));
  EXPECT_EQ(Urges(old), 0);
  EXPECT_EQ(Urges(fresh), 1);
  old.TickAt(testing::At(2026, 11, 20, kEnd - 1));
  EXPECT_EQ(Urges(old), 0);
  old.TickAt(testing::At(2026, 11, 20, kEnd));
  EXPECT_EQ(Urges(old), 1);
  // Five days after the first one, not twelve, as 15 less 3 would be.
  old.TickAt(testing::At(2026, 11, 27, kEnd));
  EXPECT_EQ(Urges(old), 2);
  // An answer that comes now closes by the new rules, whenever the letter was written.
  old.PassAll();
  old.Must(kAnswerer, Write{.kind = ItemKind::kAnswer, .text = "查无此人", .code = 6});
  old.PassAll();
  old.TickAt(testing::At(2026, 11, 30, kEnd - 1));
  EXPECT_EQ(old.State(kAsker), LetterState::kAnswered);
  old.TickAt(testing::At(2026, 11, 30, kEnd));
  EXPECT_EQ(old.State(kAsker), LetterState::kClosed);
}

TEST(LetterDeadlines, AcknowledgeByCountsFromTheDayItCame) {
  Pair pair;
  EXPECT_EQ(AcknowledgeBy(testing::At(2026, 11, 6), pair.policy[0], pair.calendar),
            testing::At(2026, 11, 10, kEnd));  // Friday -> Tuesday
  // 16:30Z is already tomorrow.
  EXPECT_EQ(AcknowledgeBy(testing::At(2026, 11, 2, 0) + std::chrono::minutes{30 + 24 * 60},
                          pair.policy[0], pair.calendar),
            testing::At(2026, 11, 5, kEnd));
}

}  // namespace
}  // namespace tracing
