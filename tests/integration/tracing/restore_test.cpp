// A county's database is set back to a dump while letters have gone on: announced, found out by a
// peer's answer, found out by a letter that stands where another one was sent.
#include "integration/tracing/restoring.h"

namespace tracing {
namespace {

using testing::County;
using testing::NumberOf;

constexpr const char* kSchool = "绥宁县长铺镇中心小学";

class RestoreTest : public testing::Restoring {
 protected:
  void SetUp() override {
    store::Pool::InitDriver();
    tongan_.Start();
    suining_.Start();
    tongan_.Join(suining_);
    suining_.Join(tongan_);
    for (int i = 0; i < 20; ++i) suining_.Knows(NumberOf(i), kSchool);
  }
};

TEST_F(RestoreTest, AnAnnouncedRestoreLosesNothingAndSaysNothingTwice) {
  Exchange(0, 2);
  const std::string dump = Dump();
  Exchange(3, 5);
  const std::string to_them = ForAnOfficer(tongan_, suining_, "430527", 50);
  const std::string to_us = ForAnOfficer(suining_, tongan_, "350212", 51);
  OfficerAnswers(suining_, to_them);  // number 1 of 绥宁's officer; 同安 has it and loses it
  ASSERT_TRUE(tongan_.Await(to_them, v1::LETTER_STATE_ANSWERED));
  SetBack(dump);
  const auto announced = tongan_.Must<v1::AnnounceRestoreReply>(v1::AnnounceRestore{});
  EXPECT_GT(announced.epoch(), 1u);
  EXPECT_EQ(announced.members(), 1u);
  ASSERT_TRUE(GoesOn());
  EXPECT_EQ(tongan_.Look(to_them).state(), v1::LETTER_STATE_ANSWERED);
  // The case asks again for what it had sent: it is the letter that there is, with its answer.
  const v1::Letter again = tongan_.Send("430527", 104, NumberOf(4));
  EXPECT_THAT(ids_, ::testing::Contains(again.conversation_id()));
  EXPECT_EQ(again.case_id(), 104);
  EXPECT_TRUE(harness::WaitUntil([&] {
    const auto told = tongan_.Told();
    return std::count_if(told.begin(), told.end(),
                         [](const auto& reply) { return reply.case_id() == 104; }) == 1;
  })) << "the case hears the answer that it missed";
  Exchange(6, 7);
  OfficerAnswers(tongan_, to_us);
  ASSERT_TRUE(suining_.Await(to_us, v1::LETTER_STATE_ANSWERED));
  ASSERT_TRUE(GoesOn());
  ExpectNothingLostOrDoubled();
}

TEST_F(RestoreTest, ASilentRestoreIsFoundByThePeersAnswer) {
  Exchange(0, 2);
  const std::string dump = Dump();
  const std::string to_them = ForAnOfficer(tongan_, suining_, "430527", 50);
  Exchange(3, 5);
  SetBack(dump);
  OfficerAnswers(suining_, to_them);
  ASSERT_TRUE(GoesOn());
  EXPECT_EQ(tongan_.Look(to_them).state(), v1::LETTER_STATE_ANSWERED);
  Exchange(6, 7);
  ASSERT_TRUE(GoesOn());
  ExpectNothingLostOrDoubled();
}

TEST_F(RestoreTest, ASilentRestoreIsFoundByALetterInAnothersPlace) {
  Exchange(0, 2);
  const std::string dump = Dump();
  Exchange(3, 5);
  SetBack(dump);
  // The case asks again, in other words, and takes number 4 a second time.
  v1::DraftLetter draft = County::Inquiry("430527", 103, NumberOf(3));
  draft.mutable_inquiry()->set_request("请再核查一次");
  const v1::Letter again = tongan_.Must<v1::LetterReply>(draft).letter();
  EXPECT_EQ(again.document_no(), "同教函〔2026〕4号");
  ASSERT_TRUE(GoesOn()) << tongan_.Look(again.conversation_id()).DebugString();
  Exchange(6, 7);
  ASSERT_TRUE(GoesOn());
  ExpectNothingLostOrDoubled();
}

TEST_F(RestoreTest, AnOfficerVouchesForTheNumbersWhenAMemberCannotAnswer) {
  Exchange(0, 2);
  const std::string dump = Dump();
  Exchange(3, 4);
  suining_.Stop();
  SetBack(dump);
  tongan_.Must<v1::AnnounceRestoreReply>(v1::AnnounceRestore{});
  EXPECT_TRUE(Frozen(tongan_));
  const v1::Letter held = tongan_.Send("430527", 110, NumberOf(10));
  ids_.push_back(held.conversation_id());
  EXPECT_EQ(held.document_no(), "");
  EXPECT_EQ(held.stuck(), "RESTORE_UNCONFIRMED");
  v1::ConfirmNumbers confirm;
  confirm.set_year(2026);
  confirm.set_last(5);
  EXPECT_EQ(tongan_.Must<v1::ConfirmNumbersReply>(confirm).next(), 6u);
  EXPECT_FALSE(Frozen(tongan_));
  EXPECT_FALSE(tongan_.Ask<v1::ConfirmNumbersReply>(confirm).ok());
  EXPECT_EQ(tongan_.Look(held.conversation_id()).stuck(), "RESTORE_UNCONFIRMED");
  suining_.Start();
  ASSERT_TRUE(GoesOn());
  EXPECT_EQ(tongan_.Look(held.conversation_id()).document_no(), "同教函〔2026〕6号");
  ExpectNothingLostOrDoubled();
}

}  // namespace
}  // namespace tracing
