#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cases/store/case_repository.h"

namespace cases {
namespace {

using store::Value;

constexpr std::string_view kCaseColumns =
    "SELECT case_id, student_id, person_id, open_key IS NOT NULL AS is_open, version, state, "
    "phase, level, found_by, streak_id, student_name, school_code, school_name, class_id, "
    "class_name, owner_level, owner_body, owner_person_id, owner_person, owner_role, opened_at, "
    "closed_at, next_due_at, first_absent, persuasions, last_persuasion, overdue_tasks, "
    "reason_code, profile_from FROM case_file ";

constexpr std::string_view kTaskColumns =
    "SELECT t.clock_id, t.case_id, t.clock, t.step, t.name, t.state, t.level, t.unit, "
    "t.owner_level, t.owner_body, t.owner_person_id, t.owner_person, t.owner_role, "
    "t.started_at, t.due_at, t.next_at, t.ended_at, c.student_name "
    "FROM case_clock t JOIN case_file c ON c.case_id = t.case_id ";

Party ReadOwner(const store::Rows& rows) {
  return {.level = rows.Text("owner_level"),
          .body = rows.Text("owner_body"),
          .person_id = rows.Text("owner_person_id"),
          .person = rows.Text("owner_person"),
          .role = rows.Text("owner_role")};
}

CaseRow ReadCase(const store::Rows& rows) {
  CaseRow row;
  row.id = CaseId{rows.Int("case_id")};
  row.subject = {.student = StudentId{rows.Int("student_id")},
                 .person = PersonId{rows.Int("person_id")}};
  row.open = rows.Int("is_open") != 0;
  row.version = static_cast<int>(rows.Int("version"));
  row.state = rows.Text("state");
  row.phase = rows.Text("phase");
  row.level = static_cast<int>(rows.Int("level"));
  row.found_by = rows.Text("found_by");
  row.streak = StreakId{rows.Int("streak_id")};
  row.contacts.student_name = rows.Text("student_name");
  row.contacts.school_code = rows.Text("school_code");
  row.contacts.school_name = rows.Text("school_name");
  row.contacts.class_id = ClassId{rows.Int("class_id")};
  row.contacts.class_name = rows.Text("class_name");
  row.responsible = ReadOwner(rows);
  row.opened_at = rows.Time("opened_at");
  row.closed_at = rows.MaybeTime("closed_at");
  row.next_due = rows.MaybeTime("next_due_at");
  row.first_absent = rows.MaybeDay("first_absent");
  row.persuasions = static_cast<int>(rows.Int("persuasions"));
  row.last_persuasion = rows.MaybeDay("last_persuasion");
  row.overdue_tasks = static_cast<int>(rows.Int("overdue_tasks"));
  row.reason_code = rows.Text("reason_code");
  row.profile_from = rows.Text("profile_from");
  return row;
}

ClockRow ReadTask(const store::Rows& rows) {
  ClockRow row;
  row.id = rows.Int("clock_id");
  row.case_id = CaseId{rows.Int("case_id")};
  row.clock = rows.Text("clock");
  row.step = static_cast<int>(rows.Int("step"));
  row.name = rows.Text("name");
  row.state = rows.Text("state");
  row.level = static_cast<int>(rows.Int("level"));
  row.unit = UnitFromName(rows.Text("unit")).value_or(Unit::kCalendarDays);
  row.owner = ReadOwner(rows);
  row.started = rows.Time("started_at");
  row.due = rows.Time("due_at");
  row.next_at = rows.MaybeTime("next_at");
  row.ended = rows.MaybeTime("ended_at");
  row.student_name = rows.Text("student_name");
  return row;
}

// "WHERE a = ? AND b = ?" with the values beside it.
struct Where {
  std::string sql = {};
  std::vector<Value> values = {};
  void And(std::string_view condition) {
    sql += sql.empty() ? "WHERE " : " AND ";
    sql += condition;
  }
  void And(std::string_view condition, Value value) {
    And(condition);
    values.push_back(std::move(value));
  }
};

Where WhereOf(const CaseFilter& filter) {
  Where where;
  if (!filter.state.empty()) where.And("state = ?", filter.state);
  if (filter.level > 0) where.And("level = ?", filter.level);
  if (!filter.school_code.empty()) where.And("school_code = ?", filter.school_code);
  if (filter.open_only) where.And("open_key IS NOT NULL");
  if (filter.overdue_only) where.And("overdue_tasks > 0 AND open_key IS NOT NULL");
  if (filter.student) where.And("student_id = ?", Value{filter.student});
  return where;
}

Where WhereOf(const TaskFilter& filter, base::UtcTime now) {
  Where where;
  if (filter.overdue_only) {
    where.And("(t.state = 'overdue' OR (t.state = 'open' AND t.due_at <= ?))", Value{now});
  } else {
    where.And("t.state IN ('open','overdue','suspended')");
  }
  if (!filter.body.empty()) where.And("t.owner_body = ?", filter.body);
  if (!filter.person_id.empty()) where.And("t.owner_person_id = ?", filter.person_id);
  return where;
}

base::Result<std::uint64_t> Count(store::Session& session, const std::string& sql,
                                  const std::vector<Value>& values) {
  ASSIGN_OR_RETURN(store::Rows rows, session.Query(sql, values));
  rows.Next();
  return static_cast<std::uint64_t>(rows.Int("n"));
}

// One row of a query that gives at most one.
base::Result<std::optional<CaseRow>> One(store::Session& session, std::string_view where,
                                         std::initializer_list<Value> values) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query(std::string{kCaseColumns} + std::string{where}, values));
  if (!rows.Next()) return std::optional<CaseRow>{};
  return std::optional<CaseRow>{ReadCase(rows)};
}

template <class T>
base::Result<std::vector<CaseId>> OpenCasesWhere(store::Session& session, std::string_view column,
                                                 const std::vector<T>& keys) {
  std::vector<CaseId> found;
  if (keys.empty()) return found;
  std::string sql = fmt::format(
      "SELECT case_id FROM case_file WHERE open_key IS NOT NULL AND {} IN (?", column);
  for (std::size_t i = 1; i < keys.size(); ++i) sql += ",?";
  sql += ") ORDER BY case_id";
  std::vector<Value> values;
  values.reserve(keys.size());
  for (const T& key : keys) values.emplace_back(key);
  ASSIGN_OR_RETURN(store::Rows rows, session.Query(sql, values));
  while (rows.Next()) found.emplace_back(rows.Int("case_id"));
  return found;
}

}  // namespace

base::Result<std::optional<CaseRow>> FindCase(store::Session& session, CaseId id) {
  return One(session, "WHERE case_id = ?", {Value{id}});
}

base::Result<std::optional<CaseRow>> FindCaseOf(store::Session& session, Subject subject) {
  const std::string_view order = " ORDER BY (open_key IS NOT NULL) DESC, case_id DESC LIMIT 1";
  if (subject.student) {
    return One(session, fmt::format("WHERE student_id = ?{}", order), {Value{subject.student}});
  }
  return One(session, fmt::format("WHERE person_id = ?{}", order), {Value{subject.person}});
}

base::Result<std::vector<CaseRow>> SelectCases(store::Session& session, const CaseFilter& filter) {
  Where where = WhereOf(filter);
  if (filter.after) where.And("case_id > ?", Value{filter.after});
  where.values.emplace_back(std::uint32_t{filter.limit});
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query(std::string{kCaseColumns} + where.sql +
                                     " ORDER BY case_id LIMIT ?", where.values));
  std::vector<CaseRow> found;
  while (rows.Next()) found.push_back(ReadCase(rows));
  return found;
}

base::Result<std::uint64_t> CountCases(store::Session& session, const CaseFilter& filter) {
  const Where where = WhereOf(filter);
  return Count(session, "SELECT COUNT(*) AS n FROM case_file " + where.sql, where.values);
}

base::Result<std::vector<ClockRow>> SelectTasks(store::Session& session, const TaskFilter& filter,
                                                base::UtcTime now) {
  Where where = WhereOf(filter, now);
  where.values.emplace_back(std::uint32_t{filter.limit});
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query(std::string{kTaskColumns} + where.sql +
                                     " ORDER BY t.due_at, t.clock_id LIMIT ?", where.values));
  std::vector<ClockRow> found;
  while (rows.Next()) found.push_back(ReadTask(rows));
  return found;
}

base::Result<std::uint64_t> CountTasks(store::Session& session, const TaskFilter& filter,
                                       base::UtcTime now) {
  const Where where = WhereOf(filter, now);
  return Count(session, "SELECT COUNT(*) AS n FROM case_clock t " + where.sql, where.values);
}

base::Result<CaseCounts> SelectCounts(store::Session& session, base::UtcTime now) {
  CaseCounts counts;
  ASSIGN_OR_RETURN(
      store::Rows states,
      session.Query("SELECT state, phase, COUNT(*) AS n, CAST(SUM(persuasions) AS SIGNED) AS p "
                    "FROM case_file GROUP BY state, phase ORDER BY state, phase"));
  while (states.Next()) {
    const auto n = static_cast<std::uint64_t>(states.Int("n"));
    const std::string& phase = states.Text("phase");
    counts.opened += n;
    (phase == "closed" ? counts.closed : phase == "withdrawn" ? counts.withdrawn : counts.open) +=
        n;
    counts.persuasions += static_cast<std::uint64_t>(states.Int("p"));
    counts.states.emplace_back(states.Text("state"), n);
  }
  ASSIGN_OR_RETURN(
      store::Rows levels,
      session.Query("SELECT level, COUNT(*) AS n, CAST(SUM(overdue_tasks > 0) AS SIGNED) AS late "
                    "FROM case_file WHERE open_key IS NOT NULL GROUP BY level ORDER BY level"));
  while (levels.Next()) {
    counts.levels.push_back({.level = static_cast<int>(levels.Int("level")),
                             .open = static_cast<std::uint64_t>(levels.Int("n")),
                             .overdue = static_cast<std::uint64_t>(levels.Int("late"))});
  }
  ASSIGN_OR_RETURN(counts.overdue_tasks, CountTasks(session, {.overdue_only = true}, now));
  return counts;
}

base::Result<std::vector<CaseId>> OpenCasesOfStudents(store::Session& session,
                                                      const std::vector<StudentId>& students) {
  return OpenCasesWhere(session, "open_key", students);
}
base::Result<std::vector<CaseId>> OpenCasesOfClasses(store::Session& session,
                                                     const std::vector<ClassId>& classes) {
  return OpenCasesWhere(session, "class_id", classes);
}
base::Result<std::vector<CaseId>> OpenCasesOfSchools(store::Session& session,
                                                     const std::vector<std::string>& schools) {
  return OpenCasesWhere(session, "school_code", schools);
}

base::Result<std::vector<CaseId>> DueCases(store::Session& session, base::UtcTime now,
                                           std::uint32_t limit) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT case_id, MIN(next_at) AS first_at FROM case_clock "
                                 "WHERE next_at <= ? GROUP BY case_id "
                                 "ORDER BY first_at, case_id LIMIT ?",
                                 {Value{now}, Value{limit}}));
  std::vector<CaseId> due;
  while (rows.Next()) due.emplace_back(rows.Int("case_id"));
  return due;
}

base::Result<std::uint64_t> CountDueCases(store::Session& session, base::UtcTime now) {
  return Count(session, "SELECT COUNT(DISTINCT case_id) AS n FROM case_clock WHERE next_at <= ?",
               {Value{now}});
}

base::Result<std::optional<base::UtcTime>> NextDueAfter(store::Session& session,
                                                        base::UtcTime now) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT next_at FROM case_clock WHERE next_at > ? "
                                 "ORDER BY next_at LIMIT 1", {Value{now}}));
  if (!rows.Next()) return std::optional<base::UtcTime>{};
  return std::optional<base::UtcTime>{rows.Time("next_at")};
}

}  // namespace cases
