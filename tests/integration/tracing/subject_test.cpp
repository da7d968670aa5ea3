// Whom a letter may be about, and what registry and cases put into it.
#include <gmock/gmock.h>

#include <functional>

#include "integration/tracing/county.h"

namespace tracing {
namespace {

using ::testing::HasSubstr;
using testing::County;
namespace cases = baoxue::cases::v1;
namespace registry = baoxue::registry::v1;

constexpr const char* kId = "11010519491231002X";
constexpr const char* kOther = "110105194912310038";
constexpr const char* kTo = "431022";
constexpr std::int64_t kStudent = 7;
constexpr std::int64_t kCase = 12;

void PutDay(int month, int day, baoxue::bus::v1::Date* out, int year = 2026) {
  out->set_year(year);
  out->set_month(month);
  out->set_day(day);
}

class LetterSubjectTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { store::Pool::InitDriver(); }
  void SetUp() override {
    Enrol(kId, kStudent, "周小舟", "绥宁县");
    Enrol(kOther, 8, "李大年", "绥宁县");
    tongan_.OpensCase(CaseOf(kCase, kStudent));
    tongan_.OpensCase(CaseOf(13, 8));
    tongan_.Start();
    v1::PutPaperOffice office;
    office.set_division(kTo);
    office.set_name("宜章县");
    office.set_bureau("宜章县教育局");
    tongan_.Must<v1::PutPaperOfficeReply>(office);
  }
  void Enrol(const std::string& number, std::int64_t id, const std::string& name,
             const std::string& home) {
    registry::Student student;
    student.set_student_id(id);
    student.set_name(name);
    student.set_sex(registry::SEX_FEMALE);
    PutDay(5, 6, student.mutable_birth(), 2014);
    student.set_student_no("L" + number);
    student.set_school_name("同安区第一小学");
    student.set_class_name("六年级1班");
    student.set_status(registry::STUDENT_STATUS_ENROLLED);
    if (!home.empty()) student.set_hukou_division("430527");
    tongan_.Enrols(number, student);
  }
  static cases::Case CaseOf(std::int64_t id, std::int64_t student) {
    cases::Case one;
    one.set_case_id(id);
    one.set_student_id(student);
    PutDay(10, 8, one.mutable_first_absent());
    const auto add = [&](const char* kind, const char* method, const char* outcome,
                         const char* text, int day) {
      cases::TimelineEntry& entry = *one.add_timeline();
      entry.set_kind(kind);
      *entry.mutable_at() = ToProto(base::InstantAt(
          base::Date::FromYmd(2026, 10, static_cast<unsigned>(day)).value(), 10 * 60));
      entry.mutable_act()->set_kind(kind);
      entry.mutable_act()->set_method(method);
      entry.mutable_act()->set_outcome(outcome);
      entry.mutable_act()->set_text(text);
    };
    add("contact", "电话", "未接通", "", 9);
    add("visit", "", "未见到人", std::string{"邻居称证件"}.append(kId).c_str(), 10);
    add("note", "", "", "内部意见", 10);
    return one;
  }
  static v1::DraftLetter Filled(v1::LetterKind kind) {
    v1::DraftLetter draft;
    draft.set_kind(kind);
    draft.set_to(kTo);
    draft.set_case_id(kCase);
    draft.set_fill(true);
    switch (kind) {
      case v1::LETTER_KIND_XC: draft.mutable_search()->set_request("请协助查找"); break;
      case v1::LETTER_KIND_QF: draft.mutable_persuasion()->set_request("请协助劝返"); break;
      case v1::LETTER_KIND_ZX: draft.mutable_transfer()->set_request("请办理转出"); break;
      case v1::LETTER_KIND_JD: draft.mutable_proof()->set_term("2026秋"); break;
      case v1::LETTER_KIND_GZ:
        draft.mutable_notice()->mutable_child();
        draft.mutable_notice()->set_subject("学籍移交");
        draft.mutable_notice()->set_text("该生学籍已移交");
        break;
      default: draft.mutable_inquiry()->set_request("请核查该生去向"); break;
    }
    return draft;
  }
  // The opening item of what was drafted and issued.
  v1::Item Written(const v1::DraftLetter& draft) {
    const v1::Letter letter = tongan_.Must<v1::LetterReply>(draft).letter();
    if (letter.state() == v1::LETTER_STATE_DRAFTED) {
      v1::DoLetterAct approve;
      approve.set_conversation_id(letter.conversation_id());
      approve.set_kind("approve");
      const auto approved = tongan_.AskAs<v1::LetterReply>(approve, County::Leader());
      EXPECT_TRUE(approved.ok()) << (approved.ok() ? "" : approved.error().ToString());
    }
    v1::GetLetter get;
    get.set_conversation_id(letter.conversation_id());
    get.set_with_items(true);
    const auto reply = tongan_.Must<v1::LetterReply>(get);
    v1::Item item;
    EXPECT_EQ(reply.letter().log_size(), 1);
    if (reply.letter().log_size() > 0) {
      EXPECT_TRUE(item.ParseFromString(reply.letter().log(0).item()));
    }
    EXPECT_EQ(reply.letter().student_id(), kStudent);
    return item;
  }
  std::string Refusal(const v1::DraftLetter& draft) {
    const auto reply = tongan_.Ask<v1::LetterReply>(draft);
    return reply.ok() ? "taken" : reply.error().reason;
  }

  County tongan_{"tongan", "sm"};
};

TEST_F(LetterSubjectTest, ALetterFromACaseIsFilledFromRegistryAndCases) {
  v1::DraftLetter draft = Filled(v1::LETTER_KIND_HC);
  draft.mutable_inquiry()->set_known_destination("邻居称随父母外出");
  draft.mutable_inquiry()->mutable_contact()->set_phone("0592-0000000");
  const v1::Item item = Written(draft);
  const v1::InquiryLetter& letter = item.inquiry();
  const v1::Child& child = letter.child();
  EXPECT_EQ(child.name(), "周小舟");
  EXPECT_EQ(child.sex(), "女");
  EXPECT_EQ(child.id_number(), kId);
  EXPECT_EQ(child.birth().month(), 5);
  EXPECT_EQ(child.student_no(), std::string{"L"} + kId);
  EXPECT_EQ(child.school(), "同安区第一小学");
  EXPECT_EQ(child.grade_class(), "六年级1班");
  EXPECT_EQ(child.household_division(), "430527") << "the registry's, not the addressee's";
  EXPECT_EQ(child.household_address(), "瓦屋塘镇1组");
  ASSERT_EQ(letter.guardians_size(), 1);
  EXPECT_EQ(letter.guardians(0).phone(), "13800000000");
  EXPECT_EQ(letter.last_seen().month(), 9) << "the school day before the absence and the holiday";
  EXPECT_EQ(letter.last_seen().day(), 30);
  ASSERT_EQ(letter.measures_size(), 2) << "what was noted for ourselves stays here";
  EXPECT_EQ(letter.measures(0).kind(), "电话");
  EXPECT_EQ(letter.measures(0).text(), "未接通");
  EXPECT_EQ(letter.measures(1).kind(), "家访");
  EXPECT_EQ(letter.measures(1).day().day(), 10);
  EXPECT_EQ(letter.measures(1).text().find(kId), std::string::npos);
  EXPECT_EQ(letter.known_destination(), "邻居称随父母外出");
  EXPECT_EQ(letter.contact().body(), "厦门市同安区教育局");
  EXPECT_EQ(letter.contact().person(), "张科员");
  EXPECT_EQ(letter.contact().phone(), "0592-0000000");
}

TEST_F(LetterSubjectTest, WhatAKindNeedNotKnowStaysHere) {
  const v1::Item search = Written(Filled(v1::LETTER_KIND_XC));
  EXPECT_EQ(search.search().child().id_number(), kId);
  EXPECT_EQ(search.search().child().school(), "");
  EXPECT_EQ(search.search().child().household_address(), "");
  const v1::Item persuasion = Written(Filled(v1::LETTER_KIND_QF));
  EXPECT_EQ(persuasion.persuasion().guardians_size(), 1);
  EXPECT_EQ(persuasion.persuasion().measures_size(), 2);
  const v1::Item transfer = Written(Filled(v1::LETTER_KIND_ZX));
  EXPECT_EQ(transfer.transfer().to_school(), "同安区第一小学");
  EXPECT_EQ(transfer.transfer().child().household_address(), "");
  const v1::Item notice = Written(Filled(v1::LETTER_KIND_GZ));
  EXPECT_EQ(notice.notice().child().name(), "周小舟");
  const v1::Item proof = Written(Filled(v1::LETTER_KIND_JD));
  EXPECT_EQ(proof.proof().school(), "同安区第一小学");
  EXPECT_EQ(proof.proof().since().month(), 9) << "as the registry's history says";
  EXPECT_EQ(proof.proof().child().student_no(), "");
}

TEST_F(LetterSubjectTest, AHouseholdThatTheRegistryDoesNotKnowIsNotStated) {
  Enrol(kId, kStudent, "周小舟", "");
  EXPECT_EQ(Written(Filled(v1::LETTER_KIND_HC)).inquiry().child().household_division(), "");
}

TEST_F(LetterSubjectTest, NobodyIsProvedToGoToSchoolWhoDoesNot) {
  registry::Student gone;
  gone.set_student_id(kStudent);
  gone.set_name("周小舟");
  gone.set_status(registry::STUDENT_STATUS_TRANSFERRED_OUT);
  tongan_.Enrols(kId, gone);
  EXPECT_EQ(Refusal(Filled(v1::LETTER_KIND_JD)), "NOT_ENROLLED");
}

TEST_F(LetterSubjectTest, OnlyTheChildOfTheCaseLeaves) {
  using Change = std::function<void(v1::DraftLetter&, v1::Child&)>;
  const std::pair<const char*, Change> kWrong[] = {
      {"another student than the case's",
       [](v1::DraftLetter& d, v1::Child&) { d.set_student_id(8); }},
      {"another case than the student's",
       [](v1::DraftLetter& d, v1::Child&) { d.set_student_id(kStudent), d.set_case_id(13); }},
      {"another number",
       [](v1::DraftLetter&, v1::Child& child) { child.set_id_number(kOther); }},
      {"a number that nobody has",
       [](v1::DraftLetter&, v1::Child& child) { child.set_id_number("431022201403050014"); }},
      {"another's name and birthday, without number",
       [](v1::DraftLetter&, v1::Child& child) { child.set_name("李大年"), child.clear_id_number(); }},
      {"another birthday, without number",
       [](v1::DraftLetter&, v1::Child& child) {
         child.clear_id_number();
         PutDay(1, 2, child.mutable_birth(), 2013);
       }},
      {"another's 学籍号",
       [](v1::DraftLetter&, v1::Child& child) {
         child.set_student_no(std::string{"L"} + kOther);
       }},
      {"with the student alone",
       [](v1::DraftLetter& d, v1::Child& child) {
         d.set_case_id(0), d.set_student_id(kStudent), child.set_name("李大年");
       }},
      {"ours, without case and student", [](v1::DraftLetter& d, v1::Child&) { d.set_case_id(0); }},
      {"ours by name and birthday, without case and student", [](v1::DraftLetter& d,
                                                                 v1::Child& child) {
         d.set_case_id(0), child.clear_id_number(), child.set_student_no("");
       }}};
  tongan_.Namesake(kStudent, "同安区第一小学");
  for (const auto kind : {v1::LETTER_KIND_HC, v1::LETTER_KIND_XC, v1::LETTER_KIND_QF,
                          v1::LETTER_KIND_ZX, v1::LETTER_KIND_JD, v1::LETTER_KIND_GZ}) {
    for (const bool fill : {false, true}) {
      for (const auto& [what, change] : kWrong) {
        v1::DraftLetter draft = Filled(kind);
        draft.set_fill(fill);
        v1::Child* const child =
            kind == v1::LETTER_KIND_HC   ? draft.mutable_inquiry()->mutable_child()
            : kind == v1::LETTER_KIND_XC ? draft.mutable_search()->mutable_child()
            : kind == v1::LETTER_KIND_QF ? draft.mutable_persuasion()->mutable_child()
            : kind == v1::LETTER_KIND_ZX ? draft.mutable_transfer()->mutable_child()
            : kind == v1::LETTER_KIND_JD ? draft.mutable_proof()->mutable_child()
                                         : draft.mutable_notice()->mutable_child();
        child->set_name("周小舟");
        child->set_id_number(kId);
        PutDay(5, 6, child->mutable_birth(), 2014);
        change(draft, *child);
        EXPECT_EQ(Refusal(draft), "CHILD_NOT_OF_CASE") << kind << " " << fill << " " << what;
      }
    }
  }
  EXPECT_EQ(tongan_.List().total(), 0u);
}

TEST_F(LetterSubjectTest, AQuestionToAllIsOnlyAboutTheChildOfTheCase) {
  v1::AskWhere ask;
  ask.set_student_id(8);
  ask.set_case_id(kCase);
  ask.set_reason("失去联系");
  const auto reply = tongan_.Ask<v1::AskWhereReply>(ask);
  ASSERT_FALSE(reply.ok());
  EXPECT_EQ(reply.error().reason, "CHILD_NOT_OF_CASE");
}

TEST_F(LetterSubjectTest, WhatThisReleaseDoesNotDeclareDoesNotLeave) {
  const auto newer = [](google::protobuf::Message& message) {
    message.GetReflection()->MutableUnknownFields(&message)->AddLengthDelimited(900, "秘密");
  };
  v1::DraftLetter draft = County::Inquiry(kTo, 0, "431022201403050014");
  newer(*draft.mutable_inquiry()->mutable_measures(0));
  EXPECT_EQ(Refusal(draft), "FIELD_NOT_ALLOWED");
  draft = County::Inquiry(kTo, 0, "431022201403050014");
  newer(*draft.mutable_inquiry()->mutable_child());
  EXPECT_EQ(Refusal(draft), "FIELD_NOT_ALLOWED");
  draft = County::Inquiry(kTo, 0, "431022201403050014");
  const v1::Letter letter = tongan_.Must<v1::LetterReply>(draft).letter();
  v1::DoLetterAct act;
  act.set_conversation_id(letter.conversation_id());
  act.set_kind("answer");
  act.mutable_reply()->set_code(v1::REPLY_CODE_R06);
  newer(*act.mutable_reply());
  const auto answered = tongan_.Ask<v1::LetterReply>(act);
  ASSERT_FALSE(answered.ok());
  EXPECT_EQ(answered.error().reason, "FIELD_NOT_ALLOWED");
}

}  // namespace
}  // namespace tracing
