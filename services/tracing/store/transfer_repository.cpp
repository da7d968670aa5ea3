#include "tracing/store/transfer_repository.h"

#include "tracing/store/codec.h"

namespace tracing {
namespace {

using store::Value;

#define TRANSFER_COLUMNS                                                                       \
  "watch_id, direction, state, student_id, change_version, student_name, other_division, "     \
  "other_school, own_school, began, arrive_by, arrived_on, was_missing, conversation_id, "     \
  "letter_at, letter_problem, reply_code, last_paid_term, last_paid_fen, version"
constexpr std::string_view kSelect = "SELECT " TRANSFER_COLUMNS " FROM transfer_watch WHERE ";
#undef TRANSFER_COLUMNS

base::Status Done(base::Result<std::uint64_t> result) {
  return result.ok() ? base::Status{} : base::Status{result.error()};
}

TransferRow Read(const store::Rows& rows) {
  TransferRow row;
  row.watch_id = rows.Int("watch_id");
  row.watch.direction = static_cast<TransferDirection>(rows.Int("direction"));
  row.watch.state = static_cast<TransferState>(rows.Int("state"));
  row.watch.began = rows.Day("began");
  row.watch.arrive_by = rows.MaybeDay("arrive_by").value_or(base::Date{});
  row.watch.arrived_on = rows.MaybeDay("arrived_on");
  row.watch.was_missing = rows.Int("was_missing") != 0;
  row.student_id = rows.Int("student_id");
  row.change_version = static_cast<int>(rows.Int("change_version"));
  row.student_name = rows.Text("student_name");
  row.other = Division::FromRaw(static_cast<std::uint32_t>(rows.Int("other_division")));
  row.other_school = rows.Text("other_school");
  row.own_school = rows.Text("own_school");
  row.conversation = IdFrom(rows.MaybeText("conversation_id").value_or(""));
  row.letter_at = rows.MaybeTime("letter_at");
  row.letter_problem = rows.Text("letter_problem");
  row.reply_code = static_cast<ReplyCode>(rows.Int("reply_code"));
  row.last_paid_term = rows.Text("last_paid_term");
  row.last_paid_fen = rows.Int("last_paid_fen");
  row.version = static_cast<int>(rows.Int("version"));
  return row;
}

// The four clocks of each, in one query for all.
base::Status ReadParties(store::Session& session, std::vector<TransferRow>& all) {
  if (all.empty()) return {};
  std::string sql =
      "SELECT watch_id, party, due, running, overdue, done_on, done_by, how FROM transfer_party "
      "WHERE watch_id IN (";
  std::vector<Value> ids;
  for (const TransferRow& row : all) {
    sql += ids.empty() ? "?" : ", ?";
    ids.emplace_back(row.watch_id);
  }
  ASSIGN_OR_RETURN(store::Rows rows, session.Query(sql + ")", ids));
  while (rows.Next()) {
    const std::int64_t id = rows.Int("watch_id");
    const auto party = static_cast<std::size_t>(rows.Int("party"));
    for (TransferRow& row : all) {
      if (row.watch_id != id || party >= row.watch.parties.size()) continue;
      row.watch.parties[party] = {.due = rows.Day("due"),
                                  .running = rows.Int("running") != 0,
                                  .overdue = rows.Int("overdue") != 0,
                                  .done = rows.MaybeDay("done_on"),
                                  .by = rows.Text("done_by"),
                                  .how = static_cast<Source>(rows.Int("how"))};
    }
  }
  return {};
}

base::Result<std::vector<TransferRow>> Select(store::Session& session, const std::string& where,
                                              const std::vector<Value>& values) {
  ASSIGN_OR_RETURN(store::Rows rows, session.Query(std::string{kSelect} + where, values));
  std::vector<TransferRow> all;
  while (rows.Next()) all.push_back(Read(rows));
  RETURN_IF_ERROR(ReadParties(session, all));
  return all;
}

base::Result<std::optional<TransferRow>> One(store::Session& session, const std::string& where,
                                             const Value& value) {
  ASSIGN_OR_RETURN(std::vector<TransferRow> all, Select(session, where, {value}));
  if (all.empty()) return std::optional<TransferRow>{};
  return std::optional<TransferRow>{std::move(all.front())};
}

base::Status SaveParties(store::Transaction& tx, const TransferRow& row) {
  store::BulkInsert insert{tx,
                           "REPLACE INTO transfer_party (watch_id, party, due, running, overdue, "
                           "done_on, done_by, how)"};
  for (const Party party : kRoute) {
    const PartyClock& clock = row.watch[party];
    RETURN_IF_ERROR(insert.Add({Value{row.watch_id}, Value{static_cast<int>(party)},
                                Value{clock.due}, Value{clock.running}, Value{clock.overdue},
                                Value{clock.done}, Value{clock.by},
                                Value{static_cast<int>(clock.how)}}));
  }
  return insert.Flush();
}

Value DayOrNull(base::Date day) {
  return day == base::Date{} ? Value{store::Null{}} : Value{day};
}
Value IdOrNull(const ConversationId& id) {
  return id == ConversationId{} ? Value{store::Null{}} : Value{BytesOf(id)};
}

std::string Where(const TransferFilter& f, bool paged, std::vector<Value>& values) {
  std::string sql = "1 = 1";
  const auto add = [&](std::string_view condition, const Value& value) {
    sql.append(" AND ").append(condition);
    values.push_back(value);
  };
  if (f.direction != 0) add("direction = ?", Value{f.direction});
  if (f.state != 0) add("state = ?", Value{f.state});
  if (f.student_id != 0) add("student_id = ?", Value{f.student_id});
  if (f.overdue_only) sql += " AND is_overdue = 1";
  if (f.open_only) sql += " AND is_open = 1";
  if (paged && f.after != 0) add("watch_id > ?", Value{f.after});
  return sql;
}

base::Result<std::vector<std::int64_t>> Ids(store::Session& session, std::string_view column,
                                            base::UtcTime now, std::uint32_t limit) {
  const std::string name{column};
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT watch_id FROM transfer_watch WHERE " + name +
                                     " <= ? ORDER BY " + name + ", watch_id LIMIT ?",
                                 {Value{now}, Value{limit}}));
  std::vector<std::int64_t> ids;
  while (rows.Next()) ids.push_back(rows.Int("watch_id"));
  return ids;
}

}  // namespace

base::Result<bool> InsertTransfer(store::Transaction& tx, TransferRow& row,
                                  std::optional<base::UtcTime> wake) {
  const TransferWatch& w = row.watch;
  ASSIGN_OR_RETURN(
      const std::uint64_t inserted,
      tx.Execute("INSERT IGNORE INTO transfer_watch (direction, state, student_id, change_version, "
                 "student_name, other_division, other_school, own_school, began, arrive_by, "
                 "arrived_on, was_missing, is_open, is_overdue, letter_at, letter_problem, "
                 "reply_code, last_paid_term, last_paid_fen, wake_at, version) "
                 "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 1, 0, ?, ?, 0, '', 0, ?, 1)",
                 {Value{static_cast<int>(w.direction)}, Value{static_cast<int>(w.state)},
                  Value{row.student_id}, Value{row.change_version}, Value{row.student_name},
                  Value{row.other.raw()}, Value{row.other_school}, Value{row.own_school},
                  Value{w.began}, DayOrNull(w.arrive_by), Value{w.arrived_on},
                  Value{row.letter_at}, Value{row.letter_problem}, Value{wake}}));
  if (inserted == 0) return false;
  ASSIGN_OR_RETURN(store::Rows rows, tx.Query("SELECT LAST_INSERT_ID() AS id"));
  rows.Next();
  row.watch_id = rows.Int("id");
  row.version = 1;
  RETURN_IF_ERROR(SaveParties(tx, row));
  return true;
}

base::Status SaveTransfer(store::Transaction& tx, const TransferRow& row,
                          std::optional<base::UtcTime> wake) {
  const TransferWatch& w = row.watch;
  RETURN_IF_ERROR(Done(tx.Execute(
      "UPDATE transfer_watch SET state = ?, arrived_on = ?, was_missing = ?, is_open = ?, "
      "is_overdue = ?, conversation_id = ?, letter_at = ?, letter_problem = ?, reply_code = ?, "
      "last_paid_term = ?, last_paid_fen = ?, wake_at = ?, version = ? WHERE watch_id = ?",
      {Value{static_cast<int>(w.state)}, Value{w.arrived_on}, Value{w.was_missing},
       Value{IsOpen(w)}, Value{HasOverdueParty(w)}, IdOrNull(row.conversation),
       Value{row.letter_at}, Value{row.letter_problem}, Value{static_cast<int>(row.reply_code)},
       Value{row.last_paid_term}, Value{row.last_paid_fen}, Value{wake}, Value{row.version},
       Value{row.watch_id}})));
  return SaveParties(tx, row);
}

base::Result<std::optional<TransferRow>> FindTransfer(store::Session& session, std::int64_t id) {
  return One(session, "watch_id = ?", Value{id});
}
base::Result<std::optional<TransferRow>> LockTransfer(store::Transaction& tx, std::int64_t id) {
  return One(tx, "watch_id = ? FOR UPDATE", Value{id});
}
base::Result<std::optional<TransferRow>> LockTransferOf(store::Transaction& tx,
                                                        const ConversationId& id) {
  return One(tx, "conversation_id = ? FOR UPDATE", Value{BytesOf(id)});
}

base::Result<std::vector<TransferRow>> LockTransfersOf(store::Transaction& tx,
                                                       std::span<const std::int64_t> students) {
  if (students.empty()) return std::vector<TransferRow>{};
  std::string where = "is_open = 1 AND student_id IN (";
  std::vector<Value> values;
  for (const std::int64_t student : students) {
    where += values.empty() ? "?" : ", ?";
    values.emplace_back(student);
  }
  return Select(tx, where + ") ORDER BY watch_id FOR UPDATE", values);
}

base::Result<Division> WentTo(store::Session& session, std::int64_t student_id) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT other_division FROM transfer_watch WHERE student_id = ? "
                                 "AND direction = 1 AND state <> 4 ORDER BY change_version DESC "
                                 "LIMIT 1",
                                 {Value{student_id}}));
  if (!rows.Next()) return Division{};
  return Division::FromRaw(static_cast<std::uint32_t>(rows.Int("other_division")));
}

base::Result<std::vector<TransferRow>> ListTransfers(store::Session& session,
                                                     const TransferFilter& filter) {
  std::vector<Value> values;
  const std::string where = Where(filter, true, values);
  values.emplace_back(filter.limit);
  return Select(session, where + " ORDER BY watch_id LIMIT ?", values);
}

base::Result<std::uint64_t> CountTransfers(store::Session& session, const TransferFilter& filter) {
  std::vector<Value> values;
  const std::string where = Where(filter, false, values);
  ASSIGN_OR_RETURN(store::Rows rows, session.Query("SELECT COUNT(*) AS n FROM transfer_watch "
                                                   "WHERE " + where, values));
  rows.Next();
  return static_cast<std::uint64_t>(rows.Int("n"));
}

base::Result<TransferTally> TallyTransfers(store::Session& session) {
  ASSIGN_OR_RETURN(
      store::Rows rows,
      session.Query("SELECT (SELECT COUNT(*) FROM transfer_watch WHERE direction = 1 AND state = 1)"
                    " AS waiting, (SELECT COUNT(*) FROM transfer_watch WHERE direction = 1 AND "
                    "state = 3) AS missing, (SELECT COUNT(*) FROM transfer_watch WHERE "
                    "is_overdue = 1) AS overdue, (SELECT COUNT(*) FROM transfer_watch WHERE "
                    "is_open = 1 AND letter_problem <> '') AS without_letter"));
  rows.Next();
  return TransferTally{.waiting = static_cast<std::uint64_t>(rows.Int("waiting")),
                       .missing = static_cast<std::uint64_t>(rows.Int("missing")),
                       .overdue = static_cast<std::uint64_t>(rows.Int("overdue")),
                       .without_letter = static_cast<std::uint64_t>(rows.Int("without_letter"))};
}

base::Status AddTransferEntry(store::Transaction& tx, std::int64_t id, const TransferEntry& entry) {
  return Done(tx.Execute(
      "INSERT INTO transfer_history (watch_id, entry_no, at, kind, text, actor) SELECT ?, "
      "COALESCE(MAX(entry_no), 0) + 1, ?, ?, ?, ? FROM transfer_history WHERE watch_id = ?",
      {Value{id}, Value{entry.at}, Value{entry.kind}, Value{entry.text},
       Value{entry.actor_person_id + "\t" + entry.actor_name + "\t" + entry.actor_role + "\t" +
             entry.actor_body},
       Value{id}}));
}

base::Result<std::vector<TransferEntry>> TransferEntries(store::Session& session,
                                                         std::int64_t id) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT at, kind, text, actor FROM transfer_history WHERE "
                                 "watch_id = ? ORDER BY entry_no",
                                 {Value{id}}));
  std::vector<TransferEntry> out;
  while (rows.Next()) {
    TransferEntry entry{.at = rows.Time("at"),
                        .kind = rows.Text("kind"),
                        .text = rows.Text("text")};
    std::string rest = rows.Text("actor");
    for (std::string* part : {&entry.actor_person_id, &entry.actor_name, &entry.actor_role,
                              &entry.actor_body}) {
      const std::size_t tab = rest.find('\t');
      *part = rest.substr(0, tab);
      rest = tab == std::string::npos ? "" : rest.substr(tab + 1);
    }
    out.push_back(std::move(entry));
  }
  return out;
}

base::Result<std::vector<std::int64_t>> TransfersToWake(store::Session& session, base::UtcTime now,
                                                        std::uint32_t limit) {
  return Ids(session, "wake_at", now, limit);
}
base::Result<std::vector<std::int64_t>> TransfersToWrite(store::Session& session,
                                                         base::UtcTime now, std::uint32_t limit) {
  return Ids(session, "letter_at", now, limit);
}

base::Result<std::vector<TransferLetter>> TransferLettersDue(store::Session& session,
                                                             base::UtcTime now,
                                                             std::uint32_t limit) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT conversation_id, waits, student_name, look_at FROM "
                                 "transfer_letter WHERE look_at <= ? ORDER BY look_at LIMIT ?",
                                 {Value{now}, Value{limit}}));
  std::vector<TransferLetter> out;
  while (rows.Next()) {
    out.push_back({.id = IdFrom(rows.Text("conversation_id")),
                   .waits = rows.Int("waits") != 0,
                   .student_name = rows.Text("student_name"),
                   .look_at = rows.Time("look_at")});
  }
  return out;
}

base::Result<std::uint64_t> CountTransfersDue(store::Session& session, base::UtcTime now) {
  ASSIGN_OR_RETURN(
      store::Rows rows,
      session.Query("SELECT (SELECT COUNT(*) FROM transfer_watch WHERE wake_at <= ?) + "
                    "(SELECT COUNT(*) FROM transfer_watch WHERE letter_at <= ?) + "
                    "(SELECT COUNT(*) FROM transfer_letter WHERE look_at <= ?) AS n",
                    {Value{now}, Value{now}, Value{now}}));
  rows.Next();
  return static_cast<std::uint64_t>(rows.Int("n"));
}

base::Result<std::optional<base::UtcTime>> NextTransferDue(store::Session& session,
                                                           base::UtcTime after) {
  ASSIGN_OR_RETURN(
      store::Rows rows,
      session.Query("SELECT MIN(at) AS at FROM (SELECT MIN(wake_at) AS at FROM transfer_watch "
                    "WHERE wake_at > ? UNION ALL SELECT MIN(letter_at) FROM transfer_watch WHERE "
                    "letter_at > ? UNION ALL SELECT MIN(look_at) FROM transfer_letter WHERE "
                    "look_at > ?) t",
                    {Value{after}, Value{after}, Value{after}}));
  rows.Next();
  return rows.MaybeTime("at");
}

base::Result<std::vector<Division>> TransfersWithoutLetter(store::Session& session,
                                                           base::UtcTime now) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT DISTINCT other_division FROM transfer_watch WHERE "
                                 "letter_at > ? AND letter_problem <> ''",
                                 {Value{now}}));
  std::vector<Division> out;
  while (rows.Next()) {
    out.push_back(Division::FromRaw(static_cast<std::uint32_t>(rows.Uint("other_division"))));
  }
  return out;
}

base::Status WriteToNow(store::Session& session, Division other, base::UtcTime now) {
  return Done(session.Execute("UPDATE transfer_watch SET letter_at = ? WHERE other_division = ? "
                              "AND letter_at > ? AND letter_problem <> ''",
                              {Value{now}, Value{other.raw()}, Value{now}}));
}

base::Status SaveTransferLetter(store::Transaction& tx, const TransferLetter& letter) {
  return Done(tx.Execute("REPLACE INTO transfer_letter (conversation_id, waits, student_name, "
                         "look_at) VALUES (?, ?, ?, ?)",
                         {Value{BytesOf(letter.id)}, Value{letter.waits},
                          Value{letter.student_name}, Value{letter.look_at}}));
}

base::Status DropTransferLetter(store::Session& session, const ConversationId& id, bool waits) {
  return Done(session.Execute("DELETE FROM transfer_letter WHERE conversation_id = ? AND waits = ?",
                              {Value{BytesOf(id)}, Value{waits}}));
}

base::Result<std::set<std::string>> AwaitedNames(store::Session& session) {
  ASSIGN_OR_RETURN(store::Rows rows, session.Query("SELECT DISTINCT student_name FROM "
                                                   "transfer_letter WHERE waits = 1"));
  std::set<std::string> names;
  while (rows.Next()) names.insert(rows.Text("student_name"));
  return names;
}

base::Status LookForNow(store::Transaction& tx, const std::string& student_name,
                        base::UtcTime now) {
  return Done(tx.Execute("UPDATE transfer_letter SET look_at = ? WHERE waits = 1 AND "
                         "student_name = ?",
                         {Value{now}, Value{student_name}}));
}

}  // namespace tracing
