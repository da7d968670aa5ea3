// How the questions after a restored backup are signed, and the answer to one of them by a mailbox:
// the bytes and their judgement; what they say is domain/recovery.h's.
//
// Errors: SIGNATURE_BAD; kInvalidArgument/UNREADABLE. Pure but for the random numbers of signing;
// thread-safe.
#pragma once

#include <string>

#include "tracing/contract/parcel.h"

namespace tracing {

void SignRestoreQuestion(v1::GetHeads& question, const security::LetterKey& key);
void SignRestoreQuestion(v1::ReturnItems& question, const security::LetterKey& key);
base::Status VerifyRestoreQuestion(const v1::GetHeads& question,
                                   const security::LetterVerifier& key);
base::Status VerifyRestoreQuestion(const v1::ReturnItems& question,
                                   const security::LetterVerifier& key);

v1::SignedHeads SignHeads(const v1::HeadsTold& told, const security::LetterKey& key);
base::Result<v1::HeadsTold> OpenHeads(const v1::SignedHeads& answer,
                                      const security::LetterVerifier& key);
// What is told, whoever signed it.
base::Result<v1::HeadsTold> ReadHeads(const v1::SignedHeads& answer);

}  // namespace tracing
