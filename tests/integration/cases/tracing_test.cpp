// What tracing tells of children elsewhere and of files that went home, in the real service.
#include "integration/cases/service_fixture.h"
#include "tracing/contract/away.pb.h"
#include "tracing/contract/transfers.pb.h"

namespace cases::testing {
namespace {

namespace tracing = baoxue::tracing::v1;

host::Definition TracingFeed() {
  host::Definition definition;
  definition.name = "tracing";
  definition.build = [](host::Host&) -> base::Result<std::shared_ptr<void>> {
    return std::shared_ptr<void>{};
  };
  return definition;
}

class CasesTracing : public ServiceTest {
 protected:
  CasesTracing() : ServiceTest(Tracing::kFollowed) { tracing_ = Start(TracingFeed()); }
  tracing::AwayChanged Missing(std::int64_t person, int version) {
    tracing::AwayChanged message;
    message.set_away_id(5);
    message.set_person_id(person);
    message.set_suspect(true);
    message.set_reason("期限内未取得异地就读证明");
    message.set_version(version);
    return message;
  }
  void TellMissing(const tracing::AwayChanged& message) {
    Tell(*tracing_, "tracing", "tracing.away.proof_missing", message);
  }
  std::uint64_t Cases() {
    const auto reply = Ask<v1::ListCasesReply>(v1::ListCases{});
    return reply.ok() ? reply->total() : 999;
  }
  std::unique_ptr<host::Runtime> tracing_;
};

TEST_F(CasesTracing, MissingProofIsASuspicionOfTheChildThatAListKnows) {
  auto unknown = Missing(0, 1);
  TellMissing(unknown);
  auto unasked = Missing(78, 2);
  unasked.set_suspect(false);
  TellMissing(unasked);
  TellMissing(Missing(77, 3));
  TellMissing(Missing(77, 4));
  EXPECT_TRUE(harness::WaitUntil([&] { return Cases() == 1; }));
  v1::GetCase get;
  get.set_person_id(77);
  const auto found = Ask<v1::CaseReply>(get);
  ASSERT_TRUE(found.ok()) << found.error().ToString();
  EXPECT_EQ(found->case_().found_by(), "摸排");
  EXPECT_EQ(found->case_().state(), "10");
  EXPECT_EQ(Cases(), 1u);
}

TEST_F(CasesTracing, ALateProofTakesTheSuspicionBackOnce) {
  TellMissing(Missing(77, 3));
  const auto state = [&] {
    v1::GetCase get;
    get.set_person_id(77);
    const auto found = Ask<v1::CaseReply>(get);
    return found.ok() ? found->case_().state() : found.error().reason;
  };
  ASSERT_TRUE(harness::WaitUntil([&] { return state() == "10"; })) << state();
  tracing::AwayChanged proven = Missing(77, 4);
  proven.set_reason("同安区西柯中心小学");
  Tell(*tracing_, "tracing", "tracing.away.proven", proven);  // of a child who was not missing
  proven.set_version(5);
  proven.set_was_missing(true);
  Tell(*tracing_, "tracing", "tracing.away.proven", proven);
  EXPECT_TRUE(harness::WaitUntil([&] { return state() == "90"; })) << state();
  // Missing again in the next term: the child is suspected anew.
  TellMissing(Missing(77, 6));
  EXPECT_TRUE(harness::WaitUntil([&] { return state() == "10"; })) << state();
}

// Somebody reported the child while the family was on the way; the watch never missed it.
TEST_F(CasesTracing, AnArrivalInTimeSettlesACaseThatSomethingElseOpened) {
  TellRegistry();
  TellSuspected(3, 31);
  TellSuspected(4, 32);
  Settle();
  ASSERT_EQ(CaseOfStudent(3).phase(), "open");
  tracing::TransferChanged message;
  message.set_watch_id(9);
  message.set_student_id(3);
  message.set_other_division("430527");
  message.set_school("长铺镇中心小学");
  Tell(*tracing_, "tracing", "tracing.transfer.called_off", message);
  message.set_student_id(4);
  message.set_document_no("绥教函〔2026〕3号");
  Tell(*tracing_, "tracing", "tracing.transfer.arrived", message);
  EXPECT_TRUE(harness::WaitUntil([&] { return CaseOfStudent(4).state() == "41"; }))
      << CaseOfStudent(4).state();
  EXPECT_EQ(CaseOfStudent(3).phase(), "open");  // a transfer that was called off settles nothing
}

TEST_F(CasesTracing, AFileThatWentHomeSettlesTheCase) {
  TellRegistry();
  TellSuspected(3, 31);
  Settle();
  const auto case_id = CaseOfStudent(3).case_id();
  tracing::HandOverChanged taken;
  taken.set_case_id(case_id);
  taken.set_student_id(3);
  taken.set_peer("350212");
  taken.set_peer_name("厦门市同安区");
  taken.set_document_no("铁教函〔2027〕1号");
  taken.set_conversation_id(std::string(16, 'c'));
  Tell(*tracing_, "tracing", "tracing.hand_over.taken", taken);
  EXPECT_TRUE(harness::WaitUntil([&] { return CaseOfStudent(3).state() == "41"; }))
      << CaseOfStudent(3).state();
  EXPECT_EQ(CaseOfStudent(3).phase(), "settled");
}

}  // namespace
}  // namespace cases::testing
