// The watch on a transfer: the four parties' clocks on the calendar, the arrival before and after
// it was missed, and what ends it.
#include "tracing/domain/transfers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tracing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Kind = TransferNews::Kind;

base::Date Day(unsigned month, unsigned day) { return *base::Date::FromYmd(2026, month, day); }

// September and October 2026 with the holidays of 1 to 7 October; 10 October (Saturday) is worked.
class TransfersTest : public ::testing::Test {
 protected:
  static base::Calendar MakeCalendar() {
    std::set<base::Date> holidays;
    for (unsigned day = 1; day <= 7; ++day) holidays.insert(Day(10, day));
    return *base::Calendar::Make({{"第一学期", Day(9, 1), Day(12, 31)}}, holidays,
                                 {{Day(10, 10), std::nullopt}});
  }
  TransferWatch Out(base::Date began = Day(9, 14)) const {
    return book_.Open(TransferDirection::kOut, began, "同安第一小学", "同安区教育局");
  }
  static base::UtcTime At(base::Date day, int minute = 17 * 60 + 30) {
    return base::InstantAt(day, minute);
  }
  std::vector<Kind> Kinds(const base::Result<std::vector<TransferNews>>& news) {
    std::vector<Kind> kinds;
    EXPECT_TRUE(news.ok());
    if (news.ok()) {
      for (const TransferNews& one : *news) kinds.push_back(one.kind);
    }
    return kinds;
  }

  Transfers days_ = {};
  base::Calendar calendar_ = MakeCalendar();
  TransferBook book_{{.days = days_, .calendar = calendar_, .day_end_minute = 17 * 60 + 30}};
};

TEST_F(TransfersTest, OutLeavesTheDestinationsTwoPartiesOneAfterTheOther) {
  const TransferWatch watch = Out();
  EXPECT_EQ(watch.state, TransferState::kWaiting);
  EXPECT_EQ(watch[Party::kOutSchool].done, Day(9, 14));
  EXPECT_EQ(watch[Party::kOutBureau].by, "同安区教育局");
  // 10 working days after Monday 14 September; the holidays are none, the worked Saturday is one.
  EXPECT_EQ(watch[Party::kIntoSchool].due, Day(9, 28));
  EXPECT_TRUE(watch[Party::kIntoSchool].running);
  EXPECT_EQ(watch[Party::kIntoBureau].due, Day(10, 16));
  EXPECT_FALSE(watch[Party::kIntoBureau].running) << "only expected: it is not its turn";
  EXPECT_EQ(watch.arrive_by, Day(10, 16)) << "20 working days";
}

TEST_F(TransfersTest, InLeavesTheOriginsTwoParties) {
  const TransferWatch watch = book_.Open(TransferDirection::kIn, Day(9, 14), "一小", "教育局");
  EXPECT_EQ(watch.state, TransferState::kArrived);
  EXPECT_EQ(watch[Party::kIntoBureau].done, Day(9, 14));
  EXPECT_TRUE(watch[Party::kOutSchool].running);
  EXPECT_EQ(watch[Party::kOutSchool].due, Day(9, 28));
  EXPECT_EQ(watch[Party::kOutBureau].due, Day(10, 16));
  EXPECT_TRUE(IsOpen(watch));
}

TEST_F(TransfersTest, APartyIsOverdueOnceAndItsLatenessIsNotTheNextOnes) {
  TransferWatch watch = Out();
  EXPECT_EQ(book_.NextDue(watch), At(Day(9, 28)));
  EXPECT_THAT(book_.Tick(watch, At(Day(9, 28), 17 * 60 + 29)), IsEmpty());
  EXPECT_THAT(Kinds(book_.Tick(watch, At(Day(9, 28)))), ElementsAre(Kind::kOverdue));
  EXPECT_THAT(book_.Tick(watch, At(Day(9, 30))), IsEmpty()) << "once";
  EXPECT_TRUE(HasOverdueParty(watch));
  EXPECT_EQ(book_.NextDue(watch), At(Day(10, 16))) << "the arrival; the bureau's turn has not come";
  // Done on 9 October (Friday): the bureau has its own ten days from there.
  ASSERT_TRUE(book_.PartyDone(watch, Party::kIntoSchool, {Day(10, 9), "校", Source::kOfficer}).ok());
  EXPECT_FALSE(HasOverdueParty(watch));
  EXPECT_TRUE(watch[Party::kIntoBureau].running);
  EXPECT_EQ(watch[Party::kIntoBureau].due, Day(10, 22)) << "Saturday the 10th is worked";
}

TEST_F(TransfersTest, MissingOnceOnItsDayAndALaterArrivalStillCounts) {
  TransferWatch watch = Out();
  (void)book_.Tick(watch, At(Day(9, 28)));
  EXPECT_THAT(book_.Tick(watch, At(Day(10, 16), 17 * 60)), IsEmpty());
  EXPECT_THAT(Kinds(book_.Tick(watch, At(Day(10, 16)))), ElementsAre(Kind::kMissing));
  EXPECT_EQ(watch.state, TransferState::kMissing);
  EXPECT_THAT(book_.Tick(watch, At(Day(11, 20))), IsEmpty());
  EXPECT_EQ(book_.NextDue(watch), std::nullopt);
  EXPECT_TRUE(IsOpen(watch));
  const Statement school{Day(10, 19), "长铺镇小学", Source::kLetter};
  EXPECT_THAT(Kinds(book_.Arrive(watch, school, Statement{Day(10, 20), "绥宁县", Source::kLetter})),
              ElementsAre(Kind::kParty, Kind::kParty, Kind::kArrived));
  EXPECT_TRUE(watch.was_missing);
  EXPECT_EQ(watch.arrived_on, Day(10, 19));
  EXPECT_FALSE(IsOpen(watch)) << "nobody owes anything any more";
  EXPECT_EQ(book_.NextDue(watch), std::nullopt);
}

TEST_F(TransfersTest, ArrivedInTimeIsNeverMissing) {
  TransferWatch watch = Out();
  // In a school without a 学籍 yet (R02): its bureau still has its days.
  ASSERT_TRUE(book_.Arrive(watch, {Day(9, 18), "小学", Source::kLetter}, std::nullopt).ok());
  EXPECT_FALSE(watch.was_missing);
  EXPECT_TRUE(watch[Party::kIntoBureau].running);
  EXPECT_EQ(watch[Party::kIntoBureau].due, Day(10, 9));
  EXPECT_THAT(Kinds(book_.Tick(watch, At(Day(12, 1)))), ElementsAre(Kind::kOverdue));
  const Statement bureau{Day(12, 2), "县", Source::kLetter};
  EXPECT_THAT(Kinds(book_.Arrive(watch, bureau, bureau)), ElementsAre(Kind::kParty))
      << "said again with more: no second arrival";
  EXPECT_EQ(watch.arrived_on, Day(9, 18));
  EXPECT_EQ(book_.Arrive(watch, bureau, bureau).error().reason, "ALREADY_DONE");
}

TEST_F(TransfersTest, AClockThatRunsKeepsItsDayAndTheNextOneFollowsTheNewRules) {
  TransferWatch watch = Out();
  const Transfers days{.party_days = 5, .arrival_days = 10};
  const TransferBook later{{.days = days, .calendar = calendar_, .day_end_minute = 17 * 60 + 30}};
  ASSERT_TRUE(later.PartyDone(watch, Party::kIntoBureau,
                              {Day(9, 15), "绥宁县教育局", Source::kOfficer}).ok());
  EXPECT_EQ(watch[Party::kIntoSchool].due, Day(9, 28)) << "it runs since 14 September";
  TransferWatch other = Out();
  ASSERT_TRUE(later.PartyDone(other, Party::kIntoSchool,
                              {Day(9, 15), "长铺小学", Source::kOfficer}).ok());
  EXPECT_EQ(other[Party::kIntoBureau].due, Day(9, 22)) << "five days from the 15th";
  EXPECT_EQ(other.arrive_by, Day(10, 16));
}

TEST_F(TransfersTest, AnArrivalBeforeTheWatchBeganCountsFromItsBeginning) {
  TransferWatch watch = Out();
  ASSERT_TRUE(book_.Arrive(watch, {Day(9, 1), "小学", Source::kLetter}, std::nullopt).ok());
  EXPECT_EQ(watch.arrived_on, Day(9, 14));
  EXPECT_EQ(watch[Party::kIntoSchool].done, Day(9, 14));
}

TEST_F(TransfersTest, WhoComesBackIsNotWaitedForAnyMore) {
  for (const bool late : {false, true}) {
    TransferWatch watch = Out();
    if (late) (void)book_.Tick(watch, At(Day(11, 2)));
    EXPECT_THAT(Kinds(book_.CallOff(watch)), ElementsAre(Kind::kCalledOff));
    EXPECT_EQ(watch.was_missing, late);
    EXPECT_THAT(book_.Tick(watch, At(Day(12, 1))), IsEmpty());
    EXPECT_EQ(book_.NextDue(watch), std::nullopt);
    EXPECT_FALSE(IsOpen(watch));
    EXPECT_EQ(book_.CallOff(watch).error().reason, "ALREADY_DONE");
    EXPECT_EQ(book_.Arrive(watch, {Day(12, 1), "", Source::kLetter}, {}).error().reason,
              "WRONG_STATE");
  }
  TransferWatch arrived = Out();
  ASSERT_TRUE(book_.Arrive(arrived, {Day(9, 18), "小学", Source::kLetter}, std::nullopt).ok());
  EXPECT_EQ(book_.CallOff(arrived).error().reason, "WRONG_STATE");
}

TEST_F(TransfersTest, RefusalsOfSteps) {
  TransferWatch watch = Out();
  EXPECT_EQ(book_.PartyDone(watch, Party::kOutSchool, {Day(9, 20), "", Source::kOfficer}).error()
                .reason,
            "ALREADY_DONE");
  EXPECT_EQ(book_.PartyDone(watch, Party::kIntoSchool, {Day(9, 13), "", Source::kOfficer}).error()
                .reason,
            "BAD_DATE");
  TransferWatch in = book_.Open(TransferDirection::kIn, Day(9, 14), "一小", "教育局");
  EXPECT_EQ(book_.Arrive(in, {Day(9, 20), "", Source::kOfficer}, {}).error().reason, "WRONG_STATE");
}

TEST(TransferNames, RoundTrip) {
  for (const Party party : kRoute) EXPECT_EQ(PartyFromName(PartyName(party)), party);
  EXPECT_EQ(PartyFromName("somebody"), std::nullopt);
  EXPECT_EQ(PartyChinese(Party::kOutBureau), "转出地主管部门");
}

}  // namespace
}  // namespace tracing
