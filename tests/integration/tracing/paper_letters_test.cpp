// A county without the software: what it writes on paper is entered by hand and counts like what a
// member's system sends; and it is urged on paper.
#include <gmock/gmock.h>

#include "integration/tracing/county.h"

namespace tracing {
namespace {

using ::testing::HasSubstr;
using testing::County;

constexpr const char* kId = "11010519491231002X";
constexpr const char* kTo = "431022";
constexpr const char* kThird = "411003";
constexpr std::chrono::hours kDay{24};

class PaperLetters : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { store::Pool::InitDriver(); }
  void SetUp() override {
    tongan_.Start();
    v1::PutPaperOffice office;
    office.set_division(kTo);
    office.set_name("宜章县");
    office.set_bureau("宜章县教育局");
    tongan_.Must<v1::PutPaperOfficeReply>(office);
    id_ = tongan_.Send(kTo, 7, kId).conversation_id();
    v1::DoLetterAct receipt = Act("receipt_by_hand");
    receipt.set_reference("XA12345678943");
    Do(receipt);
  }
  v1::DoLetterAct Act(const std::string& kind) const {
    v1::DoLetterAct act;
    act.set_conversation_id(id_);
    act.set_kind(kind);
    act.set_reference("宜教函〔2026〕8号");
    return act;
  }
  v1::DoLetterAct Code(v1::ReplyCode code) const {
    v1::DoLetterAct act = Act("answer_by_hand");
    act.mutable_reply()->set_code(code);
    return act;
  }
  static void PutDay(int month, int day, baoxue::bus::v1::Date* out) {
    out->set_year(2026);
    out->set_month(month);
    out->set_day(day);
  }
  v1::Letter Do(const v1::DoLetterAct& act) {
    const auto reply = tongan_.Ask<v1::LetterReply>(act);
    EXPECT_TRUE(reply.ok()) << act.kind() << ": " << (reply.ok() ? "" : reply.error().ToString());
    return tongan_.Look(id_);
  }
  std::string Refusal(const v1::DoLetterAct& act) {
    const auto reply = tongan_.Ask<v1::LetterReply>(act);
    return reply.ok() ? "taken" : reply.error().reason;
  }
  std::string DueOn() {
    return base::DateAt(FromProto(tongan_.Look(id_).reply_by())).ToString();
  }
  int Pages(const std::string& of) {
    v1::PrintLetter print;
    print.set_conversation_id(id_);
    print.set_of(of);
    return static_cast<int>(tongan_.Must<v1::PrintLetterReply>(print).pages());
  }

  County tongan_{"tongan", "sm"};
  std::string id_;
};

TEST_F(PaperLetters, AreUrgedOnPaperOnceForEachStep) {
  EXPECT_EQ(DueOn(), "2026-10-26");
  tongan_.Advance(14 * kDay);
  EXPECT_EQ(tongan_.Look(id_).urges(), 0u) << "that day is not over";
  tongan_.Advance(kDay);
  ASSERT_TRUE(harness::WaitUntil([&] { return tongan_.Look(id_).urges() == 1; },
                                 std::chrono::seconds{20}));
  v1::Letter letter = tongan_.Look(id_);
  EXPECT_EQ(letter.stuck(), "PAPER_WAITING") << "until the post has it";
  ASSERT_EQ(letter.log_size(), 2);
  EXPECT_EQ(letter.log(1).kind(), "urge");
  EXPECT_EQ(letter.log(1).document_no(), "同教函〔2026〕2号");
  EXPECT_GE(Pages("urge"), 1);
  v1::DoLetterAct receipt = Act("receipt_by_hand");
  receipt.set_reference("XA12345678957");
  letter = Do(receipt);
  EXPECT_EQ(letter.stuck(), "");
  EXPECT_TRUE(letter.log(1).has_taken_at());
  tongan_.Advance(kDay);
  EXPECT_EQ(tongan_.Look(id_).urges(), 1u);
  v1::DoLetterAct answer = Code(v1::REPLY_CODE_R03);
  PutDay(11, 2, answer.mutable_reply()->mutable_until());
  EXPECT_EQ(Do(answer).state(), v1::LETTER_STATE_ANSWERED);
  tongan_.Advance(20 * kDay);
  EXPECT_EQ(tongan_.Look(id_).urges(), 1u) << "nobody is urged who has answered";
}

TEST_F(PaperLetters, ANewDateOnPaperMovesTheTermAndIsTold) {
  v1::DoLetterAct later = Code(v1::REPLY_CODE_R12);
  EXPECT_EQ(Refusal(later), "REPLY_DATE_MISSING");
  PutDay(11, 6, later.mutable_reply()->mutable_until());
  later.mutable_reply()->set_text("家长外出,国庆后核查");
  const v1::Letter letter = Do(later);
  EXPECT_EQ(letter.state(), v1::LETTER_STATE_INTERIM);
  EXPECT_EQ(DueOn(), "2026-11-06");
  const auto told = tongan_.Told();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].code(), 12u);
  EXPECT_EQ(told[0].case_id(), 7);
  EXPECT_EQ(told[0].until().day(), 6);
  EXPECT_EQ(told[0].document_no(), "宜教函〔2026〕8号");
  EXPECT_GE(Pages("interim"), 1);
  tongan_.Advance(18 * kDay);
  EXPECT_EQ(tongan_.Look(id_).urges(), 0u);
  v1::DoLetterAct busy = Act("interim_by_hand");
  busy.set_text("正在核查");
  EXPECT_EQ(Do(busy).log_size(), 3);
  EXPECT_EQ(tongan_.Told().size(), 1u) << "no new date, no news for the case";
}

TEST_F(PaperLetters, AForwardingOnPaperNamesTheThirdCounty) {
  v1::DoLetterAct elsewhere = Code(v1::REPLY_CODE_R11);
  EXPECT_EQ(Refusal(elsewhere), "REPLY_THIRD_MISSING");
  elsewhere.mutable_reply()->set_third_division(kThird);
  elsewhere.mutable_reply()->set_text("户籍已迁往该地");
  const v1::Letter letter = Do(elsewhere);
  EXPECT_EQ(letter.state(), v1::LETTER_STATE_FORWARDED);
  ASSERT_EQ(letter.machine_letters_size(), 1);
  EXPECT_EQ(letter.machine_letters(0).to(), kThird);
  EXPECT_EQ(letter.machine_letters(0).state(), "proposed");
  const auto told = tongan_.Told();
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].code(), 11u);
  EXPECT_EQ(told[0].third_division(), kThird);
  EXPECT_GE(Pages("forward"), 1);
}

TEST_F(PaperLetters, WhatThePaperSaysIsEnteredAlsoWhereWeCannotAsk) {
  v1::DoLetterAct back = Act("forward_by_hand");
  back.set_to("350212");
  back.set_text("应由贵局核查");
  const v1::Letter letter = Do(back);
  EXPECT_EQ(letter.state(), v1::LETTER_STATE_FORWARDED);
  ASSERT_EQ(letter.machine_letters_size(), 1);
  EXPECT_EQ(letter.machine_letters(0).state(), "refused");
  EXPECT_THAT(letter.machine_letters(0).why(), HasSubstr("已经手"));
}

TEST_F(PaperLetters, ARefusalOnPaperIsOne) {
  EXPECT_EQ(Do(Act("acknowledge_by_hand")).state(), v1::LETTER_STATE_ACKNOWLEDGED);
  v1::DoLetterAct refuse = Act("refuse_by_hand");
  refuse.set_text("请补盖公章后再来函");
  EXPECT_EQ(Refusal(refuse), "REASON_MISSING");
  refuse.set_reason("函件未盖章");
  v1::DoLetterAct nothing = refuse;
  nothing.clear_reference();
  EXPECT_EQ(Refusal(nothing), "TEXT_MISSING") << "which paper says so?";
  EXPECT_EQ(Do(refuse).state(), v1::LETTER_STATE_REFUSED);
  EXPECT_GE(Pages("refuse"), 1);
  EXPECT_EQ(Refusal(Act("withdraw_by_hand")), "BAD_ACT") << "that is ours to write";
}

TEST_F(PaperLetters, NobodyWritesByHandForAMember) {
  County suining{"suining", "sm"};
  suining.Start();
  tongan_.Join(suining);
  id_ = tongan_.Send("430527", 8, kId).conversation_id();
  v1::DoLetterAct refuse = Act("refuse_by_hand");
  refuse.set_reason("不办");
  EXPECT_EQ(Refusal(refuse), "NOT_PAPER");
}

}  // namespace
}  // namespace tracing
