#include "tracing/contract/parcel.h"

#include <algorithm>

namespace tracing {
namespace {

using base::Code;
using base::Error;

constexpr std::string_view kItemPurpose = "baoxue-item/1";
constexpr std::string_view kReceiptPurpose = "baoxue-receipt/1";
constexpr std::string_view kDeclinedPurpose = "baoxue-declined/1";

Error Unreadable(std::string_view what) {
  return {Code::kInvalidArgument, "UNREADABLE", std::string{what}};
}

void AppendU64(std::string& out, std::uint64_t n) {
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>((n >> shift) & 0xff);
}

std::string ItemBytes(const v1::SignedItem& item) {
  std::string bytes;
  AppendU64(bytes, item.epoch());
  bytes += item.item();
  return bytes;
}

// What a sealed item says in the open, bound to its seal.
std::string Open(const v1::SealedItem& sealed) {
  std::string bound = "baoxue-sealed/1";
  for (const std::uint64_t n : {static_cast<std::uint64_t>(sealed.version()),
                                static_cast<std::uint64_t>(sealed.suite())}) {
    AppendU64(bound, n);
  }
  for (const std::string* text : {&sealed.from(), &sealed.to(), &sealed.seal_key_id()}) {
    AppendU64(bound, text->size());
    bound += *text;
  }
  return bound;
}

}  // namespace

v1::CipherSuite SuiteToProto(security::LetterSuite suite) {
  return suite == security::LetterSuite::kSm ? v1::CIPHER_SUITE_SM : v1::CIPHER_SUITE_INTL;
}

base::Result<security::LetterSuite> SuiteFromProto(v1::CipherSuite suite) {
  if (suite == v1::CIPHER_SUITE_SM) return security::LetterSuite::kSm;
  if (suite == v1::CIPHER_SUITE_INTL) return security::LetterSuite::kEd25519;
  return Error{Code::kInvalidArgument, "SUITE_UNKNOWN", std::to_string(static_cast<int>(suite))};
}

google::protobuf::Timestamp ToProto(base::UtcTime time) {
  google::protobuf::Timestamp out;
  const std::int64_t ms = time.time_since_epoch().count();
  std::int64_t seconds = ms / 1000;
  std::int64_t rest = ms % 1000;
  if (rest < 0) {
    rest += 1000;
    --seconds;
  }
  out.set_seconds(seconds);
  out.set_nanos(static_cast<std::int32_t>(rest * 1'000'000));
  return out;
}

base::UtcTime FromProto(const google::protobuf::Timestamp& time) {
  // A stranger may write anything: within the years that a database can hold.
  constexpr std::int64_t kFirst = -30'610'224'000;  // 1000-01-01
  constexpr std::int64_t kLast = 253'402'300'799;   // 9999-12-31
  const std::int64_t seconds = std::min(std::max(time.seconds(), kFirst), kLast);
  const std::int64_t ms = std::min(std::max(time.nanos(), 0), 999'999'999) / 1'000'000;
  return base::UtcTime{std::chrono::milliseconds{seconds * 1000 + ms}};
}

v1::SignedItem SignItem(std::string item, std::uint64_t epoch, const security::LetterKey& key) {
  v1::SignedItem out;
  out.set_item(std::move(item));
  out.set_epoch(epoch);
  out.set_suite(SuiteToProto(key.key().suite));
  out.set_key_id(key.id());
  out.set_signature(key.Sign(kItemPurpose, ItemBytes(out)));
  return out;
}

base::Status VerifyItem(const v1::SignedItem& item, const security::LetterVerifier& author) {
  return author.Verify(kItemPurpose, ItemBytes(item), item.signature());
}

v1::SealedItem SealItem(const v1::SignedItem& item, const std::string& from, const std::string& to,
                        const security::LetterVerifier& addressee) {
  v1::SealedItem out;
  out.set_version(kProtocolVersion);
  out.set_suite(SuiteToProto(addressee.key().suite));
  out.set_from(from);
  out.set_to(to);
  out.set_seal_key_id(addressee.id());
  out.set_sealed(addressee.Seal(Open(out), item.SerializeAsString()));
  return out;
}

base::Result<v1::SignedItem> OpenItem(const v1::SealedItem& sealed,
                                      std::span<const security::LetterKey> mine) {
  for (const security::LetterKey& key : mine) {
    if (key.id() != sealed.seal_key_id()) continue;
    ASSIGN_OR_RETURN(const std::string plain, key.Open(Open(sealed), sealed.sealed()));
    v1::SignedItem item;
    if (!item.ParseFromString(plain)) return Unreadable("SignedItem");
    return item;
  }
  return Error{Code::kFailedPrecondition, "SEALED_FOR_ANOTHER",
               "内容是为钥匙" + sealed.seal_key_id() + "密封的"};
}

v1::SignedReceipt SignReceipt(const v1::Receipt& receipt, const security::LetterKey& key) {
  v1::SignedReceipt out;
  out.set_receipt(receipt.SerializeAsString());
  out.set_suite(SuiteToProto(key.key().suite));
  out.set_key_id(key.id());
  out.set_signature(key.Sign(kReceiptPurpose, out.receipt()));
  return out;
}

base::Result<v1::Receipt> OpenReceipt(const v1::SignedReceipt& receipt,
                                      const security::LetterVerifier& author) {
  RETURN_IF_ERROR(author.Verify(kReceiptPurpose, receipt.receipt(), receipt.signature()));
  v1::Receipt out;
  if (!out.ParseFromString(receipt.receipt())) return Unreadable("Receipt");
  return out;
}

v1::SignedDeclined SignDeclined(const v1::Declined& declined, const security::LetterKey& key) {
  v1::SignedDeclined out;
  out.set_declined(declined.SerializeAsString());
  out.set_suite(SuiteToProto(key.key().suite));
  out.set_key_id(key.id());
  out.set_signature(key.Sign(kDeclinedPurpose, out.declined()));
  return out;
}

base::Result<v1::Declined> OpenDeclined(const v1::SignedDeclined& declined,
                                        const security::LetterVerifier& author) {
  RETURN_IF_ERROR(author.Verify(kDeclinedPurpose, declined.declined(), declined.signature()));
  v1::Declined out;
  if (!out.ParseFromString(declined.declined())) return Unreadable("Declined");
  return out;
}

}  // namespace tracing
