// SQL of restored backups: our epoch, members to be asked, peers' epochs, numbers to be given
// again. Errors: those of libs/store; kDataCorruption/ROW_BROKEN.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "store/store.h"
#include "tracing/domain/conversation.h"

namespace tracing {

struct RecoveryRow {
  std::uint64_t epoch = 1;
  bool numbers_frozen = false;
  bool suspected = false;  // a restore that nobody announced; recovery is to begin
  bool has_unused = false;
  std::vector<Division> unconfirmed = {};
  std::map<Division, std::uint64_t> epochs = {};  // of peers
};
base::Result<RecoveryRow> LoadRecovery(store::Session& session);

// Raises the epoch, freezes the numbers (if there is anybody to ask) and lists the members.
base::Status SaveBegun(store::Transaction& tx, std::uint64_t epoch_min,
                       const std::vector<Division>& members, const std::string& by,
                       base::UtcTime now);
// Recovery is to begin; the numbers freeze at once. The epoch is not below `epoch`.
base::Status SaveSuspected(store::Transaction& tx, std::uint64_t epoch);
// Who has answered; the numbers are released with the last one. True if that was it.
base::Result<bool> SaveConfirmed(store::Transaction& tx, Division member);
// When the member is asked again, and why it was not confirmed.
base::Status SaveAsked(store::Session& session, Division member, int attempts,
                       base::UtcTime next, const std::string& error);
base::Status SavePeerEpoch(store::Transaction& tx, Division peer, std::uint64_t epoch);

struct DueMember {
  Division peer = {};
  int attempts = 0;
};
base::Result<std::vector<DueMember>> DueMembers(store::Session& session, base::UtcTime now,
                                                std::uint32_t limit);
// Members to be asked by `now`, one more if a restore is suspected.
base::Result<std::uint64_t> CountRecoveryDue(store::Session& session, base::UtcTime now);
base::Result<std::optional<base::UtcTime>> NextRecovery(store::Session& session,
                                                        base::UtcTime after);

// Numbering: domain/numbering.h Take (of an unused one), Learn, Settle.
base::Result<int> TakeUnused(store::Transaction& tx, int year);  // 0: none
base::Status LearnNumber(store::Transaction& tx, const DocumentNumber& number);
base::Status GiveBackNumber(store::Transaction& tx, const DocumentNumber& number);
base::Result<int> LastNumber(store::Session& session, int year);  // 0: none
base::Status SettleNumbers(store::Transaction& tx, const DocumentNumber& last);

struct HeadRow {
  ConversationId id = {};
  std::string body = {};
};
// The conversations with a peer, by id.
base::Result<std::vector<HeadRow>> HeadRows(store::Session& session, Division peer,
                                            const ConversationId& after, std::uint32_t limit);
// Conversations that a restore held up: with the peer, or (none) that wait for their number.
base::Result<std::vector<ConversationId>> HeldUp(store::Session& session, Division peer);
base::Status DeleteItem(store::Transaction& tx, const ConversationId& id, bool by_asker,
                        std::uint32_t seq);

}  // namespace tracing
