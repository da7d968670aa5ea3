#include "tracing/store/hand_over_repository.h"

#include "tracing/store/codec.h"

namespace tracing {
namespace {

using store::Value;

constexpr std::string_view kSelect =
    "SELECT case_id, student_id, state, since, is_confirmed, stand, household, conversation_id, "
    "note, persuasions, due_at, version FROM hand_over WHERE ";
// A letter of ours that was acknowledged or closed, withdrawn or not approved.
constexpr std::string_view kSettled =
    "SELECT h.case_id FROM hand_over h JOIN conversation c ON c.conversation_id = "
    "h.conversation_id WHERE h.stand = 3 AND c.state IN (5, 8, 9, 14) ORDER BY h.case_id LIMIT ";

HandOverRow Read(const store::Rows& rows) {
  HandOverRow row;
  row.case_id = rows.Int("case_id");
  row.student_id = rows.Int("student_id");
  row.state = rows.Text("state");
  row.since = rows.Day("since");
  row.confirmed = rows.Int("is_confirmed") != 0;
  row.stand = static_cast<HandOverStand>(rows.Int("stand"));
  row.household = Division::FromRaw(static_cast<std::uint32_t>(rows.Uint("household")));
  if (!rows.IsNull("conversation_id")) row.conversation = IdFrom(rows.Text("conversation_id"));
  row.note = rows.Text("note");
  row.persuasions = static_cast<int>(rows.Int("persuasions"));
  row.due = rows.MaybeTime("due_at");
  row.version = static_cast<int>(rows.Int("version"));
  return row;
}

base::Result<std::optional<HandOverRow>> One(store::Session& session, const std::string& where,
                                             const Value& value) {
  const std::string sql = std::string{kSelect} + where;
  ASSIGN_OR_RETURN(store::Rows rows, session.Query(sql, {value}));
  if (!rows.Next()) return std::optional<HandOverRow>{};
  return std::optional{Read(rows)};
}

}  // namespace

base::Result<std::optional<HandOverRow>> FindHandOver(store::Session& session,
                                                      std::int64_t case_id) {
  return One(session, "case_id = ?", Value{case_id});
}
base::Result<std::optional<HandOverRow>> LockHandOver(store::Transaction& tx,
                                                      std::int64_t case_id) {
  return One(tx, "case_id = ? FOR UPDATE", Value{case_id});
}

base::Status SaveHandOver(store::Transaction& tx, const HandOverRow& row) {
  const Value conversation =
      row.conversation ? Value{BytesOf(*row.conversation)} : Value{store::Null{}};
  const auto done = tx.Execute(
      "INSERT INTO hand_over (case_id, student_id, state, since, is_confirmed, stand, household, "
      "conversation_id, note, persuasions, due_at, version) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE "
      "student_id = VALUES(student_id), state = VALUES(state), since = VALUES(since), "
      "is_confirmed = VALUES(is_confirmed), stand = VALUES(stand), household = VALUES(household), "
      "conversation_id = VALUES(conversation_id), note = VALUES(note), "
      "persuasions = VALUES(persuasions), due_at = VALUES(due_at), version = VALUES(version)",
      {Value{row.case_id}, Value{row.student_id}, Value{row.state}, Value{row.since},
       Value{row.confirmed}, Value{static_cast<int>(row.stand)}, Value{row.household.raw()},
       conversation, Value{row.note}, Value{row.persuasions}, Value{row.due},
       Value{row.version}});
  if (!done.ok()) return done.error();
  return {};
}

base::Result<std::vector<HandOverRow>> ListHandOvers(store::Session& session, bool open_only,
                                                     std::int64_t after, std::uint32_t limit) {
  const std::string sql = std::string{kSelect} + "case_id > ?" +
                          (open_only ? " AND stand IN (1, 2, 3, 6)" : "") +
                          " ORDER BY case_id LIMIT " + std::to_string(limit);
  ASSIGN_OR_RETURN(store::Rows rows, session.Query(sql, {Value{after}}));
  std::vector<HandOverRow> out;
  while (rows.Next()) out.push_back(Read(rows));
  return out;
}

base::Result<std::vector<HandOverCount>> TallyHandOvers(store::Session& session) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT stand, COUNT(*) AS n FROM hand_over GROUP BY stand "
                                 "ORDER BY stand"));
  std::vector<HandOverCount> out;
  while (rows.Next()) {
    out.push_back({.stand = static_cast<HandOverStand>(rows.Int("stand")),
                   .count = static_cast<std::uint64_t>(rows.Int("n"))});
  }
  return out;
}

base::Result<std::vector<std::int64_t>> DueHandOvers(store::Session& session, base::UtcTime now,
                                                     std::uint32_t limit) {
  const std::string tail = std::to_string(limit);
  std::vector<std::int64_t> out;
  ASSIGN_OR_RETURN(store::Rows settled, session.Query(std::string{kSettled} + tail));
  while (settled.Next()) out.push_back(settled.Int("case_id"));
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT case_id FROM hand_over WHERE due_at <= ? ORDER BY due_at, "
                                 "case_id LIMIT " + tail,
                                 {Value{now}}));
  while (rows.Next()) out.push_back(rows.Int("case_id"));
  return out;
}

base::Result<std::uint64_t> CountDueHandOvers(store::Session& session, base::UtcTime now) {
  ASSIGN_OR_RETURN(
      store::Rows rows,
      session.Query("SELECT (SELECT COUNT(*) FROM hand_over WHERE due_at <= ?) + "
                    "(SELECT COUNT(*) FROM hand_over h JOIN conversation c ON c.conversation_id = "
                    "h.conversation_id WHERE h.stand = 3 AND c.state IN (5, 8, 9, 14)) AS n",
                    {Value{now}}));
  rows.Next();
  return static_cast<std::uint64_t>(rows.Int("n"));
}

base::Result<std::optional<base::UtcTime>> NextDueHandOver(store::Session& session,
                                                           base::UtcTime after) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT MIN(due_at) AS at FROM hand_over WHERE due_at > ?",
                                 {Value{after}}));
  rows.Next();
  return rows.MaybeTime("at");
}

}  // namespace tracing
