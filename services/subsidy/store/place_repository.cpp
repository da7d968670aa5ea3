#include "subsidy/store/place_repository.h"

#include <fmt/format.h>

#include <set>

namespace subsidy {
namespace {

using store::Value;

constexpr int kBoarding = 1;
constexpr int kHomeTeaching = 2;
constexpr int kInclusive = 4;
constexpr int kNonLocal = 8;

int FlagsOf(const StateRow& row) {
  return (row.boarding ? kBoarding : 0) | (row.home_teaching ? kHomeTeaching : 0) |
         (row.inclusive ? kInclusive : 0) | (row.non_local ? kNonLocal : 0);
}

base::Status Done(base::Result<std::uint64_t> result) {
  return result.ok() ? base::Status{} : base::Status{result.error()};
}

base::Result<std::vector<StudentId>> ReadIds(base::Result<store::Rows> result) {
  if (!result.ok()) return result.error();
  std::vector<StudentId> ids;
  while (result->Next()) ids.push_back(StudentId{result->Int("student_id")});
  return ids;
}

// Calls `take` with the dossier of each row's student.
template <class Take>
base::Status EachRow(base::Result<store::Rows> result, std::map<StudentId, Dossier*>& by_id,
                     Take take) {
  if (!result.ok()) return result.error();
  while (result->Next()) {
    const auto found = by_id.find(StudentId{result->Int("student_id")});
    if (found != by_id.end()) take(*found->second, *result);
  }
  return {};
}

void TakeState(Dossier& dossier, const store::Rows& rows) {
  const auto flags = rows.Int("flags");
  dossier.states.push_back({.student = dossier.student,
                            .version = static_cast<int>(rows.Int("version")),
                            .effective = rows.Day("effective"),
                            .school_code = rows.Text("school_code"),
                            .class_id = rows.Int("class_id"),
                            .status = static_cast<int>(rows.Int("status")),
                            .boarding = (flags & kBoarding) != 0,
                            .home_teaching = (flags & kHomeTeaching) != 0,
                            .inclusive = (flags & kInclusive) != 0,
                            .non_local = (flags & kNonLocal) != 0,
                            .name = rows.Text("name")});
}

}  // namespace

base::Status SaveSchools(store::Transaction& tx, const std::vector<SchoolRow>& rows) {
  if (rows.empty()) return {};
  store::BulkInsert insert{tx, "INSERT INTO school_place (school_code, name, kind)",
                           " ON DUPLICATE KEY UPDATE name = VALUES(name), kind = VALUES(kind)"};
  for (const SchoolRow& row : rows) {
    RETURN_IF_ERROR(insert.Add({Value{row.code}, Value{row.name},
                                Value{static_cast<int>(row.kind)}}));
  }
  return insert.Flush();
}

base::Status SaveClasses(store::Transaction& tx, const std::vector<ClassRow>& rows) {
  if (rows.empty()) return {};
  store::BulkInsert insert{tx, "INSERT INTO class_grade (class_id, from_day, grade, name)",
                           " ON DUPLICATE KEY UPDATE grade = VALUES(grade), name = VALUES(name)"};
  for (const ClassRow& row : rows) {
    RETURN_IF_ERROR(insert.Add(
        {Value{row.class_id}, Value{row.from}, Value{row.grade}, Value{row.name}}));
  }
  return insert.Flush();
}

base::Status SaveStates(store::Transaction& tx, const std::vector<StateRow>& rows) {
  if (rows.empty()) return {};
  store::BulkInsert insert{tx,
                           "INSERT IGNORE INTO student_state (student_id, version, effective, "
                           "school_code, class_id, status, flags, name)"};
  for (const StateRow& row : rows) {
    RETURN_IF_ERROR(insert.Add({Value{row.student}, Value{row.version}, Value{row.effective},
                                Value{row.school_code}, Value{row.class_id}, Value{row.status},
                                Value{FlagsOf(row)}, Value{row.name}}));
  }
  return insert.Flush();
}

base::Status SaveTags(store::Transaction& tx, const std::map<StudentId, std::vector<Tag>>& tags) {
  if (tags.empty()) return {};
  std::vector<StudentId> ids;
  for (const auto& [student, lines] : tags) ids.push_back(student);
  RETURN_IF_ERROR(
      Done(tx.Execute("DELETE FROM student_tag WHERE student_id IN (" + IdList(ids) + ")")));
  store::BulkInsert insert{tx,
                           "INSERT INTO student_tag (student_id, line_no, group_name, source, "
                           "batch, valid_from, valid_to)"};
  for (const auto& [student, lines] : tags) {
    int line = 0;
    for (const Tag& tag : lines) {
      RETURN_IF_ERROR(insert.Add({Value{student}, Value{++line}, Value{tag.group},
                                  Value{tag.source}, Value{tag.batch}, Value{tag.from},
                                  Value{tag.to}}));
    }
  }
  return insert.Flush();
}

base::Status SavePaidElsewhere(store::Transaction& tx, StudentId student, std::string_view term,
                               std::string_view division, std::int64_t fen,
                               std::string_view letter, bool withdrawn) {
  return Done(tx.Execute(
      "INSERT INTO paid_elsewhere (student_id, term, division, fen, letter, withdrawn) "
      "VALUES (?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE division = VALUES(division), "
      "fen = VALUES(fen), letter = VALUES(letter), withdrawn = VALUES(withdrawn)",
      {student, term, division, fen, letter, withdrawn}));
}

base::Result<std::map<std::string, std::int64_t>> PaidElsewhereOf(store::Session& session,
                                                                  StudentId student) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT term, fen FROM paid_elsewhere WHERE student_id = ? AND "
                                 "withdrawn = 0",
                                 {student}));
  std::map<std::string, std::int64_t> out;
  while (rows.Next()) out[rows.Text("term")] = rows.Int("fen");
  return out;
}

base::Result<std::vector<StepRow>> LoadSteps(store::Session& session, StudentId student,
                                             std::string_view school_year) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT step, on_day, passed, actor, note FROM recognition_step "
                                 "WHERE student_id = ? AND school_year = ? ORDER BY step_no",
                                 {student, school_year}));
  std::vector<StepRow> steps;
  while (rows.Next()) {
    steps.push_back({{rows.Text("step"), rows.Day("on_day"), rows.Int("passed") != 0},
                     DecodeActor(rows.Text("actor")),
                     rows.Text("note")});
  }
  return steps;
}

base::Status AddStep(store::Transaction& tx, StudentId student, std::string_view school_year,
                     int step_no, const StepRow& row, base::UtcTime now) {
  return Done(tx.Execute(
      "INSERT INTO recognition_step (student_id, school_year, step_no, step, on_day, passed, "
      "actor, note, recorded_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {student, school_year, step_no, row.step.step, row.step.on, row.step.passed,
       EncodeActor(row.actor), row.note, now}));
}

base::Result<std::vector<StudentId>> StudentsOfClasses(store::Session& session,
                                                       const std::vector<std::int64_t>& classes) {
  if (classes.empty()) return std::vector<StudentId>{};
  return ReadIds(session.Query(
      fmt::format("SELECT DISTINCT student_id FROM student_state WHERE class_id IN ({})",
                  fmt::join(classes, ","))));
}

base::Result<std::vector<StudentId>> StudentsOfSchools(store::Session& session,
                                                       const std::vector<std::string>& schools) {
  std::set<StudentId> all;
  for (const std::string& code : schools) {
    ASSIGN_OR_RETURN(
        const auto some,
        ReadIds(session.Query("SELECT DISTINCT student_id FROM student_state WHERE school_code = ?",
                              {code})));
    all.insert(some.begin(), some.end());
  }
  return std::vector<StudentId>{all.begin(), all.end()};
}

base::Result<std::vector<StudentId>> StudentsAfter(store::Session& session, StudentId after,
                                                   std::uint32_t limit) {
  return ReadIds(session.Query(
      "SELECT student_id FROM subject WHERE student_id > ? ORDER BY student_id LIMIT ?",
      {after, limit}));
}

base::Result<std::vector<Dossier>> LoadDossiers(store::Session& session,
                                                const std::vector<StudentId>& students) {
  std::vector<Dossier> dossiers(students.size());
  std::map<StudentId, Dossier*> by_id;
  for (std::size_t i = 0; i < students.size(); ++i) {
    dossiers[i].student = students[i];
    by_id[students[i]] = &dossiers[i];
  }
  if (students.empty()) return dossiers;
  const std::string ids = IdList(students);
  RETURN_IF_ERROR(EachRow(
      session.Query("SELECT student_id, version, effective, school_code, class_id, status, flags, "
                    "name FROM student_state WHERE student_id IN (" +
                    ids + ") ORDER BY student_id, version"),
      by_id, TakeState));
  RETURN_IF_ERROR(EachRow(
      session.Query("SELECT student_id, group_name, source, batch, valid_from, valid_to FROM "
                    "student_tag WHERE student_id IN (" +
                    ids + ") ORDER BY student_id, line_no"),
      by_id, [](Dossier& dossier, const store::Rows& rows) {
        dossier.tags.push_back({rows.Text("group_name"), rows.Text("source"), rows.Text("batch"),
                                rows.Day("valid_from"), rows.MaybeDay("valid_to")});
      }));
  RETURN_IF_ERROR(EachRow(
      session.Query("SELECT student_id, term FROM paid_elsewhere WHERE withdrawn = 0 AND "
                    "student_id IN (" +
                    ids + ")"),
      by_id, [](Dossier& dossier, const store::Rows& rows) {
        dossier.terms_paid_elsewhere.push_back(rows.Text("term"));
      }));
  RETURN_IF_ERROR(EachRow(
      session.Query("SELECT student_id, school_year, step, on_day, passed FROM recognition_step "
                    "WHERE student_id IN (" +
                    ids + ") ORDER BY student_id, school_year, step_no"),
      by_id, [](Dossier& dossier, const store::Rows& rows) {
        dossier.steps[rows.Text("school_year")].push_back(
            {rows.Text("step"), rows.Day("on_day"), rows.Int("passed") != 0});
      }));
  std::erase_if(dossiers, [](const Dossier& dossier) { return dossier.states.empty(); });
  return dossiers;
}

base::Result<Places> LoadPlaces(store::Session& session, const std::vector<Dossier>& dossiers) {
  Places places;
  ASSIGN_OR_RETURN(store::Rows schools,
                   session.Query("SELECT school_code, name, kind FROM school_place"));
  while (schools.Next()) {
    const std::string& code = schools.Text("school_code");
    places.schools[code] = {code, schools.Text("name"),
                            static_cast<SchoolKind>(schools.Int("kind"))};
  }
  std::set<std::int64_t> ids;
  for (const Dossier& dossier : dossiers) {
    for (const StateRow& state : dossier.states) {
      if (state.class_id != 0) ids.insert(state.class_id);
    }
  }
  if (ids.empty()) return places;
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query(fmt::format("SELECT class_id, from_day, grade, name FROM "
                                             "class_grade WHERE class_id IN ({}) "
                                             "ORDER BY class_id, from_day",
                                             fmt::join(ids, ","))));
  while (rows.Next()) {
    const std::int64_t id = rows.Int("class_id");
    places.classes[id].push_back({id, rows.Day("from_day"), static_cast<int>(rows.Int("grade")),
                                  rows.Text("name")});
  }
  return places;
}

base::Result<std::vector<PublicRow>> ListPublic(store::Session& session,
                                                std::string_view school_year,
                                                std::string_view school_code) {
  ASSIGN_OR_RETURN(
      store::Rows rows,
      session.Query(
          "SELECT IFNULL(p.name, s.school_code) AS school, IFNULL((SELECT g.name FROM class_grade g"
          " WHERE g.class_id = s.class_id ORDER BY g.from_day DESC LIMIT 1), '') AS class_name,"
          " s.name FROM recognition_step r"
          " JOIN student_state s ON s.student_id = r.student_id AND s.version ="
          " (SELECT MAX(v.version) FROM student_state v WHERE v.student_id = r.student_id)"
          " LEFT JOIN school_place p ON p.school_code = s.school_code"
          " WHERE r.school_year = ? AND r.step = '公示' AND r.step_no = (SELECT MAX(m.step_no)"
          " FROM recognition_step m WHERE m.student_id = r.student_id AND"
          " m.school_year = r.school_year) AND (? = '' OR s.school_code = ?)"
          " ORDER BY school, class_name, s.name",
          {school_year, school_code, school_code}));
  std::vector<PublicRow> list;
  while (rows.Next()) {
    list.push_back({rows.Text("school"), rows.Text("class_name"), rows.Text("name")});
  }
  return list;
}

}  // namespace subsidy
