#include "tracing/store/away_repository.h"

#include "tracing/store/codec.h"

namespace tracing {
namespace {

using store::Value;

#define AWAY_COLUMNS \
  "away_id, child_key, name, birth, id_masked, person_id, student_id, town, why, division, " \
  "school, school_since, left_on, state, listed_on, proof_until, asked_on, visited_on, " \
  "missing_on, ask_again, asks, letters, conversation_id, look, origin, due_at, version, sealed"
constexpr std::size_t kErrorBytesMax = 160;  // one character may have three
constexpr std::string_view kSelect = "SELECT " AWAY_COLUMNS " FROM away_child WHERE ";
constexpr std::string_view kInsert =
    "INSERT INTO away_child (child_key, name, birth, id_masked, person_id, student_id, town, why, "
    "division, school, school_since, left_on, state, listed_on, proof_until, asked_on, "
    "visited_on, missing_on, ask_again, asks, letters, conversation_id, look, origin, due_at, "
    "version, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
    "?, ?, ?, ?)";
constexpr std::string_view kUpdate =
    "UPDATE away_child SET child_key = ?, name = ?, birth = ?, id_masked = ?, person_id = ?, "
    "student_id = ?, town = ?, why = ?, division = ?, school = ?, school_since = ?, left_on = ?, "
    "state = ?, listed_on = ?, proof_until = ?, asked_on = ?, visited_on = ?, missing_on = ?, "
    "ask_again = ?, asks = ?, letters = ?, conversation_id = ?, look = ?, origin = ?, due_at = ?, "
    "version = ?, sealed = ? WHERE away_id = ?";
#undef AWAY_COLUMNS

AwayRow Read(const store::Rows& rows) {
  AwayRow row;
  row.away_id = rows.Int("away_id");
  row.child_key = rows.Text("child_key");
  row.name = rows.Text("name");
  row.id_masked = rows.Text("id_masked");
  row.person_id = rows.Int("person_id");
  row.student_id = rows.Int("student_id");
  row.town = rows.Text("town");
  row.why = rows.Text("why");
  row.school = rows.Text("school");
  row.school_since = rows.MaybeDay("school_since");
  row.left_on = rows.Day("left_on");
  AwayChild& child = row.child;
  child.state = static_cast<AwayState>(rows.Int("state"));
  child.birth = rows.MaybeDay("birth");
  child.division = Division::FromRaw(static_cast<std::uint32_t>(rows.Uint("division")));
  child.listed_on = rows.Day("listed_on");
  child.proof_until = rows.MaybeDay("proof_until");
  child.asked_on = rows.MaybeDay("asked_on");
  child.visited_on = rows.MaybeDay("visited_on");
  child.missing_on = rows.MaybeDay("missing_on");
  child.ask_again = rows.Int("ask_again") != 0;
  child.asks = static_cast<int>(rows.Int("asks"));
  row.letters = static_cast<int>(rows.Int("letters"));
  if (!rows.IsNull("conversation_id")) row.conversation = IdFrom(rows.Text("conversation_id"));
  row.look = rows.Int("look") != 0;
  row.origin = rows.Text("origin");
  row.due = rows.MaybeTime("due_at");
  row.version = static_cast<int>(rows.Int("version"));
  row.sealed = rows.Text("sealed");
  return row;
}

std::vector<Value> ValuesOf(const AwayRow& row) {
  const AwayChild& child = row.child;
  const Value conversation =
      row.conversation ? Value{BytesOf(*row.conversation)} : Value{store::Null{}};
  return {Value{row.child_key}, Value{row.name}, Value{child.birth}, Value{row.id_masked},
          Value{row.person_id}, Value{row.student_id}, Value{row.town}, Value{row.why},
          Value{child.division.raw()}, Value{row.school}, Value{row.school_since},
          Value{row.left_on}, Value{static_cast<int>(child.state)}, Value{child.listed_on},
          Value{child.proof_until}, Value{child.asked_on}, Value{child.visited_on},
          Value{child.missing_on}, Value{child.ask_again}, Value{child.asks}, Value{row.letters},
          conversation, Value{row.look}, Value{row.origin}, Value{row.due}, Value{row.version},
          Value{row.sealed}};
}

base::Result<std::optional<AwayRow>> One(store::Session& session, const std::string& where,
                                         const Value& value) {
  const std::string sql = std::string{kSelect} + where;
  ASSIGN_OR_RETURN(store::Rows rows, session.Query(sql, {value}));
  if (!rows.Next()) return std::optional<AwayRow>{};
  return std::optional{Read(rows)};
}

std::string Where(const AwayFilter& filter, bool paged, std::vector<Value>& values) {
  std::string sql = "1 = 1";
  if (filter.state) {
    sql += " AND state = ?";
    values.emplace_back(static_cast<int>(*filter.state));
  } else if (!filter.all) {
    sql += " AND state IN (1, 2, 3, 6)";
  }
  if (!filter.town.empty()) {
    sql += " AND town = ?";
    values.emplace_back(filter.town);
  }
  if (!filter.name.empty()) {
    sql += " AND name = ?";
    values.emplace_back(filter.name);
  }
  if (filter.division) {
    sql += " AND division = ?";
    values.emplace_back(filter.division.raw());
  }
  if (paged) {
    sql += " AND away_id > ?";
    values.emplace_back(filter.after);
  }
  return sql;
}

}  // namespace

base::Result<std::optional<AwayRow>> FindAway(store::Session& session, std::int64_t away_id) {
  return One(session, "away_id = ?", Value{away_id});
}
base::Result<std::optional<AwayRow>> LockAway(store::Transaction& tx, std::int64_t away_id) {
  return One(tx, "away_id = ? FOR UPDATE", Value{away_id});
}
base::Result<std::optional<AwayRow>> LockAwayByKey(store::Transaction& tx,
                                                   const std::string& child_key) {
  return One(tx, "child_key = ? FOR UPDATE", Value{child_key});
}
base::Result<std::optional<AwayRow>> LockAwayByLetter(store::Transaction& tx,
                                                      const ConversationId& id) {
  return One(tx, "conversation_id = ? FOR UPDATE", Value{BytesOf(id)});
}

base::Result<std::vector<AwayRow>> ListAway(store::Session& session, const AwayFilter& filter) {
  std::vector<Value> values;
  const std::string sql = std::string{kSelect} + Where(filter, true, values) +
                          " ORDER BY away_id LIMIT " + std::to_string(filter.limit);
  ASSIGN_OR_RETURN(store::Rows rows, session.Query(sql, std::span<const Value>{values}));
  std::vector<AwayRow> out;
  while (rows.Next()) out.push_back(Read(rows));
  return out;
}

base::Result<std::uint64_t> CountAway(store::Session& session, const AwayFilter& filter) {
  std::vector<Value> values;
  const std::string sql =
      "SELECT COUNT(*) AS n FROM away_child WHERE " + Where(filter, false, values);
  ASSIGN_OR_RETURN(store::Rows rows, session.Query(sql, std::span<const Value>{values}));
  rows.Next();
  return static_cast<std::uint64_t>(rows.Int("n"));
}

base::Result<std::vector<AwayStepRow>> AwayHistory(store::Session& session,
                                                   std::int64_t away_id) {
  ASSIGN_OR_RETURN(
      store::Rows rows,
      session.Query("SELECT version, at, kind, text, actor_person_id, actor_name, actor_role, "
                    "actor_body, conversation_id FROM away_history WHERE away_id = ? "
                    "ORDER BY version",
                    {Value{away_id}}));
  std::vector<AwayStepRow> out;
  while (rows.Next()) {
    AwayStepRow step;
    step.version = static_cast<int>(rows.Int("version"));
    step.at = rows.Time("at");
    step.kind = rows.Text("kind");
    step.text = rows.Text("text");
    step.actor.set_person_id(rows.Text("actor_person_id"));
    step.actor.set_name(rows.Text("actor_name"));
    step.actor.set_role(rows.Text("actor_role"));
    step.actor.set_body(rows.Text("actor_body"));
    if (!rows.IsNull("conversation_id")) step.conversation = IdFrom(rows.Text("conversation_id"));
    out.push_back(std::move(step));
  }
  return out;
}

base::Status SaveAway(store::Transaction& tx, AwayRow& row) {
  std::vector<Value> values = ValuesOf(row);
  if (row.away_id != 0) {
    values.emplace_back(row.away_id);
    const auto updated = tx.Execute(kUpdate, std::span<const Value>{values});
    if (!updated.ok()) return updated.error();
    return {};
  }
  const auto inserted = tx.Execute(kInsert, std::span<const Value>{values});
  if (!inserted.ok() && inserted.error().code == base::Code::kAlreadyExists) {
    return base::Error{base::Code::kConflict, "RETRY", "another transaction was first"};
  }
  if (!inserted.ok()) return inserted.error();
  ASSIGN_OR_RETURN(store::Rows rows, tx.Query("SELECT LAST_INSERT_ID() AS id"));
  rows.Next();
  row.away_id = static_cast<std::int64_t>(rows.Uint("id"));
  return {};
}

base::Status InsertAwayStep(store::Transaction& tx, std::int64_t away_id,
                            const AwayStepRow& step) {
  const Value conversation =
      step.conversation ? Value{BytesOf(*step.conversation)} : Value{store::Null{}};
  const auto done = tx.Execute(
      "INSERT INTO away_history (away_id, version, at, kind, text, actor_person_id, actor_name, "
      "actor_role, actor_body, conversation_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {Value{away_id}, Value{step.version}, Value{step.at}, Value{step.kind}, Value{step.text},
       Value{step.actor.person_id()}, Value{step.actor.name()}, Value{step.actor.role()},
       Value{step.actor.body()}, conversation});
  if (!done.ok()) return done.error();
  return {};
}

base::Result<std::vector<std::int64_t>> DueAway(store::Session& session, base::UtcTime now,
                                                std::uint32_t limit) {
  const std::string tail = std::to_string(limit);
  std::vector<std::int64_t> out;
  ASSIGN_OR_RETURN(store::Rows look, session.Query("SELECT away_id FROM away_child WHERE "
                                                   "look = 1 ORDER BY away_id LIMIT " + tail));
  while (look.Next()) out.push_back(look.Int("away_id"));
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT away_id FROM away_child WHERE due_at <= ? AND look = 0 "
                                 "ORDER BY due_at, away_id LIMIT " + tail,
                                 {Value{now}}));
  while (rows.Next()) out.push_back(rows.Int("away_id"));
  return out;
}

base::Result<std::uint64_t> CountDueAway(store::Session& session, base::UtcTime now) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT (SELECT COUNT(*) FROM away_child WHERE due_at <= ? AND "
                                 "look = 0) + (SELECT COUNT(*) FROM away_child WHERE look = 1) "
                                 "AS n",
                                 {Value{now}}));
  rows.Next();
  return static_cast<std::uint64_t>(rows.Int("n"));
}

base::Result<std::optional<base::UtcTime>> NextDueAway(store::Session& session,
                                                       base::UtcTime after) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT MIN(due_at) AS at FROM away_child WHERE due_at > ?",
                                 {Value{after}}));
  rows.Next();
  return rows.MaybeTime("at");
}

base::Status LookForAway(store::Transaction& tx, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const auto done = tx.Execute(
        "UPDATE away_child SET look = 1 WHERE name = ? AND state IN (1, 2, 3, 6)", {Value{name}});
    if (!done.ok()) return done.error();
  }
  return {};
}

base::Status InsertAwayAnswer(store::Transaction& tx, const AwayAnswer& answer,
                              base::UtcTime now) {
  const auto done = tx.Execute(
      "INSERT IGNORE INTO away_answer (task_id, visit, away_id, next_at, attempts, error) "
      "VALUES (?, ?, ?, ?, 0, '')",
      {Value{answer.task_id}, Value{answer.visit}, Value{answer.away_id}, Value{now}});
  if (!done.ok()) return done.error();
  return {};
}

base::Result<bool> TakeAwayAnswer(store::Transaction& tx, const AwayAnswer& answer) {
  ASSIGN_OR_RETURN(const auto taken,
                   tx.Execute("UPDATE away_answer SET next_at = NULL WHERE task_id = ? AND "
                              "visit = ? AND next_at IS NOT NULL",
                              {Value{answer.task_id}, Value{answer.visit}}));
  return taken > 0;
}

base::Status PostponeAwayAnswer(store::Session& session, const AwayAnswer& answer,
                                base::UtcTime next, const std::string& error) {
  const auto done = session.Execute(
      "UPDATE away_answer SET attempts = attempts + 1, next_at = ?, error = ? "
      "WHERE task_id = ? AND visit = ? AND next_at IS NOT NULL",
      {Value{next}, Value{error.substr(0, kErrorBytesMax)}, Value{answer.task_id},
       Value{answer.visit}});
  if (!done.ok()) return done.error();
  return {};
}

base::Result<std::vector<AwayAnswer>> DueAwayAnswers(store::Session& session, base::UtcTime now,
                                                     std::uint32_t limit) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT task_id, visit, away_id FROM away_answer "
                                 "WHERE next_at <= ? ORDER BY task_id, visit LIMIT ?",
                                 {Value{now}, Value{limit}}));
  std::vector<AwayAnswer> due;
  while (rows.Next()) {
    due.push_back({.task_id = rows.Int("task_id"),
                   .visit = static_cast<int>(rows.Int("visit")),
                   .away_id = rows.Int("away_id")});
  }
  return due;
}

base::Result<std::vector<AwayCount>> TallyAway(store::Session& session) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT state, COUNT(*) AS n FROM away_child GROUP BY state "
                                 "ORDER BY state"));
  std::vector<AwayCount> out;
  while (rows.Next()) {
    out.push_back({.state = static_cast<AwayState>(rows.Int("state")),
                   .count = static_cast<std::uint64_t>(rows.Int("n"))});
  }
  return out;
}

base::Result<std::vector<std::int64_t>> AwayIds(store::Session& session, std::int64_t after,
                                                std::uint32_t limit) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT away_id FROM away_child WHERE away_id > ? ORDER BY "
                                 "away_id LIMIT " + std::to_string(limit),
                                 {Value{after}}));
  std::vector<std::int64_t> out;
  while (rows.Next()) out.push_back(rows.Int("away_id"));
  return out;
}

}  // namespace tracing
