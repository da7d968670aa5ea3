// Nobody is paid twice for a term, whatever is ordered, fails, comes back or is corrected; what the
// families hold is always granted - ended - what is open.
#include <gmock/gmock.h>

#include "integration/subsidy/county.h"
#include "security/security.h"
#include "subsidy/domain/ledger.h"

namespace subsidy::testing {
namespace {

v1::Roll Make(Desk& desk, const std::string& term, const std::string& school) {
  v1::MakeRoll ask;
  ask.set_term(term);
  ask.set_school_code(school);
  const auto reply = MakeRoll(desk.office(), desk.NextKey(), ask, kOfficer);
  return reply.ok() ? desk.One<v1::RollReply>(*reply).roll() : v1::Roll{};
}

// One child on S1, 625.00 for the term.
void OneChild(Desk& desk) {
  RegistryNews news = PlacesNews();
  news.states = {State(1, 1, "2026-09-01", 1, true)};
  news.tags[StudentId{1}] = {{"低保", "民政", "一批", Day("2026-01-01"), {}}};
  ASSERT_TRUE(desk.Take(news).ok());
}

std::string Enter(Desk& desk, std::int64_t roll, std::uint32_t line, const std::string& state) {
  v1::RecordPayments ask;
  ask.set_roll_id(roll);
  v1::LineResult& result = *ask.add_results();
  result.set_line_no(line);
  result.set_state(state);
  const auto reply = RecordPayments(desk.office(), desk.NextKey(), ask);
  return reply.ok() ? "" : reply.error().reason;
}

TEST(Payments, ARollTakesWhatIsOpenOnceAndAFailedLineIsOpenAgain) {
  Desk desk{"2026-10-14"};
  OneChild(desk);
  v1::MakeRoll ask;
  ask.set_term("2026秋");
  ask.set_school_code("S1");
  EXPECT_EQ(MakeRoll(desk.office(), desk.NextKey(), ask, kOfficer).error().reason,
            "SNAPSHOT_AHEAD");
  desk.Move(Day("2026-10-16"));
  const Once key = desk.NextKey();
  const auto first = MakeRoll(desk.office(), key, ask, kOfficer);
  ASSERT_TRUE(first.ok()) << first.error().ToString();
  // The same key: the same roll.
  EXPECT_EQ(*MakeRoll(desk.office(), key, ask, kOfficer), *first);
  const v1::Roll roll = desk.One<v1::RollReply>(*first).roll();
  EXPECT_EQ(roll.total_fen(), 62500);
  EXPECT_EQ(MakeRoll(desk.office(), desk.NextKey(), ask, kOfficer).error().reason, "NOTHING_OPEN");
  EXPECT_EQ(Enter(desk, roll.roll_id(), 1, "returned"), "LINE_STATE");
  EXPECT_EQ(Enter(desk, roll.roll_id(), 9, "paid"), "LINE_UNKNOWN");
  EXPECT_EQ(Enter(desk, roll.roll_id(), 1, "failed"), "");
  const v1::Roll again = Make(desk, "2026秋", "S1");
  EXPECT_EQ(again.total_fen(), 62500);
  EXPECT_EQ(Enter(desk, again.roll_id(), 1, "paid"), "");
  EXPECT_EQ(Make(desk, "2026秋", "S1").roll_id(), 0);
  EXPECT_EQ(Enter(desk, again.roll_id(), 1, "paid"), "LINE_STATE");
  EXPECT_EQ(Enter(desk, again.roll_id(), 1, "returned"), "");
  EXPECT_EQ(Make(desk, "2026秋", "S1").total_fen(), 62500);
  EXPECT_EQ(Enter(desk, 77, 1, "paid"), "ROLL_UNKNOWN");
}

TEST(Payments, ACorrectionThatReachesBackIsPaidOrOwedAsADifference) {
  Desk desk{"2026-10-16"};
  OneChild(desk);
  const v1::Roll roll = Make(desk, "2026秋", "S1");
  ASSERT_EQ(Enter(desk, roll.roll_id(), 1, "paid"), "");
  // He had not been boarding since September: 312.50 too much.
  RegistryNews news;
  news.states = {State(1, 2, "2026-09-03", 1, false)};
  ASSERT_TRUE(desk.Take(news).ok());
  v1::ListEntitlements ask;
  ask.set_term("2026秋");
  ask.set_open_only(true);
  auto open = ListEntitlements(desk.office(), ask);
  ASSERT_EQ(open->rows_size(), 1);
  EXPECT_EQ(open->rows(0).balance().open_fen(), -31250);
  EXPECT_EQ(Make(desk, "2026秋", "S1").roll_id(), 0);
  // And in junior school after all: 750 - 625 more than what was paid.
  news.states = {State(1, 3, "2026-09-03", 1, true, 8)};
  ASSERT_TRUE(desk.Take(news).ok());
  EXPECT_EQ(Make(desk, "2026秋", "S1").total_fen(), 75000 - 62500);
  // A suspension after the snapshot day changes nothing of the term.
  news.states = {State(1, 4, "2026-11-01", 2, true, 8)};
  ASSERT_TRUE(desk.Take(news).ok());
  EXPECT_EQ(desk.Standings("2026秋")[0].payable_fen, 75000);
}

// The day itself decides, each school pays its own children, and a whole roll is answered at once;
// the control sum is that of the lines, amounts included.
TEST(Payments, ARollIsOfOneSchoolAndItsControlSumIsOfItsLines) {
  Desk desk{"2026-10-15"};
  RegistryNews news = PlacesNews();
  news.states = {State(1, 1, "2026-09-01", 1, true), State(2, 1, "2026-09-01", 1, false),
                 State(3, 1, "2026-09-01", 1, true, 3, "S2"), State(4, 1, "2026-09-01", 1, true)};
  for (int id : {1, 2, 3}) {
    news.tags[StudentId{id}] = {{"低保", "民政", "一批", Day("2026-01-01"), {}}};
  }
  ASSERT_TRUE(desk.Take(news).ok());
  const v1::Roll roll = Make(desk, "2026秋", "S1");
  EXPECT_EQ(roll.lines(), 2u);
  EXPECT_EQ(roll.total_fen(), 62500 + 31250);
  EXPECT_EQ(roll.control(), security::Hex(security::Sha256("1|1|62500\n2|2|31250\n")));
  // The money of one line has come to grief; all the others are paid.
  ASSERT_EQ(Enter(desk, roll.roll_id(), 1, "failed"), "");
  v1::RecordPayments all;
  all.set_roll_id(roll.roll_id());
  all.set_all_paid(true);
  const auto paid = RecordPayments(desk.office(), desk.NextKey(), all);
  ASSERT_TRUE(paid.ok()) << paid.error().ToString();
  EXPECT_EQ(desk.One<v1::RollReply>(*paid).roll().paid_fen(), 31250);
  EXPECT_EQ(desk.One<v1::RollReply>(*paid).roll().failed_fen(), 62500);
  EXPECT_EQ(Make(desk, "2026秋", "S1").total_fen(), 62500);
  EXPECT_EQ(Make(desk, "2026秋", "S2").total_fen(), 62500);
}

// What must be recovered is on no roll, neither as a line nor as a deduction.
TEST(Payments, WhatMustBeRecoveredIsOnNoRoll) {
  Desk desk{"2026-10-16"};
  RegistryNews news = PlacesNews();
  news.states = {State(1, 1, "2026-09-01", 1, true), State(2, 1, "2026-09-01", 1, true)};
  for (int id : {1, 2}) {
    news.tags[StudentId{id}] = {{"低保", "民政", "一批", Day("2026-01-01"), {}}};
  }
  ASSERT_TRUE(desk.Take(news).ok());
  const v1::Roll roll = Make(desk, "2026秋", "S1");
  for (std::uint32_t line : {1u, 2u}) ASSERT_EQ(Enter(desk, roll.roll_id(), line, "paid"), "");
  RegistryNews correction;
  correction.states = {State(1, 2, "2026-09-03", 1, false), State(2, 2, "2026-09-03", 1, true, 8)};
  ASSERT_TRUE(desk.Take(correction).ok());
  EXPECT_EQ(Make(desk, "2026秋", "S1").total_fen(), 12500);
}

// Nobody is paid twice across counties: told before the roll, while the roll is at the bank, after.
TEST(Payments, WhatAnotherCountyPaidIsNotPaidAgain) {
  Desk desk{"2026-10-16"};
  RegistryNews news = PlacesNews();
  for (int id : {1, 2, 3}) {
    news.states.push_back(State(id, 1, "2026-09-01", 1, true));
    news.tags[StudentId{id}] = {{"低保", "民政", "一批", Day("2026-01-01"), {}}};
  }
  ASSERT_TRUE(desk.Take(news).ok());
  const auto elsewhere = [&](std::int64_t student) {
    v1::RecordPaidElsewhere told;
    told.set_student_id(student);
    told.set_term("2026秋");
    told.set_division("110101");
    told.set_fen(62500);
    ASSERT_TRUE(RecordPaidElsewhere(desk.office(), desk.NextKey(), told).ok());
  };
  elsewhere(1);
  const v1::Roll roll = Make(desk, "2026秋", "S1");
  ASSERT_EQ(roll.lines(), 2u);
  elsewhere(2);
  ASSERT_EQ(Enter(desk, roll.roll_id(), 1, "failed"), "");
  ASSERT_EQ(Enter(desk, roll.roll_id(), 2, "paid"), "");
  elsewhere(3);
  EXPECT_EQ(Make(desk, "2026秋", "S1").roll_id(), 0);
  v1::ListEntitlements ask;
  ask.set_term("2026秋");
  ask.set_open_only(true);
  const auto open = ListEntitlements(desk.office(), ask);
  ASSERT_EQ(open->rows_size(), 1);
  EXPECT_EQ(open->rows(0).student_id(), 3);
  EXPECT_EQ(open->rows(0).balance().open_fen(), -62500);
  // It was of that term only.
  desk.Move(Day("2027-04-15"));
  EXPECT_EQ(Make(desk, "2027春", "S1").lines(), 3u);
}

// paid = granted - ended - returned - what is open or on its way, for everybody, always.
TEST(Payments, TheMoneyAlwaysAddsUp) {
  const County county{99, 80};
  base::Rng rng{5};
  Desk desk{"2026-08-30"};
  ASSERT_TRUE(desk.Take(PlacesNews()).ok());
  std::size_t at = 0;
  constexpr std::chrono::days kStep{20};
  for (base::Date day = Day("2026-10-15"); day < Day("2027-07-01"); day = day + kStep) {
    for (; at < county.script().size() && county.script()[at].told <= day; ++at) {
      desk.Move(county.script()[at].told);
      ASSERT_TRUE(desk.Take(county.script()[at].news).ok());
    }
    desk.Move(day);
    for (const char* term : {"2026秋", "2027春"}) {
      for (const char* school : {"S1", "S2"}) {
        const v1::Roll roll = Make(desk, term, school);
        for (std::uint32_t line = 1; line <= roll.lines(); ++line) {
          if (rng.Chance(1000)) continue;  // no answer yet
          const bool paid = rng.Chance(8500);
          ASSERT_EQ(Enter(desk, roll.roll_id(), line, paid ? "paid" : "failed"), "");
          if (paid && rng.Chance(1000)) {
            ASSERT_EQ(Enter(desk, roll.roll_id(), line, "returned"), "");
          }
        }
      }
    }
  }
  std::map<std::pair<std::int64_t, std::string>, Balance> told;
  for (const store::StoredEvent& stored : desk.Events()) {
    if (stored.event.type.starts_with("subsidy.eligibility.")) {
      v1::EligibilityChanged message;
      ASSERT_TRUE(message.ParseFromString(stored.event.payload));
      told[{message.student_id(), message.term()}].entitled_fen += message.difference_fen();
      continue;
    }
    v1::PaymentChanged message;
    ASSERT_TRUE(message.ParseFromString(stored.event.payload));
    Balance& balance = told[{message.student_id(), message.term()}];
    balance.paid_fen += message.state() == "paid" ? message.fen() : 0;
    balance.returned_fen += message.state() == "returned" ? message.fen() : 0;
    balance.pending_fen += message.state() == "pending" ? message.fen() : 0;
    balance.pending_fen -= message.state() == "paid" || message.state() == "failed"
                               ? message.fen() : 0;
  }
  std::int64_t paid = 0;
  for (const char* term : {"2026秋", "2027春"}) {
    for (const StandingRow& row : desk.Standings(term)) {
      const Balance& balance = told[{row.student.raw(), row.term}];
      EXPECT_EQ(balance.entitled_fen, row.payable_fen);
      EXPECT_EQ(balance.paid_fen, row.paid_fen);
      EXPECT_EQ(balance.returned_fen, row.returned_fen);
      EXPECT_EQ(balance.pending_fen, row.pending_fen);
      // Nobody holds more than the most he was ever entitled to.
      EXPECT_LE(row.paid_fen - row.returned_fen, 80050);
      paid += row.paid_fen;
    }
  }
  EXPECT_GT(paid, 0);
}

}  // namespace
}  // namespace subsidy::testing
