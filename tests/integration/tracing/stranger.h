// A member of the directory whose every byte a test makes: its keys, its record, its letters.
#pragma once

#include "integration/tracing/county.h"

namespace tracing::testing {

class Stranger {
 public:
  explicit Stranger(std::string division)
      : division_(std::move(division)), key(Key("2026-09-01", "2028-09-01")) {}

  security::LetterKey Key(const char* from, const char* until) const {
    return security::LetterKey::Generate(
        security::LetterSuite::kSm, division_,
        {.begin = base::Date::Parse(from).value(), .end = base::Date::Parse(until).value()});
  }
  // The county believes from now on that this key is the stranger's; `relay` keeps its mailbox.
  void Publish(County& county, const std::string& relay = "") {
    v1::Directory directory;
    directory.set_issuer(division_);
    directory.set_serial(++serial_);
    v1::Member& member = *directory.add_members();
    member.set_division(division_);
    member.set_name("生人县");
    member.set_serial(serial_);
    member.set_relay(relay);
    for (const v1::Key& one : KeysOf(key.key())) *member.add_keys() = one;
    v1::Key& curve = *member.add_keys();
    curve.set_use("curve");
    curve.set_public_key(curve_.public_key);
    *curve.mutable_valid_to() =
        ToProto(base::InstantAt(base::Date::Parse("2099-01-01").value(), 0));
    v1::ImportDirectory import;
    *import.mutable_directory() = SignDirectory(directory, key);
    import.set_fingerprint(key.key().Fingerprint());
    county.Must<v1::ImportDirectoryReply>(import);
  }
  // Knocks at the county's door with the stranger's own CURVE key.
  void Connect(County& county) {
    client_ = std::make_unique<bus::Client>(
        context_,
        bus::ClientOptions{
            .endpoints = {{.address = county.address(), .server_key = county.CurveKey()}},
            .keys = curve_, .name = division_},
        clock_, ids_);
  }
  template <class Rep, class Req>
  base::Result<Rep> Ask(const Req& request) {
    bus::CallOptions options;
    options.timeout = std::chrono::seconds{2};
    return client_->Ask<Rep>(request, options);
  }

  static security::LetterVerifier SealKeyOf(County& county) {
    const auto file = county.Must<v1::ExportMemberReply>(v1::ExportMember{});
    const Directory directory{{ContentOf(file.directory()).value()}};
    return directory.SealKey(county.division(), county.now()).value();
  }
  // The first letter of a conversation with the county, asking `bytes` of it to be read.
  v1::SealedItem Letter(County& county, char conversation, std::size_t bytes = 10) const {
    v1::Item item;
    item.set_version(1);
    item.set_conversation_id(std::string(16, conversation));
    item.set_asker(division_);
    item.set_answerer(county.division());
    item.set_from_asker(true);
    item.set_seq(1);
    item.set_previous(std::string(32, '\0'));
    item.set_seen_head(std::string(32, '\0'));
    item.set_kind(1);
    item.set_letter_kind(v1::LETTER_KIND_HC);
    *item.mutable_written_at() = ToProto(county.now());
    item.mutable_inquiry()->mutable_child()->set_name("周小舟");
    item.mutable_inquiry()->set_request(std::string(bytes, 'x'));
    return SealItem(SignItem(item.SerializeAsString(), 1, key), division_, county.division(),
                    SealKeyOf(county));
  }
  // Why the county did not take it, and when it may be sent again; "" if it was taken.
  v1::Declined Deliver(const v1::SealedItem& item) {
    v1::Deliver request;
    *request.mutable_item() = item;
    const auto reply = Ask<v1::DeliverReply>(request);
    EXPECT_TRUE(reply.ok()) << reply.error().ToString();
    v1::Declined declined;
    if (reply.ok() && reply->has_declined()) {
      EXPECT_TRUE(declined.ParseFromString(reply->declined().declined()));
    }
    return declined;
  }
  const std::string& division() const { return division_; }

 private:
  std::string division_;

 public:
  security::LetterKey key;  // in force; may be replaced before Publish

 private:
  bus::KeyPair curve_ = bus::MakeKeyPair();
  std::uint64_t serial_ = 0;
  base::SystemClock clock_;
  base::RandomIds ids_;
  bus::Context context_{bus::AccessList{}};
  std::unique_ptr<bus::Client> client_;
};

}  // namespace tracing::testing
