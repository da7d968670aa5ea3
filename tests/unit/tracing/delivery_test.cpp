// Repeats, receipts, duplicates, order, parked letters, slow and bad peers.
#include <gtest/gtest.h>

#include "tracing/domain/delivery.h"
#include "unit/tracing/desk.h"

namespace tracing {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using testing::kAnswerer;
using testing::kAsker;
using testing::Pair;

TEST(LetterDelivery, RepeatsUntilTheReceiptIsHeld) {
  Pair pair;
  pair.Open();
  for (int i = 0; i < 5; ++i) {
    pair.wire.clear();  // lost
    pair.now += minutes{10};
    pair.Must(kAsker, Tick{});
    EXPECT_EQ(pair.wire.size(), 1U);
  }
  pair.PassAll();
  EXPECT_EQ(pair.at(kAsker).delivered, 1U);
  pair.now += minutes{600};
  EXPECT_TRUE(pair.Must(kAsker, Tick{}).send.empty());
}

TEST(LetterDelivery, NothingIsSentBeforeItsTime) {
  Pair pair;
  pair.Open();
  pair.wire.clear();
  pair.now += milliseconds{100};
  EXPECT_TRUE(pair.Must(kAsker, Tick{}).send.empty());
}

TEST(LetterDelivery, ADuplicateGetsTheSameReceiptAndReachesNobodyAgain) {
  Pair pair;
  pair.Open();
  const auto letter = pair.Take();
  pair.Give(letter);
  const auto first = std::get<ReceiptArrived>(pair.Take().what);
  const auto version = pair.at(kAnswerer).version;
  const auto again = pair.Give(letter);
  ASSERT_EQ(again.send.size(), 1U);
  EXPECT_TRUE(std::get<SendReceipt>(again.send[0]).again);
  EXPECT_TRUE(again.records.empty());
  EXPECT_FALSE(again.changed);
  EXPECT_EQ(pair.at(kAnswerer).version, version);
  EXPECT_EQ(std::get<ReceiptArrived>(pair.Take().what).hash, first.hash);
  EXPECT_EQ(pair.Count(Did::kLookUp, kAnswerer), 1);
}

TEST(LetterDelivery, OneAtATimeAndInOrder) {
  Pair pair;
  pair.Open();
  pair.Must(kAsker, Write{.kind = ItemKind::kSupplement, .text = "补充"});
  pair.Must(kAsker, Write{.kind = ItemKind::kWithdraw, .text = "不再需要"});
  EXPECT_EQ(pair.wire.size(), 1U);
  pair.PassAll();
  ASSERT_EQ(pair.at(kAnswerer).theirs.size(), 3U);
  EXPECT_EQ(pair.at(kAnswerer).theirs.items[2].kind, ItemKind::kWithdraw);
  EXPECT_EQ(pair.State(kAnswerer), LetterState::kWithdrawn);
}

TEST(LetterDelivery, ALaterItemBeforeAnEarlierOneIsAskedFor) {
  Pair pair;
  pair.Open();
  pair.Must(kAsker, Write{.kind = ItemKind::kSupplement, .text = "补充"});
  pair.wire.clear();
  pair.Must(kAnswerer, pair.Pack(kAsker, 2));
  const auto no = std::get<DeclinedArrived>(pair.Take().what);
  EXPECT_EQ(no.reason, Decline::kGap);
  EXPECT_EQ(no.have_seq, 0U);
  EXPECT_EQ(pair.at(kAnswerer).stage, Stage::kNone);
}

TEST(LetterDelivery, ASilentPeerIsShownWithItsReason) {
  Pair pair;
  pair.Open();
  pair.wire.clear();
  pair.now += minutes{59};
  pair.Must(kAsker, Tick{});
  EXPECT_EQ(pair.at(kAsker).stuck, Stuck::kNone);
  pair.now += minutes{61};
  pair.Must(kAsker, Tick{});
  EXPECT_EQ(pair.at(kAsker).stuck, Stuck::kPeerSilent);
  EXPECT_EQ(pair.Count(Did::kStuck, kAsker), 1);
  pair.PassAll();
  EXPECT_EQ(pair.at(kAsker).stuck, Stuck::kNone);
  EXPECT_EQ(pair.Count(Did::kUnstuck, kAsker), 1);
}

TEST(LetterDelivery, APoisonLetterIsParkedVisiblyAndMayBeResent) {
  Pair pair;
  pair.policy[kAsker].delivery.park_after = 3;
  pair.Open();
  for (int i = 0; i < 3; ++i) {
    auto item = std::get<Arrived>(pair.Take().what);
    item.verdict = Decline::kTooLarge;
    pair.Must(kAnswerer, item);
    pair.PassAll();
    if (i < 2) {
      pair.now += minutes{90};
      pair.Must(kAsker, Tick{});
    }
  }
  EXPECT_EQ(pair.at(kAsker).stuck, Stuck::kParked);
  EXPECT_EQ(pair.at(kAsker).declined, Decline::kTooLarge);
  EXPECT_EQ(pair.Count(Did::kParked, kAsker), 1);
  pair.now += minutes{900};
  EXPECT_TRUE(pair.Must(kAsker, Tick{}).send.empty());
  EXPECT_FALSE(WakeOf(pair.at(kAsker), {.policy = pair.policy[0], .calendar = pair.calendar,
                                        .now = pair.now, .hash = testing::Hash,
                                        .write = nullptr, .number = nullptr})
                   .has_value());
  pair.Must(kAsker, Resend{});
  pair.PassAll();
  EXPECT_EQ(pair.State(kAsker), LetterState::kReceipted);
  EXPECT_EQ(pair.at(kAsker).stuck, Stuck::kNone);
}

TEST(LetterDelivery, AnUnsignedRefusalStopsNothing) {
  Pair pair;
  pair.policy[kAsker].delivery.park_after = 1;
  pair.Open();
  const auto& item = pair.at(kAsker).mine.items[0];
  const auto effects = pair.Must(
      kAsker, DeclinedArrived{.seq = 1, .hash = item.hash, .reason = Decline::kTooLarge});
  EXPECT_FALSE(effects.changed);
  EXPECT_EQ(pair.at(kAsker).stuck, Stuck::kNone);
}

TEST(LetterDelivery, ALimitOfTheOtherSideNeedsNoSignatureAndIsShownAtOnce) {
  Pair pair;
  pair.Open();
  pair.wire.clear();
  const auto& item = pair.at(kAsker).mine.items[0];
  DeclinedArrived no{.seq = 1, .hash = item.hash, .reason = Decline::kSlowDown,
                     .retry_after_s = 900, .is_signed = false, .is_vouched = true};
  pair.Must(kAsker, no);
  EXPECT_EQ(pair.at(kAsker).next_try, pair.now + minutes{15}) << "waits as it was told";
  EXPECT_EQ(pair.at(kAsker).stuck, Stuck::kNone) << "too fast is nothing for people";
  no.reason = Decline::kShutOut;
  pair.Must(kAsker, no);
  EXPECT_EQ(pair.at(kAsker).stuck, Stuck::kPeerDeclined);
  EXPECT_EQ(pair.at(kAsker).declined, Decline::kShutOut);
  no.reason = Decline::kBadItem;  // no limit: that needs a signature
  EXPECT_FALSE(pair.Must(kAsker, no).changed);
  pair.now += minutes{15};
  pair.Must(kAsker, Tick{});
  pair.PassAll();
  EXPECT_EQ(pair.at(kAsker).stuck, Stuck::kNone);
}

TEST(LetterDelivery, WhoseKeyIsMissingIsSaidAtOnce) {
  Pair pair;
  pair.Open();
  pair.wire.clear();
  pair.own_key = false;
  pair.now += minutes{5};
  pair.Must(kAsker, Tick{});
  EXPECT_EQ(pair.at(kAsker).stuck, Stuck::kOwnKeyMissing);
  pair.own_key = true;
  pair.peer_keys = false;
  pair.now += minutes{5};
  EXPECT_TRUE(pair.Must(kAsker, Tick{}).send.empty());
  EXPECT_EQ(pair.at(kAsker).stuck, Stuck::kKeysMissing);
  pair.peer_keys = true;
  pair.now += minutes{5};
  pair.Must(kAsker, Tick{});
  EXPECT_EQ(pair.at(kAsker).stuck, Stuck::kNone);
  pair.PassAll();
  EXPECT_EQ(pair.State(kAsker), LetterState::kReceipted);
}

TEST(LetterDelivery, WithoutAKeyOfOurOwnNothingIsWrittenAndTheUrgingWaits) {
  Pair pair;
  pair.Open();
  pair.PassAll();
  pair.own_key = false;
  pair.now += std::chrono::days{40};
  pair.Must(kAsker, Tick{});
  EXPECT_EQ(pair.at(kAsker).mine.size(), 1U);
  EXPECT_EQ(pair.Do(kAsker, Write{.kind = ItemKind::kWithdraw, .text = "x"}).error().reason,
            "NO_OWN_KEY");
  pair.own_key = true;
  pair.Must(kAsker, Tick{});
  EXPECT_EQ(pair.at(kAsker).mine.size(), 3U) << "urging and copy";
}

TEST(LetterDelivery, ALookUpThatKeepsFailingIsShownUntilALetterLeavesTheMachinesDesk) {
  Pair pair;
  pair.Open();
  pair.PassAll();
  ASSERT_EQ(pair.at(kAnswerer).desk, Desk::kMachine);
  pair.Must(kAnswerer, LookUpFailed{});
  EXPECT_EQ(pair.at(kAnswerer).stuck, Stuck::kNone);
  pair.Must(kAnswerer, LookUpFailed{.lasts = true});
  EXPECT_EQ(pair.at(kAnswerer).stuck, Stuck::kLookUpFails);
  EXPECT_EQ(pair.Count(Did::kStuck, kAnswerer), 1);
  pair.Must(kAnswerer, LookUpFailed{.lasts = true});
  EXPECT_EQ(pair.Count(Did::kStuck, kAnswerer), 1);
  pair.Must(kAnswerer, ToDesk{Desk::kOfficer});
  EXPECT_EQ(pair.at(kAnswerer).stuck, Stuck::kNone);
}

TEST(LetterDelivery, AnExpiredKeyIsRefusedByNameAndPasses) {
  Pair pair;
  pair.Open();
  auto item = std::get<Arrived>(pair.Take().what);
  item.verdict = Decline::kKeyExpired;
  pair.Must(kAnswerer, item);
  pair.PassAll();
  EXPECT_EQ(pair.at(kAsker).declined, Decline::kKeyExpired);
  pair.now += minutes{90};
  pair.Must(kAsker, Tick{});
  EXPECT_EQ(pair.at(kAsker).stuck, Stuck::kPeerDeclined);
  pair.PassAll();  // with the new key
  EXPECT_EQ(pair.State(kAsker), LetterState::kReceipted);
}

TEST(LetterDelivery, AReceiptOfSomethingElseIsNone) {
  Pair pair;
  pair.Open();
  pair.Must(kAsker, ReceiptArrived{.of_asker = true, .seq = 1, .hash = Digest{1}});
  EXPECT_EQ(pair.at(kAsker).delivered, 0U);
  pair.Must(kAsker, ReceiptArrived{.of_asker = false, .seq = 1,
                                   .hash = pair.at(kAsker).mine.items[0].hash});
  EXPECT_EQ(pair.at(kAsker).delivered, 0U);
}

TEST(LetterDelivery, AClockThatJumpsBackKeepsNoLetterWaiting) {
  Pair pair;
  pair.Open();
  pair.wire.clear();
  pair.now += std::chrono::days{30};
  pair.Must(kAsker, Tick{});
  pair.wire.clear();
  pair.now -= std::chrono::days{30};
  pair.Must(kAsker, Tick{});
  EXPECT_EQ(pair.wire.size(), 1U);
}

TEST(Backoff, DoublesToItsMostWithJitterAround) {
  const Delivery delivery{.retry_first_ms = 1000, .retry_max_ms = 60'000, .jitter_percent = 25};
  for (std::uint64_t random = 0; random < 2000; random += 13) {
    EXPECT_GE(Backoff(delivery, 1, random), milliseconds{750});
    EXPECT_LE(Backoff(delivery, 1, random), milliseconds{1250});
    EXPECT_GE(Backoff(delivery, 4, random), milliseconds{6000});
    EXPECT_LE(Backoff(delivery, 4, random), milliseconds{10'000});
    EXPECT_LE(Backoff(delivery, 60'000, random), milliseconds{75'000});
  }
  EXPECT_NE(Backoff(delivery, 3, 1), Backoff(delivery, 3, 400));
}

TEST(Lane, ASilentPeerGetsOneProbeAtATime) {
  const Delivery delivery;
  Lane lane;
  base::UtcTime now = testing::At(2026, 9, 1);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(lane.MaySend(now, delivery));
    lane.Sent(now, delivery, 1);
  }
  EXPECT_FALSE(lane.MaySend(now, delivery));
  EXPECT_TRUE(lane.MaySend(lane.probe_at, delivery));
  EXPECT_TRUE(lane.MaySend(now - std::chrono::days{9}, delivery));  // the clock jumped back
  lane.Heard(now);
  EXPECT_TRUE(lane.MaySend(now, delivery));
}

TEST(Meter, SlowsThenShutsOutThenForgets) {
  Limits limits;
  limits.strikes_slow = 3;
  limits.strikes_shut = 5;
  limits.burst = 100;
  limits.per_minute = 60;
  Meter meter;
  base::UtcTime now = testing::At(2026, 9, 1);
  EXPECT_EQ(meter.Take(now, 100, limits), Decline::kNone);
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(meter.Strike(now, limits));
  EXPECT_EQ(meter.StandAt(now, limits), Stand::kSlowed);
  EXPECT_FALSE(meter.Strike(now, limits));
  EXPECT_TRUE(meter.Strike(now, limits));  // the alert, once
  EXPECT_EQ(meter.Take(now, 100, limits), Decline::kShutOut);
  EXPECT_EQ(meter.RetryAfterSeconds(now, limits), 60 * limits.shut_minutes);
  now += minutes{limits.shut_minutes};
  EXPECT_EQ(meter.Take(now, 100, limits), Decline::kNone);
}

TEST(Meter, RateSizeAndWhenToComeAgain) {
  Limits limits;
  limits.burst = 10;
  limits.per_minute = 60;
  Meter meter;
  base::UtcTime now = testing::At(2026, 9, 1);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(meter.Take(now, 100, limits), Decline::kNone);
  EXPECT_EQ(meter.Take(now, 100, limits), Decline::kSlowDown);
  EXPECT_EQ(meter.RetryAfterSeconds(now, limits), 1);
  now += std::chrono::seconds{1};
  EXPECT_EQ(meter.Take(now, 100, limits), Decline::kNone);
  now += minutes{1};
  EXPECT_EQ(meter.Take(now, std::size_t{2} << 20, limits), Decline::kTooLarge);
}

}  // namespace
}  // namespace tracing
