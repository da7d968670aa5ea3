// Which members hold our newest file of the directory, and when it is offered again to those who do
// not. One row per member. Functions on a session or transaction; errors: those of libs/store.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "store/store.h"

namespace tracing {

struct Told {
  std::string division = {};
  int attempts = 0;
  int deposits = 0;                  // of the newest file in the member's mailbox
};
struct Behind {
  std::string division = {};
  bool in_mailbox = false;           // the newest file waits there
  std::string refused = {};          // UPPER_SNAKE: the member's own word, by mailbox
};

// Rows for members that have none, as if they held `serial`: who joins got the file by hand. Rows
// of who is none any more are deleted.
base::Status SetMembersToTell(store::Transaction& tx, const std::set<std::string>& divisions,
                              std::uint64_t serial, base::UtcTime now);
// A newer file than they hold: everybody is due at once.
base::Status TellAnew(store::Transaction& tx, std::uint64_t serial, base::UtcTime now);
// That member has just been heard of: if it is behind, its turn is now.
base::Status TellNow(store::Transaction& tx, const std::string& division, base::UtcTime now);
base::Result<std::vector<Told>> MembersToTell(store::Session& session, std::uint64_t serial,
                                              base::UtcTime now, std::uint32_t limit);
base::Result<std::uint64_t> CountToTell(store::Session& session, std::uint64_t serial,
                                        base::UtcTime now);
base::Result<std::vector<Behind>> NotTold(store::Session& session, std::uint64_t serial);
base::Status SaveTold(store::Session& session, const std::string& division, std::uint64_t serial);
base::Status PostponeTold(store::Session& session, const std::string& division, int attempts,
                          base::UtcTime next, const std::string& error);
// It lies in the member's mailbox, for the how manieth time; no sooner than `next` again.
base::Status NoteDeposit(store::Session& session, const std::string& division, int deposits,
                         base::UtcTime next);
// The member has said that it does not take it.
base::Status NoteRefused(store::Session& session, const std::string& division,
                         const std::string& why);

}  // namespace tracing
