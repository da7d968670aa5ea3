// A neighbour whose every byte the test makes: duplicates, tampered letters, keys that do not
// count.
#include <gmock/gmock.h>

#include "integration/tracing/county.h"

namespace tracing {
namespace {

using ::testing::HasSubstr;
using testing::County;

class HostileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    store::Pool::InitDriver();
    tongan_.Start();
    Publish(mine_);
    const auto file = tongan_.Must<v1::ExportMemberReply>(v1::ExportMember{});
    const Directory directory{{ContentOf(file.directory()).value()}};
    tongan_key_ = directory.SealKey("350212", tongan_.now()).value();
  }

  static security::LetterKey Key(const char* from, const char* until) {
    return security::LetterKey::Generate(
        security::LetterSuite::kSm, "430527",
        {.begin = base::Date::Parse(from).value(), .end = base::Date::Parse(until).value()});
  }

  // Tells 同安 that this key is 绥宁's.
  void Publish(const security::LetterKey& key) {
    v1::Directory directory;
    directory.set_issuer("430527");
    directory.set_serial(++serial_);
    v1::Member& member = *directory.add_members();
    member.set_division("430527");
    member.set_name("绥宁县");
    member.set_serial(serial_);
    for (const v1::Key& one : KeysOf(key.key())) *member.add_keys() = one;
    v1::Key& curve = *member.add_keys();
    curve.set_use("curve");
    curve.set_public_key(curve_.public_key);
    const base::Date end = base::Date::Parse("2099-01-01").value();
    *curve.mutable_valid_to() = ToProto(base::InstantAt(end, 0));
    v1::ImportDirectory import;
    *import.mutable_directory() = SignDirectory(directory, key);
    import.set_fingerprint(key.key().Fingerprint());
    tongan_.Must<v1::ImportDirectoryReply>(import);
    client_ = std::make_unique<bus::Client>(
        context_,
        bus::ClientOptions{
            .endpoints = {{.address = tongan_.address(), .server_key = tongan_.CurveKey()}},
            .keys = curve_, .name = "430527"},
        clock_, ids_);
  }

  // The first letter of a conversation of ours.
  v1::Item Opening(char conversation) const {
    v1::Item item;
    item.set_version(1);
    item.set_conversation_id(std::string(16, conversation));
    item.set_asker("430527");
    item.set_answerer("350212");
    item.set_from_asker(true);
    item.set_seq(1);
    item.set_previous(std::string(32, '\0'));
    item.set_seen_head(std::string(32, '\0'));
    item.set_kind(1);
    item.set_letter_kind(v1::LETTER_KIND_HC);
    item.set_document_no("绥教函〔2026〕9号");
    *item.mutable_written_at() = ToProto(tongan_.now());
    item.mutable_inquiry()->mutable_child()->set_name("周小舟");
    return item;
  }

  v1::SealedItem Sealed(const v1::Item& item, const security::LetterKey& key) const {
    return SealItem(SignItem(item.SerializeAsString(), 1, key), "430527", "350212", *tongan_key_);
  }
  base::Result<v1::DeliverReply> Deliver(const v1::SealedItem& item) {
    v1::Deliver request;
    *request.mutable_item() = item;
    return client_->Ask<v1::DeliverReply>(request);
  }
  // The reason with which the letter is declined; "" if it is taken.
  std::string Declined(const v1::SealedItem& item) {
    const auto reply = Deliver(item);
    EXPECT_TRUE(reply.ok()) << reply.error().ToString();
    if (!reply.ok() || reply->has_receipt()) return "";
    v1::Declined declined;
    EXPECT_TRUE(declined.ParseFromString(reply->declined().declined()));
    return declined.reason();
  }

  County tongan_{"tongan", "sm"};
  bus::KeyPair curve_ = bus::MakeKeyPair();
  security::LetterKey mine_ = Key("2026-09-01", "2028-09-01");
  std::uint64_t serial_ = 0;
  std::optional<security::LetterVerifier> tongan_key_;
  base::SystemClock clock_;
  base::RandomIds ids_;
  bus::Context context_{bus::AccessList{}};
  std::unique_ptr<bus::Client> client_;
};

TEST_F(HostileTest, ADuplicateGetsTheSameReceiptAndIsNoSecondLetter) {
  const v1::SealedItem letter = Sealed(Opening('a'), mine_);
  const auto one = Deliver(letter);
  ASSERT_TRUE(one.ok()) << one.error().ToString();
  ASSERT_TRUE(one->has_receipt());
  const auto two = Deliver(letter);
  ASSERT_TRUE(two.ok());
  EXPECT_EQ(two->receipt().SerializeAsString(), one->receipt().SerializeAsString());
  // Sealed anew it is still the same letter.
  const auto three = Deliver(Sealed(Opening('a'), mine_));
  ASSERT_TRUE(three.ok());
  EXPECT_EQ(three->receipt().SerializeAsString(), one->receipt().SerializeAsString());
  EXPECT_EQ(tongan_.List().total(), 1u);
}

TEST_F(HostileTest, ATamperedLetterIsDeclinedAndChangesNothing) {
  const v1::SealedItem letter = Sealed(Opening('a'), mine_);
  v1::SealedItem bad = letter;
  std::string& bytes = *bad.mutable_sealed();
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  EXPECT_EQ(Declined(bad), "BAD_SEAL");
  bad = letter;
  bad.set_from("110101");
  EXPECT_EQ(Declined(bad), "WRONG_PARTIES");
  bad = letter;
  bad.set_to("110101");
  EXPECT_EQ(Declined(bad), "NOT_MY_DIVISION");
  EXPECT_EQ(tongan_.List().total(), 0u);
  EXPECT_EQ(Declined(letter), "");
}

TEST_F(HostileTest, AnotherLetterInTheSamePlaceIsAFork) {
  EXPECT_EQ(Declined(Sealed(Opening('a'), mine_)), "");
  v1::Item other = Opening('a');
  other.mutable_inquiry()->set_request("另一件事");
  EXPECT_EQ(Declined(Sealed(other, mine_)), "FORK");
  v1::Item later = Opening('a');
  later.set_seq(5);
  EXPECT_EQ(Declined(Sealed(later, mine_)), "BAD_ITEM");
}

TEST_F(HostileTest, AQuestionAfterARestoreNeedsTheCountysSignature) {
  ASSERT_EQ(Declined(Sealed(Opening('a'), mine_)), "");
  v1::GetHeads ask;
  ask.set_from("430527");
  ask.set_to("350212");
  ask.set_epoch(7);
  ask.set_key_id(mine_.id());
  EXPECT_FALSE(client_->Ask<v1::GetHeadsReply>(ask).ok()) << "unsigned";
  ask.set_signature(mine_.Sign("baoxue-heads/1", "6:4305276:3502121:80:"));
  EXPECT_FALSE(client_->Ask<v1::GetHeadsReply>(ask).ok()) << "signed for another epoch";
  ask.set_signature(mine_.Sign("baoxue-heads/1", "6:4305276:3502121:70:"));
  const auto heads = client_->Ask<v1::GetHeadsReply>(ask);
  ASSERT_TRUE(heads.ok()) << heads.error().ToString();
  ASSERT_EQ(heads->heads_size(), 1);
  EXPECT_EQ(heads->heads(0).from_caller_seq(), 1u);
  // From now on nothing of the epoch before is taken, however it was signed.
  EXPECT_EQ(Declined(Sealed(Opening('b'), mine_)), "OLD_EPOCH");
  v1::ReturnItems items;
  items.set_from("430527");
  items.set_to("350212");
  items.set_conversation_id(std::string(16, 'a'));
  items.set_key_id(mine_.id());
  EXPECT_FALSE(client_->Ask<v1::ReturnItemsReply>(items).ok());
  items.set_signature(mine_.Sign(
      "baoxue-return/1", "6:4305276:35021216:" + std::string(16, 'a') + "1:01:0"));
  const auto copies = client_->Ask<v1::ReturnItemsReply>(items);
  ASSERT_TRUE(copies.ok()) << copies.error().ToString();
  EXPECT_GE(copies->items_size(), 1);  // an answer may have been written meanwhile
}

TEST_F(HostileTest, AnUnknownKeyIsDeclined) {
  EXPECT_EQ(Declined(Sealed(Opening('a'), Key("2026-09-01", "2028-09-01"))), "KEY_UNKNOWN");
}

TEST_F(HostileTest, AnExpiredKeyIsRefusedByName) {
  const security::LetterKey expired = Key("2026-09-01", "2026-10-13");
  Publish(expired);
  EXPECT_EQ(Declined(Sealed(Opening('a'), expired)), "");
  tongan_.Advance(std::chrono::days{2});
  EXPECT_EQ(Declined(Sealed(Opening('b'), expired)), "KEY_EXPIRED");
}

TEST_F(HostileTest, AFileThatNobodyComparedIsRefused) {
  v1::ImportDirectory import;
  v1::Directory directory;
  directory.set_issuer("430527");
  directory.set_serial(99);
  v1::Member& member = *directory.add_members();
  member.set_division("430527");
  member.set_serial(99);
  const security::LetterKey impostor = Key("2026-09-01", "2028-09-01");
  for (const v1::Key& one : KeysOf(impostor.key())) *member.add_keys() = one;
  *import.mutable_directory() = SignDirectory(directory, impostor);
  const auto refused = tongan_.Ask<v1::ImportDirectoryReply>(import);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason, "FINGERPRINT_MISSING");
  import.set_fingerprint(mine_.key().Fingerprint());
  EXPECT_EQ(tongan_.Ask<v1::ImportDirectoryReply>(import).error().reason, "FINGERPRINT_DIFFERS");
}

// Who publishes another's CURVE key would be taken for it at the door.
TEST_F(HostileTest, AnothersKeyAtTheDoorIsRefused) {
  v1::Directory directory;
  directory.set_issuer("431022");
  directory.set_serial(1);
  v1::Member& member = *directory.add_members();
  member.set_division("431022");
  member.set_serial(1);
  const security::LetterKey own = security::LetterKey::Generate(
      security::LetterSuite::kSm, "431022",
      {.begin = base::Date::Parse("2026-09-01").value(),
       .end = base::Date::Parse("2028-09-01").value()});
  for (const v1::Key& one : KeysOf(own.key())) *member.add_keys() = one;
  v1::Key& curve = *member.add_keys();
  curve.set_use("curve");
  curve.set_public_key(tongan_.CurveKey());
  v1::ImportDirectory import;
  *import.mutable_directory() = SignDirectory(directory, own);
  import.set_fingerprint(own.key().Fingerprint());
  const auto refused = tongan_.Ask<v1::ImportDirectoryReply>(import);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().reason, "KEY_TAKEN");
  const auto book = tongan_.Must<v1::GetDirectoryReply>(v1::GetDirectory{});
  for (const v1::Member& one : book.members()) EXPECT_NE(one.division(), "431022");
}

TEST_F(HostileTest, NobodyElseGetsThroughTheDoor) {
  bus::Client stranger{
      context_,
      bus::ClientOptions{
          .endpoints = {{.address = tongan_.address(), .server_key = tongan_.CurveKey()}},
          .keys = bus::MakeKeyPair(), .name = "x"},
      clock_, ids_};
  bus::CallOptions options;
  options.timeout = std::chrono::milliseconds{800};
  EXPECT_FALSE(stranger.Ask<v1::HelloReply>(v1::Hello{}, options).ok());
  // Nor does a member get at the suite's own requests.
  const auto inside = client_->Ask<v1::ListLettersReply>(v1::ListLetters{});
  ASSERT_FALSE(inside.ok());
  EXPECT_EQ(inside.error().code, base::Code::kPermissionDenied);
}

TEST_F(HostileTest, APeerThatKeepsSendingRubbishIsShutOutAndLetInByAnOfficer) {
  v1::SealedItem bad = Sealed(Opening('a'), mine_);
  bad.set_sealed("rubbish");
  for (int i = 0; i < 100; ++i) (void)Deliver(bad);
  v1::Deliver good;
  *good.mutable_item() = Sealed(Opening('a'), mine_);
  EXPECT_EQ(Declined(good.item()), "SHUT_OUT");
  const auto peers = tongan_.Must<v1::ListPeersReply>(v1::ListPeers{});
  ASSERT_EQ(peers.peers_size(), 1);
  EXPECT_EQ(peers.peers(0).stand(), "shut_out");
  v1::OpenPeer open;
  open.set_division("430527");
  tongan_.Must<v1::OpenPeerReply>(open);
  EXPECT_EQ(Declined(good.item()), "");
}

}  // namespace
}  // namespace tracing
