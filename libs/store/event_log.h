// The event log of one service: facts in the past tense with a dense sequence, written in the same
// transaction as the change.
//
// The sequence comes from one counter row that the transaction locks, so a feed has no gap and is
// in commit order by construction. Lock order: take the counter last, just before COMMIT; it
// serialises the writers of a feed for the rest of the transaction.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "store/store.h"

namespace store {

struct NewEvent {
  std::string type = {};     // "registry.student.registered"
  std::string subject = {};  // "student/4711": what it is about; never a name or an identity number
  base::UtcTime time = {};   // when it happened (Clock::Now)
  std::string payload = {};  // protobuf bytes of the contract's event message
  std::string payload_type = {};    // "baoxue.registry.v1.StudentRegistered"
  std::string correlation_id = {};  // 16 bytes or empty
  std::string causation_id = {};
};

struct StoredEvent {
  std::uint64_t seq = 0;  // 1, 2, 3, ...
  NewEvent event = {};
};

// Appends and returns the sequence number of the first (of the next one, if there are none). One
// feed per service, named like the service.
base::Result<std::uint64_t> AppendEvents(Transaction& tx, std::string_view feed,
                                         std::span<const NewEvent> events);
// Events with seq > after, in order, at most `limit`.
base::Result<std::vector<StoredEvent>> ReadEvents(Session& session, std::string_view feed,
                                                  std::uint64_t after, std::size_t limit);
base::Result<std::uint64_t> HeadOf(Session& session, std::string_view feed);

// The subscriber's side: how far this service has applied another one's feed. Save() in the
// transaction of the effects. LockPosition takes the row FOR UPDATE (creates it at 0).
base::Result<std::uint64_t> LoadPosition(Session& session, std::string_view feed);
base::Result<std::uint64_t> LockPosition(Transaction& tx, std::string_view feed);
base::Status SavePosition(Transaction& tx, std::string_view feed, std::uint64_t seq);

// Idempotency: the first answer to a key (1 to 64 bytes, else
// kInvalidArgument/BAD_IDEMPOTENCY_KEY), kept in the transaction of its effects. Remember before
// AppendEvents: the counter's lock comes last.
struct Remembered {
  std::string request_type = {};
  std::string reply = {};
};
base::Result<std::optional<Remembered>> FindReply(Session& session, std::string_view key);
// Errors: kConflict/RETRY when another transaction has just taken the key (run again and find it).
base::Status RememberReply(Transaction& tx, std::string_view key, std::string_view request_type,
                           std::string_view reply, base::UtcTime now);
// Deletes keys older than `before`; returns how many.
base::Result<std::uint64_t> ForgetReplies(Session& session, base::UtcTime before);

// The rehearsed time of a deployment, kept by each service so that it survives a restart.
base::Result<std::optional<base::UtcTime>> LoadSuiteClock(Session& session);
base::Status SaveSuiteClock(Session& session, base::UtcTime now);

}  // namespace store
