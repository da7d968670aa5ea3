#include "cases/endpoints/handlers.h"

#include <algorithm>

#include "cases/endpoints/mapping.h"
#include "registry/contract/registry.pb.h"

namespace cases {
namespace {

constexpr std::uint32_t kLimitDefault = 100;
constexpr std::uint32_t kLimitMax = 1000;
// The registry is only asked on the way; without its answer the act says what is missing.
constexpr std::chrono::milliseconds kRegistryTimeout{2000};

std::uint32_t Limit(std::uint32_t asked) {
  return asked == 0 ? kLimitDefault : std::min(asked, kLimitMax);
}

template <class Message>
base::Result<Message> Parse(const bus::Request& request) {
  Message message;
  if (!message.ParseFromString(request.body)) {
    return base::Error{base::Code::kInvalidArgument, "BAD_BODY",
                       "the body is not a " + Message::descriptor()->full_name()};
  }
  return message;
}

Once OnceOf(const bus::Request& request) {
  return {.key = request.envelope.idempotency_key(), .request_type = request.envelope.type()};
}

}  // namespace

void Handlers::Register() {
  const auto bind = [this](bus::Reply (Handlers::*handler)(const bus::Request&)) {
    return [this, handler](const bus::Request& request) { return (this->*handler)(request); };
  };
  bus::Server& server = host_.server();
  server.Handle(v1::OpenCase::descriptor()->full_name(), bind(&Handlers::OpenCase));
  server.Handle(v1::DoAct::descriptor()->full_name(), bind(&Handlers::DoAct));
  server.Handle(v1::GetCase::descriptor()->full_name(), bind(&Handlers::GetCase));
  server.Handle(v1::ListCases::descriptor()->full_name(), bind(&Handlers::ListCases));
  server.Handle(v1::ListTasks::descriptor()->full_name(), bind(&Handlers::ListTasks));
  server.Handle(v1::GetCasesSummary::descriptor()->full_name(), bind(&Handlers::GetCasesSummary));
}

bus::Reply Handlers::OpenCase(const bus::Request& request) {
  ASSIGN_OR_RETURN(const v1::OpenCase message, Parse<v1::OpenCase>(request));
  ASSIGN_OR_RETURN(const Actor actor, ActorFrom(request.envelope));
  ASSIGN_OR_RETURN(const OpenByHand command, OpenFrom(message, actor));
  const auto reply =
      desk_.Open(command, OnceOf(request), [&](const Sheet& sheet, bool attached) {
        v1::CaseReply out;
        PutSheet(sheet, desk_.rules(), desk_.Now(), Detail::kWithTasks, out.mutable_case_());
        out.set_attached(attached);
        return out.SerializeAsString();
      });
  if (reply.ok()) host_.NotifyFeed();
  return reply;
}

bus::Reply Handlers::DoAct(const bus::Request& request) {
  ASSIGN_OR_RETURN(const v1::DoAct message, Parse<v1::DoAct>(request));
  ASSIGN_OR_RETURN(const Actor actor, ActorFrom(request.envelope));
  cases::DoAct command{.id = CaseId{message.case_id()},
                       .expected_version = message.expected_version(),
                       .act = {},
                       .actor = actor,
                       .groups = {}};
  ASSIGN_OR_RETURN(command.act, ActFrom(message.act()));
  if (command.act.kind == "resolve") {
    ASSIGN_OR_RETURN(const std::optional<StudentId> student,
                     desk_.GroupsToAsk(command.id, command.act));
    if (student) {
      base::Result<std::vector<std::string>> groups = AskGroups(*student);
      if (groups.ok()) command.groups = *std::move(groups);
    }
  }
  const auto reply = desk_.Do(command, OnceOf(request), [&](const Sheet& sheet) {
    v1::CaseReply out;
    PutSheet(sheet, desk_.rules(), desk_.Now(), Detail::kWithTasks, out.mutable_case_());
    return out.SerializeAsString();
  });
  if (reply.ok()) host_.NotifyFeed();
  return reply;
}

bus::Reply Handlers::GetCase(const bus::Request& request) {
  ASSIGN_OR_RETURN(const v1::GetCase message, Parse<v1::GetCase>(request));
  const std::optional<Actor> actor = MaybeActor(request.envelope);
  const Actor* asking = actor ? &*actor : nullptr;
  const Subject subject{.student = StudentId{message.student_id()},
                        .person = PersonId{message.person_id()}};
  ASSIGN_OR_RETURN(Sheet sheet, desk_.Get(CaseId{message.case_id()}, subject, asking));
  if (sheet.view.groups_wanted && sheet.row.subject.student) {
    base::Result<std::vector<std::string>> groups = AskGroups(sheet.row.subject.student);
    if (groups.ok()) sheet = desk_.WithGroups(sheet, *std::move(groups), asking);
  }
  v1::CaseReply out;
  PutSheet(sheet, desk_.rules(), desk_.Now(), Detail::kWithTimeline, out.mutable_case_());
  return out.SerializeAsString();
}

bus::Reply Handlers::ListCases(const bus::Request& request) {
  ASSIGN_OR_RETURN(const v1::ListCases message, Parse<v1::ListCases>(request));
  const CaseFilter filter{.state = message.state(),
                          .level = message.level(),
                          .school_code = message.school_code(),
                          .open_only = message.open_only(),
                          .overdue_only = message.overdue_only(),
                          .student = StudentId{message.student_id()},
                          .after = CaseId{message.after()},
                          .limit = Limit(message.limit())};
  ASSIGN_OR_RETURN(const std::vector<CaseRow> rows, desk_.List(filter));
  ASSIGN_OR_RETURN(const std::uint64_t total, desk_.Count(filter));
  const Profile& profile = desk_.rules().profiles.At(base::DateAt(desk_.Now()));
  v1::ListCasesReply out;
  for (const CaseRow& row : rows) PutRow(row, profile, out.add_cases());
  out.set_total(total);
  return out.SerializeAsString();
}

bus::Reply Handlers::ListTasks(const bus::Request& request) {
  ASSIGN_OR_RETURN(const v1::ListTasks message, Parse<v1::ListTasks>(request));
  const TaskFilter filter{.overdue_only = message.overdue_only(),
                          .body = message.body(),
                          .person_id = message.person_id(),
                          .limit = Limit(message.limit())};
  ASSIGN_OR_RETURN(const std::vector<ClockRow> rows, desk_.Tasks(filter));
  ASSIGN_OR_RETURN(const std::uint64_t total, desk_.CountTasksOf(filter));
  v1::ListTasksReply out;
  for (const ClockRow& row : rows) PutTask(row, desk_.Now(), out.add_tasks());
  out.set_total(total);
  RETURN_IF_ERROR(households_.AddTasks(filter, out));
  return out.SerializeAsString();
}

bus::Reply Handlers::GetCasesSummary(const bus::Request& request) {
  const auto message = Parse<v1::GetCasesSummary>(request);
  if (!message.ok()) return message.error();
  ASSIGN_OR_RETURN(const CaseCounts counts, desk_.Counts());
  v1::CasesSummary out;
  PutSummary(counts, desk_.rules().profiles.At(base::DateAt(desk_.Now())), &out);
  ASSIGN_OR_RETURN(const HouseholdCounts households, households_.Counts());
  out.set_households_open(households.open);
  out.set_households_overdue(households.overdue);
  out.set_overdue_tasks(out.overdue_tasks() + households.overdue);
  return out.SerializeAsString();
}

base::Result<std::vector<std::string>> Handlers::AskGroups(StudentId student) {
  namespace registry = baoxue::registry::v1;
  registry::GetStudent ask;
  ask.set_student_id(student.raw());
  bus::CallOptions options;
  options.timeout = kRegistryTimeout;
  ASSIGN_OR_RETURN(const registry::GetStudentReply reply,
                   host_.client("registry").Ask<registry::GetStudentReply>(ask, options));
  const base::Date today = base::DateAt(desk_.Now());
  std::vector<std::string> groups;
  for (const registry::GroupTag& tag : reply.student().groups()) {
    const std::optional<base::Date> from =
        tag.has_valid_from() ? DateFrom(tag.valid_from()) : std::nullopt;
    const std::optional<base::Date> to =
        tag.has_valid_to() ? DateFrom(tag.valid_to()) : std::nullopt;
    if ((!from || *from <= today) && (!to || today <= *to)) groups.push_back(tag.group());
  }
  std::sort(groups.begin(), groups.end());
  groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
  return groups;
}

}  // namespace cases
