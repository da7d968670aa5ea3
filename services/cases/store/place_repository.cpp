#include "cases/store/place_repository.h"

namespace cases {
namespace {

using store::Value;

constexpr std::string_view kContactsOfStudent =
    "SELECT s.name AS student_name, s.school_code, IFNULL(h.name, '') AS school_name, "
    "IFNULL(h.town, '') AS town, s.class_id, IFNULL(c.name, '') AS class_name, "
    "IFNULL(c.teacher_id, '') AS teacher_id, IFNULL(c.teacher, '') AS teacher "
    "FROM student_place s LEFT JOIN class_place c ON c.class_id = s.class_id "
    "LEFT JOIN school_place h ON h.school_code = s.school_code WHERE s.student_id = ?";

constexpr std::string_view kContactsOfClass =
    "SELECT '' AS student_name, c.school_code, IFNULL(h.name, '') AS school_name, "
    "IFNULL(h.town, '') AS town, c.class_id, c.name AS class_name, c.teacher_id, c.teacher "
    "FROM class_place c LEFT JOIN school_place h ON h.school_code = c.school_code "
    "WHERE c.class_id = ?";

base::Result<Contacts> Read(base::Result<store::Rows> result) {
  if (!result.ok()) return result.error();
  store::Rows& rows = *result;
  if (!rows.Next()) return Contacts{};
  return Contacts{.student_name = rows.Text("student_name"),
                  .school_code = rows.Text("school_code"),
                  .school_name = rows.Text("school_name"),
                  .town = rows.Text("town"),
                  .class_id = ClassId{rows.Int("class_id")},
                  .class_name = rows.Text("class_name"),
                  .teacher_id = rows.Text("teacher_id"),
                  .teacher = rows.Text("teacher")};
}

}  // namespace

base::Status SaveStudents(store::Transaction& tx, const std::vector<StudentPlace>& students) {
  if (students.empty()) return {};
  // The version last: MySQL assigns from left to right, and the others compare with the old one.
  store::BulkInsert insert{
      tx, "INSERT INTO student_place (student_id, name, school_code, class_id, non_local, version)",
      " ON DUPLICATE KEY UPDATE name = IF(VALUES(version) < version, name, VALUES(name)), "
      "school_code = IF(VALUES(version) < version, school_code, VALUES(school_code)), "
      "class_id = IF(VALUES(version) < version, class_id, VALUES(class_id)), "
      "non_local = IF(VALUES(version) < version, non_local, VALUES(non_local)), "
      "version = GREATEST(version, VALUES(version))"};
  for (const StudentPlace& s : students) {
    RETURN_IF_ERROR(insert.Add({Value{s.student}, Value{s.name}, Value{s.school_code},
                                Value{s.class_id}, Value{s.non_local}, Value{s.version}}));
  }
  return insert.Flush();
}

base::Status SaveClasses(store::Transaction& tx, const std::vector<ClassPlace>& classes) {
  if (classes.empty()) return {};
  store::BulkInsert insert{
      tx, "INSERT INTO class_place (class_id, school_code, name, teacher_id, teacher)",
      " ON DUPLICATE KEY UPDATE school_code = VALUES(school_code), name = VALUES(name), "
      "teacher_id = VALUES(teacher_id), teacher = VALUES(teacher)"};
  for (const ClassPlace& c : classes) {
    RETURN_IF_ERROR(insert.Add({Value{c.class_id}, Value{c.school_code}, Value{c.name},
                                Value{c.teacher_id}, Value{c.teacher}}));
  }
  return insert.Flush();
}

base::Status SaveSchools(store::Transaction& tx, const std::vector<SchoolPlace>& schools) {
  if (schools.empty()) return {};
  store::BulkInsert insert{
      tx, "INSERT INTO school_place (school_code, name, town)",
      " ON DUPLICATE KEY UPDATE name = VALUES(name), town = VALUES(town)"};
  for (const SchoolPlace& s : schools) {
    RETURN_IF_ERROR(insert.Add({Value{s.school_code}, Value{s.name}, Value{s.town}}));
  }
  return insert.Flush();
}

base::Result<Contacts> FindContacts(store::Session& session, StudentId student) {
  return Read(session.Query(kContactsOfStudent, {Value{student}}));
}

base::Result<Contacts> FindContactsOfClass(store::Session& session, ClassId class_id) {
  return Read(session.Query(kContactsOfClass, {Value{class_id}}));
}

base::Result<std::optional<StudentPlace>> FindStudent(store::Session& session, StudentId student) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT student_id, name, school_code, class_id, non_local, "
                                 "version FROM student_place WHERE student_id = ?",
                                 {Value{student}}));
  if (!rows.Next()) return std::optional<StudentPlace>{};
  return std::optional<StudentPlace>{
      StudentPlace{.student = StudentId{rows.Int("student_id")},
                   .name = rows.Text("name"),
                   .school_code = rows.Text("school_code"),
                   .class_id = ClassId{rows.Int("class_id")},
                   .non_local = rows.Int("non_local") != 0,
                   .version = static_cast<int>(rows.Int("version"))}};
}

}  // namespace cases
