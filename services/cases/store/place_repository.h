// All SQL over student_place, class_place and school_place: where a child belongs, kept from the
// registry's feed, written in bulk. An older version of a student never replaces a newer one.
// Errors: those of libs/store. Belongs to the thread of its session.
#pragma once

#include <optional>
#include <vector>

#include "cases/store/rows.h"
#include "store/store.h"

namespace cases {

base::Status SaveStudents(store::Transaction& tx, const std::vector<StudentPlace>& students);
base::Status SaveClasses(store::Transaction& tx, const std::vector<ClassPlace>& classes);
base::Status SaveSchools(store::Transaction& tx, const std::vector<SchoolPlace>& schools);

// What is known of the student's class, school and teacher; empty where nothing is.
base::Result<Contacts> FindContacts(store::Session& session, StudentId student);
base::Result<Contacts> FindContactsOfClass(store::Session& session, ClassId class_id);
base::Result<std::optional<StudentPlace>> FindStudent(store::Session& session, StudentId student);

}  // namespace cases
