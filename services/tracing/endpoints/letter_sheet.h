// What GetLetter shows of a letter besides its row: the content of its items, a draft that waits
// for approval and whose it is, what each side last confirmed. Errors: those of the store and of
// opening what is sealed at rest. Functions; no state.
#pragma once

#include "tracing/app/letter_desk.h"

namespace tracing {

// Needs the log that PutLog made.
base::Status PutContent(const std::vector<v1::EvidenceItem>& of_asker,
                        const std::vector<v1::EvidenceItem>& of_answerer, const Book& book,
                        v1::Letter* out);
base::Status PutDraft(LetterDesk& desk, const LetterRow& row, bool with_content, v1::Letter* out);
// `theirs`: the other side's items with the receipts that we gave.
void PutConfirmed(const LetterRow& row, const std::vector<v1::EvidenceItem>& theirs,
                  v1::Letter* out);

}  // namespace tracing
