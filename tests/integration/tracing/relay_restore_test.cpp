// 同安's database is set back to a dump, and it reaches 绥宁 only through the mailboxes that 建安
// keeps: everything that a restore needs goes there and back as sealed parcels.
#include "integration/tracing/restoring.h"
#include "security/security.h"
#include "tracing/contract/directory.h"
#include "tracing/contract/posted.h"

namespace tracing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::County;
using testing::NumberOf;

std::string UpperHex(const std::string& bytes) {
  std::string hex = security::Hex(bytes);
  for (char& c : hex) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return hex;
}

class RelayRestoreTest : public testing::Restoring {
 protected:
  void SetUp() override { store::Pool::InitDriver(); }

  // `hidden`: 同安 cannot be connected to either.
  void Begin(bool hidden) {
    relay_.Configure("relay: {serves: [\"430527\", \"350212\"]}\n");
    const std::string behind = "bind: []\nadvertise: []\nautomatic: [HC, XC]\nretry_first_ms: 200\n"
                               "relay: {through: \"" + relay_.division() + "\", poll_seconds: 1}\n";
    suining_.Reconfigure(behind + "suite: intl\n");
    if (hidden) tongan_.Reconfigure(behind + "suite: sm\n");
    const std::vector<County*> all{&tongan_, &relay_, &suining_};
    for (County* const county : all) county->Start();
    for (County* const county : all) {
      for (County* const other : all) {
        if (other != county) county->Join(*other);
      }
    }
    for (int i = 0; i < 20; ++i) suining_.Knows(NumberOf(i), "绥宁县长铺镇中心小学");
  }
  void Step() override { PassTime(std::chrono::seconds{2}); }
  void PassTime(std::chrono::milliseconds by) override {
    relay_.Advance(by);
    testing::Restoring::PassTime(by);
  }
  // What the relay ever stored of `from`.
  std::uint64_t StoredOf(const std::string& from) {
    std::uint64_t stored = 0;
    const auto list = relay_.Must<v1::GetRelayReply>(v1::GetRelay{});
    for (const v1::RelayMailbox& one : list.mailboxes()) {
      if (one.depositor() == from) stored += one.stored();
    }
    return stored;
  }
  bool MailboxesEmpty() {
    const auto list = relay_.Must<v1::GetRelayReply>(v1::GetRelay{});
    return std::all_of(list.mailboxes().begin(), list.mailboxes().end(),
                       [](const v1::RelayMailbox& one) { return one.waiting() == 0; });
  }
  static std::string Bare(std::string output) {
    std::erase_if(output, [](unsigned char c) { return std::isxdigit(c) == 0; });
    return output;
  }
  // As if its relay had handed it out; until it was dealt with.
  void PutIntoTongansMailbox(const std::string& id, const std::string& sealed) {
    tongan_.Sql("INSERT INTO relay_parcel VALUES (350212, UNHEX('" + id + "'), 430527, UNHEX('" +
                sealed + "'), 1, '2026-10-11', '2027-10-12', '2026-10-11', 0)");
    EXPECT_TRUE(harness::WaitUntil([&] {
      return tongan_.Sql("SELECT HEX(parcel_id) FROM relay_parcel").empty();
    }));
  }
  // Letters that are lost in the restore: answered ones, one for an officer of each side.
  void LoseSome() {
    Exchange(0, 1);
    dump_ = Dump();
    Exchange(2, 3);
    to_them_ = ForAnOfficer(tongan_, suining_, "430527", 50);
    to_us_ = ForAnOfficer(suining_, tongan_, "350212", 51);
    OfficerAnswers(suining_, to_them_);
    ASSERT_TRUE(Await(tongan_, to_them_, v1::LETTER_STATE_ANSWERED));
  }
  void AllIsAsItWas() {
    EXPECT_EQ(tongan_.Look(to_them_).state(), v1::LETTER_STATE_ANSWERED);
    Exchange(6, 7);
    OfficerAnswers(tongan_, to_us_);
    ASSERT_TRUE(Await(suining_, to_us_, v1::LETTER_STATE_ANSWERED));
    ASSERT_TRUE(GoesOn());
    ExpectNothingLostOrDoubled();
    EXPECT_TRUE(Until([&] { return MailboxesEmpty(); }));
    EXPECT_THAT(relay_.Sql("SELECT COUNT(*) FROM conversation"), HasSubstr("0"));
  }

  County relay_{"jianan", "sm"};
  std::string dump_;
  std::string to_them_;
  std::string to_us_;
};

TEST_F(RelayRestoreTest, AnAnnouncedRestoreIsRecoveredThroughMailboxes) {
  Begin(true);
  LoseSome();
  SetBack(dump_);
  const auto announced = tongan_.Must<v1::AnnounceRestoreReply>(v1::AnnounceRestore{});
  EXPECT_EQ(announced.members(), 2u);
  EXPECT_TRUE(Frozen(tongan_));
  ASSERT_TRUE(GoesOn());
  EXPECT_GT(StoredOf("430527"), 0u);
  AllIsAsItWas();
}

TEST_F(RelayRestoreTest, ACountyWithADoorRecoversFromOneThatHasNone) {
  Begin(false);
  LoseSome();
  SetBack(dump_);
  tongan_.Must<v1::AnnounceRestoreReply>(v1::AnnounceRestore{});
  ASSERT_TRUE(GoesOn());
  EXPECT_EQ(StoredOf("430527"), 0u);  // it answers at the other's door
  AllIsAsItWas();
}

TEST_F(RelayRestoreTest, ASilentRestoreIsFoundByALetterInAnothersPlace) {
  Begin(true);
  LoseSome();
  SetBack(dump_);
  v1::DraftLetter draft = County::Inquiry("430527", 102, NumberOf(2));
  draft.mutable_inquiry()->set_request("请再核查一次");
  const v1::Letter again = tongan_.Must<v1::LetterReply>(draft).letter();
  EXPECT_EQ(again.document_no(), "同教函〔2026〕3号");
  ASSERT_TRUE(GoesOn()) << tongan_.Look(again.conversation_id()).DebugString();
  AllIsAsItWas();
}

TEST_F(RelayRestoreTest, ASilentRestoreIsFoundByThePeersAnswer) {
  Begin(true);
  LoseSome();
  SetBack(dump_);
  v1::DoLetterAct act;  // a second answer, which builds on what 同安 has lost
  act.set_conversation_id(to_them_);
  act.set_kind("answer");
  act.set_text("更正");
  act.mutable_reply()->set_code(v1::REPLY_CODE_R06);
  act.mutable_reply()->set_text("再查仍无此人");
  act.set_expected_version(suining_.Look(to_them_).version());
  ASSERT_TRUE(suining_.Ask<v1::LetterReply>(act).ok());
  ASSERT_TRUE(GoesOn());
  AllIsAsItWas();
}

// Somebody who knows nothing of 绥宁's keys says in its name that 同安 lost nothing.
TEST_F(RelayRestoreTest, WhatIsNotSignedByTheMemberConfirmsNothing) {
  Begin(true);
  Exchange(0, 0);
  const std::string dump = Dump();
  Exchange(1, 2);
  SetBack(dump);
  const auto announced = tongan_.Must<v1::AnnounceRestoreReply>(v1::AnnounceRestore{});
  const auto file = [](County& county) {
    return ContentOf(county.Must<v1::ExportMemberReply>(v1::ExportMember{}).directory()).value();
  };
  const v1::Directory theirs = file(suining_);
  v1::HeadsTold told;
  told.set_by("430527");
  told.set_to("350212");
  told.set_asked_epoch(announced.epoch());
  told.mutable_heads()->set_epoch(announced.epoch());
  const auto forger = security::LetterKey::Generate(
      security::LetterSuite::kEd25519, "430527",
      {base::Date::Parse("2026-01-01").value(), base::Date::Parse("2027-01-01").value()});
  v1::Posted posted;
  posted.mutable_heads()->set_told(told.SerializeAsString());
  for (const v1::Key& key : theirs.members(0).keys()) {
    if (key.use() == "sign") posted.mutable_heads()->set_key_id(key.key_id());
  }
  ASSERT_NE(posted.heads().key_id(), "");
  posted.mutable_heads()->set_signature(
      forger.Sign("baoxue-heads-told/1", posted.heads().told()));
  const Directory ours{{file(tongan_)}};
  const v1::Deposit parcel = PackPosted(posted, "430527", "350212", "",
                                        ours.SealKey("350212", tongan_.now()).value());
  PutIntoTongansMailbox(security::Hex(parcel.parcel_id()), security::Hex(parcel.sealed()));
  EXPECT_TRUE(Frozen(tongan_));
  ASSERT_TRUE(GoesOn());
  ExpectNothingLostOrDoubled();
}

// 绥宁's answer to the question of an earlier restore, of a time when 同安 had lost nothing.
TEST_F(RelayRestoreTest, AnAnswerToAnEarlierRestoreConfirmsNothing) {
  Begin(true);
  Exchange(0, 0);
  ASSERT_TRUE(Until([&] { return MailboxesEmpty(); }));
  SetBack(Dump());
  tongan_.Must<v1::AnnounceRestoreReply>(v1::AnnounceRestore{});
  const std::string in_mailbox = " FROM relay_parcel WHERE mailbox = 350212";
  ASSERT_TRUE(harness::WaitUntil([&] {
    suining_.Advance(std::chrono::seconds{2});
    return relay_.Sql("SELECT COUNT(*)" + in_mailbox).find('1') != std::string::npos;
  }));
  const std::string id = Bare(relay_.Sql("SELECT HEX(parcel_id)" + in_mailbox));
  const std::string sealed = Bare(relay_.Sql("SELECT HEX(sealed)" + in_mailbox));
  ASSERT_TRUE(GoesOn());
  const std::string dump = Dump();
  Exchange(1, 2);
  ASSERT_TRUE(Until([&] { return MailboxesEmpty(); }));
  SetBack(dump);
  tongan_.Must<v1::AnnounceRestoreReply>(v1::AnnounceRestore{});
  PutIntoTongansMailbox(id, sealed);
  EXPECT_TRUE(Frozen(tongan_));
  ASSERT_TRUE(GoesOn());
  ExpectNothingLostOrDoubled();
}

// What the relay sees of a recovery: no number of a letter, no name.
TEST_F(RelayRestoreTest, TheRelaySeesSealedBytesOnlyAndAQuestionOnce) {
  Begin(true);
  LoseSome();
  ASSERT_TRUE(Until([&] { return MailboxesEmpty(); }));
  SetBack(dump_);
  tongan_.Must<v1::AnnounceRestoreReply>(v1::AnnounceRestore{});
  const auto asked = [&] {
    return relay_.Sql("SELECT COUNT(*) FROM relay_parcel WHERE mailbox = "
                      "(SELECT MAX(mailbox) FROM relay_tally)");
  };
  // Nobody looks into 绥宁's mailbox; 同安 asks again and again: it is one parcel.
  for (int i = 0; i < 4; ++i) {
    tongan_.Advance(std::chrono::minutes{31});
    relay_.Advance(std::chrono::minutes{31});
    ASSERT_TRUE(harness::WaitUntil([&] { return asked().find('0') == std::string::npos; }));
  }
  EXPECT_THAT(asked(), HasSubstr("1"));
  EXPECT_TRUE(Frozen(tongan_));
  std::string key;  // who signs stands inside
  const auto own = tongan_.Must<v1::ExportMemberReply>(v1::ExportMember{});
  const v1::Directory directory = ContentOf(own.directory()).value();
  for (const v1::Key& one : directory.members(0).keys()) {
    if (one.use() == "sign") key = one.key_id();
  }
  ASSERT_GT(key.size(), 8u);
  const std::string bytes = Bare(relay_.Sql("SELECT HEX(sealed) FROM relay_parcel"));
  EXPECT_GT(bytes.size(), 200u);
  EXPECT_THAT(bytes, HasSubstr(UpperHex("430527")));
  EXPECT_THAT(bytes, Not(HasSubstr(UpperHex(key))));
  ASSERT_TRUE(GoesOn());
  AllIsAsItWas();
}

}  // namespace
}  // namespace tracing
