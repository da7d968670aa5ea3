// All SQL of transfers: the watches with their parties and history, and the letters of other
// counties that concern them. Errors: those of libs/store. Functions on a session or transaction.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "store/store.h"
#include "tracing/domain/transfers.h"

namespace tracing {

struct TransferRow {
  std::int64_t watch_id = 0;
  TransferWatch watch = {};
  std::int64_t student_id = 0;
  int change_version = 0;                  // of the student in the registry
  std::string student_name = {};
  Division other = {};
  std::string other_school = {};
  std::string own_school = {};             // code
  ConversationId conversation = {};        // of our letter; none: not written
  std::optional<base::UtcTime> letter_at = {};
  std::string letter_problem = {};         // Chinese
  ReplyCode reply_code = 0;
  std::string last_paid_term = {};
  std::int64_t last_paid_fen = 0;
  int version = 0;
};

struct TransferEntry {
  base::UtcTime at = {};
  std::string kind = {};
  std::string text = {};
  std::string actor_person_id = {};
  std::string actor_name = {};
  std::string actor_role = {};
  std::string actor_body = {};
};

struct TransferFilter {
  int direction = 0;  // 0: both
  int state = 0;      // 0: all
  bool overdue_only = false;
  bool open_only = false;
  std::int64_t student_id = 0;
  std::int64_t after = 0;
  std::uint32_t limit = 100;
};

struct TransferLetter {
  ConversationId id = {};
  bool waits = false;
  std::string student_name = {};
  base::UtcTime look_at = {};
};

struct TransferTally {
  std::uint64_t waiting = 0;
  std::uint64_t missing = 0;
  std::uint64_t overdue = 0;
  std::uint64_t without_letter = 0;
};

// A new row gets its id. Nothing happens if this change is watched already: false.
base::Result<bool> InsertTransfer(store::Transaction& tx, TransferRow& row,
                                  std::optional<base::UtcTime> wake);
base::Status SaveTransfer(store::Transaction& tx, const TransferRow& row,
                          std::optional<base::UtcTime> wake);
base::Result<std::optional<TransferRow>> FindTransfer(store::Session& session, std::int64_t id);
base::Result<std::optional<TransferRow>> LockTransfer(store::Transaction& tx, std::int64_t id);
base::Result<std::optional<TransferRow>> LockTransferOf(store::Transaction& tx,
                                                        const ConversationId& id);
// Of these students: watches that still await something, or that have never been called off.
base::Result<std::vector<TransferRow>> LockTransfersOf(store::Transaction& tx,
                                                       std::span<const std::int64_t> students);
// Where the student went last; none: not known.
base::Result<Division> WentTo(store::Session& session, std::int64_t student_id);
base::Result<std::vector<TransferRow>> ListTransfers(store::Session& session,
                                                     const TransferFilter& filter);
base::Result<std::uint64_t> CountTransfers(store::Session& session, const TransferFilter& filter);
base::Result<TransferTally> TallyTransfers(store::Session& session);

base::Status AddTransferEntry(store::Transaction& tx, std::int64_t id, const TransferEntry& entry);
base::Result<std::vector<TransferEntry>> TransferEntries(store::Session& session, std::int64_t id);

// ---- what is due ----
base::Result<std::vector<std::int64_t>> TransfersToWake(store::Session& session, base::UtcTime now,
                                                        std::uint32_t limit);
base::Result<std::vector<std::int64_t>> TransfersToWrite(store::Session& session,
                                                         base::UtcTime now, std::uint32_t limit);
base::Result<std::vector<TransferLetter>> TransferLettersDue(store::Session& session,
                                                             base::UtcTime now,
                                                             std::uint32_t limit);
base::Result<std::uint64_t> CountTransfersDue(store::Session& session, base::UtcTime now);
base::Result<std::optional<base::UtcTime>> NextTransferDue(store::Session& session,
                                                           base::UtcTime after);

// Where the letters are to go that could not be written and wait for their next try.
base::Result<std::vector<Division>> TransfersWithoutLetter(store::Session& session,
                                                           base::UtcTime now);
base::Status WriteToNow(store::Session& session, Division other, base::UtcTime now);

// Inserts or moves its time.
base::Status SaveTransferLetter(store::Transaction& tx, const TransferLetter& letter);
base::Status DropTransferLetter(store::Session& session, const ConversationId& id, bool waits);
// The names of the children whose arrival is asked about.
base::Result<std::set<std::string>> AwaitedNames(store::Session& session);
base::Status LookForNow(store::Transaction& tx, const std::string& student_name,
                        base::UtcTime now);

}  // namespace tracing
