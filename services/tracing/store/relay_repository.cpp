#include "tracing/store/relay_repository.h"

namespace tracing {
namespace {

using store::Value;

constexpr std::string_view kParcels =
    "SELECT mailbox, parcel_id, depositor, sealed, stored_at, expires_at, next_at, attempts "
    "FROM relay_parcel ";

base::Status Done(const base::Result<std::uint64_t>& result) {
  return result.ok() ? base::Status{} : result.error();
}

Division DivisionOf(const store::Rows& rows, std::string_view column) {
  return Division::FromRaw(static_cast<std::uint32_t>(rows.Uint(column)));
}

ParcelRow ReadParcel(const store::Rows& rows) {
  return {.mailbox = DivisionOf(rows, "mailbox"), .parcel_id = rows.Text("parcel_id"),
          .depositor = DivisionOf(rows, "depositor"), .sealed = rows.Text("sealed"),
          .stored_at = rows.Time("stored_at"), .expires_at = rows.Time("expires_at"),
          .next_at = rows.MaybeTime("next_at"),
          .attempts = static_cast<int>(rows.Int("attempts"))};
}

base::Result<std::vector<ParcelRow>> Read(base::Result<store::Rows> rows) {
  if (!rows.ok()) return rows.error();
  std::vector<ParcelRow> out;
  while (rows->Next()) out.push_back(ReadParcel(*rows));
  return out;
}

}  // namespace

base::Result<MailboxUse> UseOf(store::Session& session, Division mailbox, Division depositor,
                               const std::string& parcel_id) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT CAST(COALESCE(SUM(bytes), 0) AS SIGNED) AS bytes, "
                                 "CAST(COALESCE(SUM(depositor = ?), 0) AS SIGNED) AS parcels, "
                                 "CAST(COALESCE(SUM(parcel_id = ?), 0) AS SIGNED) AS known "
                                 "FROM relay_parcel WHERE mailbox = ?",
                                 {Value{depositor.raw()}, Value{parcel_id}, Value{mailbox.raw()}}));
  rows.Next();
  return MailboxUse{.bytes = rows.Int("bytes"),
                    .of_depositor = static_cast<int>(rows.Int("parcels")),
                    .known = rows.Int("known") != 0};
}

base::Status InsertParcel(store::Session& session, const ParcelRow& row) {
  return Done(session.Execute(
      "INSERT IGNORE INTO relay_parcel (mailbox, parcel_id, depositor, sealed, bytes, stored_at, "
      "expires_at, next_at, attempts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)",
      {Value{row.mailbox.raw()}, Value{row.parcel_id}, Value{row.depositor.raw()},
       Value{row.sealed}, Value{static_cast<std::int64_t>(row.sealed.size())},
       Value{row.stored_at}, Value{row.expires_at}, Value{row.next_at}}));
}

base::Status AddTally(store::Session& session, Division mailbox, Division depositor,
                      RelayTally what, base::UtcTime now) {
  const char* set = "refused = refused + 1";
  if (what == RelayTally::kStored) set = "stored = stored + 1, last_stored_at = ?";
  if (what == RelayTally::kCollected) set = "collected = collected + 1, last_collected_at = ?";
  if (what == RelayTally::kExpired) set = "expired = expired + 1, last_expired_at = ?";
  const auto there = session.Execute(
      "INSERT IGNORE INTO relay_tally (mailbox, depositor, stored, collected, expired, refused) "
      "VALUES (?, ?, 0, 0, 0, 0)",
      {Value{mailbox.raw()}, Value{depositor.raw()}});
  if (!there.ok()) return there.error();
  std::vector<Value> values;
  if (what != RelayTally::kRefused) values.emplace_back(now);
  values.emplace_back(mailbox.raw());
  values.emplace_back(depositor.raw());
  return Done(session.Execute(std::string{"UPDATE relay_tally SET "} + set +
                                  " WHERE mailbox = ? AND depositor = ?",
                              std::span<const Value>{values}));
}

base::Result<std::vector<ParcelRow>> ParcelsOf(store::Session& session, Division mailbox,
                                               std::uint32_t limit, std::size_t bytes_max) {
  ASSIGN_OR_RETURN(std::vector<ParcelRow> rows,
                   Read(session.Query(std::string{kParcels} +
                                          "WHERE mailbox = ? ORDER BY stored_at, parcel_id LIMIT ?",
                                      {Value{mailbox.raw()}, Value{limit}})));
  std::size_t bytes = 0;
  std::size_t kept = 0;
  while (kept < rows.size() && (kept == 0 || bytes + rows[kept].sealed.size() <= bytes_max)) {
    bytes += rows[kept++].sealed.size();
  }
  rows.resize(kept);
  return rows;
}

base::Result<bool> DeleteParcel(store::Session& session, Division mailbox,
                                const std::string& parcel_id) {
  ASSIGN_OR_RETURN(const std::uint64_t gone,
                   session.Execute("DELETE FROM relay_parcel WHERE mailbox = ? AND parcel_id = ?",
                                   {Value{mailbox.raw()}, Value{parcel_id}}));
  return gone != 0;
}

base::Result<std::optional<Division>> DepositorOf(store::Session& session, Division mailbox,
                                                  const std::string& parcel_id) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT depositor FROM relay_parcel WHERE mailbox = ? AND "
                                 "parcel_id = ?",
                                 {Value{mailbox.raw()}, Value{parcel_id}}));
  if (!rows.Next()) return std::optional<Division>{};
  return std::optional<Division>{DivisionOf(rows, "depositor")};
}

base::Result<std::vector<ParcelRow>> ExpiredParcels(store::Session& session, base::UtcTime now,
                                                    std::uint32_t limit) {
  return Read(session.Query(std::string{kParcels} + "WHERE expires_at <= ? LIMIT ?",
                            {Value{now}, Value{limit}}));
}

base::Result<std::vector<ParcelRow>> DueParcels(store::Session& session, base::UtcTime now,
                                                std::uint32_t limit) {
  return Read(session.Query(std::string{kParcels} +
                                "WHERE next_at <= ? ORDER BY stored_at, parcel_id LIMIT ?",
                            {Value{now}, Value{limit}}));
}

base::Status PostponeParcel(store::Session& session, const ParcelRow& row) {
  return Done(session.Execute(
      "UPDATE relay_parcel SET next_at = ?, attempts = ? WHERE mailbox = ? AND parcel_id = ?",
      {Value{row.next_at}, Value{row.attempts}, Value{row.mailbox.raw()},
       Value{row.parcel_id}}));
}

base::Result<std::vector<MailboxRow>> Mailboxes(store::Session& session) {
  ASSIGN_OR_RETURN(
      store::Rows rows,
      session.Query("SELECT t.mailbox, t.depositor, t.stored, t.collected, t.expired, t.refused, "
                    "t.last_collected_at, t.last_expired_at, COUNT(p.parcel_id) AS waiting, "
                    "CAST(COALESCE(SUM(p.bytes), 0) AS SIGNED) AS bytes, "
                    "MIN(p.stored_at) AS oldest_at "
                    "FROM relay_tally t LEFT JOIN relay_parcel p ON p.mailbox = t.mailbox AND "
                    "p.depositor = t.depositor GROUP BY t.mailbox, t.depositor, t.stored, "
                    "t.collected, t.expired, t.refused, t.last_collected_at, t.last_expired_at "
                    "ORDER BY t.mailbox, t.depositor"));
  std::vector<MailboxRow> out;
  while (rows.Next()) {
    out.push_back({.mailbox = DivisionOf(rows, "mailbox"),
                   .depositor = DivisionOf(rows, "depositor"),
                   .waiting = static_cast<std::uint64_t>(rows.Int("waiting")),
                   .bytes = static_cast<std::uint64_t>(rows.Int("bytes")),
                   .stored = rows.Uint("stored"), .collected = rows.Uint("collected"),
                   .expired = rows.Uint("expired"), .refused = rows.Uint("refused"),
                   .oldest_at = rows.MaybeTime("oldest_at"),
                   .last_collected_at = rows.MaybeTime("last_collected_at"),
                   .last_expired_at = rows.MaybeTime("last_expired_at")});
  }
  return out;
}

base::Result<std::optional<PollRow>> FindPoll(store::Session& session, Division relay) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT next_at, last_ok_at, error, fetched FROM relay_poll "
                                 "WHERE relay = ?",
                                 {Value{relay.raw()}}));
  if (!rows.Next()) return std::optional<PollRow>{};
  return std::optional<PollRow>{PollRow{.next_at = rows.Time("next_at"),
                                        .last_ok_at = rows.MaybeTime("last_ok_at"),
                                        .error = rows.Text("error"),
                                        .fetched = rows.Uint("fetched")}};
}

base::Status SavePoll(store::Session& session, Division relay, const PollRow& row) {
  return Done(session.Execute(
      "INSERT INTO relay_poll (relay, next_at, last_ok_at, error, fetched) VALUES (?, ?, ?, ?, ?) "
      "ON DUPLICATE KEY UPDATE next_at = VALUES(next_at), last_ok_at = VALUES(last_ok_at), "
      "error = VALUES(error), fetched = VALUES(fetched)",
      {Value{relay.raw()}, Value{row.next_at}, Value{row.last_ok_at},
       Value{row.error.substr(0, 200)}, Value{row.fetched}}));
}

base::Status KeepPollOf(store::Session& session, Division relay, base::UtcTime now) {
  const auto gone =
      session.Execute("DELETE FROM relay_poll WHERE relay <> ?", {Value{relay.raw()}});
  if (!gone.ok()) return gone.error();
  if (!relay) return {};
  return Done(session.Execute(
      "INSERT IGNORE INTO relay_poll (relay, next_at, last_ok_at, error, fetched) "
      "VALUES (?, ?, NULL, '', 0)",
      {Value{relay.raw()}, Value{now}}));
}

base::Result<std::uint64_t> CountDueRelay(store::Session& session, base::UtcTime now) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT (SELECT COUNT(*) FROM relay_parcel WHERE next_at <= ?) + "
                                 "(SELECT COUNT(*) FROM relay_parcel WHERE expires_at <= ?) + "
                                 "(SELECT COUNT(*) FROM relay_poll WHERE next_at <= ?) AS n",
                                 {Value{now}, Value{now}, Value{now}}));
  rows.Next();
  return static_cast<std::uint64_t>(rows.Int("n"));
}

base::Result<std::optional<base::UtcTime>> NextRelay(store::Session& session,
                                                     base::UtcTime after) {
  ASSIGN_OR_RETURN(
      store::Rows rows,
      session.Query("SELECT MIN(at) AS at FROM (SELECT MIN(next_at) AS at FROM relay_parcel "
                    "WHERE next_at > ? UNION ALL SELECT MIN(expires_at) FROM relay_parcel WHERE "
                    "expires_at > ?) soon",
                    {Value{after}, Value{after}}));
  rows.Next();
  return rows.MaybeTime("at");
}

}  // namespace tracing
