// All SQL of the relay: parcels in mailboxes, tallies of what passed, our own polling. The bytes
// are sealed for their addressees; nothing here can open them. Errors: those of libs/store.
// Functions on a session or transaction; no state.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/store.h"
#include "tracing/domain/types.h"

namespace tracing {

struct ParcelRow {
  Division mailbox = {};
  std::string parcel_id = {};
  Division depositor = {};
  std::string sealed = {};
  base::UtcTime stored_at = {};
  base::UtcTime expires_at = {};
  std::optional<base::UtcTime> next_at = {};  // of our own mailbox only
  int attempts = 0;
};
struct MailboxUse {
  std::int64_t bytes = 0;
  int of_depositor = 0;
  bool known = false;  // the parcel lies there already
};
struct MailboxRow {
  Division mailbox = {};
  Division depositor = {};
  std::uint64_t waiting = 0;
  std::uint64_t bytes = 0;
  std::uint64_t stored = 0;
  std::uint64_t collected = 0;
  std::uint64_t expired = 0;
  std::uint64_t refused = 0;
  std::optional<base::UtcTime> oldest_at = {};
  std::optional<base::UtcTime> last_collected_at = {};
  std::optional<base::UtcTime> last_expired_at = {};
};
struct PollRow {
  base::UtcTime next_at = {};
  std::optional<base::UtcTime> last_ok_at = {};
  std::string error = {};
  std::uint64_t fetched = 0;
};

base::Result<MailboxUse> UseOf(store::Session& session, Division mailbox, Division depositor,
                               const std::string& parcel_id);
// The same parcel again changes nothing.
base::Status InsertParcel(store::Session& session, const ParcelRow& row);
enum class RelayTally { kStored, kCollected, kExpired, kRefused };
base::Status AddTally(store::Session& session, Division mailbox, Division depositor,
                      RelayTally what, base::UtcTime now);
// The oldest first, at most `limit` and about `bytes_max` (one at least).
base::Result<std::vector<ParcelRow>> ParcelsOf(store::Session& session, Division mailbox,
                                               std::uint32_t limit, std::size_t bytes_max);
// False: it was not there (any more).
base::Result<bool> DeleteParcel(store::Session& session, Division mailbox,
                                const std::string& parcel_id);
base::Result<std::optional<Division>> DepositorOf(store::Session& session, Division mailbox,
                                                  const std::string& parcel_id);
base::Result<std::vector<ParcelRow>> ExpiredParcels(store::Session& session, base::UtcTime now,
                                                    std::uint32_t limit);
base::Result<std::vector<ParcelRow>> DueParcels(store::Session& session, base::UtcTime now,
                                                std::uint32_t limit);
base::Status PostponeParcel(store::Session& session, const ParcelRow& row);
base::Result<std::vector<MailboxRow>> Mailboxes(store::Session& session);

base::Result<std::optional<PollRow>> FindPoll(store::Session& session, Division relay);
base::Status SavePoll(store::Session& session, Division relay, const PollRow& row);

// Only `relay` is polled from now on; none: nobody.
base::Status KeepPollOf(store::Session& session, Division relay, base::UtcTime now);

base::Result<std::uint64_t> CountDueRelay(store::Session& session, base::UtcTime now);
// Without the polls: a rehearsal does not stop for each of them.
base::Result<std::optional<base::UtcTime>> NextRelay(store::Session& session,
                                                     base::UtcTime after);

}  // namespace tracing
