#include "attendance/store/roster_rows.h"

#include "store/literal.h"

namespace attendance {
namespace {

constexpr const char* kClassColumns =
    "INSERT INTO class_room (class_id, school_code, grade, name, homeroom_teacher, seq)";

template <class Id>
std::string IdList(const std::set<Id>& ids) {
  std::string list = "(";
  for (const Id id : ids) {
    if (list.size() > 1) list.push_back(',');
    store::AppendInt(list, id.raw());
  }
  list.push_back(')');
  return list;
}

base::Status InsertClasses(store::Session& session, std::span<const ClassRow> classes,
                           const char* suffix) {
  store::BulkInsert insert{session, kClassColumns, suffix};
  for (const ClassRow& row : classes) {
    RETURN_IF_ERROR(
        insert.Add({row.id, row.school_code, row.grade, row.name, row.homeroom_teacher, row.seq}));
  }
  return insert.Flush();
}

}  // namespace

base::Status SaveSchools(store::Session& session, std::span<const SchoolRow> schools) {
  store::BulkInsert insert{session, "INSERT INTO school (school_code, name)",
                           " ON DUPLICATE KEY UPDATE name = VALUES(name)"};
  for (const SchoolRow& row : schools) RETURN_IF_ERROR(insert.Add({row.code, row.name}));
  return insert.Flush();
}

base::Status SaveClasses(store::Session& session, std::span<const ClassRow> classes) {
  return InsertClasses(session, classes,
                       " ON DUPLICATE KEY UPDATE school_code = VALUES(school_code),"
                       " grade = VALUES(grade), name = VALUES(name),"
                       " homeroom_teacher = VALUES(homeroom_teacher), seq = VALUES(seq)");
}

base::Status AddMissingClasses(store::Session& session, std::span<const ClassRow> classes) {
  return InsertClasses(session, classes, " ON DUPLICATE KEY UPDATE class_id = VALUES(class_id)");
}

base::Status SaveStudents(store::Session& session, std::span<const StudentRow> students) {
  store::BulkInsert insert{session, "INSERT INTO student (student_id, name, seq)",
                           " ON DUPLICATE KEY UPDATE name = VALUES(name), seq = VALUES(seq)"};
  for (const StudentRow& row : students) {
    RETURN_IF_ERROR(insert.Add({row.id, row.name, row.seq}));
  }
  return insert.Flush();
}

base::Result<Memberships> FindMemberships(store::Session& session,
                                          const std::set<StudentId>& students) {
  Memberships found;
  if (students.empty()) return found;
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT student_id, from_day, class_id FROM membership"
                                 " WHERE student_id IN " +
                                 IdList(students) + " ORDER BY student_id, from_day"));
  while (rows.Next()) {
    found[StudentId{rows.Int("student_id")}].push_back(
        {rows.Day("from_day"), ClassId{rows.Int("class_id")}});
  }
  return found;
}

base::Status ReplaceMemberships(store::Session& session, const Memberships& memberships) {
  if (memberships.empty()) return {};
  std::set<StudentId> students;
  for (const auto& [student, rows] : memberships) students.insert(student);
  RETURN_IF_ERROR(
      session.Execute("DELETE FROM membership WHERE student_id IN " + IdList(students)));
  store::BulkInsert insert{session, "INSERT INTO membership (student_id, from_day, class_id)"};
  for (const auto& [student, rows] : memberships) {
    for (const Membership& row : rows) {
      RETURN_IF_ERROR(insert.Add({student, row.from, row.class_id}));
    }
  }
  return insert.Flush();
}

base::Status LoadClasses(store::Session& session, std::uint64_t after, std::uint64_t upto,
                         const std::function<void(ClassId, const std::string& school)>& row) {
  return session.Stream(
      "SELECT class_id, school_code FROM class_room WHERE seq > ? AND seq <= ? ORDER BY class_id",
      std::vector<store::Value>{after, upto}, [&](const store::Rows& rows) {
        row(ClassId{rows.Int("class_id")}, rows.Text("school_code"));
        return true;
      });
}

base::Status LoadStudents(store::Session& session, std::uint64_t after, std::uint64_t upto,
                          const std::function<void(StudentId, std::span<const Membership>)>& row) {
  StudentId student;
  std::vector<Membership> memberships;
  RETURN_IF_ERROR(
      session.Stream("SELECT s.student_id, m.from_day, m.class_id FROM student s"
                     " LEFT JOIN membership m ON m.student_id = s.student_id"
                     " WHERE s.seq > ? AND s.seq <= ? ORDER BY s.student_id, m.from_day",
                     std::vector<store::Value>{after, upto}, [&](const store::Rows& rows) {
                       const StudentId next{rows.Int("student_id")};
                       if (student && next != student) {
                         row(student, memberships);
                         memberships.clear();
                       }
                       student = next;
                       if (const auto from = rows.MaybeDay("from_day")) {
                         memberships.push_back({*from, ClassId{rows.Int("class_id")}});
                       }
                       return true;
                     }));
  if (student) row(student, memberships);
  return {};
}

base::Result<std::map<StudentId, std::string>> StudentNames(store::Session& session,
                                                            const std::set<StudentId>& students) {
  std::map<StudentId, std::string> names;
  if (students.empty()) return names;
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT student_id, name FROM student WHERE student_id IN " +
                                 IdList(students)));
  while (rows.Next()) names[StudentId{rows.Int("student_id")}] = rows.Text("name");
  return names;
}

base::Result<std::map<ClassId, ClassRow>> FindClasses(store::Session& session,
                                                      const std::set<ClassId>& classes) {
  std::map<ClassId, ClassRow> found;
  if (classes.empty()) return found;
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT class_id, school_code, grade, name, homeroom_teacher, seq"
                                 " FROM class_room WHERE class_id IN " +
                                 IdList(classes)));
  while (rows.Next()) {
    const ClassId id{rows.Int("class_id")};
    found[id] = {.id = id,
                 .school_code = rows.Text("school_code"),
                 .grade = static_cast<int>(rows.Int("grade")),
                 .name = rows.Text("name"),
                 .homeroom_teacher = rows.Text("homeroom_teacher"),
                 .seq = rows.Uint("seq")};
  }
  return found;
}

}  // namespace attendance
