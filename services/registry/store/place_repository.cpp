#include "registry/store/place_repository.h"

namespace registry {
namespace {

constexpr std::string_view kSchools =
    "SELECT school_code, name, stage, teaching_point, parent_code, town FROM school";
constexpr std::string_view kClasses =
    "SELECT class_id, school_code, class_no, grade, entry_year, name, teacher_id, teacher_name"
    " FROM school_class";

School ReadSchool(const store::Rows& rows) {
  return School{.code = rows.Text("school_code"),
                .name = rows.Text("name"),
                .stage = static_cast<Stage>(rows.Int("stage")),
                .teaching_point = rows.Int("teaching_point") != 0,
                .parent_code = rows.Text("parent_code"),
                .town = rows.Text("town")};
}

SchoolClass ReadClass(const store::Rows& rows) {
  return SchoolClass{.id = ClassId{rows.Int("class_id")},
                     .school_code = rows.Text("school_code"),
                     .grade = static_cast<int>(rows.Int("grade")),
                     .class_no = rows.Text("class_no"),
                     .name = rows.Text("name"),
                     .teacher_id = rows.Text("teacher_id"),
                     .teacher_name = rows.Text("teacher_name"),
                     .entry_year = static_cast<int>(rows.Int("entry_year"))};
}

base::Status WriteClasses(store::Transaction& tx, std::span<const SchoolClass> classes,
                          std::string suffix) {
  store::BulkInsert insert(
      tx,
      "INSERT INTO school_class (class_id, school_code, class_no, grade, entry_year, name,"
      " teacher_id, teacher_name)",
      std::move(suffix));
  for (const SchoolClass& row : classes) {
    RETURN_IF_ERROR(insert.Add({row.id, row.school_code, row.class_no, row.grade, row.entry_year,
                                row.name, row.teacher_id, row.teacher_name}));
  }
  return insert.Flush();
}

}  // namespace

base::Result<std::int64_t> TakeIds(store::Transaction& tx, std::string_view name,
                                   std::int64_t count) {
  RETURN_IF_ERROR(
      tx.Execute("UPDATE id_counter SET next_id = next_id + ? WHERE name = ?", {count, name}));
  ASSIGN_OR_RETURN(store::Rows rows,
                   tx.Query("SELECT next_id FROM id_counter WHERE name = ?", {name}));
  CHECK(rows.Next());
  return rows.Int("next_id") - count;
}

base::Result<Places> LoadPlaces(store::Session& session) {
  Places places;
  ASSIGN_OR_RETURN(std::vector<School> schools, ListSchools(session));
  for (School& school : schools) places.Add(std::move(school));
  ASSIGN_OR_RETURN(std::vector<SchoolClass> classes, ListClasses(session, ""));
  for (SchoolClass& school_class : classes) places.Add(std::move(school_class));
  return places;
}

base::Result<std::vector<School>> ListSchools(store::Session& session) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query(std::string{kSchools} + " ORDER BY school_code"));
  std::vector<School> schools;
  while (rows.Next()) schools.push_back(ReadSchool(rows));
  return schools;
}

base::Result<std::vector<SchoolClass>> ListClasses(store::Session& session,
                                                   std::string_view school_code) {
  std::string sql{kClasses};
  std::vector<store::Value> values;
  if (!school_code.empty()) {
    sql += " WHERE school_code = ?";
    values.emplace_back(school_code);
  }
  sql += " ORDER BY school_code, grade, class_no";
  ASSIGN_OR_RETURN(store::Rows rows, session.Query(sql, std::span<const store::Value>{values}));
  std::vector<SchoolClass> classes;
  while (rows.Next()) classes.push_back(ReadClass(rows));
  return classes;
}

base::Result<std::optional<School>> FindSchool(store::Session& session, std::string_view code) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query(std::string{kSchools} + " WHERE school_code = ?", {code}));
  if (!rows.Next()) return std::optional<School>{};
  return std::optional{ReadSchool(rows)};
}

base::Result<std::optional<SchoolClass>> FindClass(store::Session& session, ClassId id) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query(std::string{kClasses} + " WHERE class_id = ?", {id}));
  if (!rows.Next()) return std::optional<SchoolClass>{};
  return std::optional{ReadClass(rows)};
}

base::Status SaveSchools(store::Transaction& tx, std::span<const School> schools) {
  store::BulkInsert insert(
      tx, "INSERT INTO school (school_code, name, stage, teaching_point, parent_code, town)",
      " ON DUPLICATE KEY UPDATE name = VALUES(name), stage = VALUES(stage),"
      " teaching_point = VALUES(teaching_point), parent_code = VALUES(parent_code),"
      " town = VALUES(town)");
  for (const School& school : schools) {
    RETURN_IF_ERROR(insert.Add({school.code, school.name, static_cast<int>(school.stage),
                                school.teaching_point, school.parent_code, school.town}));
  }
  return insert.Flush();
}

base::Status InsertClasses(store::Transaction& tx, std::span<const SchoolClass> classes) {
  return WriteClasses(tx, classes, "");
}

base::Status UpdateClasses(store::Transaction& tx, std::span<const SchoolClass> classes) {
  return WriteClasses(
      tx, classes,
      " ON DUPLICATE KEY UPDATE grade = VALUES(grade), entry_year = VALUES(entry_year),"
      " name = VALUES(name), teacher_id = VALUES(teacher_id), teacher_name = VALUES(teacher_name)");
}

}  // namespace registry
