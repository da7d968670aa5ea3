#include "tracing/contract/where.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

constexpr std::string_view kQuestionPurpose = "baoxue-where/1";
constexpr std::string_view kAnswerPurpose = "baoxue-where-answer/1";
constexpr std::size_t kDivisionDigits = 6;
constexpr std::size_t kTextMax = 500;

void AppendU64(std::string& out, std::uint64_t n) {
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>((n >> shift) & 0xff);
}

void AppendText(std::string& out, const std::string& text) {
  AppendU64(out, text.size());
  out += text;
}

void AppendTime(std::string& out, const google::protobuf::Timestamp& time) {
  AppendU64(out, static_cast<std::uint64_t>(time.seconds()));
  AppendU64(out, static_cast<std::uint64_t>(time.nanos()));
}

}  // namespace

std::string QuestionBytes(const v1::BlindQuestion& question) {
  std::string out;
  for (const std::string* text : {&question.question_id(), &question.asker(), &question.to(),
                                  &question.nonce(), &question.mark(), &question.approved_by()}) {
    AppendText(out, *text);
  }
  AppendU64(out, static_cast<std::uint64_t>(question.suite()));
  AppendTime(out, question.expires_at());
  return out;
}

std::string AnswerBytes(const v1::BlindAnswer& answer) {
  std::string out;
  for (const std::string* text : {&answer.question_id(), &answer.by(), &answer.asker(),
                                  &answer.question_hash(), &answer.proof(), &answer.refused()}) {
    AppendText(out, *text);
  }
  AppendU64(out, answer.here() ? 1 : 0);
  AppendTime(out, answer.answered_at());
  return out;
}

std::string QuestionHash(const v1::BlindQuestion& question) {
  const auto suite = SuiteFromProto(question.suite());
  return security::LetterDigest(suite.ok() ? *suite : security::LetterSuite::kSm,
                                QuestionBytes(question));
}

base::Status CheckQuestion(const v1::BlindQuestion& question) {
  const bool holds = question.question_id().size() == kQuestionIdBytes &&
                     question.nonce().size() == kNonceBytes &&
                     question.mark().size() == kMarkBytes &&
                     question.asker().size() == kDivisionDigits &&
                     question.to().size() == kDivisionDigits && question.has_expires_at() &&
                     question.approved_by().size() <= kTextMax &&
                     SuiteFromProto(question.suite()).ok();
  if (holds) return {};
  return Error{Code::kInvalidArgument, "BAD_QUESTION", "查询的内容不完整"};
}

void SignQuestion(v1::BlindQuestion& question, const security::LetterKey& key) {
  question.set_key_id(key.id());
  question.set_signature(key.Sign(kQuestionPurpose, QuestionBytes(question)));
}

base::Status VerifyQuestion(const v1::BlindQuestion& question,
                            const security::LetterVerifier& asker) {
  return asker.Verify(kQuestionPurpose, QuestionBytes(question), question.signature());
}

void SignAnswer(v1::BlindAnswer& answer, const security::LetterKey& key) {
  answer.set_suite(SuiteToProto(key.key().suite));
  answer.set_key_id(key.id());
  answer.set_signature(key.Sign(kAnswerPurpose, AnswerBytes(answer)));
}

base::Status VerifyAnswer(const v1::BlindAnswer& answer, const v1::BlindQuestion& question,
                          const security::LetterVerifier& author) {
  RETURN_IF_ERROR(author.Verify(kAnswerPurpose, AnswerBytes(answer), answer.signature()));
  if (answer.question_id() == question.question_id() && answer.asker() == question.asker() &&
      answer.by() == question.to() && answer.question_hash() == QuestionHash(question)) {
    return {};
  }
  return Error{Code::kInvalidArgument, "ANSWER_OF_ANOTHER", "答复不是对这次查询的"};
}

}  // namespace tracing
