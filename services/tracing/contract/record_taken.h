// The answer to a member's file of the directory by a mailbox: whether it was taken, signed,
// because no connection says whose answer it is. The bytes and their judgement.
//
// Errors: SIGNATURE_BAD; kInvalidArgument/UNREADABLE. Pure but for the random numbers of signing;
// thread-safe.
#pragma once

#include <string>

#include "tracing/contract/parcel.h"

namespace tracing {

// What tells one signed file from another, whoever signed it: SHA-256 of its content.
std::string HashOfFile(const v1::SignedDirectory& file);

v1::SignedRecordTaken SignRecordTaken(const v1::RecordTaken& taken, const security::LetterKey& key);
base::Result<v1::RecordTaken> OpenRecordTaken(const v1::SignedRecordTaken& answer,
                                              const security::LetterVerifier& key);

}  // namespace tracing
