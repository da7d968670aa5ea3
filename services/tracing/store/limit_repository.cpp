#include "tracing/store/limit_repository.h"

#include <fmt/format.h>

#include "tracing/store/codec.h"

namespace tracing {
namespace {

using store::Value;

constexpr std::size_t kErrorMax = 500;

// The states in which the answerer owes something, as SQL; made from the rule itself.
std::string OwedStates() {
  std::string out;
  for (int i = 1; i <= static_cast<int>(LetterState::kRejected); ++i) {
    if (!AwaitsAnswer(static_cast<LetterState>(i))) continue;
    out += (out.empty() ? "" : ", ") + std::to_string(i);
  }
  return out;
}

base::Status Done(const base::Result<std::uint64_t>& result) {
  return result.ok() ? base::Status{} : base::Status{result.error()};
}

}  // namespace

base::Result<std::int64_t> CountOwed(store::Session& session, Division peer) {
  static const std::string sql =
      "SELECT COUNT(*) AS n FROM conversation WHERE peer = ? AND asker = 0 AND state IN (" +
      OwedStates() + ")";
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query(sql, {Value{static_cast<std::int64_t>(peer.raw())}}));
  rows.Next();
  return rows.Int("n");
}

base::Result<std::map<Division, PeerRow>> LoadPeers(store::Session& session) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT division, stand, stand_since, reason, silent_since, "
                                 "heard_at, key_end_told FROM peer_stand"));
  std::map<Division, PeerRow> out;
  while (rows.Next()) {
    out[Division::FromRaw(static_cast<std::uint32_t>(rows.Int("division")))] = {
        .stand = static_cast<Stand>(rows.Int("stand")),
        .stand_since = rows.MaybeTime("stand_since"),
        .reason = std::string{rows.Text("reason")},
        .silent_since = rows.MaybeTime("silent_since"),
        .heard_at = rows.MaybeTime("heard_at"),
        .key_end_told = rows.MaybeTime("key_end_told")};
  }
  return out;
}

base::Status SavePeer(store::Transaction& tx, Division peer, const PeerRow& row) {
  return Done(tx.Execute(
      "REPLACE INTO peer_stand (division, stand, stand_since, reason, silent_since, heard_at, "
      "key_end_told) VALUES (?, ?, ?, ?, ?, ?, ?)",
      {Value{static_cast<std::int64_t>(peer.raw())}, Value{static_cast<int>(row.stand)},
       Value{row.stand_since}, Value{row.reason}, Value{row.silent_since}, Value{row.heard_at},
       Value{row.key_end_told}}));
}

base::Result<std::map<Stuck, std::uint64_t>> TallyStuck(store::Session& session) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT stuck, COUNT(*) AS n FROM conversation WHERE stuck <> 0 "
                                 "GROUP BY stuck ORDER BY stuck"));
  std::map<Stuck, std::uint64_t> out;
  while (rows.Next()) {
    out[static_cast<Stuck>(rows.Int("stuck"))] = static_cast<std::uint64_t>(rows.Int("n"));
  }
  return out;
}

base::Result<std::vector<ConversationId>> LettersToLookUp(store::Session& session,
                                                          std::uint32_t limit) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT c.conversation_id FROM conversation c LEFT JOIN look_up l "
                                 "ON l.conversation_id = c.conversation_id WHERE c.desk = 1 AND "
                                 "(SELECT numbers_frozen FROM recovery WHERE id = 1) = 0 "
                                 "ORDER BY COALESCE(l.next_at, c.opened_at) LIMIT " +
                                 std::to_string(limit)));
  std::vector<ConversationId> out;
  while (rows.Next()) out.push_back(IdFrom(rows.Text("conversation_id")));
  return out;
}

base::Result<std::optional<FailedLookUp>> FindLookUp(store::Session& session,
                                                     const ConversationId& id) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT tries, since, next_at, error FROM look_up "
                                 "WHERE conversation_id = ?",
                                 {Value{BytesOf(id)}}));
  if (!rows.Next()) return std::optional<FailedLookUp>{};
  return std::optional<FailedLookUp>{{.tries = static_cast<int>(rows.Int("tries")),
                                      .since = rows.Time("since"),
                                      .next_at = rows.Time("next_at"),
                                      .error = std::string{rows.Text("error")}}};
}

base::Status SaveLookUp(store::Session& session, const ConversationId& id,
                        const FailedLookUp& row) {
  return Done(session.Execute(
      "REPLACE INTO look_up (conversation_id, tries, since, next_at, error) "
      "VALUES (?, ?, ?, ?, ?)",
      {Value{BytesOf(id)}, Value{row.tries}, Value{row.since}, Value{row.next_at},
       Value{row.error.substr(0, kErrorMax)}}));
}

base::Status ForgetLookUp(store::Session& session, const ConversationId& id) {
  return Done(session.Execute("DELETE FROM look_up WHERE conversation_id = ?",
                              {Value{BytesOf(id)}}));
}

}  // namespace tracing
