// A letter's life on both sides: what may be written when, and what both then show.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/tracing/desk.h"

namespace tracing {
namespace {

using testing::kAnswerer;
using testing::kAsker;
using testing::Pair;

std::string ReasonOf(const base::Result<Effects>& result) {
  return result.ok() ? "OK" : result.error().reason;
}

TEST(LetterLife, FromDraftToClosed) {
  Pair pair;
  pair.Must(kAsker, DraftLetter{.id = {base::Uuid{9}}, .self = testing::Code("350212"),
                                .peer = testing::Code("430527"), .kind = LetterKind::kHc});
  EXPECT_EQ(pair.State(kAsker), LetterState::kDrafted);
  EXPECT_TRUE(pair.wire.empty());
  pair.Must(kAsker, Approve{});
  EXPECT_EQ(pair.State(kAsker), LetterState::kSent);
  EXPECT_EQ(pair.at(kAsker).mine.items[0].number, (DocumentNumber{2026, 1}));
  pair.PassAll();
  EXPECT_EQ(pair.State(kAsker), LetterState::kReceipted);
  EXPECT_EQ(pair.State(kAnswerer), LetterState::kReceipted);
  EXPECT_EQ(pair.at(kAnswerer).desk, Desk::kMachine);
  pair.Must(kAnswerer, ToDesk{Desk::kOfficer});
  pair.PassAll();
  EXPECT_EQ(pair.State(kAsker), LetterState::kAcknowledged);
  pair.Must(kAnswerer, Write{.kind = ItemKind::kInterim, .text = "正在入户"});
  pair.PassAll();
  EXPECT_EQ(pair.State(kAsker), LetterState::kInterim);
  pair.Must(kAnswerer, Write{.kind = ItemKind::kAnswer, .code = 1});
  pair.PassAll();
  EXPECT_EQ(pair.State(kAsker), LetterState::kAnswered);
  EXPECT_EQ(pair.Count(Did::kReply, kAsker), 1);
  EXPECT_EQ(pair.at(kAnswerer).desk, Desk::kNone);
  pair.Must(kAsker, Write{.kind = ItemKind::kClose});
  pair.PassAll();
  EXPECT_EQ(pair.State(kAsker), LetterState::kClosed);
  EXPECT_EQ(pair.State(kAnswerer), LetterState::kClosed);
  EXPECT_TRUE(Agree(pair.at(kAsker), pair.at(kAnswerer)));
}

TEST(LetterLife, BothSidesKnowWhenTheOtherConfirmedTheState) {
  Pair pair;
  pair.OpenAndDeliver();
  pair.now += std::chrono::hours{1};
  pair.Must(kAnswerer, Write{.kind = ItemKind::kAnswer, .code = 1});
  pair.PassAll();
  EXPECT_TRUE(IsConfirmed(pair.at(kAnswerer)));
  EXPECT_EQ(pair.at(kAnswerer).peer_state, LetterState::kAnswered);
  EXPECT_EQ(pair.at(kAnswerer).confirmed_at, pair.now);
  pair.Must(kAsker, Write{.kind = ItemKind::kClose});
  EXPECT_FALSE(IsConfirmed(pair.at(kAsker)));  // not until the receipt is held
  pair.PassAll();
  EXPECT_TRUE(IsConfirmed(pair.at(kAsker)));
  EXPECT_EQ(pair.at(kAsker).peer_state, LetterState::kClosed);
  EXPECT_EQ(pair.Count(Did::kStateDiffers, kAsker), 0);
}

// Both hold the same items and the other says another state: told once, shown until it agrees.
TEST(LetterLife, ADifferenceOfStatesIsToldOnceAndShownUntilItEnds) {
  Pair pair;
  pair.OpenAndDeliver();
  const Conversation& asker = pair.at(kAsker);
  ReceiptArrived receipt{.of_asker = true, .seq = 1, .hash = asker.mine.items[0].hash,
                         .head = asker.mine.head, .sent_seq = 0, .state = LetterState::kWithdrawn};
  pair.now += std::chrono::hours{1};
  pair.Must(kAsker, receipt);
  EXPECT_EQ(pair.at(kAsker).differs_at, pair.now);
  const auto since = pair.now;
  pair.now += std::chrono::hours{1};
  pair.Must(kAsker, receipt);
  EXPECT_EQ(pair.at(kAsker).differs_at, since);
  EXPECT_EQ(pair.Count(Did::kStateDiffers, kAsker), 1);
  receipt.state = LetterState::kReceipted;
  pair.Must(kAsker, receipt);
  EXPECT_EQ(pair.at(kAsker).differs_at, base::UtcTime{});
}

TEST(LetterLife, AVersionIsWhatAnOfficerWouldSee) {
  Pair pair;
  pair.OpenAndDeliver();
  const auto version = pair.at(kAsker).version;
  pair.Must(kAsker, Write{.kind = ItemKind::kSupplement, .text = "另有线索"});
  const auto written = pair.at(kAsker).version;
  EXPECT_GT(written, version);
  pair.wire.clear();
  pair.TickAt(pair.now + std::chrono::minutes{5});  // tried again
  EXPECT_GT(pair.at(kAsker).attempts, 1);
  EXPECT_EQ(pair.at(kAsker).version, written);
}

TEST(LetterLife, AutomaticKindsNeedNoOfficer) {
  Pair pair(LetterKind::kXc);
  pair.policy[kAsker].approval.automatic.insert(LetterKind::kXc);
  pair.Must(kAsker, DraftLetter{.id = {base::Uuid{9}}, .self = testing::Code("350212"),
                                .peer = testing::Code("430527"), .kind = LetterKind::kXc});
  EXPECT_EQ(pair.State(kAsker), LetterState::kSent);
}

TEST(LetterLife, ADraftMayBeRejected) {
  Pair pair;
  pair.Must(kAsker, DraftLetter{.id = {base::Uuid{9}}, .self = testing::Code("350212"),
                                .peer = testing::Code("430527"), .kind = LetterKind::kHc});
  EXPECT_EQ(ReasonOf(pair.Do(kAsker, Reject{})), "TEXT_MISSING");
  pair.Must(kAsker, Reject{"家访未做"});
  EXPECT_EQ(pair.State(kAsker), LetterState::kRejected);
  EXPECT_EQ(pair.numbers[kAsker].Last(2026), 0);  // no number was used up
  EXPECT_EQ(ReasonOf(pair.Do(kAsker, Approve{})), "WRONG_STATE");
}

TEST(LetterLife, WhatIsForInformationClosesWhenItIsNoted) {
  Pair pair(LetterKind::kGz);
  pair.OpenAndDeliver();
  EXPECT_EQ(pair.State(kAsker), LetterState::kAcknowledged);
  EXPECT_EQ(pair.Count(Did::kToOfficer, kAnswerer), 1);
  pair.TickAt(pair.now);
  pair.PassAll();
  EXPECT_EQ(pair.State(kAnswerer), LetterState::kClosed);
}

// One row a refusal: which side, what is written, in a letter that was only delivered.
// An officer there answers it before our closing is there, which nothing holds up.
TEST(LetterLife, ALetterThatExpectsNoReplyIsClosedAlsoWhenItWasAnswered) {
  Pair pair(LetterKind::kJd);
  pair.OpenAndDeliver();
  pair.Must(kAnswerer, Write{.kind = ItemKind::kAnswer, .code = 9});
  pair.PassAll();
  pair.TickAt(pair.now);
  pair.PassAll();
  EXPECT_EQ(pair.State(kAsker), LetterState::kClosed);
  EXPECT_EQ(pair.State(kAnswerer), LetterState::kClosed);
}

TEST(LetterLife, RefusalsByName) {
  struct Case {
    int side;
    Write write;
    const char* reason;
  };
  const base::Date today = base::DateAt(testing::At(2026, 9, 1));
  const Case cases[] = {
      {kAsker, {.kind = ItemKind::kAnswer, .code = 1}, "WRONG_SIDE"},
      {kAnswerer, {.kind = ItemKind::kWithdraw, .text = "x"}, "WRONG_SIDE"},
      {kAnswerer, {.kind = ItemKind{77}, .text = "x"}, "WRONG_SIDE"},
      {kAsker, {.kind = ItemKind::kUrge}, "WRONG_STATE"},
      {kAsker, {.kind = ItemKind::kClose}, "WRONG_STATE"},
      {kAsker, {.kind = ItemKind::kReopen, .text = "x"}, "WRONG_STATE"},
      {kAsker, {.kind = ItemKind::kWithdraw}, "TEXT_MISSING"},
      {kAnswerer, {.kind = ItemKind::kAnswer, .code = 0}, "BAD_CODE"},
      {kAnswerer, {.kind = ItemKind::kAnswer, .code = 11}, "BAD_CODE"},
      {kAnswerer, {.kind = ItemKind::kAnswer, .code = 12}, "BAD_CODE"},
      {kAnswerer, {.kind = ItemKind::kForward, .text = "x"}, "BAD_TARGET"},
      {kAnswerer,
       {.kind = ItemKind::kForward, .text = "x", .to = testing::Code("350212")},
       "BAD_TARGET"},
      {kAnswerer, {.kind = ItemKind::kInterim, .text = "x", .due = today}, "BAD_DATE"},
      {kAnswerer,
       {.kind = ItemKind::kInterim, .text = "x", .due = today + std::chrono::days{90}},
       "EXTENSION_TOO_LONG"}};
  for (const Case& one : cases) {
    Pair pair;
    pair.OpenAndDeliver();
    const auto version = pair.at(one.side).version;
    EXPECT_EQ(ReasonOf(pair.Do(one.side, one.write)), one.reason)
        << ItemKindName(one.write.kind);
    EXPECT_EQ(pair.at(one.side).version, version);
  }
}

TEST(LetterLife, ReopeningBeginsANewRound) {
  Pair pair;
  pair.OpenAndDeliver();
  pair.Must(kAnswerer, Write{.kind = ItemKind::kAnswer, .code = 1, .by_machine = true});
  pair.PassAll();
  pair.Must(kAsker, Write{.kind = ItemKind::kClose});
  pair.PassAll();
  pair.Must(kAsker, Write{.kind = ItemKind::kReopen, .text = "该生并未到校"});
  pair.PassAll();
  EXPECT_EQ(pair.State(kAnswerer), LetterState::kReopened);
  EXPECT_EQ(Fold(pair.at(kAsker)).round, 2);
  // The machine has spoken; now people look.
  EXPECT_EQ(pair.at(kAnswerer).desk, Desk::kOfficer);
  EXPECT_EQ(pair.Count(Did::kToOfficer, kAnswerer), 1);
  pair.Must(kAnswerer, Write{.kind = ItemKind::kAnswer, .code = 6});
  pair.PassAll();
  EXPECT_EQ(Fold(pair.at(kAsker)).code, 6);
  EXPECT_EQ(pair.Count(Did::kReply, kAsker), 2);
}

TEST(LetterLife, ReopeningHasATerm) {
  Pair pair;
  pair.OpenAndDeliver();
  pair.Must(kAnswerer, Write{.kind = ItemKind::kAnswer, .code = 1});
  pair.PassAll();
  pair.Must(kAsker, Write{.kind = ItemKind::kClose});
  pair.now += std::chrono::days{181};
  EXPECT_EQ(ReasonOf(pair.Do(kAsker, Write{.kind = ItemKind::kReopen, .text = "x"})),
            "REOPEN_TOO_LATE");
  pair.now -= std::chrono::days{1};
  EXPECT_EQ(ReasonOf(pair.Do(kAsker, Write{.kind = ItemKind::kReopen, .text = "x"})), "OK");
}

TEST(LetterLife, ALetterThatComesBackFromTheTownshipReachesItsOfficerOnce) {
  Pair pair;
  pair.OpenAndDeliver();
  pair.Must(kAnswerer, ToDesk{Desk::kOfficer});
  pair.Must(kAnswerer, ToDesk{Desk::kHousehold});
  pair.Must(kAnswerer, ToDesk{Desk::kOfficer});
  EXPECT_EQ(pair.at(kAnswerer).desk, Desk::kOfficer);
  EXPECT_EQ(pair.Count(Did::kToOfficer, kAnswerer), 1);
  EXPECT_EQ(pair.Count(Did::kToHousehold, kAnswerer), 1);
}

TEST(LetterLife, AClosedLetterStaysClosedWhateverArrives) {
  Pair pair;
  pair.OpenAndDeliver();
  pair.Must(kAnswerer, Write{.kind = ItemKind::kAnswer, .code = 1});
  pair.PassAll();
  // A correction leaves while the closing is on its way: the closing comes first for both.
  pair.Must(kAsker, Write{.kind = ItemKind::kClose});
  pair.Must(kAnswerer, Write{.kind = ItemKind::kAnswer, .text = "更正", .code = 2});
  EXPECT_EQ(pair.State(kAnswerer), LetterState::kAnswered);
  pair.PassAll();
  EXPECT_EQ(pair.State(kAsker), LetterState::kClosed);
  EXPECT_EQ(pair.State(kAnswerer), LetterState::kClosed);
  EXPECT_EQ(pair.Count(Did::kCrossed, kAsker), 1);
  EXPECT_EQ(Fold(pair.at(kAsker)).code, 1);
}

TEST(LetterLife, ACountyWithoutTheSoftwareIsTheSameLetterByHand) {
  Pair pair;
  pair.Must(kAsker, DraftLetter{.id = {base::Uuid{9}}, .self = testing::Code("350212"),
                                .peer = testing::Code("430527"), .kind = LetterKind::kHc,
                                .paper = true});
  pair.Must(kAsker, Approve{});
  EXPECT_TRUE(pair.wire.empty());
  EXPECT_EQ(pair.at(kAsker).stuck, Stuck::kPaperWaiting);
  const Write answer{.kind = ItemKind::kAnswer, .code = 1};
  EXPECT_EQ(ReasonOf(pair.Do(kAsker, PaperItem{answer, "绥教函〔2026〕5号"})), "WRONG_STATE");
  EXPECT_EQ(ReasonOf(pair.Do(kAsker, PaperReceipt{})), "TEXT_MISSING");
  pair.Must(kAsker, PaperReceipt{"XA123456789CN"});
  EXPECT_EQ(pair.State(kAsker), LetterState::kReceipted);
  EXPECT_EQ(pair.at(kAsker).stuck, Stuck::kNone);
  pair.Must(kAsker, PaperItem{answer, "绥教函〔2026〕5号"});
  EXPECT_EQ(pair.State(kAsker), LetterState::kAnswered);
  EXPECT_TRUE(pair.at(kAsker).theirs.items[0].by_hand);
  EXPECT_EQ(pair.Count(Did::kReply, kAsker), 1);
}

// On paper everything is the same, but only documents go to the post.
class OnPaper : public ::testing::Test {
 protected:
  void Open(LetterKind kind) {
    pair_ = Pair{};
    pair_.now = testing::At(2026, 11, 2);
    pair_.Must(kAsker, DraftLetter{.id = {base::Uuid{9}}, .self = testing::Code("350212"),
                                   .peer = testing::Code("430527"), .kind = kind, .paper = true});
    pair_.Must(kAsker, Approve{});
    EXPECT_EQ(pair_.at(kAsker).stuck, Stuck::kPaperWaiting);
  }
  void Posted() { pair_.Must(kAsker, PaperReceipt{"XA123456789CN"}); }
  void Answers() {
    pair_.Must(kAsker, PaperItem{{.kind = ItemKind::kAnswer, .code = 1}, "绥教函〔2026〕5号"});
  }
  // Nothing of it is to be posted.
  void NothingWaits() {
    EXPECT_EQ(pair_.at(kAsker).stuck, Stuck::kNone);
    EXPECT_EQ(pair_.at(kAsker).delivered, pair_.at(kAsker).mine.size());
  }
  ItemKind Waiting() { return pair_.at(kAsker).mine.items[pair_.at(kAsker).delivered].kind; }
  void TickTo(base::UtcTime end) {
    for (; pair_.now < end; pair_.now += std::chrono::hours{12}) pair_.TickAt(pair_.now);
  }
  Pair pair_;
};

TEST_F(OnPaper, ClosingAndGivingUpArePostedToNobody) {
  Open(LetterKind::kHc);
  Posted();
  Answers();
  pair_.Must(kAsker, Write{.kind = ItemKind::kClose});
  EXPECT_EQ(pair_.State(kAsker), LetterState::kClosed);
  NothingWaits();
  pair_.Must(kAsker, Write{.kind = ItemKind::kReopen, .text = "并未到校"});
  EXPECT_EQ(Waiting(), ItemKind::kReopen);
  Posted();
  TickTo(testing::At(2026, 11, 17));
  EXPECT_EQ(Waiting(), ItemKind::kUrge) << "the second round has its clocks";
}

TEST_F(OnPaper, TheCopyTakesNoReceiptAndTheNextUrgingReplacesTheOneThatWasNotPosted) {
  Open(LetterKind::kHc);
  Posted();
  TickTo(testing::At(2026, 11, 17));
  EXPECT_EQ(Waiting(), ItemKind::kUrge);
  TickTo(testing::At(2026, 12, 2));
  EXPECT_EQ(Fold(pair_.at(kAsker)).urges, 2);
  EXPECT_TRUE(Fold(pair_.at(kAsker)).copied);
  EXPECT_EQ(pair_.at(kAsker).mine.items[pair_.at(kAsker).delivered].step, 2);
  Posted();
  NothingWaits();
}

TEST_F(OnPaper, AnUrgingThatTheAnswerWasQuickerThanIsNotPosted) {
  Open(LetterKind::kHc);
  Posted();
  TickTo(testing::At(2026, 11, 17));
  EXPECT_EQ(Waiting(), ItemKind::kUrge);
  Answers();
  NothingWaits();
  Open(LetterKind::kHc);
  Posted();
  TickTo(testing::At(2027, 2, 1));
  EXPECT_EQ(pair_.State(kAsker), LetterState::kExpired);
  NothingWaits();
}

TEST_F(OnPaper, InformationEndsWithItsDelivery) {
  Open(LetterKind::kGz);
  Posted();
  TickTo(pair_.now + std::chrono::days{1});
  EXPECT_EQ(pair_.State(kAsker), LetterState::kClosed);
  NothingWaits();
}

TEST_F(OnPaper, WhatTheSystemRefusedGoesByPost) {
  pair_.Open();
  pair_.wire.clear();
  pair_.Must(kAsker, ByPaper{});
  EXPECT_EQ(pair_.at(kAsker).stuck, Stuck::kPaperWaiting);
  EXPECT_TRUE(pair_.wire.empty());
  Posted();
  EXPECT_EQ(pair_.State(kAsker), LetterState::kReceipted);
  EXPECT_EQ(pair_.Do(kAsker, ByPaper{}).error().reason, "NO_LETTER");
  Answers();
  EXPECT_EQ(pair_.State(kAsker), LetterState::kAnswered);
  NothingWaits();
}

TEST(LetterLife, WhatIsAllowedIsWhatCanBeDone) {
  Pair pair;
  pair.OpenAndDeliver();
  const HashFn hash = testing::Hash;
  const std::function<Digest(const Draft&)> write = [](const Draft&) { return Digest{}; };
  const std::function<base::Result<DocumentNumber>(base::Date)> number =
      [](base::Date day) { return DocumentNumber{day.year(), 1}; };
  for (const int side : {kAsker, kAnswerer}) {
    const Context context{.policy = pair.policy[side], .calendar = pair.calendar,
                          .now = pair.now, .hash = hash, .write = write, .number = number};
    for (const auto& allowed : AllowedWrites(pair.at(side), context)) {
      Pair copy = pair;
      const auto done = copy.Do(side, Write{.kind = allowed.kind, .text = "x", .code = 99,
                                            .to = testing::Code("110101")});
      EXPECT_EQ(done.ok(), allowed.allowed) << ItemKindName(allowed.kind);
      EXPECT_EQ(allowed.reason.empty(), allowed.allowed);
    }
  }
}

}  // namespace
}  // namespace tracing
