#include "registry/store/student_repository.h"

#include <fmt/format.h>

#include "registry/store/raw_row.h"
#include "registry/store/row_text.h"

namespace registry {
namespace {

// MariaDB turns longer lists into a derived table; short ones stay index look-ups.
constexpr std::size_t kListMax = 900;

constexpr std::string_view kSelect =
    "SELECT student_id, version, person_key, name, sex, birth, school_code, class_id, seat_no,"
    " status, boarding, home_teaching, non_local, hukou_division, status_since, until,"
    " suspensions_in_row, student_no, details FROM student";

constexpr std::string_view kInsert =
    "INSERT INTO student (student_id, version, person_key, name, sex, birth, school_code, class_id,"
    " seat_no, status, boarding, home_teaching, non_local, hukou_division, status_since, until,"
    " suspensions_in_row, student_no, details)";

constexpr std::string_view kUpdate =
    " ON DUPLICATE KEY UPDATE version = VALUES(version), person_key = VALUES(person_key),"
    " name = VALUES(name), sex = VALUES(sex), birth = VALUES(birth),"
    " school_code = VALUES(school_code), class_id = VALUES(class_id), seat_no = VALUES(seat_no),"
    " status = VALUES(status), boarding = VALUES(boarding),"
    " home_teaching = VALUES(home_teaching), non_local = VALUES(non_local),"
    " hukou_division = VALUES(hukou_division), status_since = VALUES(status_since),"
    " until = VALUES(until), suspensions_in_row = VALUES(suspensions_in_row),"
    " student_no = VALUES(student_no), details = VALUES(details)";

constexpr std::string_view kChangeColumns =
    "student_id, version, kind, reason_code, effective, recorded_at, actor, approver, evidence,"
    " from_status, to_status, from_school, to_school, from_class, to_class, home_teaching, until,"
    " note, fields, before_sealed";

StudentRow ReadStudent(const store::Rows& rows) {
  StudentRow row;
  Student& student = row.student;
  student.id = StudentId{rows.Int("student_id")};
  student.version = static_cast<int>(rows.Int("version"));
  student.name = rows.Text("name");
  student.sex = static_cast<Sex>(rows.Int("sex"));
  student.birth = rows.Day("birth");
  student.school_code = rows.Text("school_code");
  student.class_id = ClassId{rows.Int("class_id")};
  student.seat_no = rows.Text("seat_no");
  student.status = static_cast<StudentStatus>(rows.Int("status"));
  student.boarding = rows.Int("boarding") != 0;
  student.home_teaching = rows.Int("home_teaching") != 0;
  student.non_local = rows.Int("non_local") != 0;
  student.hukou_division = rows.Text("hukou_division");
  student.status_since = rows.Day("status_since");
  student.until = rows.MaybeDay("until");
  student.suspensions_in_row = static_cast<int>(rows.Int("suspensions_in_row"));
  student.student_no = rows.MaybeText("student_no").value_or("");
  row.person_key = rows.Text("person_key");
  row.sealed = rows.Text("details");
  return row;
}

ChangeRow ReadChange(const store::Rows& rows) {
  ChangeRow row;
  row.student_id = StudentId{rows.Int("student_id")};
  row.version = static_cast<int>(rows.Int("version"));
  row.kind = static_cast<ChangeKind>(rows.Int("kind"));
  row.reason_code = rows.Text("reason_code");
  row.effective = rows.Day("effective");
  row.recorded_at = rows.Time("recorded_at");
  row.actor = ActorFromText(rows.Text("actor"));
  row.approver = ActorFromText(rows.Text("approver"));
  row.evidence = SplitLines(rows.Text("evidence"));
  row.from_status = static_cast<StudentStatus>(rows.Int("from_status"));
  row.to_status = static_cast<StudentStatus>(rows.Int("to_status"));
  row.from_school = rows.Text("from_school");
  row.to_school = rows.Text("to_school");
  row.from_class = ClassId{rows.Int("from_class")};
  row.to_class = ClassId{rows.Int("to_class")};
  row.home_teaching = rows.Int("home_teaching") != 0;
  row.until = rows.MaybeDay("until");
  row.note = rows.Text("note");
  row.fields = FieldsFromBytes(rows.Text("fields"));
  row.before_sealed = rows.MaybeText("before_sealed").value_or("");
  return row;
}

base::Status WriteStudents(store::Transaction& tx, std::span<const StudentRow> rows,
                           std::string suffix) {
  store::BulkInsert insert(tx, std::string{kInsert}, std::move(suffix));
  RawRow cells;
  for (const StudentRow& row : rows) {
    const Student& student = row.student;
    cells.Begin();
    cells.Int(student.id.raw()).Int(student.version).Bytes(row.person_key).Text(student.name);
    cells.Int(static_cast<int>(student.sex)).Day(student.birth).Text(student.school_code);
    cells.Int(student.class_id.raw()).Text(student.seat_no).Int(static_cast<int>(student.status));
    cells.Int(student.boarding).Int(student.home_teaching).Int(student.non_local);
    cells.Text(student.hukou_division).Day(student.status_since).MaybeDay(student.until);
    cells.Int(student.suspensions_in_row);
    cells.MaybeText(student.student_no).Bytes(row.sealed);
    RETURN_IF_ERROR(insert.AddRaw(cells.Done()));
  }
  return insert.Flush();
}

// " WHERE <column> IN (...)" over one slice.
template <class T, class Append>
std::string InList(std::string_view column, std::span<const T> values, Append append) {
  std::string sql = fmt::format(" WHERE {} IN (", column);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) sql += ',';
    append(sql, values[i]);
  }
  sql += ')';
  return sql;
}

template <class T, class Append>
base::Result<std::vector<StudentRow>> FindMany(store::Session& session, std::string_view column,
                                               std::span<const T> values, Lock lock,
                                               Append append) {
  std::vector<StudentRow> found;
  for (std::size_t begin = 0; begin < values.size(); begin += kListMax) {
    const auto slice = values.subspan(begin, std::min(kListMax, values.size() - begin));
    std::string sql{kSelect};
    sql += InList(column, slice, append);
    if (lock == Lock::kForUpdate) sql += " FOR UPDATE";
    ASSIGN_OR_RETURN(store::Rows rows, session.Query(sql));
    while (rows.Next()) found.push_back(ReadStudent(rows));
  }
  return found;
}

void AppendId(std::string& sql, StudentId id) { store::AppendInt(sql, id.raw()); }

}  // namespace

base::Result<std::vector<StudentRow>> FindStudentsByKey(store::Session& session,
                                                        std::span<const std::string> person_keys,
                                                        Lock lock) {
  return FindMany(session, "person_key", person_keys, lock,
                  [](std::string& sql, const std::string& key) { store::AppendBytes(sql, key); });
}

base::Result<std::vector<StudentRow>> FindStudentsById(store::Session& session,
                                                       std::span<const StudentId> ids, Lock lock) {
  return FindMany(session, "student_id", ids, lock, AppendId);
}

base::Result<std::vector<std::string>> NumberlessKeys(store::Session& session) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT person_key FROM student WHERE student_no IS NOT NULL"));
  std::vector<std::string> keys;
  while (rows.Next()) keys.push_back(rows.Text("person_key"));
  return keys;
}

base::Result<std::optional<StudentRow>> FindStudent(store::Session& session, StudentId id,
                                                    Lock lock) {
  ASSIGN_OR_RETURN(auto found, FindStudentsById(session, {&id, 1}, lock));
  if (found.empty()) return std::optional<StudentRow>{};
  return std::optional{std::move(found.front())};
}

base::Result<std::optional<StudentRow>> FindStudentByNo(store::Session& session,
                                                        std::string_view student_no) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query(std::string{kSelect} + " WHERE student_no = ?", {student_no}));
  if (!rows.Next()) return std::optional<StudentRow>{};
  return std::optional{ReadStudent(rows)};
}

base::Result<std::vector<StudentRow>> ListStudents(store::Session& session,
                                                   const StudentFilter& filter) {
  std::string sql = fmt::format("{} WHERE student_id > ?", kSelect);
  std::vector<store::Value> values{filter.after};
  const auto also = [&](std::string_view column, store::Value value) {
    sql += fmt::format(" AND {} = ?", column);
    values.push_back(std::move(value));
  };
  if (!filter.school_code.empty()) also("school_code", filter.school_code);
  if (filter.class_id) also("class_id", filter.class_id);
  if (!filter.name.empty()) also("name", filter.name);
  if (!filter.statuses.empty()) {
    sql += " AND status IN (";
    for (std::size_t i = 0; i < filter.statuses.size(); ++i) {
      sql += i == 0 ? "?" : ",?";
      values.emplace_back(static_cast<int>(filter.statuses[i]));
    }
    sql += ')';
  }
  sql += " ORDER BY student_id LIMIT ?";
  values.emplace_back(filter.limit);
  ASSIGN_OR_RETURN(store::Rows rows, session.Query(sql, std::span<const store::Value>{values}));
  std::vector<StudentRow> students;
  while (rows.Next()) students.push_back(ReadStudent(rows));
  return students;
}

base::Status InsertStudents(store::Transaction& tx, std::span<const StudentRow> rows) {
  return WriteStudents(tx, rows, "");
}

base::Status UpdateStudents(store::Transaction& tx, std::span<const StudentRow> rows) {
  return WriteStudents(tx, rows, std::string{kUpdate});
}

base::Status InsertChanges(store::Transaction& tx, std::span<const ChangeRow> rows) {
  store::BulkInsert insert(tx, fmt::format("INSERT INTO student_change ({})", kChangeColumns));
  RawRow cells;
  for (const ChangeRow& row : rows) {
    cells.Begin();
    cells.Int(row.student_id.raw()).Int(row.version).Int(static_cast<int>(row.kind));
    cells.Text(row.reason_code).Day(row.effective).Time(row.recorded_at);
    cells.Text(ActorText(row.actor)).Text(ActorText(row.approver));
    cells.Text(JoinLines(row.evidence)).Int(static_cast<int>(row.from_status));
    cells.Int(static_cast<int>(row.to_status)).Text(row.from_school).Text(row.to_school);
    cells.Int(row.from_class.raw()).Int(row.to_class.raw()).Int(row.home_teaching);
    cells.MaybeDay(row.until).Text(row.note).Bytes(FieldBytes(row.fields));
    cells.MaybeBytes(row.before_sealed);
    RETURN_IF_ERROR(insert.AddRaw(cells.Done()));
  }
  return insert.Flush();
}

base::Result<std::vector<ChangeRow>> ListChangesOf(store::Session& session,
                                                   std::span<const StudentId> ids) {
  std::vector<ChangeRow> changes;
  for (std::size_t begin = 0; begin < ids.size(); begin += kListMax) {
    const auto slice = ids.subspan(begin, std::min(kListMax, ids.size() - begin));
    std::string sql = fmt::format("SELECT {} FROM student_change", kChangeColumns);
    sql += InList("student_id", slice, AppendId);
    sql += " ORDER BY student_id, version";
    ASSIGN_OR_RETURN(store::Rows rows, session.Query(sql));
    while (rows.Next()) changes.push_back(ReadChange(rows));
  }
  return changes;
}

base::Result<std::vector<ChangeRow>> ListChanges(store::Session& session, StudentId id) {
  return ListChangesOf(session, {&id, 1});
}

base::Status StreamStudentsOfSchool(
    store::Session& session, std::string_view school_code,
    const std::function<void(StudentId, std::string_view person_key)>& each) {
  return session.Stream(
      "SELECT student_id, person_key FROM student"
      " WHERE school_code = ? AND status IN (1, 2, 5, 6, 12, 15, 99)",
      std::vector<store::Value>{school_code}, [&](const store::Rows& row) {
        each(StudentId{row.Int("student_id")}, row.Text("person_key"));
        return true;
      });
}

base::Status StreamSealedStudents(store::Session& session,
                                  const std::function<void(StudentId, std::string_view)>& each) {
  return session.Stream("SELECT student_id, details FROM student ORDER BY student_id",
                        std::vector<store::Value>{}, [&](const store::Rows& row) {
                          each(StudentId{row.Int("student_id")}, row.Text("details"));
                          return true;
                        });
}

base::Result<StudentCounts> CountStudents(store::Session& session) {
  ASSIGN_OR_RETURN(
      store::Rows rows,
      session.Query("SELECT (SELECT COUNT(*) FROM student) AS students,"
                    " (SELECT COUNT(*) FROM student WHERE status IN (1, 5)) AS enrolled,"
                    " (SELECT COUNT(*) FROM school) AS schools,"
                    " (SELECT COUNT(*) FROM school_class) AS classes"));
  CHECK(rows.Next());
  return StudentCounts{rows.Uint("students"), rows.Uint("enrolled"), rows.Uint("schools"),
                       rows.Uint("classes")};
}

base::Result<std::optional<std::string>> HighestStudentNo(store::Session& session,
                                                          std::string_view prefix) {
  ASSIGN_OR_RETURN(store::Rows rows, session.Query("SELECT MAX(student_no) AS highest FROM student"
                                                   " WHERE student_no >= ? AND student_no < ?",
                                                   {prefix, std::string{prefix} + "~"}));
  CHECK(rows.Next());
  return rows.MaybeText("highest");
}

}  // namespace registry
