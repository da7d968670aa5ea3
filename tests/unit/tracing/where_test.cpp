// 「这孩子在哪里」 and the relay: the rules, without services.
#include "tracing/domain/where.h"

#include <gtest/gtest.h>

#include "tracing/domain/relay.h"

namespace tracing {
namespace {

const base::UtcTime kNow = base::InstantAt(*base::Date::FromYmd(2026, 10, 12), 6 * 60);

Division Div(std::uint32_t code) { return Division::FromRaw(code); }

TEST(WhereRules, MembersAreAskedOrVisiblyLeftOut) {
  const std::vector<WhereMember> members{
      {.division = Div(350212), .able = true, .has_key = true},
      {.division = Div(430527), .able = true, .has_key = true},
      {.division = Div(430528), .paper = true},
      {.division = Div(430529), .able = false, .has_key = true},
      {.division = Div(440304), .able = true, .has_key = false}};
  const auto all = WhomToAsk(members, {}, Div(350212));
  ASSERT_EQ(all.size(), 4u);
  EXPECT_EQ(all[0].state, AskedState::kDue);
  EXPECT_EQ(all[1].reason, "PAPER");
  EXPECT_EQ(all[2].reason, "NOT_ABLE");
  EXPECT_EQ(all[3].reason, "NO_KEY");
  const auto hunan = WhomToAsk(members, Div(430000), Div(350212));
  EXPECT_EQ(hunan.size(), 3u);
}

TEST(WhereRules, LimitsAndTheSecondPerson) {
  const WherePolicy policy{.per_day = 2, .per_child = 1};
  EXPECT_TRUE(MayAsk({.today = 1, .of_child = 0}, policy).ok());
  EXPECT_EQ(MayAsk({.today = 2, .of_child = 1}, policy).error().reason, "TOO_MANY_TODAY");
  EXPECT_EQ(MayAsk({.today = 0, .of_child = 1}, policy).error().reason, "TOO_MANY_OF_CHILD");
  EXPECT_TRUE(MayDecide(WhereState::kWaiting, "a", "b").ok());
  EXPECT_EQ(MayDecide(WhereState::kWaiting, "a", "a").error().reason, "SAME_PERSON");
  EXPECT_EQ(MayDecide(WhereState::kAsked, "a", "b").error().reason, "ALREADY_DECIDED");
}

TEST(WhereRules, BackOffDoublesUpToItsLimit) {
  const WherePolicy policy{.retry_first_minutes = 10, .retry_max_minutes = 60};
  const auto wait = [&](int attempts, std::uint64_t random) {
    return std::chrono::duration_cast<std::chrono::seconds>(
               NextWhereTry(kNow, attempts, random, policy) - kNow)
        .count();
  };
  EXPECT_EQ(wait(1, 0), 600);
  EXPECT_EQ(wait(2, 0), 1200);
  EXPECT_EQ(wait(3, 0), 2400);
  EXPECT_EQ(wait(4, 0), 3600);
  EXPECT_EQ(wait(1000, 0), 3600);
  EXPECT_LT(wait(1, 999), 600 + 151);
  EXPECT_GT(wait(1, 999), 600 + 140);
}

TEST(WhereRules, ArrivalsAreRefusedInOrder) {
  WherePolicy policy{.answers_per_day = 3};
  WhereArrival arrival{.now = kNow, .expires_at = kNow + std::chrono::days{1}};
  EXPECT_EQ(JudgeArrival(arrival, policy), "");
  arrival.answered_today = 3;
  EXPECT_EQ(JudgeArrival(arrival, policy), "TOO_MANY");
  arrival.expires_at = kNow;
  EXPECT_EQ(JudgeArrival(arrival, policy), "EXPIRED");
  policy.answer = false;
  EXPECT_EQ(JudgeArrival(arrival, policy), "NOT_ANSWERED");
  EXPECT_TRUE(IsWhereStrike("SIGNATURE_BAD"));
  EXPECT_TRUE(IsWhereStrike("EXPIRED"));
  EXPECT_TRUE(IsWhereStrike("TOO_MANY"));
  EXPECT_FALSE(IsWhereStrike("KEY_EXPIRED"));
  EXPECT_FALSE(IsWhereStrike(""));
  EXPECT_TRUE(PassesLater("TOO_MANY"));
  EXPECT_FALSE(PassesLater("NOT_ANSWERED"));
}

DepositFacts Good() {
  return {.connection = Div(350212), .from = Div(350212), .to = Div(430527), .self = Div(430000),
          .parcel_id_bytes = 16, .bytes = 5000};
}

TEST(RelayRules, DepositsAreRefusedInOrder) {
  RelayRules rules{.serves = {Div(430527)}, .parcel_bytes_max = 6000, .mailbox_bytes_max = 20'000,
                   .depositor_parcels_max = 3};
  EXPECT_EQ(JudgeDeposit(Good(), rules), "");
  DepositFacts facts = Good();
  facts.depositor_parcels = 3;
  EXPECT_EQ(JudgeDeposit(facts, rules), "DEPOSITOR_FULL");
  facts.mailbox_bytes = 15'000;  // full to the last byte is not too much
  facts.depositor_parcels = 2;
  EXPECT_EQ(JudgeDeposit(facts, rules), "");
  facts.depositor_parcels = 3;
  facts.mailbox_bytes = 15'001;
  EXPECT_EQ(JudgeDeposit(facts, rules), "MAILBOX_FULL");
  facts.bytes = 6001;
  EXPECT_EQ(JudgeDeposit(facts, rules), "TOO_LARGE");
  facts.to = Div(430528);
  EXPECT_EQ(JudgeDeposit(facts, rules), "NOT_SERVED");
  facts.from = Div(350213);
  EXPECT_EQ(JudgeDeposit(facts, rules), "WRONG_PARTIES");
  facts.parcel_id_bytes = 15;
  EXPECT_EQ(JudgeDeposit(facts, rules), "BAD_PARCEL");
}

TEST(RelayRules, OnesOwnDoorTakesWhatIsForOneself) {
  DepositFacts facts = Good();
  facts.to = facts.self;
  EXPECT_EQ(JudgeDeposit(facts, RelayRules{}), "");
  EXPECT_EQ(JudgeDeposit(Good(), RelayRules{}), "NOT_SERVED");
  RelayRules all;
  all.serves_all = true;
  EXPECT_EQ(JudgeDeposit(Good(), all), "");
}

}  // namespace
}  // namespace tracing
