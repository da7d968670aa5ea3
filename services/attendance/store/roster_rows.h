// Tables school, class_room, student and membership: what attendance keeps of registry's feed.
//
// `seq` of a row is the event that changed it last, so that the ledger in memory can take what is
// new. Errors: those of libs/store.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "attendance/domain/types.h"
#include "store/store.h"

namespace attendance {

// From `from` on expected in that class; none: in no class.
struct Membership {
  base::Date from = {};
  ClassId class_id = {};
  friend bool operator==(const Membership&, const Membership&) = default;
};

struct SchoolRow {
  std::string code = {};
  std::string name = {};
};
struct ClassRow {
  ClassId id = {};
  std::string school_code = {};
  int grade = 0;
  std::string name = {};
  std::string homeroom_teacher = {};
  std::uint64_t seq = 0;
};
struct StudentRow {
  StudentId id = {};
  std::string name = {};
  std::uint64_t seq = 0;
};

base::Status SaveSchools(store::Session& session, std::span<const SchoolRow> schools);
base::Status SaveClasses(store::Session& session, std::span<const ClassRow> classes);
// Only classes that are not there yet (a student's event may name one first).
base::Status AddMissingClasses(store::Session& session, std::span<const ClassRow> classes);
base::Status SaveStudents(store::Session& session, std::span<const StudentRow> students);

using Memberships = std::map<StudentId, std::vector<Membership>>;
// Of these students, rising by day.
base::Result<Memberships> FindMemberships(store::Session& session,
                                          const std::set<StudentId>& students);
// Replaces all rows of these students.
base::Status ReplaceMemberships(store::Session& session, const Memberships& memberships);

// Rows with after < seq <= upto.
base::Status LoadClasses(store::Session& session, std::uint64_t after, std::uint64_t upto,
                         const std::function<void(ClassId, const std::string& school)>& row);
// Each student with all memberships, rising; a student in no class has none.
base::Status LoadStudents(store::Session& session, std::uint64_t after, std::uint64_t upto,
                          const std::function<void(StudentId, std::span<const Membership>)>& row);

base::Result<std::map<StudentId, std::string>> StudentNames(store::Session& session,
                                                            const std::set<StudentId>& students);
base::Result<std::map<ClassId, ClassRow>> FindClasses(store::Session& session,
                                                      const std::set<ClassId>& classes);

}  // namespace attendance
