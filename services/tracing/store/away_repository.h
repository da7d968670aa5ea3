// All SQL on away_child, away_history and away_answer. The personal data comes and goes sealed.
// Errors: those of libs/store. Functions on a session or transaction; no state.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bus/envelope.pb.h"
#include "store/store.h"
#include "tracing/domain/away.h"

namespace tracing {

struct AwayRow {
  std::int64_t away_id = 0;          // 0: not stored yet
  std::string child_key = {};        // 16 bytes
  std::string name = {};
  std::string id_masked = {};
  std::int64_t person_id = 0;
  std::int64_t student_id = 0;
  std::string town = {};
  std::string why = {};
  std::string school = {};
  std::optional<base::Date> school_since = {};
  base::Date left_on = {};
  AwayChild child = {};              // birth, division, state, days
  int letters = 0;                   // written about the child so far: each is one of its own
  std::optional<ConversationId> conversation = {};  // the last one
  bool look = false;                 // the registry is to be asked whether the child is back
  std::string origin = {};
  std::optional<base::UtcTime> due = {};
  int version = 0;
  std::string sealed = {};           // AwayDetails
};
struct AwayStepRow {
  int version = 0;
  base::UtcTime at = {};
  std::string kind = {};
  std::string text = {};             // Chinese; no identity number
  baoxue::bus::v1::Actor actor = {};
  std::optional<ConversationId> conversation = {};
};
struct AwayFilter {
  std::optional<AwayState> state = {};
  bool all = false;                  // else only those who are tracked or wait for an officer
  std::string town = {};
  std::string name = {};
  Division division = {};
  std::int64_t after = 0;
  std::uint32_t limit = 100;
};
struct AwayCount {
  AwayState state = AwayState::kNone;
  std::uint64_t count = 0;
};

base::Result<std::optional<AwayRow>> FindAway(store::Session& session, std::int64_t away_id);
base::Result<std::optional<AwayRow>> LockAway(store::Transaction& tx, std::int64_t away_id);
base::Result<std::optional<AwayRow>> LockAwayByKey(store::Transaction& tx,
                                                   const std::string& child_key);
base::Result<std::optional<AwayRow>> LockAwayByLetter(store::Transaction& tx,
                                                      const ConversationId& id);
base::Result<std::vector<AwayRow>> ListAway(store::Session& session, const AwayFilter& filter);
base::Result<std::uint64_t> CountAway(store::Session& session, const AwayFilter& filter);
base::Result<std::vector<AwayStepRow>> AwayHistory(store::Session& session, std::int64_t away_id);
// A new row gets its id; an old one is written whole.
base::Status SaveAway(store::Transaction& tx, AwayRow& row);
base::Status InsertAwayStep(store::Transaction& tx, std::int64_t away_id, const AwayStepRow& step);

// Rows that are due by `now`, or about which the registry is to be asked; the longest first.
base::Result<std::vector<std::int64_t>> DueAway(store::Session& session, base::UtcTime now,
                                                std::uint32_t limit);
base::Result<std::uint64_t> CountDueAway(store::Session& session, base::UtcTime now);
base::Result<std::optional<base::UtcTime>> NextDueAway(store::Session& session,
                                                       base::UtcTime after);
// Children of these names are looked up in the registry at the next look.
base::Status LookForAway(store::Transaction& tx, const std::vector<std::string>& names);
// Visits of townships to listed families that are not taken yet; the same news again changes
// nothing. Table away_answer.
struct AwayAnswer {
  std::int64_t task_id = 0;          // of cases
  int visit = 0;
  std::int64_t away_id = 0;
};
base::Status InsertAwayAnswer(store::Transaction& tx, const AwayAnswer& answer, base::UtcTime now);
// True if it had not been taken.
base::Result<bool> TakeAwayAnswer(store::Transaction& tx, const AwayAnswer& answer);
base::Status PostponeAwayAnswer(store::Session& session, const AwayAnswer& answer,
                                base::UtcTime next, const std::string& error);
base::Result<std::vector<AwayAnswer>> DueAwayAnswers(store::Session& session, base::UtcTime now,
                                                     std::uint32_t limit);
base::Result<std::vector<AwayCount>> TallyAway(store::Session& session);
// Ids after `after`, whether tracked or not, for planning anew.
base::Result<std::vector<std::int64_t>> AwayIds(store::Session& session, std::int64_t after,
                                                std::uint32_t limit);

}  // namespace tracing
