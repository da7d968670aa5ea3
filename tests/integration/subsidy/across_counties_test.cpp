// A term that another county has paid, as its letter says, is not paid again: the letter's answer
// comes by tracing's feed, the decision follows, and no roll has the child.
#include <gmock/gmock.h>

#include "integration/subsidy/service_fixture.h"
#include "tracing/contract/tracing.pb.h"

namespace subsidy::testing {
namespace {

using harness::WaitUntil;
using ::testing::HasSubstr;

constexpr std::int64_t kTermFen = 62'500;
constexpr const char* kSchool = "2135000001";

class AcrossCounties : public ServiceTest {
 protected:
  AcrossCounties() : ServiceTest(true) {
    tracing_ = Start({.name = "tracing"});
    TellPlaces();
    for (const std::int64_t id : {1, 2, 3}) {
      TellStudent(id, 1, registry::STUDENT_STATUS_ENROLLED, true);
      TellPoor(id, true);
    }
    EXPECT_TRUE(WaitUntil([&] { return Owed(1) == kTermFen && Owed(3) == kTermFen; }));
  }
  // 绥宁's answer to our 转学联系函.
  void Answers(std::int64_t student, const std::string& term, std::int64_t fen,
               const std::string& number = "绥教函〔2026〕5号", const std::string& peer = "430527") {
    baoxue::tracing::v1::ReplyReceived reply;
    reply.set_kind(baoxue::tracing::v1::LETTER_KIND_ZX);
    reply.set_peer(peer);
    reply.set_document_no(number);
    reply.set_code(5);
    reply.set_student_id(student);
    reply.set_last_paid_term(term);
    reply.set_last_paid_fen(fen);
    TellOn(*tracing_, "tracing", "tracing.reply.received", reply);
  }
  std::int64_t Owed(std::int64_t student) {
    v1::ListEntitlements ask;
    ask.set_term("2026秋");
    const auto reply = Ask<v1::ListEntitlementsReply>(ask);
    if (!reply.ok()) return -1;
    std::int64_t fen = 0;
    for (const v1::Entitlement& row : reply->rows()) {
      if (row.student_id() != student) continue;
      for (const v1::Amount& one : row.amounts()) fen += one.term_fen();
    }
    return fen;
  }
  v1::Decision DecisionOf(std::int64_t student) {
    v1::GetDecision ask;
    ask.set_student_id(student);
    ask.set_term("2026秋");
    const auto reply = Ask<v1::DecisionReply>(ask);
    EXPECT_TRUE(reply.ok()) << reply.error().ToString();
    return reply.ok() ? reply->decision() : v1::Decision{};
  }

  std::unique_ptr<host::Runtime> tracing_;
};

TEST_F(AcrossCounties, TheLastPaidTermOfTheOthersLetterIsNotPaidAgain) {
  Answers(1, "2026秋", kTermFen);
  Answers(2, "2026春", kTermFen);  // an earlier term says nothing of this one
  Answers(3, "", 0);               // nothing was paid there
  ASSERT_TRUE(WaitUntil([&] { return Owed(1) == 0; }, std::chrono::seconds{20}))
      << DecisionOf(1).trace();
  EXPECT_EQ(DecisionOf(1).cause(), "外县已发");
  EXPECT_THAT(DecisionOf(1).trace(), HasSubstr("一个学期不重复发放"));
  EXPECT_EQ(Owed(2), kTermFen);
  EXPECT_EQ(Owed(3), kTermFen);

  wire::SetClock set;
  set.mutable_now()->set_seconds(
      std::chrono::duration_cast<std::chrono::seconds>(
          base::InstantAt(*base::Date::Parse("2026-10-16"), 8 * 60).time_since_epoch())
          .count());
  ASSERT_TRUE(Ask<wire::SetClockReply>(set).ok());
  v1::MakeRoll make;
  make.set_term("2026秋");
  make.set_school_code(kSchool);
  const auto roll = Ask<v1::RollReply>(make);
  ASSERT_TRUE(roll.ok()) << roll.error().ToString();
  EXPECT_EQ(roll->roll().lines(), 2u);
  EXPECT_EQ(roll->roll().total_fen(), 2 * kTermFen);
}

// A member's words stop neither the feed nor what comes after them.
TEST_F(AcrossCounties, WhatNoTableTakesIsPassedOver) {
  Answers(2, "2026秋", kTermFen, std::string(5000, 'x'));
  Answers(3, std::string(5000, 'y'), kTermFen);
  Answers(3, "2026秋", -1);
  Answers(3, "2026秋", kTermFen, "一", "4305270");
  Answers(1, "2026秋", kTermFen);
  ASSERT_TRUE(WaitUntil([&] { return Owed(1) == 0; }, std::chrono::seconds{20}))
      << DecisionOf(1).trace();
  EXPECT_EQ(Owed(2), 0) << "its number is cut, what it says counts";
  EXPECT_EQ(Owed(3), kTermFen);
}

}  // namespace
}  // namespace subsidy::testing
