// What is signed of a blind question and of its answer (「这孩子在哪里」), and its hash.
//
// Every field stands in the signed bytes with its length before it, so no two questions have the
// same bytes; key and signature are not part of them, so a question that is signed anew after a key
// rotation is still the same. Errors: those of LetterVerifier; kInvalidArgument/BAD_QUESTION,
// ANSWER_OF_ANOTHER. Pure but for the random numbers of signing; thread-safe.
#pragma once

#include <string>

#include "tracing/contract/parcel.h"

namespace tracing {

inline constexpr std::size_t kQuestionIdBytes = 16;
inline constexpr std::size_t kNonceBytes = 32;
inline constexpr std::size_t kMarkBytes = 32;

std::string QuestionBytes(const v1::BlindQuestion& question);
std::string AnswerBytes(const v1::BlindAnswer& answer);
// By the question's own suite. Precondition: CheckQuestion().
std::string QuestionHash(const v1::BlindQuestion& question);

// Sizes, suite, divisions: what can be told without any key.
base::Status CheckQuestion(const v1::BlindQuestion& question);

void SignQuestion(v1::BlindQuestion& question, const security::LetterKey& key);
base::Status VerifyQuestion(const v1::BlindQuestion& question,
                            const security::LetterVerifier& asker);
void SignAnswer(v1::BlindAnswer& answer, const security::LetterKey& key);
// That it is signed and that it answers this question, as it was put to `by`.
base::Status VerifyAnswer(const v1::BlindAnswer& answer, const v1::BlindQuestion& question,
                          const security::LetterVerifier& author);

}  // namespace tracing
