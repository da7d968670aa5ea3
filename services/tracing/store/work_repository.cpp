// What is due: conversations that wake; and the counts.
#include "tracing/store/codec.h"
#include "tracing/store/letter_repository.h"

namespace tracing {
namespace {

using store::Value;

}  // namespace

base::Result<std::vector<ConversationId>> DueLetters(store::Session& session, base::UtcTime now,
                                                     std::uint32_t limit) {
  const std::string tail = " LIMIT " + std::to_string(limit);
  std::vector<ConversationId> out;
  ASSIGN_OR_RETURN(store::Rows due,
                   session.Query("SELECT conversation_id FROM conversation WHERE wake_at <= ? "
                                 "ORDER BY wake_at" + tail,
                                 {Value{now}}));
  while (due.Next()) out.push_back(IdFrom(due.Text("conversation_id")));
  return out;
}

base::Result<std::uint64_t> CountDue(store::Session& session, base::UtcTime now) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT (SELECT COUNT(*) FROM conversation WHERE wake_at <= ?) + "
                                 "(SELECT COUNT(*) FROM conversation WHERE desk = 1 AND "
                                 "(SELECT numbers_frozen FROM recovery WHERE id = 1) = 0) AS n",
                                 {Value{now}}));
  rows.Next();
  return static_cast<std::uint64_t>(rows.Int("n"));
}

base::Result<std::optional<base::UtcTime>> NextWake(store::Session& session, base::UtcTime after) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT MIN(wake_at) AS at FROM conversation WHERE wake_at > ?",
                                 {Value{after}}));
  rows.Next();
  return rows.MaybeTime("at");
}

base::Result<std::vector<Tally>> TallyStates(store::Session& session) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT state, asker, COUNT(*) AS n FROM conversation "
                                 "GROUP BY state, asker ORDER BY state, asker"));
  std::vector<Tally> out;
  while (rows.Next()) {
    out.push_back({.state = static_cast<int>(rows.Int("state")),
                   .incoming = rows.Int("asker") == 0,
                   .count = static_cast<std::uint64_t>(rows.Int("n"))});
  }
  return out;
}

base::Result<std::vector<PeerTally>> TallyPeers(store::Session& session) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT peer, CAST(SUM(waiting) AS SIGNED) AS waiting, "
                                 "CAST(SUM(stuck = 3) AS SIGNED) AS parked, "
                                 "CAST(SUM(is_over = 0) AS SIGNED) AS open "
                                 "FROM conversation GROUP BY peer ORDER BY peer"));
  std::vector<PeerTally> out;
  while (rows.Next()) {
    out.push_back({.peer = Division::FromRaw(static_cast<std::uint32_t>(rows.Int("peer"))),
                   .waiting = static_cast<std::uint64_t>(rows.Int("waiting")),
                   .parked = static_cast<std::uint64_t>(rows.Int("parked")),
                   .open = static_cast<std::uint64_t>(rows.Int("open"))});
  }
  return out;
}

}  // namespace tracing
