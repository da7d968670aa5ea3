// All SQL of the service. Items and drafts are sealed with the deployment's keys before they get
// here; nothing here opens them. Errors: those of libs/store; kDataCorruption/ROW_BROKEN.
// Functions on a session or transaction; no state.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "store/migrations.h"
#include "store/store.h"
#include "tracing/domain/conversation.h"

namespace tracing {

std::span<const store::Migration> Migrations();

struct LetterRow {
  Conversation conversation = {};
  int suite = 1;
  std::int64_t case_id = 0;
  std::int64_t student_id = 0;
  std::string student_name = {};
  std::string id_masked = {};
  std::string document_no = {};
  std::optional<base::UtcTime> stuck_since = {};
  std::optional<base::Date> acknowledge_by = {};
  bool printed = false;  // on paper: what waits for its delivery has been printed
  base::UtcTime opened_at = {};
  std::string draft = {};  // sealed; empty once it is posted
  bool is_new = true;
};

struct LetterFilter {
  std::optional<bool> incoming = {};
  bool open_only = false;
  bool stuck_only = false;
  bool for_officer_only = false;
  bool to_post_only = false;
  // Of the two: what was printed since is on its way by post and nobody's task.
  base::UtcTime printed_since = {};
  bool for_approval_only = false;
  std::optional<base::Date> unacknowledged_on = {};
  std::string document_no = {};
  bool newest_first = false;
  std::optional<base::Date> overdue_on = {};  // the answer's day or the acknowledgement's is past
  std::int64_t case_id = 0;
  Division peer = {};
  ConversationId after = {};
  std::uint32_t limit = 100;
};

struct ItemRow {
  bool by_asker = false;
  std::uint32_t seq = 0;
  std::string sealed = {};
  std::string receipt = {};
};

struct DirectoryRow {
  std::string issuer = {};
  std::uint64_t serial = 0;
  std::string content = {};
  std::string fingerprint = {};
};

struct Tally {
  int state = 0;
  bool incoming = false;
  std::uint64_t count = 0;
};
struct PeerTally {
  Division peer = {};
  std::uint64_t waiting = 0;
  std::uint64_t parked = 0;
  std::uint64_t open = 0;
};

base::Result<std::optional<LetterRow>> FindLetter(store::Session& session,
                                                  const ConversationId& id);
// Locks the row until the transaction's end. Nothing: not there (yet).
base::Result<std::optional<LetterRow>> LockLetter(store::Transaction& tx,
                                                  const ConversationId& id);
base::Result<std::vector<LetterRow>> ListLetters(store::Session& session,
                                                 const LetterFilter& filter);
base::Result<std::uint64_t> CountLetters(store::Session& session, const LetterFilter& filter);

base::Status InsertItem(store::Transaction& tx, const ConversationId& id, const ItemRow& item);
base::Status SaveReceipt(store::Transaction& tx, const ConversationId& id, bool by_asker,
                         std::uint32_t seq, const std::string& receipt);
base::Result<std::optional<ItemRow>> FindItem(store::Session& session, const ConversationId& id,
                                              bool by_asker, std::uint32_t seq);
base::Result<std::vector<ItemRow>> ItemsOf(store::Session& session, const ConversationId& id);

// The next number of a year; its row stays locked.
base::Result<int> NextNumber(store::Transaction& tx, int year);

base::Result<std::vector<DirectoryRow>> LoadDirectory(store::Session& session);
base::Status SaveDirectory(store::Transaction& tx, const DirectoryRow& row,
                           const std::string& by, base::UtcTime now);
base::Status DeleteDirectory(store::Transaction& tx, const std::string& issuer);

// Conversations whose time has come, the longest first.
base::Result<std::vector<ConversationId>> DueLetters(store::Session& session, base::UtcTime now,
                                                     std::uint32_t limit);
base::Result<std::uint64_t> CountDue(store::Session& session, base::UtcTime now);
base::Result<std::optional<base::UtcTime>> NextWake(store::Session& session, base::UtcTime after);

base::Result<std::vector<Tally>> TallyStates(store::Session& session);
base::Result<std::vector<PeerTally>> TallyPeers(store::Session& session);

}  // namespace tracing
