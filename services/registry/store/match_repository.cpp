#include "registry/store/match_repository.h"

#include <fmt/format.h>

#include "registry/store/raw_row.h"

namespace registry {
namespace {

constexpr std::string_view kRunColumns =
    "run_id, batch_id, on_day, state, actor, started_at, millis, people, students,"
    " needs_decision, counts, error";
constexpr std::string_view kMatchColumns =
    "match_id, run_id, match_class, person_id, student_id, score, needs_decision, why,"
    " decided_class, same_person, decided_by, decided_at, decision_reason";

RunRow ReadRun(const store::Rows& rows) {
  RunRow run;
  run.id = RunId{rows.Int("run_id")};
  run.batch_id = BatchId{rows.Int("batch_id")};
  run.on = rows.Day("on_day");
  run.state = rows.Text("state");
  run.actor = ActorFromText(rows.Text("actor"));
  run.started_at = rows.Time("started_at");
  run.millis = rows.Uint("millis");
  run.people = rows.Uint("people");
  run.students = rows.Uint("students");
  run.needs_decision = rows.Uint("needs_decision");
  run.counts = CountsFromText(rows.Text("counts"));
  run.error = rows.Text("error");
  return run;
}

MatchRow ReadMatch(const store::Rows& rows) {
  MatchRow row;
  row.id = MatchId{rows.Int("match_id")};
  row.run_id = RunId{rows.Int("run_id")};
  row.person_id = PersonId{rows.Int("person_id")};
  row.student_id = StudentId{rows.Int("student_id")};
  row.verdict =
      Verdict{static_cast<MatchClass>(rows.Int("match_class")), static_cast<int>(rows.Int("score")),
              rows.Int("needs_decision") != 0, rows.Text("why")};
  row.decided_class = static_cast<MatchClass>(rows.Int("decided_class"));
  row.same_person = rows.Int("same_person") != 0;
  row.decided_by = ActorFromText(rows.Text("decided_by"));
  row.decided_at = rows.MaybeTime("decided_at");
  row.decision_reason = rows.Text("decision_reason");
  return row;
}

base::Status Done(const base::Result<std::uint64_t>& done) {
  return done.ok() ? base::Status{} : done.error();
}

}  // namespace

base::Status InsertRun(store::Transaction& tx, const RunRow& run) {
  return Done(tx.Execute(
      fmt::format("INSERT INTO reconciliation ({}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", kRunColumns),
      {run.id, run.batch_id, run.on, run.state, ActorText(run.actor), run.started_at, run.millis,
       run.people, run.students, run.needs_decision, CountsText(run.counts), run.error}));
}

base::Status SaveRun(store::Transaction& tx, const RunRow& run) {
  return Done(
      tx.Execute("UPDATE reconciliation SET state = ?, millis = ?, people = ?, students = ?,"
                 " needs_decision = ?, counts = ?, error = ? WHERE run_id = ?",
                 {run.state, run.millis, run.people, run.students, run.needs_decision,
                  CountsText(run.counts), run.error.substr(0, 500), run.id}));
}

base::Result<std::optional<RunRow>> FindRun(store::Session& session, RunId id, Lock lock) {
  std::string sql = fmt::format("SELECT {} FROM reconciliation WHERE run_id = ?", kRunColumns);
  if (lock == Lock::kForUpdate) sql += " FOR UPDATE";
  ASSIGN_OR_RETURN(store::Rows rows, session.Query(sql, {id}));
  if (!rows.Next()) return std::optional<RunRow>{};
  return std::optional{ReadRun(rows)};
}

base::Result<std::vector<RunId>> RunsUnderWay(store::Session& session) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT run_id FROM reconciliation WHERE state = 'running'"
                                 " ORDER BY run_id"));
  std::vector<RunId> ids;
  while (rows.Next()) ids.emplace_back(rows.Int("run_id"));
  return ids;
}

base::Status InsertMatches(store::Transaction& tx, std::span<const MatchRow> rows) {
  store::BulkInsert insert(
      tx,
      "INSERT INTO match_result (match_id, run_id, match_class, person_id, student_id, score,"
      " needs_decision, why, decided_class, same_person, decided_by, decided_at, decision_reason)");
  RawRow cells;
  for (const MatchRow& row : rows) {
    cells.Begin();
    cells.Int(row.id.raw()).Int(row.run_id.raw());
    cells.Int(static_cast<int>(row.verdict.match_class)).Int(row.person_id.raw());
    cells.Int(row.student_id.raw()).Int(row.verdict.score).Int(row.verdict.needs_decision);
    cells.Text(row.verdict.why).Int(0).Int(0).Text("").Null().Text("");
    RETURN_IF_ERROR(insert.AddRaw(cells.Done()));
  }
  return insert.Flush();
}

base::Result<std::vector<MatchRow>> ListMatches(store::Session& session,
                                                const MatchFilter& filter) {
  std::string sql =
      fmt::format("SELECT {} FROM match_result WHERE run_id = ? AND match_id > ?", kMatchColumns);
  std::vector<store::Value> values{filter.run_id, filter.after};
  if (filter.match_class == MatchClass::kNone) {
    sql += " AND match_class <> 1";
  } else {
    // What a person decided counts.
    sql += " AND IF(decided_class = 0, match_class, decided_class) = ?";
    values.emplace_back(static_cast<int>(filter.match_class));
  }
  if (filter.undecided_only) sql += " AND needs_decision = 1 AND decided_class = 0";
  sql += " ORDER BY match_id LIMIT ?";
  values.emplace_back(filter.limit);
  ASSIGN_OR_RETURN(store::Rows rows, session.Query(sql, std::span<const store::Value>{values}));
  std::vector<MatchRow> found;
  while (rows.Next()) found.push_back(ReadMatch(rows));
  return found;
}

base::Result<std::optional<MatchRow>> FindMatch(store::Session& session, MatchId id, Lock lock) {
  std::string sql = fmt::format("SELECT {} FROM match_result WHERE match_id = ?", kMatchColumns);
  if (lock == Lock::kForUpdate) sql += " FOR UPDATE";
  ASSIGN_OR_RETURN(store::Rows rows, session.Query(sql, {id}));
  if (!rows.Next()) return std::optional<MatchRow>{};
  return std::optional{ReadMatch(rows)};
}

base::Status SaveDecision(store::Transaction& tx, const MatchRow& row) {
  return Done(
      tx.Execute("UPDATE match_result SET decided_class = ?, same_person = ?, decided_by = ?,"
                 " decided_at = ?, decision_reason = ? WHERE match_id = ?",
                 {static_cast<int>(row.decided_class), row.same_person, ActorText(row.decided_by),
                  row.decided_at, row.decision_reason, row.id}));
}

base::Status StreamPeople(store::Session& session, BatchId batch,
                          const std::function<void(const PersonSide&)>& each) {
  return session.Stream(
      "SELECT person_id, person_key, name, sex, birth, has_number FROM list_person"
      " WHERE batch_id = ?",
      std::vector<store::Value>{batch}, [&](const store::Rows& row) {
        each(PersonSide{PersonId{row.Int("person_id")}, row.Text("person_key"), row.Text("name"),
                        static_cast<Sex>(row.Int("sex")), row.Day("birth"),
                        row.Int("has_number") != 0});
        return true;
      });
}

base::Status StreamStudents(store::Session& session,
                            const std::function<void(const StudentSide&)>& each) {
  return session.Stream(
      "SELECT student_id, person_key, name, sex, birth, status, home_teaching, non_local"
      " FROM student",
      {}, [&](const store::Rows& row) {
        each(StudentSide{StudentId{row.Int("student_id")}, row.Text("person_key"), row.Text("name"),
                         static_cast<Sex>(row.Int("sex")), row.Day("birth"),
                         static_cast<StudentStatus>(row.Int("status")),
                         row.Int("home_teaching") != 0, row.Int("non_local") != 0});
        return true;
      });
}

}  // namespace registry
