// Printing items as official letters: the record of who did it, what for, and then the file.
//
// The record is committed before the file is made, so there is no paper without a record (a record
// without paper can be: making the file failed). One idempotency key is one printing; asked again
// it is the same pages. A draft that waits for approval prints as one (草稿). Records are chained
// with a keyed mac, so that what was changed or taken away shows. Offices without the software
// are kept here too: whom a printed letter is for.
// Errors: kNotFound/NO_LETTER, NO_SUCH_ITEM; kInvalidArgument/NOT_A_DOCUMENT, KEY_MISSING,
// KEY_REUSED, BAD_OFFICE; those of libs/print and libs/store. Thread-safe.
#pragma once

#include "tracing/app/letter_desk.h"
#include "tracing/store/print_repository.h"

namespace tracing {

class PrintDesk {
 public:
  explicit PrintDesk(LetterDesk& letters) : letters_(letters) {}

  base::Result<v1::PrintLetterReply> Print(const v1::PrintLetter& request,
                                           const baoxue::bus::v1::Actor& actor,
                                           const std::string& idem_key);
  // An attachment's bytes, on the same record. Errors: NO_ATTACHMENT.
  base::Result<v1::TakeAttachmentReply> Take(const v1::TakeAttachment& request,
                                             const baoxue::bus::v1::Actor& actor,
                                             const std::string& idem_key);
  // What both sides signed, with the child's number, on the same record.
  base::Result<v1::ExportEvidenceReply> TakeEvidence(const v1::ExportEvidence& request,
                                                     const baoxue::bus::v1::Actor& actor,
                                                     const std::string& idem_key);
  base::Result<v1::ListPrintsReply> List(const v1::ListPrints& request);
  // Adds who printed a letter's items, and how deliveries by post were proven.
  base::Status PutPaper(const ConversationId& id, v1::Letter* out);

  base::Result<v1::PutPaperOfficeReply> PutOffice(const v1::PutPaperOffice& request,
                                                  const baoxue::bus::v1::Actor& actor);

 private:
  std::string BureauOf(Division division) const;
  base::Status Check(v1::ListPrintsReply* reply);
  // Who, when and the number are filled in, and the row is kept.
  base::Result<PrintRow> Record(PrintRow row, const baoxue::bus::v1::Actor& actor);
  base::Result<v1::PrintLetterReply> PrintDraft(const LetterRow& letter,
                                                const v1::PrintLetter& request,
                                                const baoxue::bus::v1::Actor& actor,
                                                const std::string& idem_key);

  LetterDesk& letters_;
};

void PutRecord(const PrintRow& row, v1::PrintRecord* out);

// Of the act receipt_by_hand: what proves that the item which it delivered has arrived.
base::Status KeepProof(store::Transaction& tx, const v1::DoLetterAct& act, const LetterRow& after,
                       const baoxue::bus::v1::Actor& actor, base::UtcTime now);

// The offices without the software as directory files that any signed record overrules.
base::Result<std::vector<v1::Directory>> PaperOfficeFiles(store::Pool& pool);

}  // namespace tracing
