// Between rows and the messages of tracing.proto. Pure.
#pragma once

#include "bus/bus.h"
#include "tracing/app/letter_desk.h"
#include "tracing/contract/tracing.pb.h"

namespace tracing {

// Without log and allowed acts.
void PutLetter(const LetterRow& row, const Book& book, const Office& office, base::UtcTime now,
               v1::Letter* out);
// The timeline; with the items' bytes if they are wanted.
void PutLog(const LetterRow& row, const std::vector<v1::EvidenceItem>& of_asker,
            const std::vector<v1::EvidenceItem>& of_answerer, bool with_items, v1::Letter* out);
// Errors: kInvalidArgument/BAD_DIVISION.
// What was printed since then need not have its delivery entered yet.
base::UtcTime PrintedSince(base::UtcTime now, const Policy& policy);
base::Result<LetterFilter> FilterFrom(const v1::ListLetters& request, base::UtcTime now,
                                      const Policy& policy);
// Every write names a person and a role. Errors: kInvalidArgument/ACTOR_MISSING.
base::Result<baoxue::bus::v1::Actor> ActorFrom(const bus::Envelope& envelope);

}  // namespace tracing
