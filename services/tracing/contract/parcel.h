// Signing, sealing and opening what travels between counties.
//
// An item's bytes are signed and sealed as they are; nothing here serialises an Item again.
// `from`, `to`, suite and key of a sealed item are bound to its bytes. Suites by name: a key's own
// suite signs, the addressee's suite seals. Hashes and heads of a conversation use the suite of its
// opening letter. Errors: libs/security/letter_key.h; kInvalidArgument/UNREADABLE, SUITE_UNKNOWN.
// Pure but for the random numbers of sealing; thread-safe.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/date.h"
#include "base/result.h"
#include "security/letter_key.h"
#include "tracing/contract/exchange.pb.h"

namespace tracing {

namespace v1 = baoxue::tracing::v1;

inline constexpr std::uint32_t kProtocolVersion = 1;

v1::CipherSuite SuiteToProto(security::LetterSuite suite);
// Errors: SUITE_UNKNOWN.
base::Result<security::LetterSuite> SuiteFromProto(v1::CipherSuite suite);
google::protobuf::Timestamp ToProto(base::UtcTime time);
base::UtcTime FromProto(const google::protobuf::Timestamp& time);

v1::SignedItem SignItem(std::string item, std::uint64_t epoch, const security::LetterKey& key);
base::Status VerifyItem(const v1::SignedItem& item, const security::LetterVerifier& author);

v1::SealedItem SealItem(const v1::SignedItem& item, const std::string& from, const std::string& to,
                        const security::LetterVerifier& addressee);
// Tries the key that the parcel names. Errors: SEALED_FOR_ANOTHER, SEAL_BROKEN, UNREADABLE.
base::Result<v1::SignedItem> OpenItem(const v1::SealedItem& sealed,
                                      std::span<const security::LetterKey> mine);

v1::SignedReceipt SignReceipt(const v1::Receipt& receipt, const security::LetterKey& key);
base::Result<v1::Receipt> OpenReceipt(const v1::SignedReceipt& receipt,
                                      const security::LetterVerifier& author);
v1::SignedDeclined SignDeclined(const v1::Declined& declined, const security::LetterKey& key);
base::Result<v1::Declined> OpenDeclined(const v1::SignedDeclined& declined,
                                        const security::LetterVerifier& author);

}  // namespace tracing
