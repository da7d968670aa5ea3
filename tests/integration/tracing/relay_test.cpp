// 同安 writes to 绥宁, which nobody can connect to: 建安 keeps its mailbox. Three real services.
#include <gmock/gmock.h>

#include <thread>

#include "integration/tracing/county.h"

namespace tracing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::County;

constexpr const char* kId = "11010519491231002X";
constexpr const char* kName = "周小舟";  // of County::Inquiry

std::string HexOf(const std::string& bytes) {
  std::string hex = security::Hex(bytes);
  for (char& c : hex) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return hex;
}

class RelayTest : public ::testing::Test {
 protected:
  void SetUp() override { store::Pool::InitDriver(); }

  void Begin(const std::string& more_of_the_relay = "") {
    relay_.Configure("relay:\n  serves: [\"430527\"]\n" + more_of_the_relay);
    suining_.Reconfigure(
        "bind: []\nadvertise: []\nsuite: intl\nautomatic: [HC, XC]\nretry_first_ms: 200\n"
        "relay: {through: \"" + relay_.division() + "\", poll_seconds: 1}\n");
    tongan_.Start();
    relay_.Start();
    suining_.Start();
    tongan_.Join(suining_);
    tongan_.Join(relay_);
    suining_.Join(tongan_);
    suining_.Join(relay_);
    relay_.Join(tongan_);
    relay_.Join(suining_);
    suining_.Knows(kId, "绥宁县长铺镇中心小学");
  }
  // 绥宁 looks into its mailbox until `done`.
  bool Collecting(const std::function<bool()>& done) {
    return harness::WaitUntil(
        [&] {
          suining_.Advance(std::chrono::seconds{2});
          return done();
        },
        std::chrono::seconds{30});
  }
  std::string Parcels() { return relay_.Sql("SELECT COUNT(*) FROM relay_parcel"); }
  bool Deposited(const std::string& count) {
    return harness::WaitUntil([&] { return Parcels().find(count) != std::string::npos; },
                              std::chrono::seconds{20});
  }

  County tongan_{"tongan", "sm"};
  County relay_{"jianan", "sm"};
  County suining_{"suining", "intl"};
};

TEST_F(RelayTest, ALetterIsAnsweredByMachineAndTheRelayReadsNothing) {
  Begin();
  const std::string id = tongan_.Send("430527", 42, kId).conversation_id();
  ASSERT_TRUE(Deposited("1")) << Parcels();
  EXPECT_NE(tongan_.Look(id).state(), v1::LETTER_STATE_RECEIPTED);  // stored is no receipt
  const std::string bytes = relay_.Sql("SELECT HEX(sealed) FROM relay_parcel");
  EXPECT_GT(bytes.size(), 500u);
  EXPECT_THAT(bytes, Not(HasSubstr(HexOf(kName))));
  EXPECT_THAT(bytes, Not(HasSubstr(HexOf(kId))));
  EXPECT_THAT(bytes, Not(HasSubstr(HexOf("同教函"))));
  EXPECT_THAT(relay_.Sql("SELECT COUNT(*) FROM conversation"), HasSubstr("0"));
  ASSERT_TRUE(Collecting([&] {
    return tongan_.Look(id).state() == v1::LETTER_STATE_ANSWERED;
  })) << tongan_.Look(id).DebugString();
  EXPECT_EQ(tongan_.Look(id).reply_code(), v1::REPLY_CODE_R01);
  ASSERT_TRUE(Collecting([&] { return Parcels().find('0') != std::string::npos; }));
  // The receipt is 绥宁's own signature: the evidence holds without the relay.
  EXPECT_TRUE(tongan_.Judge(id).holds());
  const auto list = relay_.Must<v1::GetRelayReply>(v1::GetRelay{});
  ASSERT_GE(list.mailboxes_size(), 1);
  EXPECT_EQ(list.mailboxes(0).mailbox(), "430527");
  EXPECT_EQ(list.mailboxes(0).depositor(), "350212");
  EXPECT_GE(list.mailboxes(0).collected(), 1u);
}

TEST_F(RelayTest, WhatIsDepositedAgainIsOneParcelAndOneLetter) {
  Begin();
  const std::string id = tongan_.Send("430527", 42, kId).conversation_id();
  ASSERT_TRUE(Deposited("1"));
  const auto stored = [&] {
    const auto list = relay_.Must<v1::GetRelayReply>(v1::GetRelay{});
    return list.mailboxes().empty() ? 0 : list.mailboxes(0).stored();
  };
  for (int i = 0; i < 4; ++i) tongan_.Advance(std::chrono::minutes{40});
  EXPECT_EQ(stored(), 1u);
  EXPECT_THAT(Parcels(), HasSubstr("1"));
  ASSERT_TRUE(Collecting(
      [&] { return tongan_.Look(id).state() == v1::LETTER_STATE_ANSWERED; }));
  EXPECT_EQ(suining_.List().total(), 1u);
}

TEST_F(RelayTest, TheQuotaRefusesAndTheAgeEndsAParcelVisibly) {
  Begin("  depositor_parcels_max: 1\n  keep_days: 1\n");
  const std::string one = tongan_.Send("430527", 1, kId).conversation_id();
  ASSERT_TRUE(Deposited("1"));
  const std::string two = tongan_.Send("430527", 2, kId).conversation_id();
  const auto tally = [&](auto field) {
    const auto list = relay_.Must<v1::GetRelayReply>(v1::GetRelay{});
    return list.mailboxes().empty() ? 0 : (list.mailboxes(0).*field)();
  };
  ASSERT_TRUE(harness::WaitUntil([&] { return tally(&v1::RelayMailbox::refused) > 0; },
                                 std::chrono::seconds{20}));
  EXPECT_THAT(Parcels(), HasSubstr("1"));
  // The sender sees why that one waits, and takes it for no silence of 绥宁's.
  ASSERT_TRUE(harness::WaitUntil([&] { return tongan_.Look(two).stuck() == "PEER_DECLINED"; },
                                 std::chrono::seconds{20}));
  EXPECT_THAT(tongan_.Look(two).stuck_text(), HasSubstr("中转信箱已满"));
  EXPECT_EQ(tongan_.Metric("baoxue_tracing_silences_total"), 0);
  relay_.Advance(std::chrono::days{2});
  ASSERT_TRUE(harness::WaitUntil([&] { return tally(&v1::RelayMailbox::expired) > 0; },
                                 std::chrono::seconds{20}));
  // The letters are still due: both come in the end.
  for (const std::string& id : {one, two}) {
    EXPECT_TRUE(harness::WaitUntil(
        [&] {
          tongan_.Advance(std::chrono::minutes{40});
          suining_.Advance(std::chrono::seconds{2});
          return tongan_.Look(id).state() == v1::LETTER_STATE_ANSWERED;
        },
        std::chrono::seconds{40}));
  }
}

TEST_F(RelayTest, SelfTestAndBlindQuestionGoThroughTheRelay) {
  Begin();
  tongan_.Knows(kId, "同安区第一小学");
  v1::SelfTestReply tested;
  {
    const std::jthread test{[&] {
      v1::SelfTest ask;
      ask.set_with("430527");
      tested = tongan_.Must<v1::SelfTestReply>(ask);
    }};
    ASSERT_TRUE(Collecting([&] {
      return suining_.Must<v1::GetRelayReply>(v1::GetRelay{}).fetched() > 0;
    }));
  }
  EXPECT_TRUE(tested.failed().empty()) << tested.DebugString();
  v1::AskWhere ask;
  ask.set_student_id(7);
  ask.set_reason("去向不明");
  const std::string id = tongan_.Must<v1::AskWhereReply>(ask).question_id();
  v1::DecideWhere decide;
  decide.set_question_id(id);
  decide.set_approve(true);
  bus::CallOptions chief = County::Officer();
  chief.actor.set_person_id("chief-1");
  ASSERT_TRUE(tongan_.AskAs<v1::WhereReply>(decide, chief).ok());
  v1::GetWhere get;
  get.set_question_id(id);
  // 建安 answers at its own door, 绥宁 through the relay.
  EXPECT_TRUE(Collecting([&] {
    return tongan_.Must<v1::WhereReply>(get).state() == "answered";
  })) << tongan_.Must<v1::WhereReply>(get).DebugString();
  EXPECT_EQ(tongan_.Must<v1::WhereReply>(get).here_size(), 1);
}

TEST_F(RelayTest, ARelayThatIsKilledLosesNothingThatItStored) {
  Begin();
  relay_.Stop();
  relay_.Launch();
  const std::string id = tongan_.Send("430527", 42, kId).conversation_id();
  ASSERT_TRUE(harness::WaitUntil(
      [&] {
        tongan_.Advance(std::chrono::seconds{30});
        return Parcels().find('1') != std::string::npos;
      },
      std::chrono::seconds{40}));
  relay_.Kill9();
  suining_.Advance(std::chrono::seconds{2});  // finds nobody
  relay_.Launch();
  EXPECT_TRUE(Collecting(
      [&] { return tongan_.Look(id).state() == v1::LETTER_STATE_ANSWERED; }));
  EXPECT_EQ(suining_.List().total(), 1u);
}

}  // namespace
}  // namespace tracing
