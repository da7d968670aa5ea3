// What becomes of a case's own letter without an answer: refused, given up, parked or not
// delivered, the case that waits for it is told, once each. The real tracing and cases of the
// asking county.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "cases/contract/cases.pb.h"
#include "cases/endpoints/service.h"
#include "integration/tracing/county.h"

namespace tracing {
namespace {

namespace cases = baoxue::cases::v1;
using ::testing::HasSubstr;
using testing::County;

constexpr const char* kId = "11010519491231002X";

class LetterFate : public ::testing::Test {
 protected:
  void SetUp() override {
    store::Pool::InitDriver();
    tongan_.Also("cases", ::cases::CasesDefinition());
    tongan_.Start();
    suining_.Start();
    tongan_.Join(suining_);
    suining_.Join(tongan_);
    cases::OpenCase open;
    tongan_.Lists(kId, "祥平街道");
    open.set_person_id(4711);
    open.set_reason("失去联系");
    case_ = tongan_.AskOf<cases::CaseReply>("cases", open).value().case_().case_id();
  }
  // A letter of the case; with a household elsewhere an officer has to answer it.
  std::string Send() {
    v1::DraftLetter draft = County::Inquiry("430527", case_, kId);
    draft.mutable_inquiry()->mutable_child()->set_household_division("210302");
    return tongan_.Must<v1::LetterReply>(draft).letter().conversation_id();
  }
  cases::Case CaseNow() {
    cases::GetCase get;
    get.set_case_id(case_);
    return tongan_.AskOf<cases::CaseReply>("cases", get).value().case_();
  }
  // The case's entries about its letters, by code.
  std::vector<std::string> Told(const std::string& code) {
    std::vector<std::string> texts;
    const cases::Case now = CaseNow();
    for (const cases::TimelineEntry& entry : now.timeline()) {
      if (entry.kind() == "letter_reply" && entry.letter().code() == code) {
        texts.push_back(entry.text());
      }
    }
    return texts;
  }
  bool AwaitTold(const std::string& code) {
    return harness::WaitUntil([&] { return !Told(code).empty(); }, std::chrono::seconds{20});
  }
  // Letters that an officer of ours has to do something about.
  std::uint64_t ForOfficer() {
    v1::ListLetters list;
    list.set_for_officer_only(true);
    list.set_limit(100);
    return tongan_.Must<v1::ListLettersReply>(list).total();
  }
  // The officer's task to read what came.
  bool HasTaskToRead() {
    const auto tasks = tongan_.AskOf<cases::ListTasksReply>("cases", cases::ListTasks{}).value();
    for (const cases::Task& task : tasks.tasks()) {
      if (task.clock() == "read_reply") return true;
    }
    return false;
  }

  County tongan_{"tongan", "sm"};
  County suining_{"suining", "sm"};
  std::int64_t case_ = 0;
};

TEST_F(LetterFate, ARefusedLetterIsATaskOfTheCaseThatAsked) {
  const std::string id = Send();
  v1::DoLetterAct act;
  act.set_conversation_id(id);
  act.set_kind("refuse");
  act.set_text("该户已整户迁出我县");
  act.set_reason("不属我县管辖");
  ASSERT_TRUE(harness::WaitUntil([&] { return suining_.Ask<v1::LetterReply>(act).ok(); },
                                 std::chrono::seconds{20}));
  ASSERT_TRUE(tongan_.Await(id, v1::LETTER_STATE_REFUSED));
  ASSERT_TRUE(AwaitTold("REFUSED"));
  EXPECT_THAT(Told("REFUSED"), ::testing::ElementsAre(HasSubstr("对方不予办理同教函〔2026〕1号")));
  EXPECT_THAT(Told("REFUSED").front(), ::testing::Not(HasSubstr("REFUSED")));
  EXPECT_TRUE(HasTaskToRead());
  EXPECT_EQ(ForOfficer(), 1u);
  act.set_kind("close");
  const auto closed = tongan_.Ask<v1::LetterReply>(act);
  ASSERT_TRUE(closed.ok()) << closed.error().ToString();
  EXPECT_EQ(ForOfficer(), 0u);
}

// Nothing is wrong with a letter that goes by post: an officer has to take it there.
TEST_F(LetterFate, ALetterOnPaperIsAnOfficersTaskAndNoNewsForTheCase) {
  v1::PutPaperOffice office;
  office.set_division("431022");
  office.set_name("宜章县");
  office.set_bureau("宜章县教育局");
  ASSERT_TRUE(tongan_.Ask<v1::PutPaperOfficeReply>(office).ok());
  v1::DraftLetter draft = County::Inquiry("431022", case_, kId);
  const auto letter = tongan_.Must<v1::LetterReply>(draft).letter();
  EXPECT_EQ(letter.stuck(), "PAPER_WAITING");
  EXPECT_EQ(ForOfficer(), 1u);
  v1::DoLetterAct act;
  act.set_conversation_id(letter.conversation_id());
  act.set_kind("receipt_by_hand");
  act.set_reference("XA12345678943");
  ASSERT_TRUE(tongan_.Ask<v1::LetterReply>(act).ok());
  act.set_kind("answer_by_hand");
  act.mutable_reply()->set_code(v1::REPLY_CODE_R06);
  act.mutable_reply()->set_text("查无此人");
  const auto answered = tongan_.Ask<v1::LetterReply>(act);
  ASSERT_TRUE(answered.ok()) << answered.error().ToString();
  ASSERT_TRUE(AwaitTold("R06"));  // so what came before it has been read as well
  EXPECT_TRUE(Told("STUCK").empty()) << Told("STUCK").front();
}

TEST_F(LetterFate, ALetterThatNobodyAnswersIsGivenUpAndTheCaseKnows) {
  const std::string id = Send();
  ASSERT_TRUE(tongan_.Await(id, v1::LETTER_STATE_RECEIPTED) ||
              tongan_.Await(id, v1::LETTER_STATE_ACKNOWLEDGED));
  ASSERT_TRUE(harness::WaitUntil(
      [&] {
        tongan_.Advance(std::chrono::days{1});
        return tongan_.Look(id).state() == v1::LETTER_STATE_EXPIRED;
      },
      std::chrono::seconds{60}));
  ASSERT_TRUE(AwaitTold("EXPIRED"));
  EXPECT_THAT(Told("EXPIRED"), ::testing::ElementsAre(HasSubstr("逾期未复")));
  EXPECT_TRUE(HasTaskToRead());
}

TEST_F(LetterFate, ALetterThatDoesNotGetThereIsNotedOnceAndNobodysTask) {
  suining_.Stop();
  const std::string id = Send();
  for (int i = 0; i < 12; ++i) tongan_.Advance(std::chrono::hours{1});
  ASSERT_TRUE(harness::WaitUntil(
      [&] {
        tongan_.Advance(std::chrono::minutes{10});
        return tongan_.Look(id).stuck() == "PEER_SILENT";
      },
      std::chrono::seconds{60}));
  ASSERT_TRUE(AwaitTold("STUCK"));
  for (int i = 0; i < 12; ++i) tongan_.Advance(std::chrono::hours{1});
  EXPECT_THAT(Told("STUCK"), ::testing::ElementsAre(HasSubstr("未能送达")));
  EXPECT_FALSE(HasTaskToRead());
}

}  // namespace
}  // namespace tracing
