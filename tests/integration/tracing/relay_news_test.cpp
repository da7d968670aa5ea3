// News of the directory between 同安 and 绥宁, which nobody can connect to: 建安 keeps its mailbox.
// Keys that rotate or are revoked, who leaves, a relay that is down, a process that starts anew, a
// neighbour of an earlier release, and somebody who forges.
#include <gmock/gmock.h>

#include "integration/tracing/county.h"
#include "security/security.h"
#include "tracing/contract/posted.h"
#include "tracing/contract/record_taken.h"

namespace tracing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::County;
namespace wire = testing::wire;

constexpr const char* kId = "11010519491231002X";     // at school in 绥宁
constexpr const char* kOther = "110105194912310038";  // in 同安
constexpr const char* kTongan = "350212";
constexpr const char* kSuining = "430527";
constexpr const char* kRelay = "411003";

v1::GetDirectoryReply DirectoryOf(County& county) {
  return county.Must<v1::GetDirectoryReply>(v1::GetDirectory{});
}
v1::Member RecordOf(County& county, const std::string& division) {
  const auto reply = DirectoryOf(county);
  for (const v1::Member& member : reply.members()) {
    if (member.division() == division) return member;
  }
  return {};
}
std::vector<std::string> SignKeys(const v1::Member& member) {
  std::vector<std::string> ids;
  for (const v1::Key& key : member.keys()) {
    if (key.use() == "sign") ids.push_back(key.key_id());
  }
  return ids;
}
bool IsRevoked(const v1::Member& member, const std::string& key_id) {
  for (const v1::Key& key : member.keys()) {
    if (key.key_id() == key_id && key.use() == "sign") return key.has_revoked_at();
  }
  return false;
}
std::vector<std::string> NotTold(County& county) {
  const auto reply = DirectoryOf(county);
  return {reply.not_told().begin(), reply.not_told().end()};
}
std::vector<std::string> InMailbox(County& county) {
  const auto reply = DirectoryOf(county);
  return {reply.in_mailbox().begin(), reply.in_mailbox().end()};
}
void Rotate(County& county) {
  v1::RotateKeys rotate;
  rotate.set_overlap_days(30);
  EXPECT_EQ(county.Must<v1::RotateKeysReply>(rotate).keys_size(), 2);
}
std::string Doctor(County& county, const std::string& name) {
  const auto reply = county.Must<wire::DoctorReply>(wire::Doctor{});
  for (const wire::DependencyHealth& one : reply.dependencies()) {
    if (one.name() == name) return one.detail();
  }
  return "";
}

class RelayNewsTest : public ::testing::Test {
 protected:
  void SetUp() override { store::Pool::InitDriver(); }

  // `hidden`: 同安 cannot be connected to either.
  void Begin(bool hidden = false) {
    const std::string behind =
        "bind: []\nadvertise: []\nautomatic: [HC, XC]\nretry_first_ms: 200\n"
        "relay: {through: \"" + relay_.division() + "\", poll_seconds: 1}\n";
    relay_.Configure("relay: {serves: [\"430527\", \"350212\"]}\n");
    suining_.Reconfigure(behind + "suite: intl\n");
    if (hidden) tongan_.Reconfigure(behind + "suite: sm\n");
    for (County* const county : All()) county->Start();
    for (County* const county : All()) {
      for (County* const other : All()) {
        if (other != county) county->Join(*other);
      }
    }
    suining_.Knows(kId, "绥宁县长铺镇中心小学");
    tongan_.Knows(kOther, "同安区第一实验小学");
  }
  std::vector<County*> All() { return {&tongan_, &relay_, &suining_}; }
  // Those behind the relay look into their mailboxes until `done`.
  bool Collecting(const std::function<bool()>& done) {
    return harness::WaitUntil(
        [&] {
          for (County* const county : {&tongan_, &suining_}) {
            county->Advance(std::chrono::seconds{2});
          }
          return done();
        },
        std::chrono::seconds{30});
  }
  bool Soon(const std::function<bool()>& done) {
    return harness::WaitUntil(done, std::chrono::seconds{20});
  }
  // Parcels of `from` for `to`: ever stored, and those that wait now.
  v1::RelayMailbox Mailbox(const std::string& from, const std::string& to) {
    const auto list = relay_.Must<v1::GetRelayReply>(v1::GetRelay{});
    for (const v1::RelayMailbox& one : list.mailboxes()) {
      if (one.depositor() == from && one.mailbox() == to) return one;
    }
    return {};
  }
  bool Deposited() {
    return Soon([&] { return Mailbox(kTongan, kSuining).waiting() == 1; });
  }
  // Letters of both directions after everybody's old keys have ended.
  void LettersGoAMonthLater() {
    for (County* const county : All()) county->Advance(std::chrono::days{31});
    const std::string out = tongan_.Send(kSuining, 42, kId).conversation_id();
    EXPECT_TRUE(Collecting([&] { return tongan_.Look(out).state() == v1::LETTER_STATE_ANSWERED; }))
        << tongan_.Look(out).DebugString();
    const std::string back = suining_.Send(kTongan, 43, kOther).conversation_id();
    EXPECT_TRUE(Collecting([&] {
      return suining_.Look(back).state() == v1::LETTER_STATE_ANSWERED;
    })) << suining_.Look(back).DebugString();
  }
  v1::Directory FileOf(County& county) {
    return ContentOf(county.Must<v1::ExportMemberReply>(v1::ExportMember{}).directory()).value();
  }
  // As if its relay had handed it out; until it was dealt with.
  void PutIntoMailboxOf(County& county, const std::string& from, const v1::Posted& posted) {
    const std::string to = county.division();
    const Directory own{{FileOf(county)}};
    const v1::Deposit parcel =
        PackPosted(posted, from, to, "", own.SealKey(to, county.now()).value());
    county.Sql("INSERT INTO relay_parcel VALUES (" + to + ", UNHEX('" +
               security::Hex(parcel.parcel_id()) + "'), " + from + ", UNHEX('" +
               security::Hex(parcel.sealed()) +
               "'), 1, '2026-10-11', '2027-10-12', '2026-10-11', 0)");
    EXPECT_TRUE(
        Soon([&] { return county.Sql("SELECT HEX(parcel_id) FROM relay_parcel").empty(); }));
  }
  static security::LetterKey Forged(const std::string& division) {
    return security::LetterKey::Generate(
        security::LetterSuite::kEd25519, division,
        {base::Date::Parse("2026-01-01").value(), base::Date::Parse("2027-01-01").value()});
  }

  County tongan_{"tongan", "sm"};
  County relay_{"jianan", "sm"};
  County suining_{"suining", "intl"};
};

TEST_F(RelayNewsTest, ARotatedKeyLiesInTheMailboxUntilTheMemberHasSignedThatItTookIt) {
  Begin();
  EXPECT_THAT(NotTold(tongan_), IsEmpty());
  Rotate(tongan_);
  ASSERT_TRUE(Deposited());
  ASSERT_TRUE(Soon([&] { return NotTold(tongan_) == std::vector<std::string>{kSuining}; }));
  ASSERT_TRUE(Soon([&] { return InMailbox(tongan_) == std::vector<std::string>{kSuining}; }));
  EXPECT_THAT(Doctor(tongan_, "letters:directory"), HasSubstr("绥宁"));
  EXPECT_THAT(Doctor(tongan_, "letters:directory"), HasSubstr("已寄存中转信箱"));
  EXPECT_EQ(SignKeys(RecordOf(suining_, kTongan)).size(), 1u);
  ASSERT_TRUE(Collecting([&] { return SignKeys(RecordOf(suining_, kTongan)).size() == 2; }));
  EXPECT_TRUE(Soon([&] { return NotTold(tongan_).empty(); }));
  EXPECT_EQ(Mailbox(kTongan, kSuining).stored(), 1u);
  EXPECT_EQ(Mailbox(kTongan, kSuining).waiting(), 0u);
  Rotate(suining_);  // which goes to others' doors by itself
  ASSERT_TRUE(Soon([&] { return SignKeys(RecordOf(tongan_, kSuining)).size() == 2; }));
  LettersGoAMonthLater();
}

TEST_F(RelayNewsTest, BetweenTwoThatNobodyCanConnectToItGoesThroughBothMailboxes) {
  Begin(true);
  Rotate(suining_);
  Rotate(tongan_);
  Rotate(relay_);  // into the mailboxes that it keeps itself
  ASSERT_TRUE(Collecting([&] {
    return SignKeys(RecordOf(tongan_, kSuining)).size() == 2 &&
           SignKeys(RecordOf(suining_, kTongan)).size() == 2 &&
           SignKeys(RecordOf(suining_, kRelay)).size() == 2;
  }));
  EXPECT_TRUE(Collecting([&] { return NotTold(relay_).empty(); }));
  EXPECT_TRUE(Collecting([&] { return NotTold(tongan_).empty() && NotTold(suining_).empty(); }));
  EXPECT_EQ(Mailbox(kTongan, kSuining).waiting() + Mailbox(kSuining, kTongan).waiting(), 0u);
  LettersGoAMonthLater();
}

TEST_F(RelayNewsTest, ARevokedKeyCountsNoMoreBehindTheRelayEither) {
  Begin();
  const std::string old = SignKeys(RecordOf(tongan_, kTongan)).at(0);
  Rotate(tongan_);
  ASSERT_TRUE(Collecting([&] { return SignKeys(RecordOf(suining_, kTongan)).size() == 2; }));
  v1::RevokeKey revoke;
  revoke.set_key_id(old);
  revoke.set_reason("存放钥匙的电脑丢失");
  EXPECT_FALSE(tongan_.Must<v1::RevokeKeyReply>(revoke).by_telephone());
  EXPECT_TRUE(Collecting([&] { return IsRevoked(RecordOf(suining_, kTongan), old); }));
  EXPECT_TRUE(Soon([&] { return NotTold(tongan_).empty(); }));
  const std::string id = tongan_.Send(kSuining, 42, kId).conversation_id();
  EXPECT_TRUE(Collecting([&] { return tongan_.Look(id).state() == v1::LETTER_STATE_ANSWERED; }));
}

// Nobody who stole the only key may bring in a new one: the member says so, and it is shown.
TEST_F(RelayNewsTest, AKeyThatIsNotBelievedIsRefusedByNameAndNeedsTheTelephone) {
  Begin();
  v1::RevokeKey revoke;
  revoke.set_key_id(SignKeys(RecordOf(tongan_, kTongan)).at(0));
  revoke.set_reason("钥匙泄露");
  EXPECT_TRUE(tongan_.Must<v1::RevokeKeyReply>(revoke).by_telephone());
  const auto error = [&] {
    return tongan_.Sql("SELECT refused FROM directory_told WHERE division = '430527'");
  };
  ASSERT_TRUE(Collecting([&] { return error().find("FINGERPRINT_MISSING") != std::string::npos; }))
      << error();
  EXPECT_EQ(SignKeys(RecordOf(suining_, kTongan)).size(), 1u);
  EXPECT_THAT(NotTold(tongan_), ::testing::Contains(std::string{kSuining}));
  EXPECT_THAT(InMailbox(tongan_), IsEmpty());
  EXPECT_THAT(Doctor(tongan_, "letters:directory"), HasSubstr("FINGERPRINT_MISSING"));
}

TEST_F(RelayNewsTest, WhoLeavesIsKnownToHaveLeftBehindTheRelayToo) {
  Begin();
  const auto reply = tongan_.Must<v1::LeaveDirectoryReply>(v1::LeaveDirectory{});
  EXPECT_EQ(reply.told(), 1u);
  EXPECT_EQ(reply.in_mailbox(), 1u);
  EXPECT_EQ(reply.not_told(), 0u);
  EXPECT_TRUE(Collecting([&] { return RecordOf(suining_, kTongan).paper(); }));
  EXPECT_TRUE(suining_.Send(kTongan, 42, kOther).paper());
  // Nobody answers a county that has forgotten everybody.
  EXPECT_TRUE(Soon([&] { return suining_.Sql("SELECT 1 FROM relay_parcel").empty(); }));
  EXPECT_THAT(NotTold(suining_), IsEmpty());
}

TEST_F(RelayNewsTest, ACountyBehindTheRelayThatLeavesTellsTheOthersAtTheirDoors) {
  Begin();
  const auto reply = suining_.Must<v1::LeaveDirectoryReply>(v1::LeaveDirectory{});
  EXPECT_EQ(reply.told(), 2u);
  EXPECT_TRUE(Soon([&] { return RecordOf(tongan_, kSuining).paper(); }));
  EXPECT_THAT(NotTold(tongan_), IsEmpty());
}

TEST_F(RelayNewsTest, WhileTheRelayIsDownNobodyIsToldAndWhenItIsBackEverybodyIs) {
  Begin();
  relay_.Stop();
  Rotate(tongan_);
  const auto error = [&] {
    return tongan_.Sql("SELECT error FROM directory_told WHERE division = '430527'");
  };
  ASSERT_TRUE(Soon([&] { return error().size() > 3; }));
  EXPECT_THAT(NotTold(tongan_), ElementsAre(kRelay, kSuining));
  EXPECT_THAT(InMailbox(tongan_), IsEmpty());
  suining_.Advance(std::chrono::seconds{2});  // finds nobody
  EXPECT_EQ(SignKeys(RecordOf(suining_, kTongan)).size(), 1u);
  relay_.Start();
  ASSERT_TRUE(harness::WaitUntil(
      [&] {
        tongan_.Advance(std::chrono::minutes{5});
        suining_.Advance(std::chrono::seconds{2});
        return NotTold(tongan_).empty();
      },
      std::chrono::seconds{40}));
  EXPECT_TRUE(Soon([&] { return SignKeys(RecordOf(suining_, kTongan)).size() == 2; }));
}

TEST_F(RelayNewsTest, RestartsInBetweenDoubleNothing) {
  Begin();
  Rotate(tongan_);
  ASSERT_TRUE(Soon([&] { return InMailbox(tongan_) == std::vector<std::string>{kSuining}; }));
  tongan_.Stop();
  relay_.Stop();
  relay_.Start();
  tongan_.Start();
  tongan_.Advance(std::chrono::minutes{40});  // put there again: the same parcel
  ASSERT_TRUE(Soon([&] {
    return tongan_.Sql("SELECT deposits FROM directory_told WHERE division = '430527'")
               .find('2') != std::string::npos;
  }));
  EXPECT_EQ(Mailbox(kTongan, kSuining).stored(), 1u);
  tongan_.Stop();  // so that 绥宁 takes it and cannot say so
  ASSERT_TRUE(harness::WaitUntil(
      [&] {
        suining_.Advance(std::chrono::seconds{2});
        return SignKeys(RecordOf(suining_, kTongan)).size() == 2;
      },
      std::chrono::seconds{30}));
  suining_.Stop();
  suining_.Start();
  tongan_.Start();
  EXPECT_TRUE(harness::WaitUntil(
      [&] {
        suining_.Advance(std::chrono::minutes{5});  // its answer waited
        return NotTold(tongan_).empty();
      },
      std::chrono::seconds{30}));
  EXPECT_EQ(Mailbox(kTongan, kSuining).stored(), 1u);
  EXPECT_THAT(suining_.Sql("SELECT COUNT(*) FROM directory_file WHERE issuer = '350212'"),
              HasSubstr("1"));
}

// A release that does not know the kind takes it out of the mailbox and says nothing.
TEST_F(RelayNewsTest, AnOlderNeighbourIsNeitherBrokenNorFlooded) {
  Begin();
  v1::Posted newer;
  newer.GetReflection()->MutableUnknownFields(&newer)->AddLengthDelimited(900, "later");
  PutIntoMailboxOf(suining_, kTongan, newer);
  const std::string id = tongan_.Send(kSuining, 42, kId).conversation_id();
  EXPECT_TRUE(Collecting([&] { return tongan_.Look(id).state() == v1::LETTER_STATE_ANSWERED; }));
  ASSERT_TRUE(Soon([&] { return Mailbox(kTongan, kSuining).waiting() == 0; }));
  const std::uint64_t before = Mailbox(kTongan, kSuining).stored();
  Rotate(tongan_);
  for (int hour = 0; hour < 48; ++hour) {  // it looks into its mailbox each hour
    ASSERT_TRUE(Soon([&] { return tongan_.Progress().work_pending() == 0; }));
    relay_.Sql("DELETE FROM relay_parcel");
    tongan_.Advance(std::chrono::hours{1});
  }
  EXPECT_LE(Mailbox(kTongan, kSuining).stored() - before, 8u);
  EXPECT_GE(Mailbox(kTongan, kSuining).stored() - before, 3u);
  EXPECT_THAT(NotTold(tongan_), ElementsAre(kSuining));
}

// The release before kept no rows for members behind a relay.
TEST_F(RelayNewsTest, AMemberThatWasNeverOfferedAnythingIsWhenTheServiceStarts) {
  Begin();
  tongan_.Stop();
  tongan_.Sql("DELETE FROM directory_told WHERE division = '430527'");
  tongan_.Start();
  ASSERT_TRUE(Deposited());
  EXPECT_THAT(NotTold(tongan_), ElementsAre(kSuining));
  EXPECT_TRUE(Collecting([&] { return NotTold(tongan_).empty(); }));
}

TEST_F(RelayNewsTest, WhatTheMemberHasNotSignedTellsNothing) {
  Begin();
  Rotate(tongan_);
  ASSERT_TRUE(Deposited());
  const auto file = tongan_.Must<v1::ExportMemberReply>(v1::ExportMember{}).directory();
  v1::RecordTaken taken;
  taken.set_by(kSuining);
  taken.set_to(kTongan);
  taken.set_serial(100);
  taken.set_file_hash(HashOfFile(file));
  v1::Posted answer;
  *answer.mutable_record_taken() = SignRecordTaken(taken, Forged(kSuining));
  PutIntoMailboxOf(tongan_, kSuining, answer);
  answer.mutable_record_taken()->set_key_id(SignKeys(RecordOf(tongan_, kSuining)).at(0));
  PutIntoMailboxOf(tongan_, kSuining, answer);
  EXPECT_THAT(NotTold(tongan_), ElementsAre(kSuining));
  // A record of 同安's with a key that a forger put into it, signed by that key.
  v1::Directory content = FileOf(tongan_);
  const security::LetterKey forged = Forged(kTongan);
  content.set_serial(content.serial() + 10);
  content.mutable_members(0)->set_serial(content.serial());
  for (const v1::Key& key : KeysOf(forged.key())) *content.mutable_members(0)->add_keys() = key;
  v1::Posted record;
  *record.mutable_record() = SignDirectory(content, forged);
  PutIntoMailboxOf(suining_, kTongan, record);
  EXPECT_EQ(SignKeys(RecordOf(suining_, kTongan)).size(), 1u);
  // And one of another county, in 同安's name.
  *record.mutable_record() = relay_.Must<v1::ExportMemberReply>(v1::ExportMember{}).directory();
  PutIntoMailboxOf(suining_, kTongan, record);
  EXPECT_TRUE(Collecting([&] { return NotTold(tongan_).empty(); }));  // the real one
  EXPECT_TRUE(Soon([&] { return SignKeys(RecordOf(suining_, kTongan)).size() == 2; }));
}

}  // namespace
}  // namespace tracing
