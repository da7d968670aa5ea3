#include "registry/endpoints/handlers.h"

#include "registry/app/people.h"
#include "registry/endpoints/mapping.h"
#include "registry/store/place_repository.h"

namespace registry {
namespace {

using bus::Reply;
using bus::Request;

// One row of the table: the envelope's type is the message's full name.
template <class Req>
void On(bus::Server& server, const UseCases& use,
        Reply (*handler)(const UseCases&, const Request&, const Req&)) {
  server.Handle(std::string{Req::descriptor()->full_name()},
                [&use, handler](const Request& request) -> Reply {
                  Req message;
                  if (!message.ParseFromString(request.body)) {
                    return base::Error{base::Code::kInvalidArgument, "BAD_BODY",
                                       "the body is not a " + Req::descriptor()->full_name()};
                  }
                  return handler(use, request, message);
                });
}

// ---- imports ----

Reply BeginImport(const UseCases& use, const Request& request, const pb::BeginImport& message) {
  ASSIGN_OR_RETURN(const WriteContext write, WriteFrom(request));
  ASSIGN_OR_RETURN(const BeginCommand command, From(message));
  return use.imports.Begin(command, write,
                           [](const Begun& begun) { return ToReply(begun).SerializeAsString(); });
}

Reply AddImportRows(const UseCases& use, const Request& request, const pb::AddImportRows& message) {
  RETURN_IF_ERROR(CheckWrite(request));
  ASSIGN_OR_RETURN(const ImportId id, ImportIdFrom(message.import_id()));
  ASSIGN_OR_RETURN(const ChunkReport report,
                   use.imports.Add(id, static_cast<int>(message.chunk()), From(message)));
  pb::AddImportRowsReply reply;
  reply.set_rows(report.rows);
  reply.set_refused(report.refused);
  return reply.SerializeAsString();
}

Reply FinishImport(const UseCases& use, const Request& request, const pb::FinishImport& message) {
  RETURN_IF_ERROR(CheckWrite(request));
  ASSIGN_OR_RETURN(const ImportId id, ImportIdFrom(message.import_id()));
  ASSIGN_OR_RETURN(const ImportReport report,
                   use.imports.Finish(id, static_cast<int>(message.chunks())));
  return ToReply(report).SerializeAsString();
}

Reply ApplyImport(const UseCases& use, const Request& request, const pb::ApplyImport& message) {
  ASSIGN_OR_RETURN(const WriteContext write, WriteFrom(request));
  ASSIGN_OR_RETURN(const ImportId id, ImportIdFrom(message.import_id()));
  ASSIGN_OR_RETURN(const ImportReport report, use.imports.Apply(id, write.actor));
  use.nudge();
  return ToReply(report).SerializeAsString();
}

Reply CancelImport(const UseCases& use, const Request& request, const pb::CancelImport& message) {
  RETURN_IF_ERROR(CheckWrite(request));
  ASSIGN_OR_RETURN(const ImportId id, ImportIdFrom(message.import_id()));
  ASSIGN_OR_RETURN(const ImportReport report, use.imports.Cancel(id));
  return ToReply(report).SerializeAsString();
}

Reply GetImport(const UseCases& use, const Request&, const pb::GetImport& message) {
  ASSIGN_OR_RETURN(const ImportId id, ImportIdFrom(message.import_id()));
  ASSIGN_OR_RETURN(const ImportReport report, use.imports.Get(id));
  return ToReply(report).SerializeAsString();
}

Reply ListImportRows(const UseCases& use, const Request&, const pb::ListImportRows& message) {
  ASSIGN_OR_RETURN(const ImportId id, ImportIdFrom(message.import_id()));
  ASSIGN_OR_RETURN(const Outcome outcome, OutcomeFrom(message.outcome()));
  const std::uint32_t limit = message.limit() == 0 ? 1000 : message.limit();
  ASSIGN_OR_RETURN(const OutcomePage page,
                   use.imports.ListRows(id, outcome, message.after(), limit));
  return ToReply(page).SerializeAsString();
}

// ---- look-ups ----

Reply GetStudent(const UseCases& use, const Request&, const pb::GetStudent& message) {
  ASSIGN_OR_RETURN(const AsOf as_of, AsOfFrom(message.has_as_of(), message.as_of(),
                                              message.has_known_on(), message.known_on()));
  ASSIGN_OR_RETURN(const StudentView view,
                   use.students.Get(WhichStudent{StudentId{message.student_id()},
                                                 message.id_number(), message.student_no()},
                                    as_of));
  pb::GetStudentReply reply;
  Fill(*reply.mutable_student(), view);
  return reply.SerializeAsString();
}

Reply GetChildForLetter(const UseCases& use, const Request& request,
                        const pb::GetChildForLetter& message) {
  ASSIGN_OR_RETURN(const WriteContext write, WriteFrom(request));
  ASSIGN_OR_RETURN(const StudentView view,
                   use.disclosures.Disclose({.id = StudentId{message.student_id()},
                                             .actor = write.actor,
                                             .purpose = message.purpose(),
                                             .reference = message.reference()}));
  return ToChild(view, message.with_guardians()).SerializeAsString();
}

Reply ListStudents(const UseCases& use, const Request&, const pb::ListStudents& message) {
  ASSIGN_OR_RETURN(const StudentFilter filter, From(message));
  ASSIGN_OR_RETURN(const AsOf as_of, AsOfFrom(message.has_as_of(), message.as_of(),
                                              message.has_known_on(), message.known_on()));
  ASSIGN_OR_RETURN(const std::vector<StudentView> views, use.students.List(filter, as_of));
  pb::ListStudentsReply reply;
  for (const StudentView& view : views) Fill(*reply.add_students(), view);
  return reply.SerializeAsString();
}

Reply FindPerson(const UseCases& use, const Request&, const pb::FindPerson& message) {
  WhichPerson which{.id_number = message.id_number(), .name = message.name(), .birth = {}};
  ASSIGN_OR_RETURN(which.birth, DateFrom(message.has_birth(), message.birth(), "出生日期"));
  ASSIGN_OR_RETURN(const FoundPeople found, People{use.deps}.Find(which));
  pb::FindPersonReply reply;
  if (found.exact) {
    reply.set_person_id(found.exact->id.raw());
    reply.set_town(found.exact->town);
  }
  for (const PersonView& view : found.candidates) Fill(*reply.add_candidates(), view);
  return reply.SerializeAsString();
}

Reply ListSchools(const UseCases& use, const Request&, const pb::ListSchools&) {
  pb::ListSchoolsReply reply;
  RETURN_IF_ERROR(use.deps.pool.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const std::vector<School> schools, registry::ListSchools(session));
    for (const School& school : schools) Fill(*reply.add_schools(), school);
    return {};
  }));
  return reply.SerializeAsString();
}

Reply ListClasses(const UseCases& use, const Request&, const pb::ListClasses& message) {
  pb::ListClassesReply reply;
  RETURN_IF_ERROR(use.deps.pool.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const std::vector<SchoolClass> classes,
                     registry::ListClasses(session, message.school_code()));
    for (const SchoolClass& row : classes) Fill(*reply.add_classes(), row);
    return {};
  }));
  return reply.SerializeAsString();
}

Reply GetStudentHistory(const UseCases& use, const Request&, const pb::GetStudentHistory& message) {
  ASSIGN_OR_RETURN(const std::vector<ChangeRow> changes,
                   use.students.History(StudentId{message.student_id()}));
  pb::GetStudentHistoryReply reply;
  for (const ChangeRow& change : changes) Fill(*reply.add_changes(), change);
  return reply.SerializeAsString();
}

Reply GetRegistrySummary(const UseCases& use, const Request&, const pb::GetRegistrySummary&) {
  ASSIGN_OR_RETURN(const Students::Summary summary, use.students.Summarise());
  pb::RegistrySummary reply;
  reply.set_students(summary.counts.students);
  reply.set_enrolled(summary.counts.enrolled);
  reply.set_schools(summary.counts.schools);
  reply.set_classes(summary.counts.classes);
  reply.set_people(summary.people);
  reply.set_group_tags(summary.tags);
  reply.set_latest_batch(summary.latest_batch);
  return reply.SerializeAsString();
}

// ---- enrolment ----

Reply ChangeEnrolment(const UseCases& use, const Request& request,
                      const pb::ChangeEnrolment& message) {
  ASSIGN_OR_RETURN(const WriteContext write, WriteFrom(request));
  ASSIGN_OR_RETURN(const ChangeCommand command, From(message));
  return use.enrolments.Change(command, write, [](const StudentView& view) {
    pb::ChangeEnrolmentReply reply;
    Fill(*reply.mutable_student(), view);
    return reply.SerializeAsString();
  });
}

// ---- 人籍比对 and ledgers ----

Reply RunReconciliation(const UseCases& use, const Request& request,
                        const pb::RunReconciliation& message) {
  ASSIGN_OR_RETURN(const WriteContext write, WriteFrom(request));
  ASSIGN_OR_RETURN(const auto on, DateFrom(message.has_on(), message.on(), "比对日期"));
  Reply reply = use.reconciliations.Start(message.batch(), on, write, [](const RunRow& run) {
    return ToReply(run).SerializeAsString();
  });
  if (reply.ok()) use.nudge();
  return reply;
}

Reply GetReconciliation(const UseCases& use, const Request&, const pb::GetReconciliation& message) {
  ASSIGN_OR_RETURN(const RunRow run, use.reconciliations.Get(RunId{message.run_id()}));
  return ToReply(run).SerializeAsString();
}

Reply ListMatches(const UseCases& use, const Request&, const pb::ListMatches& message) {
  ASSIGN_OR_RETURN(const MatchFilter filter, From(message));
  ASSIGN_OR_RETURN(const std::vector<MatchView> views, use.reconciliations.List(filter));
  pb::ListMatchesReply reply;
  for (const MatchView& view : views) Fill(*reply.add_matches(), view);
  return reply.SerializeAsString();
}

Reply DecideMatch(const UseCases& use, const Request& request, const pb::DecideMatch& message) {
  ASSIGN_OR_RETURN(const WriteContext write, WriteFrom(request));
  const DecideCommand command{MatchId{message.match_id()}, message.match_class(),
                              message.same_person(), message.reason()};
  return use.reconciliations.Decide(command, write, [](const MatchView& view) {
    pb::DecideMatchReply reply;
    Fill(*reply.mutable_match(), view);
    return reply.SerializeAsString();
  });
}

Reply ListLedger(const UseCases& use, const Request&, const pb::ListLedger& message) {
  if (message.ledger() < pb::LEDGER_SCHOOL_AGE || message.ledger() > pb::LEDGER_DROPOUT) {
    return base::Error{base::Code::kInvalidArgument, "LEDGER_UNKNOWN", "须写明是哪一本台账"};
  }
  const std::uint32_t limit = message.limit() == 0 ? 1000 : message.limit();
  ASSIGN_OR_RETURN(
      const LedgerPage page,
      use.ledgers.List(static_cast<LedgerKind>(message.ledger()), message.after(), limit));
  return ToReply(page).SerializeAsString();
}

}  // namespace

void RegisterHandlers(bus::Server& server, const UseCases& use) {
  On<pb::BeginImport>(server, use, BeginImport);
  On<pb::AddImportRows>(server, use, AddImportRows);
  On<pb::FinishImport>(server, use, FinishImport);
  On<pb::ApplyImport>(server, use, ApplyImport);
  On<pb::CancelImport>(server, use, CancelImport);
  On<pb::GetImport>(server, use, GetImport);
  On<pb::ListImportRows>(server, use, ListImportRows);
  On<pb::GetStudent>(server, use, GetStudent);
  On<pb::GetChildForLetter>(server, use, GetChildForLetter);
  On<pb::ListStudents>(server, use, ListStudents);
  On<pb::FindPerson>(server, use, FindPerson);
  On<pb::ListSchools>(server, use, ListSchools);
  On<pb::ListClasses>(server, use, ListClasses);
  On<pb::GetStudentHistory>(server, use, GetStudentHistory);
  On<pb::GetRegistrySummary>(server, use, GetRegistrySummary);
  On<pb::ChangeEnrolment>(server, use, ChangeEnrolment);
  On<pb::RunReconciliation>(server, use, RunReconciliation);
  On<pb::GetReconciliation>(server, use, GetReconciliation);
  On<pb::ListMatches>(server, use, ListMatches);
  On<pb::DecideMatch>(server, use, DecideMatch);
  On<pb::ListLedger>(server, use, ListLedger);
}

}  // namespace registry
