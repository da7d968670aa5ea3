#include "cases/store/case_repository.h"

#include "cases/store/entry_codec.h"

namespace cases {
namespace {

using base::Code;
using base::Error;
using store::Value;

constexpr std::string_view kLockColumns =
    "SELECT case_id, student_id, person_id, version, open_key IS NOT NULL AS is_open "
    "FROM case_file ";

constexpr std::string_view kSelectHistory =
    "SELECT version, at, recorded_at, kind, act, actor_person_id, actor_name, actor_role, "
    "actor_body, state, level, profile_from, details FROM case_history WHERE case_id = ? "
    "ORDER BY version";

constexpr std::string_view kInsertCase =
    "INSERT INTO case_file (student_id, person_id, open_key, version, state, phase, level, "
    "found_by, streak_id, student_name, school_code, school_name, class_id, class_name, "
    "owner_level, owner_body, owner_person_id, owner_person, owner_role, opened_at, closed_at, "
    "next_due_at, first_absent, persuasions, last_persuasion, overdue_tasks, reason_code, "
    "profile_from) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)";

constexpr std::string_view kUpdateCase =
    "UPDATE case_file SET open_key = ?, version = ?, state = ?, phase = ?, level = ?, "
    "found_by = ?, streak_id = ?, student_name = ?, school_code = ?, school_name = ?, "
    "class_id = ?, class_name = ?, owner_level = ?, owner_body = ?, owner_person_id = ?, "
    "owner_person = ?, owner_role = ?, opened_at = ?, closed_at = ?, next_due_at = ?, "
    "first_absent = ?, persuasions = ?, last_persuasion = ?, overdue_tasks = ?, "
    "reason_code = ?, profile_from = ? WHERE case_id = ? AND version = ?";

constexpr std::string_view kInsertHistory =
    "INSERT INTO case_history (case_id, version, at, recorded_at, kind, act, actor_person_id, "
    "actor_name, actor_role, actor_body, state, level, profile_from, details)";

constexpr std::string_view kInsertClock =
    "INSERT INTO case_clock (case_id, clock, step, name, state, level, unit, owner_level, "
    "owner_body, owner_person_id, owner_person, owner_role, started_at, due_at, next_at, "
    "ended_at)";
constexpr std::string_view kUpdateClock =
    " ON DUPLICATE KEY UPDATE name = VALUES(name), state = VALUES(state), "
    "level = VALUES(level), owner_level = VALUES(owner_level), owner_body = VALUES(owner_body), "
    "owner_person_id = VALUES(owner_person_id), owner_person = VALUES(owner_person), "
    "owner_role = VALUES(owner_role), due_at = VALUES(due_at), next_at = VALUES(next_at), "
    "ended_at = VALUES(ended_at)";

Error Retry() { return {Code::kConflict, "RETRY", "another transaction changed the case"}; }

base::Result<std::optional<LockedCase>> LockOne(store::Transaction& tx, const std::string& where,
                                                std::initializer_list<Value> values) {
  ASSIGN_OR_RETURN(store::Rows rows, tx.Query(std::string{kLockColumns} + where, values));
  if (!rows.Next()) return std::optional<LockedCase>{};
  return std::optional<LockedCase>{LockedCase{
      .id = CaseId{rows.Int("case_id")},
      .subject = {.student = StudentId{rows.Int("student_id")},
                  .person = PersonId{rows.Int("person_id")}},
      .version = static_cast<int>(rows.Int("version")),
      .open = rows.Int("is_open") != 0}};
}

// The values from open_key (insert: after student_id and person_id) to profile_from, in order.
std::vector<Value> CaseValues(const CaseRow& row) {
  const Contacts& c = row.contacts;
  const Party& p = row.responsible;
  std::vector<Value> values;
  values.reserve(30);
  values.push_back(row.open ? Value{row.subject.Key()} : Value{store::Null{}});
  for (Value value : {Value{row.version}, Value{row.state}, Value{row.phase}, Value{row.level},
                      Value{row.found_by}, Value{row.streak}, Value{c.student_name},
                      Value{c.school_code}, Value{c.school_name}, Value{c.class_id},
                      Value{c.class_name}, Value{p.level}, Value{p.body}, Value{p.person_id},
                      Value{p.person}, Value{p.role}, Value{row.opened_at}, Value{row.closed_at},
                      Value{row.next_due}, Value{row.first_absent}, Value{row.persuasions},
                      Value{row.last_persuasion}, Value{row.overdue_tasks},
                      Value{row.reason_code}, Value{row.profile_from}}) {
    values.push_back(std::move(value));
  }
  return values;
}

base::Result<Entry> ReadEntry(const store::Rows& rows) {
  Entry entry;
  entry.version = static_cast<int>(rows.Int("version"));
  entry.at = rows.Time("at");
  entry.recorded_at = rows.Time("recorded_at");
  const std::optional<EntryKind> kind = EntryKindFromName(rows.Text("kind"));
  if (!kind) {
    return Error{Code::kDataCorruption, "BAD_HISTORY_ROW", "kind " + rows.Text("kind")};
  }
  entry.kind = *kind;
  entry.act.kind = rows.Text("act");
  entry.actor = {.person_id = rows.Text("actor_person_id"),
                 .name = rows.Text("actor_name"),
                 .role = rows.Text("actor_role"),
                 .body = rows.Text("actor_body")};
  entry.state = rows.Text("state");
  entry.level = static_cast<int>(rows.Int("level"));
  entry.profile = rows.Text("profile_from");
  RETURN_IF_ERROR(DecodeDetails(rows.Text("details"), entry));
  return entry;
}

}  // namespace

base::Result<std::optional<LockedCase>> LockCase(store::Transaction& tx, CaseId id) {
  return LockOne(tx, "WHERE case_id = ? FOR UPDATE", {Value{id}});
}

base::Result<std::optional<LockedCase>> LockOpenCase(store::Transaction& tx, Subject subject) {
  return LockOne(tx, "WHERE open_key = ? FOR UPDATE", {Value{subject.Key()}});
}

base::Result<std::optional<LockedCase>> LockLatestCase(store::Transaction& tx, Subject subject) {
  if (subject.student) {
    return LockOne(tx, "WHERE student_id = ? ORDER BY case_id DESC LIMIT 1 FOR UPDATE",
                   {Value{subject.student}});
  }
  return LockOne(tx, "WHERE person_id = ? ORDER BY case_id DESC LIMIT 1 FOR UPDATE",
                 {Value{subject.person}});
}

base::Result<History> LoadHistory(store::Session& session, CaseId id) {
  ASSIGN_OR_RETURN(store::Rows rows, session.Query(kSelectHistory, {Value{id}}));
  History history;
  history.reserve(rows.size());
  while (rows.Next()) {
    ASSIGN_OR_RETURN(Entry entry, ReadEntry(rows));
    history.push_back(std::move(entry));
  }
  return history;
}

base::Result<CaseId> InsertCase(store::Transaction& tx, const CaseRow& row) {
  std::vector<Value> values{Value{row.subject.student}, Value{row.subject.person}};
  for (Value& value : CaseValues(row)) values.push_back(std::move(value));
  const auto inserted = tx.Execute(kInsertCase, values);
  if (!inserted.ok()) {
    if (inserted.error().code == Code::kAlreadyExists) return Retry();
    return inserted.error();
  }
  ASSIGN_OR_RETURN(store::Rows rows, tx.Query("SELECT LAST_INSERT_ID() AS case_id"));
  rows.Next();
  return CaseId{rows.Int("case_id")};
}

base::Status UpdateCase(store::Transaction& tx, const CaseRow& row, int from_version) {
  std::vector<Value> values = CaseValues(row);
  values.emplace_back(row.id);
  values.emplace_back(from_version);
  const auto changed = tx.Execute(kUpdateCase, values);
  if (!changed.ok()) {
    if (changed.error().code == Code::kAlreadyExists) return Retry();
    return changed.error();
  }
  // The version always changes, so no row changed means that somebody else changed it.
  if (*changed == 0) return Retry();
  return {};
}

base::Status AppendHistory(store::Transaction& tx, CaseId id, const History& entries) {
  store::BulkInsert insert{tx, std::string{kInsertHistory}};
  for (const Entry& e : entries) {
    RETURN_IF_ERROR(insert.Add({Value{id}, Value{e.version}, Value{e.at}, Value{e.recorded_at},
                                Value{EntryKindName(e.kind)}, Value{e.act.kind},
                                Value{e.actor.person_id}, Value{e.actor.name},
                                Value{e.actor.role}, Value{e.actor.body}, Value{e.state},
                                Value{e.level}, Value{e.profile}, Value{EncodeDetails(e)}}));
  }
  return insert.Flush();
}

base::Status SaveClocks(store::Transaction& tx, const std::vector<ClockRow>& rows) {
  if (rows.empty()) return {};
  store::BulkInsert insert{tx, std::string{kInsertClock}, std::string{kUpdateClock}};
  for (const ClockRow& r : rows) {
    RETURN_IF_ERROR(insert.Add(
        {Value{r.case_id}, Value{r.clock}, Value{r.step}, Value{r.name}, Value{r.state},
         Value{r.level}, Value{UnitName(r.unit)}, Value{r.owner.level}, Value{r.owner.body},
         Value{r.owner.person_id}, Value{r.owner.person}, Value{r.owner.role}, Value{r.started},
         Value{r.due}, Value{r.next_at}, Value{r.ended}}));
  }
  return insert.Flush();
}

}  // namespace cases
