#include "registry/app/students.h"

#include <algorithm>
#include <set>

#include "registry/domain/normalise.h"
#include "registry/domain/student_number.h"

namespace registry {
namespace {

using base::Code;
using base::Error;

constexpr std::uint32_t kPageMax = 1000;

bool IsWithin(const ChangeRow& change, const AsOf& as_of) {
  if (as_of.effective_on && change.effective > *as_of.effective_on) return false;
  if (as_of.known_on && base::DateAt(change.recorded_at) > *as_of.known_on) return false;
  return true;
}

// Schools and classes of some students; all of the county's only where there are many.
base::Result<Places> PlacesOf(store::Session& session, const std::vector<StudentView>& views) {
  constexpr std::size_t kFew = 8;
  std::set<std::string> schools;
  std::set<ClassId> classes;
  for (const StudentView& view : views) {
    if (!view.student.school_code.empty()) schools.insert(view.student.school_code);
    if (view.student.class_id) classes.insert(view.student.class_id);
  }
  if (schools.size() + classes.size() > kFew) return LoadPlaces(session);
  Places places;
  for (const std::string& code : schools) {
    ASSIGN_OR_RETURN(auto school, FindSchool(session, code));
    if (school) places.Add(std::move(*school));
  }
  for (const ClassId id : classes) {
    ASSIGN_OR_RETURN(auto school_class, FindClass(session, id));
    if (school_class) places.Add(std::move(*school_class));
  }
  return places;
}

// The day on which tags are looked at.
base::Date DayOf(const AsOf& as_of, base::Date today) {
  return as_of.effective_on.value_or(as_of.known_on.value_or(today));
}

}  // namespace

base::Result<Student> OpenStudent(const Vault& vault, const StudentRow& row) {
  Student student = row.student;
  ASSIGN_OR_RETURN(student.details, vault.OpenRecord(Sealed::kStudent, row.sealed));
  return student;
}

base::Result<std::optional<Student>> RollBack(const Vault& vault, std::string_view county_division,
                                              const Student& now,
                                              const std::vector<ChangeRow>& changes,
                                              const AsOf& as_of) {
  // Changes of one day count in the order of their versions; a later version may not take effect
  // before an earlier one's status, so the last that counts tells the state.
  const ChangeRow* last = nullptr;
  for (const ChangeRow& change : changes) {
    if (!IsWithin(change, as_of)) continue;
    if (last == nullptr || last->effective <= change.effective) last = &change;
  }
  if (last == nullptr) return std::optional<Student>{};
  Student then = now;
  for (auto change = changes.rbegin(); change != changes.rend(); ++change) {
    if (IsWithin(*change, as_of) || change->before_sealed.empty()) continue;
    ASSIGN_OR_RETURN(const Record before, vault.OpenRecord(Sealed::kBefore, change->before_sealed));
    then.details = Overlay(then.details, before, change->fields);
  }
  RefreshFromDetails(then, county_division);
  then.version = last->version;
  then.status = last->to_status;
  then.school_code = last->to_school;
  then.class_id = last->to_class;
  then.home_teaching = last->home_teaching;
  then.until = last->until;
  then.status_since = last->effective;
  return std::optional{std::move(then)};
}

base::Result<StudentView> ViewOf(store::Session& session, Student student,
                                 const std::string& person_key, base::Date on) {
  StudentView view;
  ASSIGN_OR_RETURN(const auto school, FindSchool(session, student.school_code));
  if (school) view.school_name = school->name;
  if (student.class_id) {
    ASSIGN_OR_RETURN(const auto school_class, FindClass(session, student.class_id));
    if (school_class) view.class_name = school_class->name;
  }
  ASSIGN_OR_RETURN(view.tags, FindTagsOfPeople(session, {&person_key, 1}, on));
  view.student = std::move(student);
  return view;
}

base::Result<std::optional<StudentRow>> Students::Find(store::Session& session,
                                                       const WhichStudent& which) const {
  if (which.id) return FindStudent(session, which.id, Lock::kNone);
  std::string number = NormaliseId(which.id_number);
  const std::string student_no = NormaliseId(which.student_no);
  const auto kind = StudentNoKindOf(student_no);
  if (number.empty() && kind == StudentNoKind::kFormal) number = student_no.substr(1);
  if (number.empty() && student_no.empty()) {
    return Error{Code::kInvalidArgument, "WHO_MISSING", "须给出学生编号、身份证件号或学籍号"};
  }
  if (number.empty()) return FindStudentByNo(session, student_no);
  const std::string key = deps_.vault.NumberKey(number);
  ASSIGN_OR_RETURN(auto found, FindStudentsByKey(session, {&key, 1}, Lock::kNone));
  if (found.empty()) return std::optional<StudentRow>{};
  return std::optional{std::move(found.front())};
}

base::Result<StudentView> Students::Get(const WhichStudent& which, const AsOf& as_of) const {
  StudentView view;
  RETURN_IF_ERROR(deps_.pool.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const auto row, Find(session, which));
    if (!row) return Error{Code::kNotFound, "STUDENT_UNKNOWN", "学籍中没有这名学生"};
    ASSIGN_OR_RETURN(Student student, OpenStudent(deps_.vault, *row));
    if (!as_of.now()) {
      ASSIGN_OR_RETURN(const auto changes, ListChanges(session, student.id));
      ASSIGN_OR_RETURN(auto then,
                       RollBack(deps_.vault, deps_.county_division, student, changes, as_of));
      if (!then) {
        return Error{Code::kNotFound, "NOT_REGISTERED_THEN", "该生当时还没有学籍"};
      }
      student = std::move(*then);
    }
    ASSIGN_OR_RETURN(view, ViewOf(session, std::move(student), row->person_key,
                                  DayOf(as_of, deps_.clock.Today())));
    return {};
  }));
  return view;
}

base::Result<std::vector<StudentView>> Students::List(const StudentFilter& filter,
                                                      const AsOf& as_of) const {
  std::vector<StudentView> views;
  StudentFilter page = filter;
  page.limit = std::clamp(filter.limit, 1u, kPageMax);
  RETURN_IF_ERROR(deps_.pool.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const std::vector<StudentRow> rows, ListStudents(session, page));
    std::vector<StudentId> ids;
    std::vector<std::string> keys;
    for (const StudentRow& row : rows) {
      ids.push_back(row.student.id);
      keys.push_back(row.person_key);
    }
    std::vector<ChangeRow> changes;
    if (!as_of.now()) {
      ASSIGN_OR_RETURN(changes, ListChangesOf(session, ids));
    }
    ASSIGN_OR_RETURN(const std::vector<TagRow> tags,
                     FindTagsOfPeople(session, keys, DayOf(as_of, deps_.clock.Today())));
    for (const StudentRow& row : rows) {
      ASSIGN_OR_RETURN(auto student, Then(row, changes, as_of));
      if (!student) continue;
      StudentView view{.student = std::move(*student)};
      for (const TagRow& tag : tags) {
        if (tag.person_key == row.person_key) view.tags.push_back(tag);
      }
      views.push_back(std::move(view));
    }
    ASSIGN_OR_RETURN(const Places places, PlacesOf(session, views));
    for (StudentView& view : views) {
      if (const School* school = places.FindSchool(view.student.school_code)) {
        view.school_name = school->name;
      }
      if (const SchoolClass* in = places.FindClass(view.student.class_id)) {
        view.class_name = in->name;
      }
    }
    return {};
  }));
  return views;
}

base::Result<std::optional<Student>> Students::Then(const StudentRow& row,
                                                    const std::vector<ChangeRow>& changes,
                                                    const AsOf& as_of) const {
  ASSIGN_OR_RETURN(Student student, OpenStudent(deps_.vault, row));
  if (as_of.now()) return std::optional{std::move(student)};
  std::vector<ChangeRow> own;
  for (const ChangeRow& change : changes) {
    if (change.student_id == student.id) own.push_back(change);
  }
  return RollBack(deps_.vault, deps_.county_division, student, own, as_of);
}

base::Result<std::vector<ChangeRow>> Students::History(StudentId id) const {
  std::vector<ChangeRow> changes;
  RETURN_IF_ERROR(deps_.pool.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(changes, ListChanges(session, id));
    if (changes.empty()) return Error{Code::kNotFound, "STUDENT_UNKNOWN", "学籍中没有这名学生"};
    return {};
  }));
  return changes;
}

base::Result<Students::Summary> Students::Summarise() const {
  Summary summary;
  RETURN_IF_ERROR(deps_.pool.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(summary.counts, CountStudents(session));
    ASSIGN_OR_RETURN(summary.tags, CountTags(session, deps_.clock.Today()));
    ASSIGN_OR_RETURN(const auto batch, LatestBatch(session, ImportKind::kSchoolAge, ""));
    if (!batch) return {};
    summary.latest_batch = batch->batch;
    ASSIGN_OR_RETURN(summary.people, CountPersons(session, batch->id));
    return {};
  }));
  return summary;
}

}  // namespace registry
