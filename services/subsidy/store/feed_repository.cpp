#include "subsidy/store/feed_repository.h"

#include <map>

#include "security/security.h"

namespace subsidy {
namespace {

constexpr std::size_t kBatch = 5000;

FeedDayRow Read(const store::Rows& rows) {
  return {.day = rows.Day("day"),
          .count = rows.Uint("event_count"),
          .first_seq = rows.Uint("first_seq"),
          .last_seq = rows.Uint("last_seq"),
          .hash = rows.Text("hash")};
}

}  // namespace

void Count(FeedDayRow& day, const store::StoredEvent& event, const FeedView& view) {
  const std::string payload = view.payload ? view.payload(event.event) : event.event.payload;
  const std::string line = std::to_string(event.seq) + '|' + event.event.type + '|' +
                           event.event.subject + '|' + security::Hex(security::Sha256(payload));
  day.hash = security::Sha256(day.hash + line);
  if (day.count++ == 0) day.first_seq = event.seq;
  day.last_seq = event.seq;
}

base::Result<bool> CountFeed(store::Transaction& tx, std::string_view feed, const FeedView& view) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   tx.Query("SELECT day, event_count, first_seq, last_seq, hash FROM feed_day "
                            "WHERE view_id = ? ORDER BY last_seq DESC LIMIT 1 FOR UPDATE",
                            {view.id}));
  std::map<base::Date, FeedDayRow> days;
  std::uint64_t after = 0;
  if (rows.Next()) {
    const FeedDayRow last = Read(rows);
    after = last.last_seq;
    days[last.day] = last;
  }
  ASSIGN_OR_RETURN(const auto events, store::ReadEvents(tx, feed, after, kBatch));
  for (const store::StoredEvent& event : events) {
    FeedDayRow& day = days[base::DateAt(event.event.time)];
    day.day = base::DateAt(event.event.time);
    Count(day, event, view);
  }
  if (events.empty()) return true;
  store::BulkInsert insert{
      tx, "INSERT INTO feed_day (view_id, day, event_count, first_seq, last_seq, hash)",
      " ON DUPLICATE KEY UPDATE event_count = VALUES(event_count), last_seq = VALUES(last_seq), "
      "hash = VALUES(hash)"};
  for (const auto& [day, row] : days) {
    RETURN_IF_ERROR(insert.Add({store::Value{view.id}, store::Value{row.day},
                                store::Value{row.count},
                                store::Value{row.first_seq}, store::Value{row.last_seq},
                                store::Value{row.hash}}));
  }
  RETURN_IF_ERROR(insert.Flush());
  return events.size() < kBatch;
}

base::Result<std::vector<FeedDayRow>> ListFeedDays(store::Session& session, const FeedView& view,
                                                   base::Date from, base::Date to) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT day, event_count, first_seq, last_seq, hash FROM feed_day "
                                 "WHERE view_id = ? AND day >= ? AND day <= ? ORDER BY day",
                                 {view.id, from, to}));
  std::vector<FeedDayRow> days;
  while (rows.Next()) days.push_back(Read(rows));
  return days;
}

}  // namespace subsidy
