#include "tracing/contract/posted.h"

#include "security/security.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

// Bound to the seal; never an item's, whose seal begins otherwise.
std::string Bound(const std::string& from, const std::string& to) {
  return "baoxue-posted/1|" + from + "|" + to;
}

}  // namespace

std::string ParcelIdOf(const v1::Posted& posted, const std::string& from, const std::string& to,
                       const std::string& same) {
  const std::string what = same.empty() ? posted.SerializeAsString() : same;
  return security::Sha256("baoxue-parcel/1|" + from + "|" + to + "|" +
                          std::to_string(static_cast<int>(posted.what_case())) + "|" + what)
      .substr(0, kParcelIdBytes);
}

v1::Deposit PackPosted(const v1::Posted& posted, const std::string& from, const std::string& to,
                       const std::string& same, const security::LetterVerifier& addressee) {
  v1::SealedItem seal;
  seal.set_version(kProtocolVersion);
  seal.set_suite(SuiteToProto(addressee.key().suite));
  seal.set_from(from);
  seal.set_to(to);
  seal.set_seal_key_id(addressee.id());
  seal.set_sealed(addressee.Seal(Bound(from, to), posted.SerializeAsString()));
  v1::Deposit out;
  out.set_from(from);
  out.set_to(to);
  out.set_parcel_id(ParcelIdOf(posted, from, to, same));
  out.set_sealed(seal.SerializeAsString());
  return out;
}

base::Result<v1::Posted> UnpackPosted(const std::string& sealed, const std::string& from,
                                      const std::string& to,
                                      std::span<const security::LetterKey> mine) {
  v1::SealedItem seal;
  if (!seal.ParseFromString(sealed)) {
    return Error{Code::kInvalidArgument, "UNREADABLE", "SealedItem"};
  }
  if (seal.from() != from || seal.to() != to) {
    return Error{Code::kInvalidArgument, "WRONG_PARTIES", "寄件人或收件人与封面不符"};
  }
  for (const security::LetterKey& key : mine) {
    if (key.id() != seal.seal_key_id()) continue;
    ASSIGN_OR_RETURN(const std::string plain, key.Open(Bound(from, to), seal.sealed()));
    v1::Posted posted;
    if (posted.ParseFromString(plain)) return posted;
    return Error{Code::kInvalidArgument, "UNREADABLE", "Posted"};
  }
  return Error{Code::kFailedPrecondition, "SEALED_FOR_ANOTHER",
               "内容是为钥匙" + seal.seal_key_id() + "密封的"};
}

}  // namespace tracing
