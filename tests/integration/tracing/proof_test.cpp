// What proves an answer to the case that asked: a document that came with it, not a line that names
// one. The real tracing of two counties and the asking one's real cases.
#include <gmock/gmock.h>

#include "cases/contract/cases.pb.h"
#include "cases/endpoints/service.h"
#include "integration/tracing/county.h"

namespace tracing {
namespace {

namespace cases = baoxue::cases::v1;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::County;

constexpr const char* kId = "11010519491231002X";

class ProofTest : public ::testing::Test {
 protected:
  void SetUp() override {
    store::Pool::InitDriver();
    tongan_.Also("cases", ::cases::CasesDefinition());
    tongan_.Start();
    suining_.Start();
    tongan_.Join(suining_);
    suining_.Join(tongan_);
    suining_.Lists(kId, "长铺镇");
    cases::OpenCase open;
    tongan_.Lists(kId, "祥平街道");
    open.set_person_id(4711);
    open.set_reason("失去联系");
    case_id_ = tongan_.AskOf<cases::CaseReply>("cases", open).value().case_().case_id();
    letter_ = tongan_.Send("430527", case_id_, kId).conversation_id();
  }
  // The other county's officer says that the child has died.
  void AnswersDied(const std::string& content, const std::string& text) {
    v1::DoLetterAct act;
    act.set_conversation_id(letter_);
    act.set_kind("answer");
    act.set_text(text);
    act.mutable_reply()->set_code(v1::REPLY_CODE_R07);
    act.mutable_reply()->set_text(text);
    if (!content.empty()) {
      v1::Attachment& proof = *act.mutable_reply()->add_proof();
      proof.set_name("死亡证明2026-117.pdf");
      proof.set_content("%PDF-1.4\n" + content);
    }
    const auto done = [&] {
      v1::GetLetter get;
      get.set_conversation_id(letter_);
      const auto there = suining_.Ask<v1::LetterReply>(get);
      if (!there.ok()) return false;
      act.set_expected_version(there->letter().version());
      return suining_.Ask<v1::LetterReply>(act).ok();
    };
    ASSERT_TRUE(harness::WaitUntil(done, std::chrono::seconds{20}));
  }
  // The case's entry of the n-th answer.
  cases::TimelineEntry Heard(int n) {
    cases::TimelineEntry found;
    EXPECT_TRUE(harness::WaitUntil(
        [&] {
          cases::GetCase get;
          get.set_case_id(case_id_);
          const auto reply = tongan_.AskOf<cases::CaseReply>("cases", get);
          int seen = 0;
          for (const auto& entry : reply->case_().timeline()) {
            if (entry.kind() == "letter_reply" && ++seen == n) found = entry;
          }
          return seen >= n;
        },
        std::chrono::seconds{20}));
    return found;
  }

  County tongan_{"tongan", "sm"};
  County suining_{"suining", "sm"};
  std::int64_t case_id_ = 0;
  std::string letter_ = {};
};

TEST_F(ProofTest, ALineThatNamesADocumentProvesNothingTheDocumentDoes) {
  AnswersDied("", "家属称已死亡");
  const auto claimed = Heard(1);
  EXPECT_EQ(claimed.letter().code(), "R07");
  EXPECT_EQ(claimed.letter().evidence(), "") << "nobody has seen the document";
  EXPECT_THAT(claimed.text(), Not(HasSubstr("附证明")));
  ASSERT_EQ(tongan_.Told().size(), 1u);
  EXPECT_EQ(tongan_.Told()[0].proofs(), 0u);
  EXPECT_FALSE(tongan_.Told()[0].has_proof());

  AnswersDied("%PDF-1.7 死亡医学证明", "补寄死亡证明");
  const auto proven = Heard(2);
  EXPECT_THAT(proven.letter().evidence(), HasSubstr("死亡证明:绥教函"));
  EXPECT_THAT(proven.text(), HasSubstr("附证明1件"));
  EXPECT_EQ(tongan_.Told()[1].proofs(), 1u);
  EXPECT_TRUE(tongan_.Judge(letter_).holds());
}

}  // namespace
}  // namespace tracing
