// Two counties exchange letters over CURVE on loopback, each on a real database.
#include <gmock/gmock.h>

#include "integration/tracing/county.h"

namespace tracing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::County;

constexpr const char* kId = "11010519491231002X";

class ExchangeTest : public ::testing::TestWithParam<std::pair<const char*, const char*>> {
 protected:
  void SetUp() override { store::Pool::InitDriver(); }
  void Begin() {
    tongan_.Start();
    suining_.Start();
    tongan_.Join(suining_);
    suining_.Join(tongan_);
  }
  County tongan_{"tongan", GetParam().first};
  County suining_{"suining", GetParam().second};
};

TEST_P(ExchangeTest, TheMachineAnswersAndTheCaseIsTold) {
  Begin();
  suining_.Knows(kId, "绥宁县长铺镇中心小学");
  const v1::Letter sent = tongan_.Send("430527", 42, kId);
  EXPECT_EQ(sent.document_no(), "同教函〔2026〕1号");
  const std::string id = sent.conversation_id();
  ASSERT_TRUE(tongan_.Await(id, v1::LETTER_STATE_ANSWERED)) << tongan_.Look(id).DebugString();
  const v1::Letter mine = tongan_.Look(id);
  EXPECT_EQ(mine.reply_code(), v1::REPLY_CODE_R01);
  EXPECT_THAT(mine.id_masked(), Not(HasSubstr(kId)));
  ASSERT_TRUE(harness::WaitUntil([&] { return !tongan_.Told().empty(); }));
  const auto told = tongan_.Told().front();
  EXPECT_EQ(told.case_id(), 42);
  EXPECT_EQ(told.code(), 1u);
  EXPECT_THAT(told.school(), HasSubstr("长铺镇中心小学"));
  EXPECT_EQ(told.document_no(), "绥教函〔2026〕1号");
  EXPECT_EQ(told.asked_document_no(), "同教函〔2026〕1号");
  EXPECT_THAT(told.SerializeAsString(), Not(HasSubstr("周小舟")));
  // Both sides say the same, and each knows when the other last did.
  const v1::Letter theirs = suining_.Look(id);
  EXPECT_EQ(theirs.state(), v1::LETTER_STATE_ANSWERED);
  EXPECT_TRUE(theirs.incoming());
  ASSERT_TRUE(harness::WaitUntil(
      [&] { return suining_.Look(id).peer_state() == v1::LETTER_STATE_ANSWERED; }));
}

TEST_P(ExchangeTest, BothSidesHoldEvidenceThatPublicKeysProve) {
  Begin();
  suining_.Knows(kId, "绥宁县长铺镇中心小学");
  const std::string id = tongan_.Send("430527", 42, kId).conversation_id();
  ASSERT_TRUE(tongan_.Await(id, v1::LETTER_STATE_ANSWERED));
  ASSERT_TRUE(harness::WaitUntil([&] {
    const EvidenceReport report = suining_.Judge(id);
    return !report.lines.empty() && report.lines.back().receipted;
  }));
  const EvidenceReport one = tongan_.Judge(id);
  const EvidenceReport two = suining_.Judge(id);
  ASSERT_TRUE(one.holds()) << one.findings.front().problem << one.findings.front().text;
  ASSERT_TRUE(two.holds()) << two.findings.front().problem << two.findings.front().text;
  EXPECT_EQ(one.lines.size(), 2u);
  EXPECT_EQ(one.asker_head, two.asker_head);
  EXPECT_EQ(one.answerer_head, two.answerer_head);
}

TEST_P(ExchangeTest, TheSameIntentionIsOneLetter) {
  Begin();
  suining_.Knows(kId, "绥宁县长铺镇中心小学");
  const v1::Letter one = tongan_.Send("430527", 42, kId);
  const v1::Letter two = tongan_.Send("430527", 42, kId);
  EXPECT_EQ(one.conversation_id(), two.conversation_id());
  EXPECT_EQ(tongan_.List().total(), 1u);
}

TEST_P(ExchangeTest, TwoChildrenWithoutACaseAreTwoLetters) {
  Begin();
  const v1::Letter one = tongan_.Send("430527", 0, kId);
  const v1::Letter again = tongan_.Send("430527", 0, kId);
  const v1::Letter two = tongan_.Send("430527", 0, "110105194912310038");
  EXPECT_EQ(one.conversation_id(), again.conversation_id());
  EXPECT_NE(one.conversation_id(), two.conversation_id());
  EXPECT_EQ(tongan_.List().total(), 2u);
}

TEST_P(ExchangeTest, WhatTheMachineCannotKnowReachesAnOfficerOnce) {
  Begin();
  v1::DraftLetter draft = County::Inquiry("430527", 43, kId);
  draft.mutable_inquiry()->mutable_child()->set_household_division("350212");
  const std::string id = tongan_.Must<v1::LetterReply>(draft).letter().conversation_id();
  ASSERT_TRUE(tongan_.Await(id, v1::LETTER_STATE_ACKNOWLEDGED));
  EXPECT_EQ(suining_.Look(id).desk(), "officer");
  v1::DoLetterAct answer;
  answer.set_conversation_id(id);
  answer.set_kind("answer");
  answer.mutable_reply()->set_code(v1::REPLY_CODE_R06);
  answer.mutable_reply()->set_text("查无此人");
  answer.set_text("查无此人");
  const auto done = suining_.Ask<v1::LetterReply>(answer);
  ASSERT_TRUE(done.ok()) << done.error().ToString();
  ASSERT_TRUE(tongan_.Await(id, v1::LETTER_STATE_ANSWERED));
  EXPECT_EQ(tongan_.Look(id).reply_code(), v1::REPLY_CODE_R06);
}

TEST_P(ExchangeTest, APeerThatIsDownForAWeekGetsItsLetterThen) {
  Begin();
  suining_.Knows(kId, "绥宁县长铺镇中心小学");
  suining_.Stop();
  const std::string id = tongan_.Send("430527", 42, kId).conversation_id();
  ASSERT_TRUE(harness::WaitUntil(
      [&] {
        tongan_.Advance(std::chrono::hours{4});
        return tongan_.Look(id).stuck() == "PEER_SILENT";
      },
      std::chrono::seconds{60}));
  tongan_.Advance(std::chrono::days{7});
  suining_.Start();
  ASSERT_TRUE(harness::WaitUntil(
      [&] {
        tongan_.Advance(std::chrono::minutes{30});
        suining_.Advance(std::chrono::minutes{30});
        return tongan_.Look(id).state() == v1::LETTER_STATE_ANSWERED;
      },
      std::chrono::seconds{60}))
      << tongan_.Look(id).DebugString();
  EXPECT_EQ(tongan_.Look(id).stuck(), "");
  EXPECT_EQ(suining_.List().total(), 1u);
}

TEST_P(ExchangeTest, TheSelfTestSaysWhatWorks) {
  Begin();
  v1::SelfTest test;
  test.set_with("430527");
  const auto reply = tongan_.Must<v1::SelfTestReply>(test);
  EXPECT_EQ(reply.failed_size(), 0) << reply.DebugString();
  EXPECT_GE(reply.passed_size(), 7);
}

TEST_P(ExchangeTest, KeysRotateWithAnOverlap) {
  Begin();
  suining_.Knows(kId, "绥宁县长铺镇中心小学");
  v1::RotateKeys rotate;
  rotate.set_overlap_days(30);
  EXPECT_EQ(tongan_.Must<v1::RotateKeysReply>(rotate).keys_size(), 2);
  // The neighbour has not heard of the new key yet.
  const std::string id = tongan_.Send("430527", 42, kId).conversation_id();
  ASSERT_TRUE(tongan_.Await(id, v1::LETTER_STATE_ANSWERED)) << tongan_.Look(id).DebugString();
  // The new file is signed by the key that is believed already: no telephone, and again is no harm.
  v1::ImportDirectory import;
  *import.mutable_directory() =
      tongan_.Must<v1::ExportMemberReply>(v1::ExportMember{}).directory();
  suining_.Must<v1::ImportDirectoryReply>(import);
  tongan_.Advance(std::chrono::days{31});
  suining_.Advance(std::chrono::days{31});
  const std::string next = tongan_.Send("430527", 44, kId).conversation_id();
  ASSERT_TRUE(tongan_.Await(next, v1::LETTER_STATE_ANSWERED)) << tongan_.Look(next).DebugString();
  EXPECT_TRUE(tongan_.Judge(next).holds());
}

INSTANTIATE_TEST_SUITE_P(Suites, ExchangeTest,
                         ::testing::Values(std::pair{"sm", "sm"}, std::pair{"sm", "intl"}));

}  // namespace
}  // namespace tracing
