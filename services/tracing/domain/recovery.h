// After a restored backup: nothing is sent twice, nothing that others hold is lost.
//
// A deployment knows that it was restored because an operator says so, or because a peer knows
// items of its own that it does not (Did::kRestoreSuspected). It then raises its epoch, freezes its
// numbers and asks every member for the heads of their conversations (exchange GetHeads). A member
// that answered takes nothing of an older epoch any more, so what was under way before the
// restore cannot arrive later. Conversation by conversation the missing items come back
// (ReturnItems) and are adopted. Only then letters go to that member again; when all have
// answered, or an officer has entered the last number of the paper register, numbers are given
// again.
// Pure; not thread-safe.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "tracing/domain/conversation.h"
#include "tracing/domain/numbering.h"
#include "tracing/domain/protocol.h"

namespace tracing {

// What a member says about one conversation that it shares with us.
struct HeadFact {
  ConversationId id = {};
  bool asked_by_us = false;
  std::uint32_t ours = 0;            // items of ours that it has
  Digest ours_head = {};             // its chain of them
  std::uint32_t theirs = 0;          // items of its own that it has written
};
enum class Lack : std::uint8_t {
  kNothing,
  kOurs,      // we lost items: ask for the return of ours after `delivered`, and of theirs
  kTheirs     // the member lost some: our repeats bring them again
};
// `mine` is null if we have nothing of the conversation.
Lack Compare(const Conversation* mine, const HeadFact& fact, const HashFn& hash);

struct Recovery {
  std::uint64_t epoch = 0;           // ours; rises with each restore
  std::set<Division> unconfirmed = {};  // members that have not answered since

  bool under_way() const { return !unconfirmed.empty(); }
  bool Confirmed(Division peer) const { return !unconfirmed.contains(peer); }
};
// Begins it: the numbers freeze. The new epoch is higher than the one of the backup and not below
// `epoch_min` (seconds since 1970: a backup may be restored twice; or a peer's higher one plus 1).
void BeginRecovery(Recovery& recovery, std::uint64_t epoch_min,
                   const std::vector<Division>& members, Numbering& numbering);
// A member has answered and everything that it held was adopted. True if that was the last one:
// the numbers are released.
bool ConfirmMember(Recovery& recovery, Division member, Numbering& numbering);
// An officer vouches for the last number of the year.
void ConfirmNumbers(Numbering& numbering, const DocumentNumber& last);

// While a member is unconfirmed its items wait too (kBehind): what they build on may be lost here.
Decline JudgeRecovering(const Recovery& recovery, Division peer);
// Whether an epoch of ours that a peer claims to know can be one: a member's word must not drive
// it to where no higher one is left. Clocks may have been years off.
bool IsPlausibleEpoch(std::uint64_t epoch, base::UtcTime now);
// A peer's epoch as we know it: kOldEpoch for an item of before its restore.
Decline JudgeEpoch(std::uint64_t known, std::uint64_t of_item);

}  // namespace tracing
