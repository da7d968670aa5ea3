// 「这孩子在哪里」 between real services over CURVE: who is asked, who may answer, what is refused.
#include <gmock/gmock.h>

#include "integration/tracing/county.h"

namespace tracing {
namespace {

using ::testing::ElementsAre;
using testing::County;

constexpr const char* kId = "11010519491231002X";
constexpr std::int64_t kStudent = 7;  // of County::Knows

bus::CallOptions Chief() {
  bus::CallOptions options = County::Officer();
  options.actor.set_person_id("chief-1");
  options.actor.set_name("李股长");
  return options;
}

class WhereTest : public ::testing::Test {
 protected:
  void SetUp() override {
    store::Pool::InitDriver();
    tongan_.Start();
    suining_.Start();
    tongan_.Join(suining_);
    suining_.Join(tongan_);
    tongan_.Knows(kId, "同安区第一小学");
  }
  std::string Ask(const std::string& province = "") {
    v1::AskWhere ask;
    ask.set_student_id(kStudent);
    ask.set_case_id(42);
    ask.set_province(province);
    ask.set_reason("不辞而别，去向不明");
    return tongan_.Must<v1::AskWhereReply>(ask).question_id();
  }
  base::Result<v1::WhereReply> Decide(const std::string& id, bool approve = true) {
    v1::DecideWhere decide;
    decide.set_question_id(id);
    decide.set_approve(approve);
    return tongan_.AskAs<v1::WhereReply>(decide, Chief());
  }
  v1::WhereReply Get(const std::string& id) {
    v1::GetWhere get;
    get.set_question_id(id);
    return tongan_.Must<v1::WhereReply>(get);
  }
  bool Await(const std::string& id, const std::string& state) {
    return harness::WaitUntil([&] { return Get(id).state() == state; }, std::chrono::seconds{20});
  }
  // A county without the software.
  void AddPaperCounty() {
    const auto key = security::LetterKey::Generate(
        security::LetterSuite::kSm, "430528",
        {.begin = base::Date::Parse("2026-09-01").value(),
         .end = base::Date::Parse("2028-09-01").value()});
    v1::Directory directory;
    directory.set_issuer("430528");
    directory.set_serial(1);
    v1::Member& member = *directory.add_members();
    member.set_division("430528");
    member.set_name("新宁县");
    member.set_serial(1);
    member.set_paper(true);
    for (const v1::Key& one : KeysOf(key.key())) *member.add_keys() = one;
    v1::ImportDirectory import;
    *import.mutable_directory() = SignDirectory(directory, key);
    import.set_fingerprint(key.key().Fingerprint());
    tongan_.Must<v1::ImportDirectoryReply>(import);
  }

  County tongan_{"tongan", "sm"};
  County suining_{"suining", "intl"};
};

TEST_F(WhereTest, TheCountyThatHasTheChildSaysHereAndALetterFollows) {
  AddPaperCounty();
  suining_.Knows(kId, "绥宁县长铺镇中心小学");
  const std::string id = Ask();
  EXPECT_EQ(Get(id).state(), "waiting");
  EXPECT_EQ(Get(id).members_size(), 0);
  const auto approved = Decide(id);
  ASSERT_TRUE(approved.ok()) << approved.error().ToString();
  ASSERT_TRUE(Await(id, "answered")) << Get(id).DebugString();
  const v1::WhereReply found = Get(id);
  EXPECT_THAT(found.here(), ElementsAre("430527"));
  EXPECT_EQ(found.asked(), 1u);
  EXPECT_EQ(found.left_out(), 1u);
  EXPECT_EQ(found.asked_by().person_id(), "officer-1");
  EXPECT_EQ(found.decided_by().person_id(), "chief-1");
  ASSERT_EQ(found.members_size(), 2);
  EXPECT_EQ(found.members(1).reason(), "PAPER");
  // The answer is the county's, signed.
  v1::BlindAnswer answer;
  ASSERT_TRUE(answer.ParseFromString(found.members(0).answer()));
  EXPECT_TRUE(answer.here());
  EXPECT_EQ(answer.by(), "430527");
  // What the other side keeps of it.
  v1::ListWhere incoming;
  incoming.set_incoming(true);
  const auto theirs = suining_.Must<v1::ListWhereReply>(incoming);
  ASSERT_EQ(theirs.incoming_size(), 1);
  EXPECT_EQ(theirs.incoming(0).asker(), "350212");
  EXPECT_EQ(theirs.incoming(0).approved_by(), "李股长");
  EXPECT_TRUE(theirs.incoming(0).here());
  ASSERT_EQ(theirs.askers_size(), 1);
  EXPECT_EQ(theirs.askers(0).today(), 1u);
  // The letter that follows is answered like any other.
  v1::DraftWhereLetter draft;
  draft.set_question_id(id);
  draft.set_to("430527");
  draft.mutable_contact()->set_phone("0592-0000000");
  EXPECT_EQ(tongan_.Ask<v1::LetterReply>(draft).error().reason, "FIELD_MISSING");
  draft.mutable_last_seen()->set_year(2026);
  draft.mutable_last_seen()->set_month(9);
  draft.mutable_last_seen()->set_day(30);
  const std::string letter = tongan_.Must<v1::LetterReply>(draft).letter().conversation_id();
  EXPECT_TRUE(tongan_.Await(letter, v1::LETTER_STATE_ANSWERED));
  EXPECT_EQ(Get(id).members(0).letter(), letter);
}

TEST_F(WhereTest, WhoDoesNotHaveTheChildSaysSoAndLearnsNothing) {
  suining_.Knows("110105194912310038", "绥宁县长铺镇中心小学");
  const std::string id = Ask();
  ASSERT_TRUE(Decide(id).ok());
  ASSERT_TRUE(Await(id, "answered"));
  EXPECT_EQ(Get(id).here_size(), 0);
  EXPECT_EQ(Get(id).members(0).state(), "not_here");
  v1::DraftWhereLetter draft;
  draft.set_question_id(id);
  draft.set_to("430527");
  EXPECT_EQ(tongan_.Ask<v1::LetterReply>(draft).error().reason, "NOT_HERE");
}

TEST_F(WhereTest, HereWithoutKnowingTheNumberIsNotBelieved) {
  suining_.Knows(kId, "绥宁县长铺镇中心小学");
  suining_.ProvesAs("430528");  // another county's proof, passed on
  const std::string id = Ask();
  ASSERT_TRUE(Decide(id).ok());
  ASSERT_TRUE(Await(id, "answered"));
  EXPECT_EQ(Get(id).here_size(), 0);
  EXPECT_EQ(Get(id).members(0).state(), "refused");
  EXPECT_EQ(Get(id).members(0).reason(), "PROOF_BAD");
}

TEST_F(WhereTest, NothingGoesOutWithoutASecondPersonAndOverTheLimits) {
  const std::string id = Ask();
  v1::DecideWhere alone;
  alone.set_question_id(id);
  alone.set_approve(true);
  EXPECT_EQ(tongan_.Ask<v1::WhereReply>(alone).error().reason, "SAME_PERSON");
  const auto refused = Decide(id, false);
  ASSERT_TRUE(refused.ok());
  EXPECT_EQ(refused->state(), "refused");
  EXPECT_EQ(Decide(id).error().reason, "ALREADY_DECIDED");
  v1::AskWhere ask;
  ask.set_student_id(kStudent);
  EXPECT_EQ(tongan_.Ask<v1::AskWhereReply>(ask).error().reason, "REASON_MISSING");
  ask.set_reason("去向不明");
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(tongan_.Ask<v1::AskWhereReply>(ask).ok());
  EXPECT_EQ(tongan_.Ask<v1::AskWhereReply>(ask).error().reason, "TOO_MANY_OF_CHILD");
  v1::ListWhere incoming;
  incoming.set_incoming(true);
  EXPECT_EQ(suining_.Must<v1::ListWhereReply>(incoming).incoming_size(), 0);
}

TEST_F(WhereTest, AProvinceIsAskedAndNobodyElse) {
  const std::string elsewhere = Ask("44");
  EXPECT_EQ(Decide(elsewhere).error().reason, "NOBODY_TO_ASK");
  const std::string hunan = Ask("43");
  EXPECT_TRUE(Decide(hunan).ok());
  EXPECT_TRUE(Await(hunan, "answered"));
}

TEST_F(WhereTest, ASilentMemberIsAskedAgainUntilItAnswersOrTheQuestionExpires) {
  suining_.Stop();
  const std::string id = Ask();
  ASSERT_TRUE(Decide(id).ok());
  ASSERT_TRUE(harness::WaitUntil([&] { return Get(id).members(0).attempts() == 1; },
                                 std::chrono::seconds{20}));
  tongan_.Advance(std::chrono::minutes{13});  // ten and a quarter at most
  ASSERT_TRUE(harness::WaitUntil([&] { return Get(id).members(0).attempts() == 2; },
                                 std::chrono::seconds{20}));
  const std::string over = Ask();
  ASSERT_TRUE(Decide(over).ok());
  suining_.Knows(kId, "绥宁县长铺镇中心小学");
  suining_.Start();
  tongan_.Advance(std::chrono::minutes{30});
  suining_.Advance(std::chrono::minutes{43});
  EXPECT_TRUE(Await(id, "answered")) << Get(id).DebugString();
  EXPECT_THAT(Get(id).here(), ElementsAre("430527"));
  suining_.Stop();
  const std::string last = Ask();
  ASSERT_TRUE(Decide(last).ok());
  tongan_.Advance(std::chrono::days{8});
  ASSERT_TRUE(Await(last, "over"));
  EXPECT_EQ(Get(last).members(0).state(), "silent");
}

}  // namespace
}  // namespace tracing
