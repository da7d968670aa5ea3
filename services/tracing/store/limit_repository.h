// Rows of the limits: how many letters a county has open with us, what each county is to us, and
// which look-ups failed. Functions on a session or transaction; errors: those of libs/store.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "store/store.h"
#include "tracing/domain/conversation.h"
#include "tracing/domain/delivery.h"

namespace tracing {

// Letters of that county that wait for our answer.
base::Result<std::int64_t> CountOwed(store::Session& session, Division peer);

struct PeerRow {
  Stand stand = Stand::kNormal;
  std::optional<base::UtcTime> stand_since = {};
  std::string reason = {};                        // of the stand
  std::optional<base::UtcTime> silent_since = {};
  std::optional<base::UtcTime> heard_at = {};     // to some minutes
  std::optional<base::UtcTime> key_end_told = {};
};
base::Result<std::map<Division, PeerRow>> LoadPeers(store::Session& session);
base::Status SavePeer(store::Transaction& tx, Division peer, const PeerRow& row);

// Letters that do not go on, by why.
base::Result<std::map<Stuck, std::uint64_t>> TallyStuck(store::Session& session);

// Letters on the machine's desk: those that came first first, those that failed in their turn after
// them, so that they keep nobody waiting. None while numbers are frozen.
base::Result<std::vector<ConversationId>> LettersToLookUp(store::Session& session,
                                                          std::uint32_t limit);

struct FailedLookUp {
  int tries = 0;
  base::UtcTime since = {};
  base::UtcTime next_at = {};
  std::string error = {};
};
base::Result<std::optional<FailedLookUp>> FindLookUp(store::Session& session,
                                                     const ConversationId& id);
base::Status SaveLookUp(store::Session& session, const ConversationId& id,
                        const FailedLookUp& row);
base::Status ForgetLookUp(store::Session& session, const ConversationId& id);

}  // namespace tracing
