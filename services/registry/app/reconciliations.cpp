#include "registry/app/reconciliations.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "registry/app/facts.h"
#include "registry/app/replies.h"
#include "registry/app/students.h"
#include "registry/domain/student_number.h"
#include "registry/domain/text.h"
#include "security/security.h"

namespace registry {
namespace {

using base::Code;
using base::Error;

constexpr std::uint32_t kPageMax = 5000;
constexpr std::size_t kReasonCharactersMax = 500;

void FillFromPerson(MatchView& view, const PersonRow& person, const Record& record) {
  view.name = person.name;
  view.sex = person.sex;
  view.birth = person.birth;
  view.id_masked = security::MaskIdNumber(record.Get(Field::kIdNumber));
  view.guardian = record.Get(Field::kGuardianName);
  view.address = record.Get(Field::kHukouAddress);
  view.school = record.Get(Field::kAttendingSchool);
  view.student_no = MaskStudentNo(record.Get(Field::kStudentNo));
}

void FillFromStudent(MatchView& view, const Student& student, const Places& places) {
  const Record& details = student.details;
  if (view.name.empty()) {
    view.name = student.name;
    view.sex = student.sex;
    view.birth = student.birth;
    view.id_masked = security::MaskIdNumber(details.Get(Field::kIdNumber));
  }
  if (view.guardian.empty()) view.guardian = details.Get(Field::kMember1Name);
  if (view.address.empty()) view.address = details.Get(Field::kHomeAddress);
  if (const School* school = places.FindSchool(student.school_code)) view.school = school->name;
  view.student_no = MaskStudentNo(StudentNoOf(student));
}

}  // namespace

base::Result<std::vector<MatchView>> ViewMatches(const Deps& deps, store::Session& session,
                                                 std::vector<MatchRow> rows) {
  std::vector<PersonId> person_ids;
  std::vector<StudentId> student_ids;
  for (const MatchRow& row : rows) {
    if (row.person_id) person_ids.push_back(row.person_id);
    if (row.student_id) student_ids.push_back(row.student_id);
  }
  ASSIGN_OR_RETURN(const auto people, FindPersonsById(session, person_ids));
  ASSIGN_OR_RETURN(const auto students, FindStudentsById(session, student_ids, Lock::kNone));
  ASSIGN_OR_RETURN(const Places places, LoadPlaces(session));
  std::unordered_map<PersonId, const PersonRow*> person_of;
  std::unordered_map<StudentId, const StudentRow*> student_of;
  for (const PersonRow& person : people) person_of[person.id] = &person;
  for (const StudentRow& student : students) student_of[student.student.id] = &student;
  std::vector<MatchView> views;
  for (MatchRow& row : rows) {
    MatchView view{.row = std::move(row)};
    if (const auto found = person_of.find(view.row.person_id); found != person_of.end()) {
      ASSIGN_OR_RETURN(const Record record,
                       deps.vault.OpenRecord(Sealed::kPerson, found->second->sealed));
      FillFromPerson(view, *found->second, record);
    }
    if (const auto found = student_of.find(view.row.student_id); found != student_of.end()) {
      ASSIGN_OR_RETURN(const Student student, OpenStudent(deps.vault, *found->second));
      FillFromStudent(view, student, places);
    }
    views.push_back(std::move(view));
  }
  return views;
}

base::Result<std::string> Reconciliations::Start(
    const std::string& batch, std::optional<base::Date> on, const WriteContext& write,
    const std::function<std::string(const RunRow&)>& encode) {
  const base::UtcTime now = deps_.clock.Now();
  const base::Date day = on.value_or(base::DateAt(now));
  return deps_.pool.Transact([&](store::Transaction& tx) -> base::Result<std::string> {
    ASSIGN_OR_RETURN(auto known, FirstReply(tx, write));
    if (known) return std::move(*known);
    ASSIGN_OR_RETURN(const auto list, LatestBatch(tx, ImportKind::kSchoolAge, batch));
    if (!list) {
      return Error{Code::kNotFound, "NO_LIST",
                   batch.empty() ? std::string{"还没有导入公安适龄儿童名单"}
                                 : fmt::format("没有批次为“{}”的适龄儿童名单", batch)};
    }
    ASSIGN_OR_RETURN(const std::int64_t id, TakeIds(tx, "run", 1));
    const RunRow run{.id = RunId{id},
                     .batch_id = list->id,
                     .on = day,
                     .state = "running",
                     .actor = write.actor,
                     .started_at = now};
    RETURN_IF_ERROR(InsertRun(tx, run));
    std::string reply = encode(run);
    RETURN_IF_ERROR(RememberReply(tx, write, reply, now));
    return reply;
  });
}

base::Result<RunRow> Reconciliations::Get(RunId id) const {
  std::optional<RunRow> run;
  RETURN_IF_ERROR(deps_.pool.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(run, FindRun(session, id, Lock::kNone));
    return {};
  }));
  if (!run) {
    return Error{Code::kNotFound, "RUN_UNKNOWN", fmt::format("没有编号为 {} 的比对", id.raw())};
  }
  return std::move(*run);
}

base::Result<std::vector<MatchView>> Reconciliations::List(const MatchFilter& filter) const {
  std::vector<MatchView> views;
  MatchFilter page = filter;
  page.limit = std::clamp(filter.limit, 1u, kPageMax);
  RETURN_IF_ERROR(deps_.pool.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(std::vector<MatchRow> rows, ListMatches(session, page));
    ASSIGN_OR_RETURN(views, ViewMatches(deps_, session, std::move(rows)));
    return {};
  }));
  return views;
}

base::Result<std::string> Reconciliations::Decide(
    const DecideCommand& command, const WriteContext& write,
    const std::function<std::string(const MatchView&)>& encode) {
  const MatchClass decided = MatchFromCode(command.match_class);
  const base::UtcTime now = deps_.clock.Now();
  auto reply = deps_.pool.Transact([&](store::Transaction& tx) -> base::Result<std::string> {
    ASSIGN_OR_RETURN(auto known, FirstReply(tx, write));
    if (known) return std::move(*known);
    ASSIGN_OR_RETURN(auto row, FindMatch(tx, command.id, Lock::kForUpdate));
    if (!row) {
      return Error{Code::kNotFound, "MATCH_UNKNOWN",
                   fmt::format("没有编号为 {} 的比对结果", command.id.raw())};
    }
    if (decided == MatchClass::kNone) {
      return Error{Code::kInvalidArgument, "MATCH_CLASS", "须写明判定的类别(B01 至 B11、N00、R01)"};
    }
    if (Characters(command.reason) > kReasonCharactersMax) {
      return Error{Code::kInvalidArgument, "TEXT_TOO_LONG", "判定依据不超过 500 字"};
    }
    if (command.reason.empty()) {
      return Error{Code::kInvalidArgument, "REASON_MISSING", "须写明判定的依据"};
    }
    if (row->decided_class != MatchClass::kNone) {
      return Error{Code::kFailedPrecondition, "MATCH_DECIDED",
                   fmt::format("该结果已由{}判定为 {}", row->decided_by.name,
                               MatchCode(row->decided_class))};
    }
    row->decided_class = decided;
    row->same_person = command.same_person;
    row->decided_by = write.actor;
    row->decided_at = now;
    row->decision_reason = command.reason;
    RETURN_IF_ERROR(SaveDecision(tx, *row));
    ASSIGN_OR_RETURN(const std::vector<MatchView> views, ViewMatches(deps_, tx, {*row}));
    std::string bytes = encode(views.front());
    RETURN_IF_ERROR(RememberReply(tx, write, bytes, now));
    Facts facts(now, write);
    facts.AddMatch("registry.match.decided", views.front());
    RETURN_IF_ERROR(facts.Append(tx));
    return bytes;
  });
  if (reply.ok() && deps_.notify_feed) deps_.notify_feed();
  return reply;
}

}  // namespace registry
