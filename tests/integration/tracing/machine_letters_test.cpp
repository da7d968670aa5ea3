// Letters that another one brings about: the third county is asked, the superior gets its copy; and
// candidates among whom an officer chooses.
#include <gmock/gmock.h>

#include "integration/tracing/county.h"

namespace tracing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::County;

constexpr const char* kId = "11010519491231002X";
constexpr const char* kThird = "411003";

class MachineLetters : public ::testing::Test {
 protected:
  void SetUp() override { store::Pool::InitDriver(); }
  static void Join(County& one, County& other) {
    one.Join(other);
    other.Join(one);
  }
  // Asks without a household here, so that an officer answers.
  static std::string AskOfficer(County& asker, County& other, const std::string& division) {
    v1::DraftLetter draft = County::Inquiry(division, 7, kId);
    draft.mutable_inquiry()->mutable_child()->set_household_division("210302");
    const std::string id = asker.Must<v1::LetterReply>(draft).letter().conversation_id();
    EXPECT_TRUE(harness::WaitUntil(
        [&] {
          v1::GetLetter get;
          get.set_conversation_id(id);
          const auto there = other.Ask<v1::LetterReply>(get);
          return there.ok() && there->letter().desk() == "officer";
        },
        std::chrono::seconds{20}));
    return id;
  }
  static void Answer(County& county, const std::string& id, v1::ReplyCode code,
                     const std::string& third = "") {
    v1::DoLetterAct act;
    act.set_conversation_id(id);
    act.set_kind("answer");
    act.set_text("据了解随父母在外地");
    act.mutable_reply()->set_code(code);
    act.mutable_reply()->set_text("据了解随父母在外地");
    act.mutable_reply()->set_third_division(third);
    const auto done = county.Ask<v1::LetterReply>(act);
    ASSERT_TRUE(done.ok()) << done.error().ToString();
  }
};

TEST_F(MachineLetters, TheThirdCountyIsAskedByItselfWithTheChain) {
  County suining{"suining", "sm"};  // its profile lets the machine ask on
  County tongan{"tongan", "sm"};
  suining.Start();
  tongan.Start();
  Join(suining, tongan);
  const std::string first = AskOfficer(suining, tongan, "350212");
  Answer(tongan, first, v1::REPLY_CODE_R05, kThird);
  ASSERT_TRUE(harness::WaitUntil([&] { return !suining.Look(first).forwarded_to().empty(); },
                                 std::chrono::seconds{20}))
      << suining.Look(first).DebugString();
  const v1::Letter next = suining.Look(suining.Look(first).forwarded_to());
  EXPECT_EQ(next.peer(), kThird);
  EXPECT_EQ(next.kind(), v1::LETTER_KIND_XC) << "to search, without guardians and measures";
  EXPECT_EQ(next.case_id(), 7);
  EXPECT_TRUE(next.paper()) << "a county without the software";
  EXPECT_NE(next.document_no(), "") << "issued without an officer";
  ASSERT_EQ(next.forwarded_from_size(), 1);
  EXPECT_EQ(next.forwarded_from(0).conversation_id(), first);
  EXPECT_EQ(next.forwarded_from(0).by(), "350212");
  ASSERT_FALSE(suining.Told().empty());
  EXPECT_TRUE(suining.Told().back().forwarding());
  EXPECT_EQ(suining.List().total(), 2u);
  // The third names the first: it had the letter already.
  v1::DoLetterAct post;
  post.set_conversation_id(next.conversation_id());
  post.set_kind("receipt_by_hand");
  post.set_reference("XA12345678943");
  suining.Must<v1::LetterReply>(post);
  post.set_kind("answer_by_hand");
  post.mutable_reply()->set_code(v1::REPLY_CODE_R05);
  post.mutable_reply()->set_text("据了解已回同安");
  post.mutable_reply()->set_third_division("350212");
  suining.Must<v1::LetterReply>(post);
  const v1::Letter named = suining.Look(next.conversation_id());
  ASSERT_EQ(named.machine_letters_size(), 1);
  EXPECT_EQ(named.machine_letters(0).state(), "refused");
  EXPECT_EQ(suining.List().total(), 2u);
}

TEST_F(MachineLetters, ACountyThatWasAskedBeforeIsNotAskedAgain) {
  County suining{"suining", "sm"};
  County tongan{"tongan", "sm"};
  suining.Start();
  tongan.Start();
  Join(suining, tongan);
  const std::string first = AskOfficer(suining, tongan, "350212");
  Answer(tongan, first, v1::REPLY_CODE_R05, "430527");
  ASSERT_TRUE(suining.Await(first, v1::LETTER_STATE_ANSWERED));
  const v1::Letter letter = suining.Look(first);
  ASSERT_EQ(letter.machine_letters_size(), 1);
  EXPECT_EQ(letter.machine_letters(0).state(), "refused");
  EXPECT_THAT(letter.machine_letters(0).why(), HasSubstr("已经手"));
  EXPECT_FALSE(suining.Told().back().forwarding());
  EXPECT_EQ(suining.List().total(), 1u);
}

TEST_F(MachineLetters, WhereThatIsAnOfficersItIsProposedAndOneActDoesIt) {
  County tongan{"tongan", "sm"};
  County suining{"suining", "sm"};
  tongan.Start();
  suining.Start();
  Join(tongan, suining);
  const std::string first = AskOfficer(tongan, suining, "430527");
  Answer(suining, first, v1::REPLY_CODE_R05, kThird);
  ASSERT_TRUE(tongan.Await(first, v1::LETTER_STATE_ANSWERED));
  const v1::Letter letter = tongan.Look(first);
  ASSERT_EQ(letter.machine_letters_size(), 1);
  EXPECT_EQ(letter.machine_letters(0).state(), "proposed");
  v1::ListLetters list;
  list.set_for_officer_only(true);
  EXPECT_EQ(tongan.Must<v1::ListLettersReply>(list).total(), 1u);
  v1::DoLetterAct act;
  act.set_conversation_id(first);
  act.set_kind("ask_third");
  ASSERT_TRUE(tongan.Ask<v1::LetterReply>(act).ok());
  ASSERT_TRUE(harness::WaitUntil([&] { return !tongan.Look(first).forwarded_to().empty(); },
                                 std::chrono::seconds{20}));
  EXPECT_EQ(tongan.Look(tongan.Look(first).forwarded_to()).peer(), kThird);
  const auto again = tongan.Ask<v1::LetterReply>(act);
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().reason, "ALREADY_DONE");
  // The third county has no software: what is left is to take the letter there to the post.
  const auto left = tongan.Must<v1::ListLettersReply>(list);
  ASSERT_EQ(left.letters_size(), 1);
  EXPECT_EQ(left.letters(0).conversation_id(), tongan.Look(first).forwarded_to());
  EXPECT_EQ(left.letters(0).stuck(), "PAPER_WAITING");
}

TEST_F(MachineLetters, TheCommonSuperiorGetsOneCopyThatNamesTheLetterAndNotTheChild) {
  County tongan{"tongan", "sm"};
  County suining{"suining", "sm"};
  tongan.Start();
  suining.Start();
  Join(tongan, suining);
  const std::string first = AskOfficer(tongan, suining, "430527");
  ASSERT_TRUE(harness::WaitUntil(
      [&] {
        tongan.Advance(std::chrono::days{1});
        const v1::Letter letter = tongan.Look(first);
        return letter.machine_letters_size() == 1 &&
               letter.machine_letters(0).state() == "written";
      },
      std::chrono::seconds{60}))
      << tongan.Look(first).DebugString();
  for (int day = 0; day < 5; ++day) tongan.Advance(std::chrono::days{1});
  const v1::Letter letter = tongan.Look(first);
  ASSERT_EQ(letter.machine_letters_size(), 1);
  EXPECT_EQ(letter.machine_letters(0).kind(), "copy");
  EXPECT_EQ(letter.machine_letters(0).to(), "350200");
  v1::GetLetter get;
  get.set_conversation_id(letter.machine_letters(0).conversation_id());
  get.set_with_items(true);
  const v1::Letter copy = tongan.Must<v1::LetterReply>(get).letter();
  EXPECT_EQ(copy.kind(), v1::LETTER_KIND_GZ);
  EXPECT_TRUE(copy.paper()) << "the superior has no software";
  EXPECT_NE(copy.document_no(), "") << "issued by the clock, as an urging is";
  EXPECT_EQ(copy.student_name(), "");
  ASSERT_GE(copy.log_size(), 1);
  EXPECT_THAT(copy.log(0).item(), HasSubstr("同教函〔2026〕1号"));
  EXPECT_THAT(copy.log(0).item(), Not(HasSubstr("周小舟")));
  EXPECT_THAT(copy.log(0).item(), Not(HasSubstr(kId)));
  EXPECT_EQ(tongan.List().total(), 2u);
}

TEST_F(MachineLetters, CandidatesAreShownMaskedAndOneThatIsChosenIsTheAnswer) {
  County tongan{"tongan", "sm"};
  County suining{"suining", "sm"};
  tongan.Start();
  suining.Start();
  Join(tongan, suining);
  suining.Namesake(77, "绥宁县武阳镇小学");
  v1::DraftLetter draft = County::Inquiry("430527", 7, kId);
  v1::Child& child = *draft.mutable_inquiry()->mutable_child();
  child.mutable_birth()->set_year(2014);
  child.mutable_birth()->set_month(5);
  child.mutable_birth()->set_day(6);
  const std::string id = tongan.Must<v1::LetterReply>(draft).letter().conversation_id();
  ASSERT_TRUE(tongan.Await(id, v1::LETTER_STATE_ACKNOWLEDGED));
  const v1::Letter shown = suining.Look(id);
  EXPECT_EQ(shown.desk(), "officer");
  EXPECT_THAT(shown.desk_why(), HasSubstr("疑似人员"));
  ASSERT_EQ(shown.candidates_size(), 1);
  EXPECT_EQ(shown.candidates(0).student_id(), 77);
  EXPECT_EQ(shown.candidates(0).score(), 700u);
  EXPECT_THAT(shown.candidates(0).reasons(),
              ::testing::ElementsAre("姓名相同", "出生日期相同"));
  EXPECT_EQ(shown.candidates(0).id_masked(), "3502**********0001");
  EXPECT_EQ(suining.Sql("tracing", "SELECT COUNT(*) FROM desk_slip WHERE "
                                   "INSTR(candidates, '周小舟') > 0"), "0\n") << "sealed";
  v1::DoLetterAct act;
  act.set_conversation_id(id);
  act.set_kind("answer");
  act.set_candidate_student_id(78);
  const auto unknown = suining.Ask<v1::LetterReply>(act);
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().reason, "NO_CANDIDATE");
  act.set_candidate_student_id(77);
  const auto done = suining.Ask<v1::LetterReply>(act);
  ASSERT_TRUE(done.ok()) << done.error().ToString();
  ASSERT_TRUE(tongan.Await(id, v1::LETTER_STATE_ANSWERED));
  EXPECT_EQ(tongan.Look(id).reply_code(), v1::REPLY_CODE_R01);
  ASSERT_FALSE(tongan.Told().empty());
  EXPECT_EQ(tongan.Told().back().school(), "绥宁县武阳镇小学");
  EXPECT_FALSE(tongan.Told().back().by_machine());
}

// Only what the letter says is compared, and all of it: 协查函 names no guardians.
TEST_F(MachineLetters, WhatTheLetterSaysIsComparedAndTheReasonsAreShown) {
  County tongan{"tongan", "sm"};
  County suining{"suining", "sm"};
  tongan.Start();
  suining.Start();
  Join(tongan, suining);
  suining.Namesake(77, "绥宁县武阳镇小学");
  suining.Lists(kId, "长铺镇");  // on the list by this number: an officer looks all the same
  testing::registry::Likeness likeness;
  likeness.set_name(testing::registry::NAME_LIKENESS_ONE_CHARACTER);
  likeness.set_birth(testing::registry::BIRTH_LIKENESS_SAME);
  likeness.set_number(testing::registry::NUMBER_LIKENESS_SWAPPED);
  likeness.set_sex(testing::registry::AGREEMENT_NO);
  suining.Likens(likeness);
  v1::DraftLetter draft = County::Inquiry("430527", 7, kId);
  draft.mutable_inquiry()->mutable_child()->set_sex("女");
  v1::GuardianContact& guardian = *draft.mutable_inquiry()->add_guardians();
  guardian.set_name("王某");
  guardian.set_relation("母亲");
  guardian.set_phone("13800000000");
  const std::string id = tongan.Must<v1::LetterReply>(draft).letter().conversation_id();
  ASSERT_TRUE(tongan.Await(id, v1::LETTER_STATE_ACKNOWLEDGED));
  const auto asked = suining.AskedLikely();
  EXPECT_EQ(asked.name(), "周小舟");
  EXPECT_EQ(asked.id_number(), kId);
  EXPECT_EQ(asked.sex(), testing::registry::SEX_FEMALE);
  ASSERT_EQ(asked.guardians_size(), 1);
  EXPECT_EQ(asked.guardians(0).name(), "王某");
  EXPECT_EQ(asked.guardians(0).phone(), "13800000000");
  const v1::Letter shown = suining.Look(id);
  EXPECT_EQ(shown.desk(), "officer");
  ASSERT_EQ(shown.candidates_size(), 1);
  EXPECT_EQ(shown.candidates(0).score(), 800u);
  EXPECT_THAT(shown.candidates(0).reasons(),
              ::testing::ElementsAre("姓名一字不同", "出生日期相同", "证件号相邻两位互换",
                                     "性别不同"));
  // He is nobody of these: the township, as it would have been without them.
  v1::DoLetterAct act;
  act.set_conversation_id(id);
  act.set_kind("to_household");
  const auto sent = suining.Ask<v1::LetterReply>(act);
  ASSERT_TRUE(sent.ok()) << sent.error().ToString();
  EXPECT_EQ(sent->letter().desk(), "household");
}

// A child who has come but stands wrongly in the letter would be waited for until it expires.
TEST_F(MachineLetters, WhoIsWaitedForIsShownBesideWhoLooksLikeHim) {
  County tongan{"tongan", "sm"};
  County suining{"suining", "sm"};
  tongan.Start();
  suining.Start();
  Join(tongan, suining);
  suining.Namesake(77, "绥宁县武阳镇小学");
  v1::DraftLetter draft;
  draft.set_kind(v1::LETTER_KIND_ZX);
  draft.set_to("430527");
  v1::TransferLetter& letter = *draft.mutable_transfer();
  letter.mutable_child()->set_name("周小舟");
  letter.mutable_child()->set_id_number(kId);
  letter.set_confirm_arrival(true);
  letter.set_from_school("同安区第一小学");
  letter.mutable_left_on()->set_year(2026);
  letter.mutable_left_on()->set_month(10);
  letter.mutable_left_on()->set_day(8);
  letter.set_request("请确认到校");
  letter.mutable_contact()->set_body("厦门市同安区教育局");
  letter.mutable_contact()->set_person("张科员");
  letter.mutable_contact()->set_phone("0592-0000000");
  const std::string id = tongan.Must<v1::LetterReply>(draft).letter().conversation_id();
  v1::DoLetterAct sign;
  sign.set_conversation_id(id);
  sign.set_kind("approve");
  const auto signed_ = tongan.AskAs<v1::LetterReply>(sign, County::Leader());
  ASSERT_TRUE(signed_.ok()) << signed_.error().ToString();
  ASSERT_TRUE(tongan.Await(id, v1::LETTER_STATE_ACKNOWLEDGED));
  const v1::Letter shown = suining.Look(id);
  EXPECT_EQ(shown.desk(), "officer");
  EXPECT_THAT(shown.desk_why(), HasSubstr("尚未"));
  ASSERT_EQ(shown.candidates_size(), 1);
  EXPECT_EQ(shown.candidates(0).score(), 700u);
}

}  // namespace
}  // namespace tracing
