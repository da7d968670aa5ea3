// After a restored backup (domain/recovery.h): begins recovery, answers others' questions about
// theirs, and ends it member by member.
//
// Announce is idempotent by the caller's key. Heads and Copies answer another county: they check
// its signature, take over its epoch and tell only of conversations with it. Thread-safe.
// Errors: those of libs/store; kInvalidArgument/KEY_MISSING, BAD_YEAR; kPermissionDenied/
// WRONG_PARTIES; kFailedPrecondition/NOT_FROZEN, NO_OWN_KEY; those of Directory::SignKey.
#pragma once

#include "tracing/app/letter_desk.h"

namespace tracing {

HeadFact FactOf(const v1::Head& head);

class RestoreDesk {
 public:
  // All references outlive the desk.
  RestoreDesk(LetterDesk& desk, const base::Clock& clock) : desk_(desk), clock_(clock) {}

  base::Result<v1::AnnounceRestoreReply> Announce(const std::string& by, const Once& once);
  // Whatever begins it: the new epoch is above that of the rows, and not below `epoch_min`.
  base::Status Begin(const std::string& by, std::uint64_t epoch_min);
  base::Result<v1::ConfirmNumbersReply> ConfirmNumbers(const v1::ConfirmNumbers& request,
                                                       const Once& once);

  // Our questions, signed.
  base::Result<v1::GetHeads> AskHeads(Division peer, const std::string& after) const;
  base::Result<v1::ReturnItems> AskItems(Division peer, const ConversationId& id,
                                         const AskReturn& ask) const;
  // Other counties' questions, answered.
  base::Result<v1::GetHeadsReply> Heads(const v1::GetHeads& request, Division from);
  base::Result<v1::ReturnItemsReply> Copies(const v1::ReturnItems& request, Division from);

  // The same by a mailbox: the answer signed, and read. Errors: kInvalidArgument/UNREADABLE;
  // kPermissionDenied/WRONG_PARTIES; those of Directory::SignKey and LetterVerifier::Verify.
  base::Result<v1::SignedHeads> TellHeads(const v1::GetHeads& request, Division from);
  base::Result<v1::HeadsTold> OpenHeads(const v1::SignedHeads& answer, Division from) const;

  struct Lacking {
    ConversationId id = {};
    AskReturn ask = {};
  };
  // What of these heads shows that we lost something.
  base::Result<std::vector<Lacking>> Compared(Division peer, const v1::GetHeadsReply& reply);
  // The member told everything, and everything came back. Returns the letters that may go on.
  base::Result<std::vector<ConversationId>> Confirm(Division member);

 private:
  base::Status Began(store::Transaction& tx, const std::string& by, std::uint64_t epoch_min);
  base::Status Reload();
  std::vector<Division> Members() const;

  LetterDesk& desk_;
  const base::Clock& clock_;
};

}  // namespace tracing
