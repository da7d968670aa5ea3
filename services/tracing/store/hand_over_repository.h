// All SQL on hand_over. Errors: those of libs/store. Functions on a session or transaction.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/store.h"
#include "tracing/domain/hand_over.h"
#include "tracing/domain/types.h"

namespace tracing {

struct HandOverRow {
  std::int64_t case_id = 0;
  std::int64_t student_id = 0;
  std::string state = {};              // of the case
  base::Date since = {};               // when the dropout was confirmed
  bool confirmed = false;
  HandOverStand stand = HandOverStand::kNone;
  Division household = {};
  std::optional<ConversationId> conversation = {};
  std::string note = {};               // Chinese
  int persuasions = 0;
  std::optional<base::UtcTime> due = {};
  int version = 0;                     // of the case
};
struct HandOverCount {
  HandOverStand stand = HandOverStand::kNone;
  std::uint64_t count = 0;
};

base::Result<std::optional<HandOverRow>> FindHandOver(store::Session& session,
                                                      std::int64_t case_id);
base::Result<std::optional<HandOverRow>> LockHandOver(store::Transaction& tx,
                                                      std::int64_t case_id);
base::Status SaveHandOver(store::Transaction& tx, const HandOverRow& row);
base::Result<std::vector<HandOverRow>> ListHandOvers(store::Session& session, bool open_only,
                                                     std::int64_t after, std::uint32_t limit);
base::Result<std::vector<HandOverCount>> TallyHandOvers(store::Session& session);

// Cases whose term has ended, and those whose letter was answered.
base::Result<std::vector<std::int64_t>> DueHandOvers(store::Session& session, base::UtcTime now,
                                                     std::uint32_t limit);
base::Result<std::uint64_t> CountDueHandOvers(store::Session& session, base::UtcTime now);
base::Result<std::optional<base::UtcTime>> NextDueHandOver(store::Session& session,
                                                           base::UtcTime after);

}  // namespace tracing
