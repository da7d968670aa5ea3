#include "cases/app/feed_desk.h"

#include <set>

#include "cases/store/place_repository.h"

namespace cases {
namespace {

// What the own projection says, and where it is silent what the event said.
Contacts Merge(Contacts known, const Contacts& seen) {
  if (known.student_name.empty()) known.student_name = seen.student_name;
  if (known.school_code.empty()) known.school_code = seen.school_code;
  if (!known.class_id) known.class_id = seen.class_id;
  return known;
}

}  // namespace

base::Status FeedDesk::Suspect(const Suspicion& suspicion) {
  Signal signal = suspicion.signal;
  store::Transaction& tx = writer_.tx();
  if (suspicion.subject.student) {
    ASSIGN_OR_RETURN(signal.contacts, FindContacts(tx, suspicion.subject.student));
  }
  if (signal.contacts == Contacts{} && suspicion.seen.class_id) {
    ASSIGN_OR_RETURN(signal.contacts, FindContactsOfClass(tx, suspicion.seen.class_id));
  }
  signal.contacts = Merge(std::move(signal.contacts), suspicion.seen);
  const auto taken = writer_.Take(suspicion.subject, signal);
  if (!taken.ok()) return taken.error();
  return {};
}

base::Status FeedDesk::Withdraw(Subject subject, const SignalWithdrawn& command) {
  const auto given = writer_.GiveOpen(subject, command);
  if (!given.ok()) return given.error();
  return {};
}

base::Status FeedDesk::Return(Subject subject, const StudentBack& command) {
  const auto given = writer_.GiveOpen(subject, command);
  if (!given.ok()) return given.error();
  return {};
}

base::Status FeedDesk::WithdrawReturn(Subject subject, const ReturnWithdrawn& command) {
  const auto given = writer_.GiveOpen(subject, command);
  if (!given.ok()) return given.error();
  return {};
}

base::Status FeedDesk::Reply(CaseId id, Subject subject, const LetterReply& command) {
  if (id) {
    ASSIGN_OR_RETURN(const std::optional<LockedCase> found, LockCase(writer_.tx(), id));
    if (!found) return {};
    const auto given = writer_.Give(id, command);
    if (!given.ok()) return given.error();
    return {};
  }
  if (subject.Key() == 0) return {};
  const auto given = writer_.GiveOpen(subject, command);
  if (!given.ok()) return given.error();
  return {};
}

base::Status FeedDesk::Registry(const RegistryBatch& batch, base::UtcTime at) {
  store::Transaction& tx = writer_.tx();
  RETURN_IF_ERROR(SaveSchools(tx, batch.schools));
  RETURN_IF_ERROR(SaveClasses(tx, batch.classes));
  RETURN_IF_ERROR(SaveStudents(tx, batch.students));
  for (const auto& [student, fact] : batch.facts) {
    const auto given = writer_.GiveOpen({.student = student}, fact);
    if (!given.ok()) return given.error();
  }
  return RefreshPlaces(batch, at);
}

base::Status FeedDesk::RefreshPlaces(const RegistryBatch& batch, base::UtcTime at) {
  store::Transaction& tx = writer_.tx();
  std::vector<StudentId> students;
  std::vector<ClassId> classes;
  std::vector<std::string> schools;
  for (const StudentPlace& one : batch.students) students.push_back(one.student);
  for (const ClassPlace& one : batch.classes) classes.push_back(one.class_id);
  for (const SchoolPlace& one : batch.schools) schools.push_back(one.school_code);
  ASSIGN_OR_RETURN(const auto of_students, OpenCasesOfStudents(tx, students));
  ASSIGN_OR_RETURN(const auto of_classes, OpenCasesOfClasses(tx, classes));
  ASSIGN_OR_RETURN(const auto of_schools, OpenCasesOfSchools(tx, schools));
  std::set<CaseId> concerned;
  for (const auto* found : {&of_students, &of_classes, &of_schools}) {
    concerned.insert(found->begin(), found->end());
  }
  for (const CaseId id : concerned) {
    ASSIGN_OR_RETURN(const std::optional<LockedCase> found, LockCase(tx, id));
    if (!found || !found->open || !found->subject.student) continue;
    ASSIGN_OR_RETURN(const Contacts contacts, FindContacts(tx, found->subject.student));
    if (contacts == Contacts{}) continue;
    const auto given = writer_.Give(id, ContactsChanged{.at = at, .contacts = contacts});
    if (!given.ok()) return given.error();
  }
  return {};
}

}  // namespace cases
