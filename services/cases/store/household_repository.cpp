#include "cases/store/household_repository.h"

#include <nlohmann/json.hpp>

namespace cases {
namespace {

using nlohmann::json;
using store::Value;

constexpr std::string_view kColumns =
    "SELECT task_id, reference, conversation, purpose, asker, asker_name, document_no, "
    "letter_kind, person_id, town, text, owner_level, owner_body, owner_person_id, owner_person, "
    "owner_role, wanted_at, due_at, next_at, ended_at, state, letter_over, version "
    "FROM household_task ";

base::Error Broken(const std::string& what) {
  return {base::Code::kDataCorruption, "BAD_HOUSEHOLD_ROW", what};
}

base::Result<std::vector<HouseholdTask>> Read(base::Result<store::Rows> queried) {
  ASSIGN_OR_RETURN(store::Rows rows, std::move(queried));
  std::vector<HouseholdTask> found;
  while (rows.Next()) {
    HouseholdTask task;
    task.id = HouseholdId{rows.Int("task_id")};
    task.reference = rows.Text("reference");
    task.conversation = rows.Text("conversation");
    task.purpose = rows.Text("purpose");
    task.asker = rows.Text("asker");
    task.asker_name = rows.Text("asker_name");
    task.document_no = rows.Text("document_no");
    task.letter_kind = static_cast<int>(rows.Int("letter_kind"));
    task.person = PersonId{rows.Int("person_id")};
    task.town = rows.Text("town");
    task.text = rows.Text("text");
    task.owner = {.level = rows.Text("owner_level"),
                  .body = rows.Text("owner_body"),
                  .person_id = rows.Text("owner_person_id"),
                  .person = rows.Text("owner_person"),
                  .role = rows.Text("owner_role")};
    task.wanted_at = rows.Time("wanted_at");
    task.due = rows.Time("due_at");
    task.next_at = rows.MaybeTime("next_at");
    task.ended = rows.MaybeTime("ended_at");
    const auto state = HouseholdStateFromName(rows.Text("state"));
    if (!state) return Broken("state " + rows.Text("state"));
    task.state = *state;
    task.letter_over = rows.Int("letter_over") != 0;
    task.version = static_cast<int>(rows.Int("version"));
    found.push_back(std::move(task));
  }
  return found;
}

base::Result<std::optional<HouseholdTask>> One(base::Result<store::Rows> queried) {
  ASSIGN_OR_RETURN(std::vector<HouseholdTask> found, Read(std::move(queried)));
  if (found.empty()) return std::optional<HouseholdTask>{};
  return std::optional{std::move(found.front())};
}

std::string DetailsOf(const HouseholdVisit& visit) {
  json out = json::object();
  const auto put = [&](const char* key, const std::string& text) {
    if (!text.empty()) out[key] = text;
  };
  put("text", visit.text);
  put("school", visit.school);
  put("third_division", visit.third_division);
  put("third_address", visit.third_address);
  if (visit.since) out["since"] = visit.since->ToString();
  if (visit.until) out["until"] = visit.until->ToString();
  if (visit.persuasions > 0) out["persuasions"] = visit.persuasions;
  if (!visit.participants.empty()) out["participants"] = visit.participants;
  if (!visit.evidence.empty()) out["evidence"] = visit.evidence;
  return out.dump(-1, ' ', false, json::error_handler_t::replace);
}

void ReadDay(const json& in, const char* key, std::optional<base::Date>& out) {
  const auto day = base::Date::Parse(in.value(key, std::string{}));
  if (day.ok()) out = *day;
}

base::Status ReadDetails(const std::string& text, HouseholdVisit& visit) {
  const json in = json::parse(text, nullptr, false);
  if (!in.is_object()) return Broken("details is no object");
  try {
    visit.text = in.value("text", "");
    visit.school = in.value("school", "");
    visit.third_division = in.value("third_division", "");
    visit.third_address = in.value("third_address", "");
    visit.persuasions = in.value("persuasions", 0);
    visit.participants = in.value("participants", visit.participants);
    visit.evidence = in.value("evidence", visit.evidence);
    ReadDay(in, "since", visit.since);
    ReadDay(in, "until", visit.until);
  } catch (const json::exception& error) {
    return Broken(error.what());
  }
  return {};
}

struct Where {
  std::string sql = {};
  std::vector<Value> values = {};
};

Where WhereOf(const TaskFilter& filter, base::UtcTime now) {
  Where where{.sql = "WHERE state IN ('open','overdue')"};
  if (filter.overdue_only) {
    where.sql += " AND due_at <= ?";
    where.values.emplace_back(now);
  }
  if (!filter.body.empty()) {
    where.sql += " AND owner_body = ?";
    where.values.emplace_back(filter.body);
  }
  if (!filter.person_id.empty()) {
    where.sql += " AND owner_person_id = ?";
    where.values.emplace_back(filter.person_id);
  }
  return where;
}

}  // namespace

base::Result<std::optional<HouseholdId>> InsertHousehold(store::Transaction& tx,
                                                         const HouseholdTask& task) {
  ASSIGN_OR_RETURN(store::Rows known,
                   tx.Query("SELECT task_id FROM household_task WHERE reference = ? FOR UPDATE",
                            {Value{task.reference}}));
  if (known.Next()) return std::optional<HouseholdId>{};
  const Party& owner = task.owner;
  const auto inserted = tx.Execute(
      "INSERT INTO household_task (reference, conversation, purpose, asker, asker_name, "
      "document_no, letter_kind, person_id, town, text, owner_level, owner_body, owner_person_id, "
      "owner_person, owner_role, wanted_at, due_at, next_at, ended_at, state, letter_over, "
      "version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, 0, ?)",
      {Value{task.reference}, Value{task.conversation}, Value{task.purpose}, Value{task.asker},
       Value{task.asker_name}, Value{task.document_no}, Value{task.letter_kind},
       Value{task.person}, Value{task.town}, Value{task.text}, Value{owner.level},
       Value{owner.body}, Value{owner.person_id}, Value{owner.person}, Value{owner.role},
       Value{task.wanted_at}, Value{task.due}, Value{task.next_at},
       Value{HouseholdStateName(task.state)}, Value{task.version}});
  if (!inserted.ok()) return inserted.error();
  ASSIGN_OR_RETURN(store::Rows rows, tx.Query("SELECT LAST_INSERT_ID() AS id"));
  rows.Next();
  return std::optional{HouseholdId{rows.Int("id")}};
}

base::Result<std::optional<HouseholdTask>> LockHousehold(store::Transaction& tx, HouseholdId id) {
  return One(tx.Query(std::string{kColumns} + "WHERE task_id = ? FOR UPDATE", {Value{id}}));
}

base::Result<std::optional<HouseholdTask>> FindHousehold(store::Session& session, HouseholdId id) {
  return One(session.Query(std::string{kColumns} + "WHERE task_id = ?", {Value{id}}));
}

base::Result<std::vector<HouseholdTask>> LockHouseholdsOf(store::Transaction& tx,
                                                          const std::string& conversation) {
  return Read(tx.Query(std::string{kColumns} + "WHERE conversation = ? ORDER BY task_id FOR UPDATE",
                       {Value{conversation}}));
}

base::Status UpdateHousehold(store::Transaction& tx, const HouseholdTask& task) {
  const auto changed = tx.Execute(
      "UPDATE household_task SET due_at = ?, next_at = ?, ended_at = ?, state = ?, "
      "letter_over = ?, version = ? WHERE task_id = ?",
      {Value{task.due}, Value{task.next_at}, Value{task.ended},
       Value{HouseholdStateName(task.state)}, Value{task.letter_over ? 1 : 0}, Value{task.version},
       Value{task.id}});
  if (!changed.ok()) return changed.error();
  return {};
}

base::Status InsertVisit(store::Transaction& tx, HouseholdId id, const HouseholdVisit& visit) {
  const Actor& actor = visit.actor;
  const auto inserted = tx.Execute(
      "INSERT INTO household_visit (task_id, number, at, recorded_at, outcome, actor_person_id, "
      "actor_name, actor_role, actor_body, details) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {Value{id}, Value{visit.number}, Value{visit.at.value_or(visit.recorded_at)},
       Value{visit.recorded_at}, Value{visit.outcome}, Value{actor.person_id}, Value{actor.name},
       Value{actor.role}, Value{actor.body}, Value{DetailsOf(visit)}});
  if (!inserted.ok()) return inserted.error();
  return {};
}

base::Result<std::vector<HouseholdVisit>> VisitsOf(store::Session& session, HouseholdId id) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT number, at, recorded_at, outcome, actor_person_id, "
                                 "actor_name, actor_role, actor_body, details FROM household_visit "
                                 "WHERE task_id = ? ORDER BY number", {Value{id}}));
  std::vector<HouseholdVisit> found;
  while (rows.Next()) {
    HouseholdVisit visit;
    visit.number = static_cast<int>(rows.Int("number"));
    visit.at = rows.Time("at");
    visit.recorded_at = rows.Time("recorded_at");
    visit.outcome = rows.Text("outcome");
    visit.actor = {.person_id = rows.Text("actor_person_id"),
                   .name = rows.Text("actor_name"),
                   .role = rows.Text("actor_role"),
                   .body = rows.Text("actor_body")};
    RETURN_IF_ERROR(ReadDetails(rows.Text("details"), visit));
    found.push_back(std::move(visit));
  }
  return found;
}

base::Result<std::vector<HouseholdTask>> SelectHouseholds(store::Session& session,
                                                          const TaskFilter& filter,
                                                          base::UtcTime now) {
  Where where = WhereOf(filter, now);
  where.values.emplace_back(std::uint32_t{filter.limit});
  return Read(session.Query(std::string{kColumns} + where.sql + " ORDER BY due_at, task_id LIMIT ?",
                            where.values));
}

base::Result<HouseholdCounts> CountHouseholds(store::Session& session, const TaskFilter& filter,
                                              base::UtcTime now) {
  const Where where = WhereOf(filter, now);
  std::vector<Value> values{Value{now}};
  values.insert(values.end(), where.values.begin(), where.values.end());
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT COUNT(*) AS n, CAST(COALESCE(SUM(due_at <= ?), 0) AS "
                                 "SIGNED) AS late FROM household_task " + where.sql, values));
  rows.Next();
  return HouseholdCounts{.open = static_cast<std::uint64_t>(rows.Int("n")),
                         .overdue = static_cast<std::uint64_t>(rows.Int("late"))};
}

base::Result<std::vector<HouseholdId>> DueHouseholds(store::Session& session, base::UtcTime now,
                                                     std::uint32_t limit) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT task_id FROM household_task WHERE next_at <= ? "
                                 "ORDER BY next_at, task_id LIMIT ?", {Value{now}, Value{limit}}));
  std::vector<HouseholdId> due;
  while (rows.Next()) due.emplace_back(rows.Int("task_id"));
  return due;
}

base::Result<std::uint64_t> CountDueHouseholds(store::Session& session, base::UtcTime now) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT COUNT(*) AS n FROM household_task WHERE next_at <= ?",
                                 {Value{now}}));
  rows.Next();
  return static_cast<std::uint64_t>(rows.Int("n"));
}

base::Result<std::optional<base::UtcTime>> NextHouseholdAfter(store::Session& session,
                                                              base::UtcTime now) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT MIN(next_at) AS at FROM household_task WHERE next_at > ?",
                                 {Value{now}}));
  rows.Next();
  return rows.MaybeTime("at");
}

}  // namespace cases
