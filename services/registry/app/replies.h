// Idempotency of writes: the first answer to a key is the answer to every later call with it.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "registry/app/deps.h"
#include "store/event_log.h"

namespace registry {

// The encoded first answer, if there is one. Errors: kInvalidArgument/KEY_REUSED when the key was
// used for another kind of request.
inline base::Result<std::optional<std::string>> FirstReply(store::Session& session,
                                                           const WriteContext& write) {
  ASSIGN_OR_RETURN(auto known, store::FindReply(session, write.idempotency_key));
  if (!known) return std::optional<std::string>{};
  if (known->request_type != write.request_type) {
    return base::Error{base::Code::kInvalidArgument, "KEY_REUSED",
                       "the idempotency key belongs to another request"};
  }
  return std::optional{std::move(known->reply)};
}

inline base::Status RememberReply(store::Transaction& tx, const WriteContext& write,
                                  const std::string& reply, base::UtcTime now) {
  return store::RememberReply(tx, write.idempotency_key, write.request_type, reply, now);
}

}  // namespace registry
