#include "tracing/contract/record_taken.h"

#include "security/security.h"

namespace tracing {
namespace {

constexpr std::string_view kPurpose = "baoxue-record-taken/1";

}  // namespace

std::string HashOfFile(const v1::SignedDirectory& file) {
  return security::Sha256(file.directory());
}

v1::SignedRecordTaken SignRecordTaken(const v1::RecordTaken& taken,
                                      const security::LetterKey& key) {
  v1::SignedRecordTaken out;
  out.set_taken(taken.SerializeAsString());
  out.set_suite(SuiteToProto(key.key().suite));
  out.set_key_id(key.id());
  out.set_signature(key.Sign(kPurpose, out.taken()));
  return out;
}

base::Result<v1::RecordTaken> OpenRecordTaken(const v1::SignedRecordTaken& answer,
                                              const security::LetterVerifier& key) {
  RETURN_IF_ERROR(key.Verify(kPurpose, answer.taken(), answer.signature()));
  v1::RecordTaken taken;
  if (taken.ParseFromString(answer.taken())) return taken;
  return base::Error{base::Code::kInvalidArgument, "UNREADABLE", "RecordTaken"};
}

}  // namespace tracing
