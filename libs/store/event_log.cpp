#include "store/event_log.h"

#include "store/literal.h"

namespace store {
namespace {

void AppendRow(std::string& sql, std::string_view feed, std::uint64_t seq, const NewEvent& event) {
  sql += '(';
  AppendText(sql, feed);
  sql += ',';
  AppendUint(sql, seq);
  sql += ',';
  AppendText(sql, event.type);
  sql += ',';
  AppendText(sql, event.subject);
  sql += ',';
  AppendTime(sql, event.time);
  sql += ',';
  AppendText(sql, event.payload_type);
  sql += ',';
  AppendBytes(sql, event.correlation_id);
  sql += ',';
  AppendBytes(sql, event.causation_id);
  sql += ',';
  AppendBytes(sql, event.payload);
  sql += ')';
}

}  // namespace

base::Result<std::uint64_t> AppendEvents(Transaction& tx, std::string_view feed,
                                         std::span<const NewEvent> events) {
  if (events.empty()) {
    ASSIGN_OR_RETURN(const std::uint64_t head, HeadOf(tx, feed));
    return head + 1;
  }
  // Makes the counter's row if it is the first time, and locks it until the end of the transaction.
  const auto counted = tx.Execute(
      "INSERT INTO feed_counter (feed, last_seq) VALUES (?, ?)"
      " ON DUPLICATE KEY UPDATE last_seq = last_seq + ?",
      {feed, std::uint64_t{events.size()}, std::uint64_t{events.size()}});
  if (!counted.ok()) return counted.error();
  ASSIGN_OR_RETURN(Rows counter,
                   tx.Query("SELECT last_seq FROM feed_counter WHERE feed = ?", {feed}));
  if (!counter.Next()) {
    return base::Error{base::Code::kDataCorruption, "FEED_COUNTER", "the counter's row is gone"};
  }
  const std::uint64_t first = counter.Uint("last_seq") - events.size() + 1;
  BulkInsert insert{tx,
                    "INSERT INTO event_log (feed, seq, type, subject, occurred_at, payload_type,"
                    " correlation_id, causation_id, payload)"};
  std::string row;
  std::uint64_t seq = first;
  for (const NewEvent& event : events) {
    row.clear();
    AppendRow(row, feed, seq++, event);
    RETURN_IF_ERROR(insert.AddRaw(row));
  }
  RETURN_IF_ERROR(insert.Flush());
  return first;
}

base::Result<std::vector<StoredEvent>> ReadEvents(Session& session, std::string_view feed,
                                                  std::uint64_t after, std::size_t limit) {
  ASSIGN_OR_RETURN(
      Rows rows,
      session.Query("SELECT seq, type, subject, occurred_at, payload_type, correlation_id,"
                    " causation_id, payload FROM event_log WHERE feed = ? AND seq > ?"
                    " ORDER BY seq LIMIT ?",
                    {feed, after, std::uint64_t{limit}}));
  std::vector<StoredEvent> events;
  events.reserve(rows.size());
  while (rows.Next()) {
    StoredEvent& stored = events.emplace_back();
    stored.seq = rows.Uint("seq");
    stored.event.type = rows.Text("type");
    stored.event.subject = rows.Text("subject");
    stored.event.time = rows.Time("occurred_at");
    stored.event.payload = rows.Text("payload");
    stored.event.payload_type = rows.Text("payload_type");
    stored.event.correlation_id = rows.Text("correlation_id");
    stored.event.causation_id = rows.Text("causation_id");
  }
  return events;
}

base::Result<std::uint64_t> HeadOf(Session& session, std::string_view feed) {
  ASSIGN_OR_RETURN(Rows rows,
                   session.Query("SELECT last_seq FROM feed_counter WHERE feed = ?", {feed}));
  return rows.Next() ? rows.Uint("last_seq") : std::uint64_t{0};
}

base::Result<std::uint64_t> LoadPosition(Session& session, std::string_view feed) {
  ASSIGN_OR_RETURN(Rows rows,
                   session.Query("SELECT seq FROM feed_position WHERE feed = ?", {feed}));
  return rows.Next() ? rows.Uint("seq") : std::uint64_t{0};
}

base::Result<std::uint64_t> LockPosition(Transaction& tx, std::string_view feed) {
  constexpr std::string_view kLock = "SELECT seq FROM feed_position WHERE feed = ? FOR UPDATE";
  {
    ASSIGN_OR_RETURN(Rows rows, tx.Query(kLock, {feed}));
    if (rows.Next()) return rows.Uint("seq");
  }
  const auto made = tx.Execute(
      "INSERT INTO feed_position (feed, seq) VALUES (?, 0) ON DUPLICATE KEY UPDATE seq = seq",
      {feed});
  if (!made.ok()) return made.error();
  ASSIGN_OR_RETURN(Rows rows, tx.Query(kLock, {feed}));
  return rows.Next() ? rows.Uint("seq") : std::uint64_t{0};
}

base::Status SavePosition(Transaction& tx, std::string_view feed, std::uint64_t seq) {
  const auto done = tx.Execute(
      "INSERT INTO feed_position (feed, seq) VALUES (?, ?) ON DUPLICATE KEY UPDATE seq = ?",
      {feed, seq, seq});
  return done.ok() ? base::Status{} : done.error();
}

base::Result<std::optional<base::UtcTime>> LoadSuiteClock(Session& session) {
  ASSIGN_OR_RETURN(Rows rows, session.Query("SELECT now_utc FROM suite_clock WHERE id = 1"));
  std::optional<base::UtcTime> now;
  if (rows.Next()) now = rows.Time("now_utc");
  return now;
}

base::Status SaveSuiteClock(Session& session, base::UtcTime now) {
  const auto done = session.Execute(
      "INSERT INTO suite_clock (id, now_utc) VALUES (1, ?) ON DUPLICATE KEY UPDATE now_utc = ?",
      {now, now});
  return done.ok() ? base::Status{} : done.error();
}

}  // namespace store
