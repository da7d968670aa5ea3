// The rows of letter_draft: who drafted a letter that an officer approves, who decided, and why.
// Errors: those of libs/store. Functions on a session or transaction; no state.
#pragma once

#include <optional>
#include <string>

#include "bus/envelope.pb.h"
#include "store/store.h"
#include "tracing/domain/types.h"

namespace tracing {

struct DraftRow {
  ConversationId id = {};
  bool by_machine = false;
  base::UtcTime drafted_at = {};
  baoxue::bus::v1::Actor drafter = {};
  std::optional<base::UtcTime> decided_at = {};
  baoxue::bus::v1::Actor decider = {};
  std::string text = {};
};
base::Status InsertDraft(store::Transaction& tx, const DraftRow& row);
base::Status DecideDraft(store::Transaction& tx, const DraftRow& row);
base::Result<std::optional<DraftRow>> FindDraft(store::Session& session, const ConversationId& id);

}  // namespace tracing
