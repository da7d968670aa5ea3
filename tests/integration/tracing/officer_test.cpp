// What officers see of letters and may do: the approver reads what he signs, what each item says is
// shown without an identity number, files go out and come in, two officers do not overwrite each
// other.
#include <gmock/gmock.h>

#include <filesystem>

#include "integration/tracing/county.h"

namespace tracing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::County;

constexpr const char* kId = "11010519491231002X";
const std::string kPdf = "%PDF-1.4 made up";

std::string ValueOf(const v1::LogEntry& entry, const std::string& name) {
  for (const v1::ShownField& one : entry.fields()) {
    if (one.name() == name) return one.value();
  }
  return "";
}

class Officers : public ::testing::Test {
 protected:
  void SetUp() override {
    store::Pool::InitDriver();
    tongan_.Start();
    suining_.Start();
    tongan_.Join(suining_);
    suining_.Join(tongan_);
  }

  static v1::DraftLetter Persuasion() {
    const v1::DraftLetter inquiry = County::Inquiry("430527", 7, kId);
    v1::DraftLetter draft;
    draft.set_kind(v1::LETTER_KIND_QF);
    draft.set_to("430527");
    draft.set_case_id(7);
    v1::PersuasionLetter& letter = *draft.mutable_persuasion();
    *letter.mutable_child() = inquiry.inquiry().child();
    *letter.add_measures() = inquiry.inquiry().measures(0);
    v1::GuardianContact& mother = *letter.add_guardians();
    mother.set_name("王某");
    mother.set_relation("母亲");
    mother.set_phone("13800000000");
    letter.set_request("请上门劝返");
    *letter.mutable_contact() = inquiry.inquiry().contact();
    return draft;
  }
  static bus::CallOptions As(const std::string& person) {
    bus::CallOptions options = County::Officer();
    options.actor.set_person_id(person);
    options.actor.set_name(person);
    return options;
  }
  static v1::Letter Read(County& county, const std::string& id) {
    v1::GetLetter get;
    get.set_conversation_id(id);
    get.set_with_content(true);
    return county.Must<v1::LetterReply>(get).letter();
  }
  static v1::DoLetterAct Act(const std::string& id, const std::string& kind,
                             const std::string& text = "") {
    v1::DoLetterAct act;
    act.set_conversation_id(id);
    act.set_kind(kind);
    act.set_text(text);
    return act;
  }
  static v1::DoLetterAct Answer(const std::string& id, v1::ReplyCode code,
                                const std::string& text) {
    v1::DoLetterAct act = Act(id, "answer", text);
    act.mutable_reply()->set_code(code);
    act.mutable_reply()->set_text(text);
    return act;
  }
  static std::string Refused(County& county, const v1::DoLetterAct& act,
                             bus::CallOptions options = County::Officer()) {
    const auto done = county.AskAs<v1::LetterReply>(act, std::move(options));
    return done.ok() ? "" : done.error().reason + " " + done.error().detail;
  }
  // A letter that an officer of 绥宁 answers.
  std::string AskOfficer() {
    v1::DraftLetter draft = County::Inquiry("430527", 7, kId);
    draft.mutable_inquiry()->mutable_child()->set_household_division("210302");
    const std::string id = tongan_.Must<v1::LetterReply>(draft).letter().conversation_id();
    EXPECT_TRUE(harness::WaitUntil(
        [&] {
          v1::GetLetter get;
          get.set_conversation_id(id);
          const auto there = suining_.Ask<v1::LetterReply>(get);
          return there.ok() && there->letter().desk() == "officer";
        },
        std::chrono::seconds{20}));
    return id;
  }
  std::uint64_t ForApproval() {
    v1::ListLetters list;
    list.set_for_approval_only(true);
    return tongan_.Must<v1::ListLettersReply>(list).total();
  }

  County tongan_{"tongan", "sm"};
  County suining_{"suining", "sm"};
};

TEST_F(Officers, WhoApprovesReadsTheDraftAndIsNotWhoWroteIt) {
  const std::string id = tongan_.Must<v1::LetterReply>(Persuasion()).letter().conversation_id();
  EXPECT_EQ(ForApproval(), 1u);
  EXPECT_EQ(tongan_.Must<v1::TracingSummary>(v1::GetTracingSummary{}).for_approval(), 1u);
  const v1::Letter draft = Read(tongan_, id);
  EXPECT_EQ(draft.state(), v1::LETTER_STATE_DRAFTED);
  EXPECT_EQ(draft.drafted_by().person_id(), "officer-1");
  EXPECT_EQ(ValueOf(draft.draft(), "请求事项"), "请上门劝返");
  EXPECT_EQ(ValueOf(draft.draft(), "监护人"), "母亲 王某 13800000000");
  EXPECT_EQ(ValueOf(draft.draft(), "已采取措施"), "2026-10-08 家访 家中无人");
  EXPECT_EQ(ValueOf(draft.draft(), "身份证件号"), security::MaskIdNumber(kId));
  EXPECT_THAT(draft.DebugString(), Not(HasSubstr(kId)));

  EXPECT_THAT(Refused(tongan_, Act(id, "approve")), HasSubstr("SAME_PERSON"));
  EXPECT_EQ(ForApproval(), 1u);
  const auto done = tongan_.AskAs<v1::LetterReply>(Act(id, "approve"), As("leader-1"));
  ASSERT_TRUE(done.ok()) << done.error().ToString();
  EXPECT_NE(done->letter().document_no(), "");
  EXPECT_EQ(ForApproval(), 0u);
  const v1::Letter sent = Read(tongan_, id);
  EXPECT_FALSE(sent.has_draft());
  EXPECT_EQ(sent.drafted_by().person_id(), "officer-1");
  EXPECT_EQ(sent.decided_by().person_id(), "leader-1");
  ASSERT_GE(sent.log_size(), 1);
  EXPECT_THAT(ValueOf(sent.log(0), "签发"), HasSubstr("leader-1"));
  EXPECT_THAT(Refused(tongan_, Act(id, "approve"), As("leader-2")), HasSubstr("WRONG_STATE"));
}

TEST_F(Officers, ADraftIsSentBackWithItsReasonAndAnAutomaticKindNeedsNobody) {
  const std::string id = tongan_.Must<v1::LetterReply>(Persuasion()).letter().conversation_id();
  EXPECT_THAT(Refused(tongan_, Act(id, "reject"), As("leader-1")), HasSubstr("TEXT_MISSING"));
  const std::string why = std::string{"监护人电话不全 "} + kId;
  EXPECT_EQ(Refused(tongan_, Act(id, "reject", why), As("leader-1")), "");
  const v1::Letter letter = Read(tongan_, id);
  EXPECT_EQ(letter.state(), v1::LETTER_STATE_REJECTED);
  EXPECT_THAT(letter.decision_text(), HasSubstr("监护人电话不全"));
  EXPECT_THAT(letter.decision_text(), Not(HasSubstr(kId)));
  EXPECT_EQ(ForApproval(), 0u);

  const v1::Letter automatic = tongan_.Send("430527", 8, kId);
  EXPECT_NE(automatic.document_no(), "");
  EXPECT_FALSE(Read(tongan_, automatic.conversation_id()).has_drafted_by());
}

TEST_F(Officers, ADraftPrintsAsOneAndOnTheRecord) {
  const std::string id = tongan_.Must<v1::LetterReply>(Persuasion()).letter().conversation_id();
  v1::PrintLetter print;
  print.set_conversation_id(id);
  const auto printed = tongan_.Must<v1::PrintLetterReply>(print);
  EXPECT_EQ(printed.record().kind_name(), "拟稿");
  EXPECT_EQ(printed.record().document_no(), "");
  harness::TempDir dir{"draft"};
  std::ofstream{dir.File("draft.pdf"), std::ios::binary} << printed.pdf();
  const auto text = harness::RunProgram({"pdftotext", "-raw", dir.File("draft.pdf"), "-"},
                                        std::chrono::seconds{30});
  EXPECT_THAT(text.output, HasSubstr("未编号"));
  EXPECT_THAT(text.output, HasSubstr("请上门劝返"));
  EXPECT_THAT(text.output, HasSubstr("草 稿"));
  EXPECT_EQ(Read(tongan_, id).printed_size(), 1);
}

TEST_F(Officers, EachItemIsShownWholeOnBothSidesAndMasked) {
  const std::string id = AskOfficer();
  v1::DoLetterAct act = Answer(id, v1::REPLY_CODE_R05, std::string{"随父母外出 "} + kId);
  act.mutable_reply()->set_third_division("411003");
  act.mutable_reply()->set_third_address("许昌市建安区某村");
  act.mutable_reply()->set_third_phone("13900000000");
  act.mutable_reply()->set_persuasions(2);
  ASSERT_EQ(Refused(suining_, act), "");
  ASSERT_TRUE(tongan_.Await(id, v1::LETTER_STATE_ANSWERED));
  for (County* county : {&tongan_, &suining_}) {
    const v1::Letter letter = Read(*county, id);
    ASSERT_GE(letter.log_size(), 3);
    const v1::LogEntry& asked = letter.log(0);
    EXPECT_EQ(ValueOf(asked, "学生姓名"), "周小舟");
    EXPECT_EQ(ValueOf(asked, "最后见到日期"), "2026-09-30");
    EXPECT_THAT(ValueOf(asked, "户籍地"), HasSubstr("210302"));
    EXPECT_EQ(ValueOf(asked, "联系人"), "厦门市同安区教育局 张科员 0592-0000000");
    const v1::LogEntry& answer = letter.log(letter.log_size() - 1);
    EXPECT_EQ(ValueOf(answer, "核查结果"), "R05 随父母在第三地");
    EXPECT_THAT(ValueOf(answer, "说明"), HasSubstr("随父母外出"));
    EXPECT_EQ(ValueOf(answer, "第三地地址"), "许昌市建安区某村");
    EXPECT_EQ(ValueOf(answer, "第三地电话"), "13900000000");
    EXPECT_EQ(ValueOf(answer, "已劝返次数"), "2");
    EXPECT_THAT(letter.DebugString(), Not(HasSubstr(kId)));
  }
}

TEST_F(Officers, ARefusalNeedsItsReason) {
  const std::string id = AskOfficer();
  v1::DoLetterAct act = Act(id, "refuse", "请另行联系");
  EXPECT_THAT(Refused(suining_, act), HasSubstr("REASON_MISSING 请写明"));
  act.set_reason("来函没有学生身份信息");
  act.clear_text();
  EXPECT_EQ(Refused(suining_, act), "");
  ASSERT_TRUE(tongan_.Await(id, v1::LETTER_STATE_REFUSED));
  const v1::Letter letter = Read(tongan_, id);
  EXPECT_EQ(ValueOf(letter.log(letter.log_size() - 1), "不予办理的理由"), "来函没有学生身份信息");
}

TEST_F(Officers, TheSecondOfTwoOfficersIsToldThatTheLetterHasChanged) {
  const std::string id = AskOfficer();
  const v1::Letter shown = Read(suining_, id);
  v1::DoLetterAct first = Answer(id, v1::REPLY_CODE_R03, "已动员");
  first.set_expected_version(shown.version());
  first.mutable_reply()->mutable_until()->set_year(2026);
  first.mutable_reply()->mutable_until()->set_month(10);
  first.mutable_reply()->mutable_until()->set_day(19);
  ASSERT_EQ(Refused(suining_, first, As("officer-a")), "");
  v1::DoLetterAct second = Answer(id, v1::REPLY_CODE_R04, "拒绝返校");
  second.mutable_reply()->set_persuasions(1);
  second.set_expected_version(shown.version());
  EXPECT_THAT(Refused(suining_, second, As("officer-b")), HasSubstr("VERSION_MISMATCH 函件已有变动"));
  second.set_expected_version(0);  // who does not say what he saw does not correct either
  EXPECT_THAT(Refused(suining_, second, As("officer-b")), HasSubstr("VERSION_MISMATCH 该函已有回函"));
  ASSERT_TRUE(tongan_.Await(id, v1::LETTER_STATE_ANSWERED));
  EXPECT_EQ(tongan_.Look(id).reply_code(), v1::REPLY_CODE_R03);
  second.set_expected_version(Read(suining_, id).version());
  EXPECT_EQ(Refused(suining_, second, As("officer-b")), "");
}

// A neighbour that is away is tried again and again; nothing of that is a change to look at.
TEST_F(Officers, RepeatsDoNotMakeANewVersion) {
  const std::string id = AskOfficer();
  ASSERT_TRUE(tongan_.Await(id, v1::LETTER_STATE_ACKNOWLEDGED));
  suining_.Stop();
  ASSERT_EQ(Refused(tongan_, Act(id, "supplement", "另有线索")), "");
  const v1::Letter before = Read(tongan_, id);
  for (std::uint32_t more = 1; more <= 3; ++more) {
    tongan_.Advance(std::chrono::minutes{5});
    ASSERT_TRUE(harness::WaitUntil(
        [&] { return tongan_.Look(id).attempts() >= before.attempts() + more; },
        std::chrono::seconds{20}));
  }
  EXPECT_EQ(tongan_.Look(id).version(), before.version());
}

TEST_F(Officers, BothSidesShowWhatEachLastConfirmed) {
  const std::string id = AskOfficer();
  ASSERT_EQ(Refused(suining_, Answer(id, v1::REPLY_CODE_R06, "查无此人")), "");
  ASSERT_TRUE(tongan_.Await(id, v1::LETTER_STATE_ANSWERED));
  ASSERT_TRUE(harness::WaitUntil(
      [&] { return suining_.Look(id).peer_state() == v1::LETTER_STATE_ANSWERED; },
      std::chrono::seconds{20}));
  const v1::Letter there = Read(suining_, id);
  EXPECT_EQ(there.peer_state_name(), "已回函");
  EXPECT_TRUE(there.has_confirmed_at());
  EXPECT_EQ(there.own_confirmed_state_name(), "已送达");
  const v1::Letter here = Read(tongan_, id);
  EXPECT_EQ(here.own_confirmed_state_name(), "已回函");
  EXPECT_TRUE(here.has_own_confirmed_at());
  EXPECT_FALSE(here.has_differs_since());
}

TEST_F(Officers, LettersAreListedNewestFirstInPages) {
  std::vector<std::string> ids;
  for (std::int64_t one = 1; one <= 5; ++one) {
    ids.push_back(tongan_.Send("430527", one, kId).conversation_id());
    tongan_.Advance(std::chrono::minutes{1});
  }
  v1::ListLetters list;
  list.set_newest_first(true);
  list.set_limit(2);
  std::vector<std::string> seen;
  for (;;) {
    const auto page = tongan_.Must<v1::ListLettersReply>(list);
    EXPECT_EQ(page.total(), 5u);
    for (const v1::Letter& letter : page.letters()) seen.push_back(letter.conversation_id());
    if (page.letters().empty()) break;
    list.set_after(seen.back());
  }
  std::reverse(ids.begin(), ids.end());
  EXPECT_EQ(seen, ids);
  v1::ListLetters peer;
  peer.set_peer("410000");
  EXPECT_EQ(tongan_.Must<v1::ListLettersReply>(peer).total(), 0u);
  peer.set_peer("4105");
  EXPECT_FALSE(tongan_.Ask<v1::ListLettersReply>(peer).ok());
}

TEST_F(Officers, AFileGoesWithTheAnswerReachesTheCaseAndIsTakenOutOnTheRecord) {
  const std::string id = AskOfficer();
  v1::DoLetterAct act = Answer(id, v1::REPLY_CODE_R07, "已死亡");
  v1::Attachment& proof = *act.add_attachments();
  proof.set_name(std::string{"C:\\件\\死亡证明"} + kId + ".pdf");
  proof.set_content(kPdf);
  ASSERT_EQ(Refused(suining_, act), "");
  ASSERT_TRUE(tongan_.Await(id, v1::LETTER_STATE_ANSWERED));
  ASSERT_FALSE(tongan_.Told().empty());
  EXPECT_EQ(tongan_.Told().back().proofs(), 1u);
  EXPECT_TRUE(tongan_.Told().back().has_proof());
  const v1::Letter letter = Read(tongan_, id);
  const v1::LogEntry& answer = letter.log(letter.log_size() - 1);
  ASSERT_EQ(answer.attachments_size(), 1);
  EXPECT_THAT(answer.attachments(0).name(), ::testing::StartsWith("死亡证明"));
  EXPECT_EQ(answer.attachments(0).media_type(), "application/pdf");
  EXPECT_EQ(answer.attachments(0).size(), kPdf.size());
  EXPECT_THAT(letter.DebugString(), Not(HasSubstr(kId)));

  v1::TakeAttachment take;
  take.set_conversation_id(id);
  take.set_seq(answer.seq());
  take.set_number(1);
  take.set_purpose("归入个案");
  const auto taken = tongan_.Must<v1::TakeAttachmentReply>(take);
  EXPECT_EQ(taken.content(), kPdf);
  EXPECT_THAT(taken.file_name(), ::testing::EndsWith("附件1.pdf"));
  const v1::Letter after = Read(tongan_, id);
  ASSERT_EQ(after.printed_size(), 1);
  EXPECT_EQ(after.printed(0).kind_name(), "附件");
  EXPECT_THAT(after.printed(0).purpose(), HasSubstr("归入个案"));
  take.set_number(2);
  const auto none = tongan_.Ask<v1::TakeAttachmentReply>(take);
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().reason, "NO_ATTACHMENT");
}

TEST_F(Officers, WhatIsTooLargeTooManyOrOfAnotherKindIsRefusedWithTheLimit) {
  const std::string id = AskOfficer();
  const auto with = [&](const std::string& name, const std::string& content, int times = 1) {
    v1::DoLetterAct act = Act(id, "supplement", "补充材料");
    for (int i = 0; i < times; ++i) {
      v1::Attachment& one = *act.add_attachments();
      one.set_name(name);
      one.set_content(content);
    }
    return Refused(tongan_, act);
  };
  EXPECT_THAT(with("a.pdf", "MZ program"), HasSubstr("ATTACHMENT_TYPE"));
  EXPECT_THAT(with("a.pdf", "MZ program"), HasSubstr("PDF、JPG、PNG、OFD"));
  EXPECT_THAT(with("a.pdf", ""), HasSubstr("ATTACHMENT_EMPTY"));
  EXPECT_THAT(with("a.pdf", kPdf + std::string(600 << 10, 'x')), HasSubstr("上限512 KB"));
  EXPECT_THAT(with("a.pdf", kPdf + std::string(400 << 10, 'x'), 2), HasSubstr("上限768 KB"));
  EXPECT_THAT(with("a.pdf", kPdf, 6), HasSubstr("上限5个"));
  v1::DoLetterAct other = Act(id, "withdraw", "不再需要");
  other.add_attachments()->set_content(kPdf);
  EXPECT_THAT(Refused(tongan_, other), HasSubstr("BAD_ACT"));
  EXPECT_EQ(with("a.pdf", kPdf + std::string(400 << 10, 'x')), "");
  ASSERT_TRUE(harness::WaitUntil(
      [&] {
        const v1::Letter there = Read(suining_, id);
        const auto& last = there.log(there.log_size() - 1);
        return last.attachments_size() == 1;
      },
      std::chrono::seconds{20}));
}

// A county whose officers acknowledge themselves, and do not.
TEST(Acknowledging, ALetterThatNobodyAcknowledgesIsOverdueAndShown) {
  store::Pool::InitDriver();
  harness::TempDir dir{"config"};
  const std::string config = dir.File("config");
  std::filesystem::copy(std::string{BAOXUE_SOURCE_DIR} + "/config", config,
                        std::filesystem::copy_options::recursive);
  const std::string profile = config + "/counties/suining.yaml";
  std::ifstream in{profile};
  std::string text{std::istreambuf_iterator<char>{in}, {}};
  const std::string by_machine = "      acknowledge: true";
  ASSERT_NE(text.find(by_machine), std::string::npos);
  text.replace(text.find(by_machine), by_machine.size(), "      acknowledge: false");
  std::ofstream{profile} << text;

  County tongan{"tongan", "sm"};
  County suining{"suining", "sm", config};
  tongan.Start();
  suining.Start();
  tongan.Join(suining);
  suining.Join(tongan);
  v1::DraftLetter draft = County::Inquiry("430527", 7, kId);
  draft.mutable_inquiry()->mutable_child()->set_household_division("210302");
  const std::string id = tongan.Must<v1::LetterReply>(draft).letter().conversation_id();
  ASSERT_TRUE(tongan.Await(id, v1::LETTER_STATE_RECEIPTED));
  v1::ListLetters overdue;
  overdue.set_overdue_only(true);
  for (County* county : {&tongan, &suining}) {
    const v1::Letter letter = county->Look(id);
    EXPECT_TRUE(letter.has_acknowledge_by());
    EXPECT_FALSE(letter.acknowledge_overdue());
    EXPECT_EQ(county->Must<v1::ListLettersReply>(overdue).total(), 0u);
    county->Advance(std::chrono::days{3});  // 2 working days: Monday to Thursday
    EXPECT_TRUE(county->Look(id).acknowledge_overdue());
    EXPECT_EQ(county->Must<v1::ListLettersReply>(overdue).total(), 1u);
    EXPECT_EQ(county->Must<v1::TracingSummary>(v1::GetTracingSummary{}).unacknowledged(), 1u);
  }
  v1::DoLetterAct act;
  act.set_conversation_id(id);
  act.set_kind("acknowledge");
  suining.Must<v1::LetterReply>(act);
  ASSERT_TRUE(tongan.Await(id, v1::LETTER_STATE_ACKNOWLEDGED));
  for (County* county : {&tongan, &suining}) {
    EXPECT_FALSE(county->Look(id).has_acknowledge_by());
    EXPECT_EQ(county->Must<v1::ListLettersReply>(overdue).total(), 0u);
  }
}

}  // namespace
}  // namespace tracing
