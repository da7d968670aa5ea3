// Reading students: now, or as of a day, with their places, tags and history.
//
// As of a day: the state in effect on that day, worked out from the changes (every change keeps
// what the columns said before it). Known on a day: only what had been recorded by its end, so
// "what did the registry say on day D" is both. Days are civil days of the county's zone. Errors:
// kNotFound/STUDENT_UNKNOWN, NOT_REGISTERED_THEN; kInvalidArgument/WHO_MISSING; those of the store
// and the vault. Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "registry/app/deps.h"
#include "registry/store/list_repository.h"
#include "registry/store/place_repository.h"
#include "registry/store/student_repository.h"

namespace registry {

struct AsOf {
  std::optional<base::Date> effective_on = {};
  std::optional<base::Date> known_on = {};
  bool now() const { return !effective_on && !known_on; }
};

struct StudentView {
  Student student = {};
  std::string school_name = {};
  std::string class_name = {};
  std::vector<TagRow> tags = {};
};

struct WhichStudent {
  StudentId id = {};
  std::string id_number = {};
  std::string student_no = {};
};

class Students {
 public:
  explicit Students(const Deps& deps) : deps_(deps) {}

  base::Result<StudentView> Get(const WhichStudent& which, const AsOf& as_of) const;
  base::Result<std::vector<StudentView>> List(const StudentFilter& filter, const AsOf& as_of) const;
  base::Result<std::vector<ChangeRow>> History(StudentId id) const;

  struct Summary {
    StudentCounts counts = {};
    std::uint64_t people = 0;
    std::uint64_t tags = 0;
    std::string latest_batch = {};
  };
  base::Result<Summary> Summarise() const;

 private:
  base::Result<std::optional<StudentRow>> Find(store::Session& session,
                                               const WhichStudent& which) const;

  // The student of a row, now or as the changes say; nothing if there was none then.
  base::Result<std::optional<Student>> Then(const StudentRow& row,
                                            const std::vector<ChangeRow>& changes,
                                            const AsOf& as_of) const;

  const Deps& deps_;
};

// The student as `changes` (all of them, in order of version) say for `as_of`; nothing if the
// student was not registered then. `now`: as it is, details included.
base::Result<std::optional<Student>> RollBack(const Vault& vault, std::string_view county_division,
                                              const Student& now,
                                              const std::vector<ChangeRow>& changes,
                                              const AsOf& as_of);

// Opens the details and puts them into the student.
base::Result<Student> OpenStudent(const Vault& vault, const StudentRow& row);

// Adds names of school and class, and the tags valid on the day.
base::Result<StudentView> ViewOf(store::Session& session, Student student,
                                 const std::string& person_key, base::Date on);

}  // namespace registry
