#include "tracing/store/recovery_repository.h"

#include "tracing/store/codec.h"

namespace tracing {
namespace {

using store::Value;

constexpr std::size_t kErrorBytesMax = 160;

base::Status Done(const base::Result<std::uint64_t>& done) {
  return done.ok() ? base::Status{} : base::Status{done.error()};
}

Division PeerOf(const store::Rows& rows) {
  return Division::FromRaw(static_cast<std::uint32_t>(rows.Uint("peer")));
}

}  // namespace

base::Result<RecoveryRow> LoadRecovery(store::Session& session) {
  RecoveryRow out;
  ASSIGN_OR_RETURN(store::Rows own,
                   session.Query("SELECT epoch, numbers_frozen, suspected, (SELECT COUNT(*) FROM "
                                 "unused_number) AS unused FROM recovery WHERE id = 1"));
  if (!own.Next()) return base::Error{base::Code::kDataCorruption, "ROW_BROKEN", "recovery"};
  out.epoch = own.Uint("epoch");
  out.numbers_frozen = own.Int("numbers_frozen") != 0;
  out.suspected = own.Int("suspected") != 0;
  out.has_unused = own.Int("unused") > 0;
  ASSIGN_OR_RETURN(store::Rows members, session.Query("SELECT peer FROM recovery_member"));
  while (members.Next()) out.unconfirmed.push_back(PeerOf(members));
  ASSIGN_OR_RETURN(store::Rows epochs, session.Query("SELECT peer, epoch FROM peer_epoch"));
  while (epochs.Next()) out.epochs[PeerOf(epochs)] = epochs.Uint("epoch");
  return out;
}

base::Status SaveBegun(store::Transaction& tx, std::uint64_t epoch_min,
                       const std::vector<Division>& members, const std::string& by,
                       base::UtcTime now) {
  RETURN_IF_ERROR(Done(tx.Execute(
      "UPDATE recovery SET epoch = GREATEST(epoch + 1, ?), numbers_frozen = ?, suspected = 0, "
      "began_at = ?, began_by = ? WHERE id = 1",
      {Value{epoch_min}, Value{!members.empty()}, Value{now}, Value{by}})));
  RETURN_IF_ERROR(Done(tx.Execute("DELETE FROM recovery_member")));
  for (const Division member : members) {
    RETURN_IF_ERROR(Done(tx.Execute(
        "INSERT INTO recovery_member (peer, attempts, next_at, error) VALUES (?, 0, ?, '')",
        {Value{member.raw()}, Value{now}})));
  }
  return {};
}

base::Status SaveSuspected(store::Transaction& tx, std::uint64_t epoch) {
  return Done(tx.Execute("UPDATE recovery SET suspected = 1, numbers_frozen = 1, "
                         "epoch = GREATEST(epoch, ?) WHERE id = 1",
                         {Value{epoch}}));
}

base::Result<bool> SaveConfirmed(store::Transaction& tx, Division member) {
  RETURN_IF_ERROR(
      Done(tx.Execute("DELETE FROM recovery_member WHERE peer = ?", {Value{member.raw()}})));
  ASSIGN_OR_RETURN(store::Rows left, tx.Query("SELECT COUNT(*) AS n FROM recovery_member"));
  left.Next();
  if (left.Int("n") > 0) return false;
  RETURN_IF_ERROR(
      Done(tx.Execute("UPDATE recovery SET numbers_frozen = 0 WHERE id = 1 AND suspected = 0")));
  return true;
}

base::Status SaveAsked(store::Session& session, Division member, int attempts, base::UtcTime next,
                       const std::string& error) {
  return Done(session.Execute(
      "UPDATE recovery_member SET attempts = ?, next_at = ?, error = ? WHERE peer = ?",
      {Value{attempts}, Value{next}, Value{error.substr(0, kErrorBytesMax)},
       Value{member.raw()}}));
}

base::Status SavePeerEpoch(store::Transaction& tx, Division peer, std::uint64_t epoch) {
  return Done(tx.Execute("INSERT INTO peer_epoch (peer, epoch) VALUES (?, ?) "
                         "ON DUPLICATE KEY UPDATE epoch = GREATEST(epoch, VALUES(epoch))",
                         {Value{peer.raw()}, Value{epoch}}));
}

base::Result<std::vector<DueMember>> DueMembers(store::Session& session, base::UtcTime now,
                                                std::uint32_t limit) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT peer, attempts FROM recovery_member WHERE next_at <= ? "
                                 "ORDER BY next_at LIMIT " + std::to_string(limit),
                                 {Value{now}}));
  std::vector<DueMember> out;
  while (rows.Next()) {
    out.push_back({.peer = PeerOf(rows), .attempts = static_cast<int>(rows.Int("attempts"))});
  }
  return out;
}

base::Result<std::uint64_t> CountRecoveryDue(store::Session& session, base::UtcTime now) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT suspected + (SELECT COUNT(*) FROM recovery_member WHERE "
                                 "next_at <= ?) AS n FROM recovery WHERE id = 1",
                                 {Value{now}}));
  return rows.Next() ? static_cast<std::uint64_t>(rows.Int("n")) : std::uint64_t{0};
}

base::Result<std::optional<base::UtcTime>> NextRecovery(store::Session& session,
                                                        base::UtcTime after) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT MIN(next_at) AS at FROM recovery_member WHERE next_at > ?",
                                 {Value{after}}));
  rows.Next();
  return rows.MaybeTime("at");
}

base::Result<int> TakeUnused(store::Transaction& tx, int year) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   tx.Query("SELECT number FROM unused_number WHERE year = ? ORDER BY number "
                            "LIMIT 1 FOR UPDATE",
                            {Value{year}}));
  if (!rows.Next()) return 0;
  const int number = static_cast<int>(rows.Int("number"));
  RETURN_IF_ERROR(Done(tx.Execute("DELETE FROM unused_number WHERE year = ? AND number = ?",
                                  {Value{year}, Value{number}})));
  return number;
}

base::Status LearnNumber(store::Transaction& tx, const DocumentNumber& number) {
  if (number.number == 0) return {};
  ASSIGN_OR_RETURN(store::Rows rows,
                   tx.Query("SELECT last_number FROM numbering WHERE year = ? FOR UPDATE",
                            {Value{number.year}}));
  const int last = rows.Next() ? static_cast<int>(rows.Int("last_number")) : 0;
  for (int between = last + 1; between < number.number; ++between) {
    RETURN_IF_ERROR(GiveBackNumber(tx, {.year = number.year, .number = between}));
  }
  RETURN_IF_ERROR(Done(tx.Execute("DELETE FROM unused_number WHERE year = ? AND number = ?",
                                  {Value{number.year}, Value{number.number}})));
  RETURN_IF_ERROR(Done(tx.Execute("INSERT IGNORE INTO learned_number (year, number) VALUES (?, ?)",
                                  {Value{number.year}, Value{number.number}})));
  return Done(tx.Execute("INSERT INTO numbering (year, last_number) VALUES (?, ?) ON DUPLICATE KEY "
                         "UPDATE last_number = GREATEST(last_number, VALUES(last_number))",
                         {Value{number.year}, Value{number.number}}));
}

base::Status GiveBackNumber(store::Transaction& tx, const DocumentNumber& number) {
  if (number.number == 0) return {};
  return Done(tx.Execute("INSERT IGNORE INTO unused_number (year, number) SELECT ?, ? FROM DUAL "
                         "WHERE NOT EXISTS (SELECT 1 FROM learned_number WHERE year = ? AND "
                         "number = ?)",
                         {Value{number.year}, Value{number.number}, Value{number.year},
                          Value{number.number}}));
}

base::Result<int> LastNumber(store::Session& session, int year) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT last_number FROM numbering WHERE year = ?",
                                 {Value{year}}));
  return rows.Next() ? static_cast<int>(rows.Int("last_number")) : 0;
}

base::Status SettleNumbers(store::Transaction& tx, const DocumentNumber& last) {
  RETURN_IF_ERROR(LearnNumber(tx, last));
  RETURN_IF_ERROR(
      Done(tx.Execute("DELETE FROM unused_number WHERE year = ?", {Value{last.year}})));
  return Done(tx.Execute("UPDATE recovery SET numbers_frozen = 0 WHERE id = 1"));
}

base::Result<std::vector<HeadRow>> HeadRows(store::Session& session, Division peer,
                                            const ConversationId& after, std::uint32_t limit) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT conversation_id, body FROM conversation WHERE peer = ? "
                                 "AND conversation_id > ? ORDER BY conversation_id LIMIT " +
                                     std::to_string(limit),
                                 {Value{peer.raw()}, Value{BytesOf(after)}}));
  std::vector<HeadRow> out;
  while (rows.Next()) {
    out.push_back({.id = IdFrom(rows.Text("conversation_id")), .body = rows.Text("body")});
  }
  return out;
}

base::Result<std::vector<ConversationId>> HeldUp(store::Session& session, Division peer) {
  const std::string approved = std::to_string(static_cast<int>(LetterState::kApproved));
  const std::string stuck = std::to_string(static_cast<int>(Stuck::kRestoreUnconfirmed));
  const std::string of_peer = "peer = ? AND (stuck = " + stuck + " OR state = " + approved + ")";
  const std::string where = peer ? of_peer : "? = 0 AND state = " + approved;
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT conversation_id FROM conversation WHERE " + where,
                                 {Value{peer.raw()}}));
  std::vector<ConversationId> out;
  while (rows.Next()) out.push_back(IdFrom(rows.Text("conversation_id")));
  return out;
}

base::Status DeleteItem(store::Transaction& tx, const ConversationId& id, bool by_asker,
                        std::uint32_t seq) {
  return Done(tx.Execute("DELETE FROM item WHERE conversation_id = ? AND by_asker = ? AND seq = ?",
                         {Value{BytesOf(id)}, Value{by_asker}, Value{seq}}));
}

}  // namespace tracing
