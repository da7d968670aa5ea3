#include "tracing/contract/restored.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

constexpr std::string_view kHeadsPurpose = "baoxue-heads/1";
constexpr std::string_view kReturnPurpose = "baoxue-return/1";
constexpr std::string_view kToldPurpose = "baoxue-heads-told/1";

void Append(std::string& out, std::string_view text) {
  out += std::to_string(text.size()) + ':';
  out += text;
}

std::string BytesToSign(const v1::GetHeads& m) {
  std::string out;
  Append(out, m.from());
  Append(out, m.to());
  Append(out, std::to_string(m.epoch()));
  Append(out, m.after());
  return out;
}

std::string BytesToSign(const v1::ReturnItems& m) {
  std::string out;
  Append(out, m.from());
  Append(out, m.to());
  Append(out, m.conversation_id());
  Append(out, std::to_string(m.from_caller_after()));
  Append(out, std::to_string(m.to_caller_after()));
  return out;
}

template <class Message>
void Sign(Message& m, std::string_view purpose, const std::string& bytes,
          const security::LetterKey& key) {
  m.set_suite(SuiteToProto(key.key().suite));
  m.set_key_id(key.id());
  m.set_signature(key.Sign(purpose, bytes));
}

}  // namespace

void SignRestoreQuestion(v1::GetHeads& question, const security::LetterKey& key) {
  Sign(question, kHeadsPurpose, BytesToSign(question), key);
}

void SignRestoreQuestion(v1::ReturnItems& question, const security::LetterKey& key) {
  Sign(question, kReturnPurpose, BytesToSign(question), key);
}

base::Status VerifyRestoreQuestion(const v1::GetHeads& question,
                                   const security::LetterVerifier& key) {
  return key.Verify(kHeadsPurpose, BytesToSign(question), question.signature());
}

base::Status VerifyRestoreQuestion(const v1::ReturnItems& question,
                                   const security::LetterVerifier& key) {
  return key.Verify(kReturnPurpose, BytesToSign(question), question.signature());
}

v1::SignedHeads SignHeads(const v1::HeadsTold& told, const security::LetterKey& key) {
  v1::SignedHeads out;
  out.set_told(told.SerializeAsString());
  Sign(out, kToldPurpose, out.told(), key);
  return out;
}

base::Result<v1::HeadsTold> OpenHeads(const v1::SignedHeads& answer,
                                      const security::LetterVerifier& key) {
  RETURN_IF_ERROR(key.Verify(kToldPurpose, answer.told(), answer.signature()));
  return ReadHeads(answer);
}

base::Result<v1::HeadsTold> ReadHeads(const v1::SignedHeads& answer) {
  v1::HeadsTold told;
  if (told.ParseFromString(answer.told())) return told;
  return Error{Code::kInvalidArgument, "UNREADABLE", "HeadsTold"};
}

}  // namespace tracing
