// What each county is to us: slowed, shut out, silent, its keys; as events, in `doctor`, in the
// metrics' page; and that the limits hold at every door, also behind a relay.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include "integration/tracing/stranger.h"
#include "tracing/contract/posted.h"

namespace tracing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::County;
using testing::Stranger;

constexpr const char* kId = "11010519491231002X";
constexpr const char* kStranger = "350203";

std::string Scrape(int port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string page;
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    const std::string request = "GET /metrics HTTP/1.0\r\n\r\n";
    EXPECT_EQ(::send(fd, request.data(), request.size(), 0),
              static_cast<ssize_t>(request.size()));
    char buffer[4096];
    for (ssize_t n = 0; (n = ::recv(fd, buffer, sizeof buffer, 0)) > 0;) {
      page.append(buffer, static_cast<std::size_t>(n));
    }
  }
  ::close(fd);
  return page;
}

testing::wire::DependencyHealth Health(County& county, const std::string& name) {
  const auto doctor = county.Must<testing::wire::DoctorReply>(testing::wire::Doctor{});
  for (const auto& one : doctor.dependencies()) {
    if (one.name() == name) return one;
  }
  ADD_FAILURE() << "no line " << name << " in doctor";
  return {};
}

// What was told of a county, in order: "shut_out STRIKES".
std::vector<std::string> News(County& county, const std::string& division) {
  std::vector<std::string> out;
  testing::wire::FetchEvents fetch;
  fetch.set_feed("tracing");
  fetch.set_limit(500);
  while (true) {
    const auto page = county.Must<testing::wire::EventBatch>(fetch);
    for (const auto& event : page.events()) {
      fetch.set_after(event.seq());
      constexpr std::string_view kPeer = "tracing.peer.";
      if (!event.type().starts_with(kPeer)) continue;
      v1::PeerChanged change;
      EXPECT_TRUE(change.ParseFromString(event.payload()));
      if (change.division() != division) continue;
      out.push_back(event.type().substr(kPeer.size()) + " " + change.reason() + change.by());
    }
    if (page.events().empty()) return out;
  }
}

bool AwaitNews(County& county, const std::string& division, const std::string& news) {
  return harness::WaitUntil(
      [&] {
        const auto all = News(county, division);
        return std::find(all.begin(), all.end(), news) != all.end();
      },
      std::chrono::seconds{20});
}

class PeersTest : public ::testing::Test {
 protected:
  PeersTest() { store::Pool::InitDriver(); }
  void Begin() {
    tongan_.Start();
    stranger_.Publish(tongan_);
    stranger_.Connect(tongan_);
  }
  void SendRubbish(int count) {
    v1::SealedItem bad = stranger_.Letter(tongan_, 'a');
    bad.set_sealed("rubbish");
    for (int i = 0; i < count; ++i) (void)stranger_.Deliver(bad);
  }
  v1::PeerStatus Status() {
    return tongan_.Must<v1::ListPeersReply>(v1::ListPeers{}).peers(0);
  }

  County tongan_{"tongan", "sm"};
  Stranger stranger_{kStranger};
};

TEST_F(PeersTest, AShutOutIsToldShownOutlivesARestartAndAnOfficerEndsIt) {
  Begin();
  EXPECT_THAT(Health(tongan_, "letters:peers").detail(), HasSubstr("往来正常"));
  SendRubbish(25);
  ASSERT_TRUE(AwaitNews(tongan_, kStranger, "slowed STRIKES"));
  EXPECT_EQ(tongan_.Metric("baoxue_tracing_peers_slowed"), 1);
  EXPECT_THAT(Health(tongan_, "letters:peers").detail(), HasSubstr("限速的县 1 个：生人县350203"));
  SendRubbish(80);
  const v1::SealedItem good = stranger_.Letter(tongan_, 'a');
  const v1::Declined no = stranger_.Deliver(good);
  EXPECT_EQ(no.reason(), "SHUT_OUT");
  EXPECT_GT(no.retry_after_s(), 3000u);
  ASSERT_TRUE(AwaitNews(tongan_, kStranger, "shut_out STRIKES"));
  const auto health = Health(tongan_, "letters:peers");
  EXPECT_FALSE(health.ok());
  EXPECT_THAT(health.detail(), HasSubstr("暂停接收的县 1 个：生人县350203"));
  EXPECT_EQ(tongan_.Metric("baoxue_tracing_peers_shut_out"), 1);
  tongan_.Stop();
  tongan_.Start();
  stranger_.Connect(tongan_);
  EXPECT_EQ(stranger_.Deliver(good).reason(), "SHUT_OUT");
  EXPECT_EQ(Status().stand(), "shut_out");
  EXPECT_TRUE(Status().has_stand_since());
  v1::OpenPeer open;
  open.set_division("999999");
  EXPECT_EQ(tongan_.Ask<v1::OpenPeerReply>(open).error().reason, "NO_MEMBER");
  open.set_division(kStranger);
  tongan_.Must<v1::OpenPeerReply>(open);
  EXPECT_THAT(News(tongan_, kStranger), Contains("opened OFFICERofficer-1"));
  EXPECT_EQ(stranger_.Deliver(good).reason(), "");
  EXPECT_EQ(Status().stand(), "normal");
  EXPECT_TRUE(Health(tongan_, "letters:peers").ok());
}

TEST_F(PeersTest, NoDoorIsOpenToWhoIsShutOut) {
  Begin();
  v1::Hello hello;
  hello.set_from(kStranger);
  hello.set_nonce(std::string(16, 'n'));
  ASSERT_TRUE(stranger_.Ask<v1::HelloReply>(hello).ok());
  // What nobody signed is offered as the stranger's own file: a strike each.
  v1::Directory content;
  content.set_issuer(kStranger);
  content.set_serial(7);
  v1::OfferRecord offer;
  *offer.mutable_directory() = SignDirectory(content, stranger_.key);
  offer.mutable_directory()->set_signature("none");
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(stranger_.Ask<v1::OfferRecordReply>(offer).ok());
  }
  EXPECT_EQ(stranger_.Ask<v1::OfferRecordReply>(offer).error().reason, "SHUT_OUT");
  EXPECT_EQ(stranger_.Ask<v1::HelloReply>(hello).error().reason, "SHUT_OUT");
  EXPECT_EQ(stranger_.Ask<v1::CollectReply>(v1::Collect{}).error().reason, "SHUT_OUT");
  EXPECT_EQ(stranger_.Ask<v1::DepositReply>(v1::Deposit{}).error().reason, "SHUT_OUT");
  EXPECT_EQ(stranger_.Ask<v1::GetHeadsReply>(v1::GetHeads{}).error().reason, "SHUT_OUT");
  EXPECT_EQ(stranger_.Deliver(stranger_.Letter(tongan_, 'a')).reason(), "SHUT_OUT");
}

TEST_F(PeersTest, KeysThatEndAreAnnouncedAndThenNamedAsTheReason) {
  const int port = harness::FreePort();
  tongan_.ServeMetrics("127.0.0.1:" + std::to_string(port));
  stranger_.key = stranger_.Key("2026-09-01", "2027-01-10");
  Begin();
  EXPECT_THAT(Scrape(port), HasSubstr("\nbaoxue_tracing_keys_expiring 0\n"));
  EXPECT_THAT(Health(tongan_, "letters:keys").detail(), HasSubstr("均在有效期内"));
  const std::string id = tongan_.Send(kStranger, 1, kId).conversation_id();
  tongan_.Advance(std::chrono::days{31});  // 59 days are left
  ASSERT_TRUE(AwaitNews(tongan_, kStranger, "key_expiring " + stranger_.key.id()));
  auto keys = Health(tongan_, "letters:keys");
  EXPECT_TRUE(keys.ok());
  EXPECT_THAT(keys.detail(), HasSubstr("密钥60日内到期 1 个：生人县350203（2027-01-10）"));
  EXPECT_THAT(Scrape(port), HasSubstr("\nbaoxue_tracing_keys_expiring 1\n"));
  EXPECT_THAT(Scrape(port), HasSubstr("\nbaoxue_tracing_keys_expired 0\n"));
  tongan_.Advance(std::chrono::days{60});
  keys = Health(tongan_, "letters:keys");
  EXPECT_FALSE(keys.ok());
  EXPECT_THAT(keys.detail(), HasSubstr("密钥已过期 1 个：生人县350203"));
  EXPECT_THAT(Scrape(port), HasSubstr("\nbaoxue_tracing_keys_expired 1\n"));
  ASSERT_TRUE(harness::WaitUntil([&] { return tongan_.Look(id).stuck() == "KEYS_MISSING"; }))
      << tongan_.Look(id).DebugString();
  EXPECT_THAT(tongan_.Look(id).stuck_text(), HasSubstr("对方的密钥已过期"));
  EXPECT_THAT(Health(tongan_, "letters:delivery").detail(), HasSubstr("1 封：对方的密钥已过期"));
  const auto told = News(tongan_, kStranger);
  EXPECT_EQ(std::count(told.begin(), told.end(), "key_expiring " + stranger_.key.id()), 1);
}

TEST_F(PeersTest, OurOwnExpiredKeyIsSaidAtOnce) {
  stranger_.key = stranger_.Key("2026-09-01", "2030-01-10");
  Begin();
  tongan_.Advance(std::chrono::days{719});  // 2028-09-30, the last day of our own
  const std::string id = tongan_.Send(kStranger, 1, kId).conversation_id();
  tongan_.Advance(std::chrono::hours{24});
  ASSERT_TRUE(harness::WaitUntil([&] { return tongan_.Look(id).stuck() == "OWN_KEY_MISSING"; }))
      << tongan_.Look(id).DebugString();
  const auto refused =
      tongan_.Ask<v1::LetterReply>(County::Inquiry(kStranger, 2, kId));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason, "NO_OWN_KEY");
  const auto keys = Health(tongan_, "letters:keys");
  EXPECT_FALSE(keys.ok());
  EXPECT_THAT(keys.detail(), HasSubstr("本县没有有效的密钥"));
  EXPECT_FALSE(Health(tongan_, "letters:delivery").ok());
}

TEST_F(PeersTest, ASilentCountyIsToldOnceAndWhenItIsHeardOfAgain) {
  County suining{"suining", "sm"};
  tongan_.Start();
  suining.Start();
  tongan_.Join(suining);
  suining.Join(tongan_);
  suining.Stop();
  const std::string id = tongan_.Send("430527", 1, kId).conversation_id();
  ASSERT_TRUE(harness::WaitUntil(
      [&] {
        tongan_.Advance(std::chrono::hours{1});
        return Status().has_silent_since();
      },
      std::chrono::seconds{60}));
  EXPECT_THAT(News(tongan_, "430527"), Contains("silent PEER_SILENT"));
  auto peers = Health(tongan_, "letters:peers");
  EXPECT_TRUE(peers.ok()) << "that is its own affair";
  EXPECT_THAT(peers.detail(), HasSubstr("绥宁县430527（"));
  EXPECT_EQ(tongan_.Metric("baoxue_tracing_peers_silent"), 1);
  EXPECT_THAT(Health(tongan_, "letters:delivery").detail(), HasSubstr("对方系统无响应"));
  tongan_.Stop();
  tongan_.Start();
  EXPECT_TRUE(Status().has_silent_since()) << "a restart does not make it speak";
  suining.Start();
  ASSERT_TRUE(harness::WaitUntil(
      [&] {
        tongan_.Advance(std::chrono::hours{1});
        return tongan_.Look(id).state() != v1::LETTER_STATE_SENT;
      },
      std::chrono::seconds{30}));
  ASSERT_TRUE(AwaitNews(tongan_, "430527", "heard "));
  const auto told = News(tongan_, "430527");
  EXPECT_EQ(std::count(told.begin(), told.end(), "silent PEER_SILENT"), 1);
  EXPECT_FALSE(Status().has_silent_since());
  EXPECT_TRUE(Status().has_heard_at());
}

// 建安 keeps 绥宁's mailbox, and the stranger's.
class BehindARelay : public ::testing::Test {
 protected:
  BehindARelay() { store::Pool::InitDriver(); }
  void SetUp() override {
    relay_.Configure("relay:\n  serves: [\"*\"]\n");
    suining_.Reconfigure(
        "bind: []\nadvertise: []\nsuite: sm\nautomatic: [HC, XC]\nretry_first_ms: 200\n"
        "relay: {through: \"" + relay_.division() + "\", poll_seconds: 1}\n");
    relay_.Start();
    suining_.Start();
    suining_.Join(relay_);
    relay_.Join(suining_);
    stranger_.Publish(relay_, relay_.division());
    stranger_.Publish(suining_, relay_.division());
    stranger_.Connect(relay_);
  }
  void Deposit(const v1::SealedItem& item) {
    v1::Posted posted;
    *posted.mutable_item() = item;
    const auto stored = stranger_.Ask<v1::DepositReply>(PackPosted(
        posted, kStranger, "430527", "", Stranger::SealKeyOf(suining_)));
    EXPECT_TRUE(stored.ok()) << stored.error().ToString();
  }
  // The reasons that 绥宁 has posted back to the stranger.
  std::vector<std::string> Refusals() {
    v1::Collect collect;
    collect.set_by(kStranger);
    collect.set_limit(100);
    const auto page = stranger_.Ask<v1::CollectReply>(collect);
    EXPECT_TRUE(page.ok()) << page.error().ToString();
    std::vector<std::string> out;
    if (!page.ok()) return out;
    const security::LetterKey keys[] = {stranger_.key};
    for (const v1::Parcel& parcel : page->parcels()) {
      const auto posted = UnpackPosted(parcel.sealed(), "430527", kStranger, keys);
      if (!posted.ok() || !posted->has_declined()) continue;
      v1::Declined declined;
      EXPECT_TRUE(declined.ParseFromString(posted->declined().declined()));
      EXPECT_TRUE(OpenDeclined(posted->declined(), Stranger::SealKeyOf(suining_)).ok());
      out.push_back(declined.conversation_id().substr(0, 1) + declined.reason());
    }
    return out;
  }
  bool Collecting(const std::function<bool()>& done) {
    return harness::WaitUntil(
        [&] {
          suining_.Advance(std::chrono::seconds{2});
          return done();
        },
        std::chrono::seconds{40});
  }
  std::string Stand() {
    const auto reply = suining_.Must<v1::ListPeersReply>(v1::ListPeers{});
    for (const auto& one : reply.peers()) {
      if (one.division() == kStranger) return one.stand();
    }
    return "";
  }

  County relay_{"jianan", "sm"};
  County suining_{"suining", "sm"};
  Stranger stranger_{kStranger};
};

TEST_F(BehindARelay, RubbishSlowsAndShutsOutWhatTheRelayBringsInThatName) {
  v1::SealedItem bad = stranger_.Letter(suining_, 'a');
  for (int i = 0; i < 105; ++i) {
    bad.set_sealed("rubbish " + std::to_string(i));
    Deposit(bad);
  }
  ASSERT_TRUE(Collecting([&] { return Stand() == "shut_out"; })) << Stand();
  Deposit(stranger_.Letter(suining_, 'g'));
  std::vector<std::string> refusals;
  ASSERT_TRUE(Collecting([&] {
    refusals = Refusals();
    return std::find(refusals.begin(), refusals.end(), "gSHUT_OUT") != refusals.end();
  })) << ::testing::PrintToString(refusals);
  EXPECT_EQ(suining_.List().total(), 0u);
  EXPECT_EQ(relay_.Must<v1::ListPeersReply>(v1::ListPeers{}).peers_size(), 2);
}

TEST_F(BehindARelay, WhatIsTooLargeIsRefusedByNameWithASignature) {
  Deposit(stranger_.Letter(suining_, 'l', 1'200'000));
  Deposit(stranger_.Letter(suining_, 's'));
  std::vector<std::string> refusals;
  ASSERT_TRUE(Collecting([&] {
    refusals = Refusals();
    return std::find(refusals.begin(), refusals.end(), "lTOO_LARGE") != refusals.end();
  })) << ::testing::PrintToString(refusals);
  ASSERT_TRUE(Collecting([&] { return suining_.List().total() == 1; }));
}

}  // namespace
}  // namespace tracing
