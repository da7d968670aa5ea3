// Students and their changes. All SQL on student and student_change.
//
// The repository sees sealed bytes only: sealing and the blind index are the use cases' business.
// Errors: those of store::Session; kAlreadyExists/DUPLICATE_KEY when a person or a student number
// is inserted twice.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "registry/domain/enrolment.h"
#include "store/store.h"

namespace registry {

struct StudentRow {
  Student student = {};         // details empty
  std::string person_key = {};  // 16 bytes
  std::string sealed = {};      // the details
};

struct ChangeRow {
  StudentId student_id = {};
  int version = 0;
  ChangeKind kind = ChangeKind::kUnspecified;
  std::string reason_code = {};
  base::Date effective = {};
  base::UtcTime recorded_at = {};
  Actor actor = {};
  Actor approver = {};
  std::vector<std::string> evidence = {};
  StudentStatus from_status = StudentStatus::kNone;
  StudentStatus to_status = StudentStatus::kNone;
  std::string from_school = {};
  std::string to_school = {};
  ClassId from_class = {};
  ClassId to_class = {};
  bool home_teaching = false;  // after the change
  std::optional<base::Date> until = {};
  std::string note = {};
  std::vector<Field> fields = {};  // changed columns
  std::string before_sealed = {};  // what they said before; empty: nothing changed
};

enum class Lock { kNone, kForUpdate };

base::Result<std::vector<StudentRow>> FindStudentsByKey(store::Session& session,
                                                        std::span<const std::string> person_keys,
                                                        Lock lock);
base::Result<std::vector<StudentRow>> FindStudentsById(store::Session& session,
                                                       std::span<const StudentId> ids, Lock lock);
// The keys of students who have a J or L number because they have no identity number.
base::Result<std::vector<std::string>> NumberlessKeys(store::Session& session);
base::Result<std::optional<StudentRow>> FindStudent(store::Session& session, StudentId id,
                                                    Lock lock);
base::Result<std::optional<StudentRow>> FindStudentByNo(store::Session& session,
                                                        std::string_view student_no);

struct StudentFilter {
  std::string school_code = {};
  ClassId class_id = {};
  std::string name = {};
  std::vector<StudentStatus> statuses = {};  // empty: all
  StudentId after = {};
  std::uint32_t limit = 100;
};
// In order of id.
base::Result<std::vector<StudentRow>> ListStudents(store::Session& session,
                                                   const StudentFilter& filter);

base::Status InsertStudents(store::Transaction& tx, std::span<const StudentRow> rows);
// Rows of known ids, whole.
base::Status UpdateStudents(store::Transaction& tx, std::span<const StudentRow> rows);
base::Status InsertChanges(store::Transaction& tx, std::span<const ChangeRow> rows);

// In order of version.
base::Result<std::vector<ChangeRow>> ListChanges(store::Session& session, StudentId id);
base::Result<std::vector<ChangeRow>> ListChangesOf(store::Session& session,
                                                   std::span<const StudentId> ids);

// The students of these schools who are on the roll, by id and key; for what a full roster leaves
// out.
base::Status StreamStudentsOfSchool(
    store::Session& session, std::string_view school_code,
    const std::function<void(StudentId, std::string_view person_key)>& each);

// Everybody's sealed details, in order of id.
base::Status StreamSealedStudents(store::Session& session,
                                  const std::function<void(StudentId, std::string_view)>& each);

struct StudentCounts {
  std::uint64_t students = 0;
  std::uint64_t enrolled = 0;
  std::uint64_t schools = 0;
  std::uint64_t classes = 0;
};
base::Result<StudentCounts> CountStudents(store::Session& session);
// The highest J or L number that begins like this, to find the next one.
base::Result<std::optional<std::string>> HighestStudentNo(store::Session& session,
                                                          std::string_view prefix);

}  // namespace registry
