// A neighbour that asks blind questions of its own making.
#include <gtest/gtest.h>

#include <atomic>

#include "integration/tracing/county.h"
#include "tracing/contract/where.h"

namespace tracing {
namespace {

using testing::ChildDigest;
using testing::County;
using testing::MarkOf;

constexpr const char* kId = "11010519491231002X";

class WhereHostileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    store::Pool::InitDriver();
    tongan_.Start();
    tongan_.Knows(kId, "同安区第一小学");
    Publish({"protocol:1", "blind"});
  }

  // Tells 同安 that this key is 绥宁's, and what 绥宁 is able to do.
  void Publish(const std::vector<std::string>& capabilities) {
    v1::Directory directory;
    directory.set_issuer("430527");
    directory.set_serial(++serial_);
    v1::Member& member = *directory.add_members();
    member.set_division("430527");
    member.set_name("绥宁县");
    member.set_serial(serial_);
    for (const std::string& one : capabilities) member.add_capabilities(one);
    for (const v1::Key& one : KeysOf(key_.key())) *member.add_keys() = one;
    v1::Key& curve = *member.add_keys();
    curve.set_use("curve");
    curve.set_public_key(curve_.public_key);
    if (!endpoint_.empty()) member.add_endpoints(endpoint_);
    const base::Date end = base::Date::Parse("2099-01-01").value();
    *curve.mutable_valid_to() = ToProto(base::InstantAt(end, 0));
    v1::ImportDirectory import;
    *import.mutable_directory() = SignDirectory(directory, key_);
    import.set_fingerprint(key_.key().Fingerprint());
    tongan_.Must<v1::ImportDirectoryReply>(import);
    client_ = std::make_unique<bus::Client>(
        context_,
        bus::ClientOptions{
            .endpoints = {{.address = tongan_.address(), .server_key = tongan_.CurveKey()}},
            .keys = curve_, .name = "430527"},
        clock_, ids_);
  }

  v1::BlindQuestion Question(char id, const std::string& number = kId) const {
    v1::BlindQuestion question;
    question.set_question_id(std::string(16, id));
    question.set_asker("430527");
    question.set_to("350212");
    question.set_nonce(std::string(32, id));
    question.set_suite(v1::CIPHER_SUITE_SM);
    question.set_mark(MarkOf(1, question.nonce(), ChildDigest(number)));
    question.set_approved_by("王股长");
    *question.mutable_expires_at() = ToProto(tongan_.now() + std::chrono::days{7});
    return question;
  }
  base::Result<v1::BlindAnswer> Send(const v1::BlindQuestion& question) {
    return client_->Ask<v1::BlindAnswer>(question);
  }
  base::Result<v1::BlindAnswer> Ask(v1::BlindQuestion question) {
    SignQuestion(question, key_);
    return Send(question);
  }
  std::string Refused(const base::Result<v1::BlindAnswer>& answer) {
    return answer.ok() ? answer->refused() : answer.error().reason;
  }
  // 同安 asks about its child, approved by another officer.
  std::string AskWhere() {
    v1::AskWhere ask;
    ask.set_student_id(7);
    ask.set_reason("去向不明");
    v1::DecideWhere decide;
    decide.set_question_id(tongan_.Must<v1::AskWhereReply>(ask).question_id());
    decide.set_approve(true);
    bus::CallOptions chief = County::Officer();
    chief.actor.set_person_id("chief-1");
    EXPECT_TRUE(tongan_.AskAs<v1::WhereReply>(decide, chief).ok());
    return decide.question_id();
  }
  // Of the same words, with a key that nobody knows.
  static std::string SignedElsewhere(v1::BlindAnswer answer) {
    const auto other = security::LetterKey::Generate(
        security::LetterSuite::kSm, "430527",
        {.begin = base::Date::Parse("2026-09-01").value(),
         .end = base::Date::Parse("2028-09-01").value()});
    SignAnswer(answer, other);
    return answer.signature();
  }
  v1::WhereAsker Audit() {
    v1::ListWhere incoming;
    incoming.set_incoming(true);
    const auto list = tongan_.Must<v1::ListWhereReply>(incoming);
    return list.askers().empty() ? v1::WhereAsker{} : list.askers(0);
  }

  County tongan_{"tongan", "sm"};
  bus::KeyPair curve_ = bus::MakeKeyPair();
  security::LetterKey key_ = security::LetterKey::Generate(
      security::LetterSuite::kSm, "430527",
      {.begin = base::Date::Parse("2026-09-01").value(),
       .end = base::Date::Parse("2028-09-01").value()});
  std::uint64_t serial_ = 0;
  std::string endpoint_ = {};  // where 绥宁 is asked
  base::SystemClock clock_;
  base::RandomIds ids_;
  bus::Context context_{bus::AccessList{}};
  std::unique_ptr<bus::Client> client_;
};

TEST_F(WhereHostileTest, TheSameQuestionGetsTheSameAnswer) {
  const auto one = Ask(Question('a'));
  ASSERT_TRUE(one.ok()) << one.error().ToString();
  EXPECT_TRUE(one->here());
  EXPECT_FALSE(one->proof().empty());
  // The child has left since: a repeat is not a second question.
  tongan_.Forgets(kId);
  const auto two = Ask(Question('a'));
  ASSERT_TRUE(two.ok());
  EXPECT_EQ(two->SerializeAsString(), one->SerializeAsString());
  const auto fresh = Ask(Question('b'));
  ASSERT_TRUE(fresh.ok());
  EXPECT_FALSE(fresh->here());
  EXPECT_TRUE(fresh->proof().empty());
  EXPECT_EQ(Audit().questions(), 2u);
  EXPECT_EQ(Audit().here(), 1u);
}

TEST_F(WhereHostileTest, WhatIsNotSignedForUsIsRefusedByName) {
  v1::BlindQuestion question = Question('a');
  SignQuestion(question, key_);
  v1::BlindQuestion bad = question;
  bad.set_mark(std::string(32, 'x'));
  EXPECT_EQ(Refused(Send(bad)), "SIGNATURE_BAD");
  bad = question;
  bad.set_to("430528");
  EXPECT_EQ(Refused(Send(bad)), "WRONG_PARTIES");
  bad = question;
  bad.set_key_id("nobody's");
  EXPECT_EQ(Refused(Send(bad)), "KEY_UNKNOWN");
  bad = question;
  bad.set_nonce("short");
  EXPECT_EQ(Refused(Send(bad)), "BAD_QUESTION");
  bad = Question('c');
  *bad.mutable_expires_at() = ToProto(tongan_.now() - std::chrono::minutes{1});
  EXPECT_EQ(Refused(Ask(bad)), "EXPIRED");
  ASSERT_EQ(Refused(Ask(question)), "");
  bad = Question('a', "110105194912310038");
  EXPECT_EQ(Refused(Ask(bad)), "QUESTION_DIFFERS");
  const v1::WhereAsker audit = Audit();
  EXPECT_EQ(audit.questions(), 1u);
  for (const char* reason : {"SIGNATURE_BAD", "WRONG_PARTIES", "KEY_UNKNOWN", "BAD_QUESTION",
                             "EXPIRED", "QUESTION_DIFFERS"}) {
    EXPECT_EQ(audit.refused().at(reason), 1u) << reason;
  }
}

TEST_F(WhereHostileTest, WhoAsksBadlyIsShutOut) {
  v1::BlindQuestion bad = Question('a');
  bad.set_key_id(key_.id());
  bad.set_signature("none");
  for (int i = 0; i < 100; ++i) ASSERT_EQ(Refused(Send(bad)), "SIGNATURE_BAD");
  const auto peers = tongan_.Must<v1::ListPeersReply>(v1::ListPeers{});
  ASSERT_EQ(peers.peers_size(), 1);
  EXPECT_EQ(peers.peers(0).stand(), "shut_out");
}

// What comes back over the line or out of a mailbox: a signature that is none, then one over
// another question, then the member's own.
TEST_F(WhereHostileTest, AnAnswerCountsWithTheMembersSignatureOverThisQuestionAlone) {
  bus::Context door{
      bus::AccessList{{{"350212", tongan_.CurveKey(), {"baoxue.tracing.v1.*"}, {}}}}};
  bus::ServerOptions options;
  options.endpoints = {"tcp://127.0.0.1:*"};
  options.keys = curve_;
  options.name = "430527";
  bus::Server server{door, options, clock_};
  std::atomic<int> asked = 0;
  server.On<v1::BlindQuestion, v1::BlindAnswer>(
      [&](const bus::Request&, const v1::BlindQuestion& question) -> base::Result<v1::BlindAnswer> {
        const int time = ++asked;
        v1::BlindAnswer answer;
        answer.set_question_id(question.question_id());
        answer.set_by("430527");
        answer.set_asker("350212");
        answer.set_question_hash(time == 2 ? std::string(32, 'x') : QuestionHash(question));
        SignAnswer(answer, key_);
        if (time == 1) answer.set_signature(SignedElsewhere(answer));
        return answer;
      });
  ASSERT_TRUE(server.Start().ok());
  endpoint_ = server.bound_endpoints().at(0);
  Publish({"protocol:1", "blind"});
  const std::string id = AskWhere();
  const auto is = [&](const std::string& state, const std::string& reason) {
    return harness::WaitUntil(
        [&] {
          v1::GetWhere get;
          get.set_question_id(id);
          const auto members = tongan_.Must<v1::WhereReply>(get).members();
          return members.size() == 1 && members[0].state() == state &&
                 members[0].reason() == reason;
        },
        std::chrono::seconds{20});
  };
  EXPECT_TRUE(is("due", "SIGNATURE_BAD"));
  tongan_.Advance(std::chrono::minutes{13});
  EXPECT_TRUE(is("due", "ANSWER_OF_ANOTHER"));
  tongan_.Advance(std::chrono::minutes{30});
  EXPECT_TRUE(is("not_here", ""));
  server.Stop();
}

TEST_F(WhereHostileTest, OnlyMembersThatAnswerMayAsk) {
  Publish({"protocol:1"});
  const auto refused = Ask(Question('a'));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, base::Code::kPermissionDenied);
}

}  // namespace
}  // namespace tracing
