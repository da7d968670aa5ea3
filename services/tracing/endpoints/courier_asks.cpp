// What the courier asks of the deployment's other services.
#include <algorithm>

#include "registry/contract/registry.pb.h"
#include "tracing/endpoints/courier.h"
#include "tracing/endpoints/registry_asks.h"

namespace tracing {
namespace {

namespace registry = baoxue::registry::v1;

constexpr std::chrono::milliseconds kTimeout{5000};
constexpr std::uint32_t kNamesakesMax = 20;

bus::CallOptions Options() {
  bus::CallOptions options;
  options.timeout = kTimeout;
  return options;
}

Standing StandingOf(registry::StudentStatus status) {
  switch (status) {
    case registry::STUDENT_STATUS_ENROLLED:
    case registry::STUDENT_STATUS_RETURNED: return Standing::kEnrolled;
    case registry::STUDENT_STATUS_SUSPENDED:
    case registry::STUDENT_STATUS_PLACE_KEPT: return Standing::kSuspended;
    case registry::STUDENT_STATUS_TRANSFERRED_OUT: return Standing::kTransferredOut;
    case registry::STUDENT_STATUS_GRADUATED:
    case registry::STUDENT_STATUS_COMPLETED:
    case registry::STUDENT_STATUS_LEFT_OVER_AGE: return Standing::kLeft;
    case registry::STUDENT_STATUS_DECEASED: return Standing::kDeceased;
    default: return Standing::kUnknown;
  }
}

Match MatchFrom(const registry::Student& student, const v1::Child& child) {
  Match match;
  match.student_id = student.student_id();
  match.same_name = student.name() == child.name();
  match.same_birth = student.has_birth() && child.has_birth() &&
                     student.birth().SerializeAsString() == child.birth().SerializeAsString();
  match.score = (match.same_name ? 500 : 0) + (match.same_birth ? 400 : 0);
  match.standing = StandingOf(student.status());
  match.school = student.school_name();
  match.grade_class = student.class_name();
  match.student_no = student.student_no();
  match.name = student.name();
  match.id_masked = student.id_masked();
  return match;
}

// Since when the student has been at the school, as far as the history says.
base::Result<base::Date> SinceOf(bus::Client& client, std::int64_t student_id) {
  registry::GetStudentHistory history;
  history.set_student_id(student_id);
  base::Date since{};
  ASSIGN_OR_RETURN(const auto changes,
                   (client.Ask<registry::GetStudentHistoryReply>(history, Options())));
  for (const registry::EnrolmentChange& change : changes.changes()) {
    const bool entered = change.kind() == "22" || change.kind() == "100" ||
                         change.from_school().empty();
    if (entered && change.has_effective()) since = DateOr(change.effective(), since);
  }
  return since;
}

// Whom of the school-age list it is; namesakes of the same birthday are candidates.
base::Status AskList(bus::Client& client, const v1::Child& child, LookedUp& facts) {
  registry::FindPerson ask;
  ask.set_id_number(child.id_number());
  ask.set_name(child.name());
  // A birthday that is none names nobody; the number still does.
  const bool born = child.has_birth() && DateOr(child.birth(), base::Date{}) != base::Date{};
  if (born) *ask.mutable_birth() = child.birth();
  const auto reply = client.Ask<registry::FindPersonReply>(ask, Options());
  if (!reply.ok()) {
    if (reply.error().code == base::Code::kInvalidArgument) return {};
    return reply.error();
  }
  facts.person_id = reply->person_id();
  facts.town = reply->town();
  for (const registry::ListedPerson& person : reply->candidates()) {
    Match match;
    match.person_id = person.person_id();
    match.same_name = true;
    match.same_birth = true;
    match.score = 900;
    match.name = person.name();
    match.id_masked = person.id_masked();
    match.school = "适龄儿童名单";
    facts.matches.push_back(std::move(match));
  }
  return {};
}

}  // namespace

base::Result<Match> AskStudent(bus::Client& client, std::int64_t student_id,
                               const v1::Child& child) {
  registry::GetStudent ask;
  ask.set_student_id(student_id);
  ASSIGN_OR_RETURN(const auto reply, (client.Ask<registry::GetStudentReply>(ask, Options())));
  Match match = MatchFrom(reply.student(), child);
  ASSIGN_OR_RETURN(match.since, SinceOf(client, student_id));
  return match;
}

base::Result<LookedUp> Courier::LookUp(const Question& question) {
  ASSIGN_OR_RETURN(LookedUp facts, AskRegistry(question));
  facts.asker = question.asker;
  facts.arrival = question.arrival;
  if (enrich_) RETURN_IF_ERROR(enrich_(question, facts));
  return facts;
}

base::Result<LookedUp> Courier::AskRegistry(const Question& question) {
  LookedUp facts;
  facts.kind = question.kind;
  facts.self = desk_.office().self;
  facts.household = question.household;
  bus::Client& client = host_.client("registry");
  if (!question.child.id_number().empty()) {
    registry::GetStudent ask;
    ask.set_id_number(question.child.id_number());
    const auto reply = client.Ask<registry::GetStudentReply>(ask, Options());
    if (reply.ok()) {
      Match match = MatchFrom(reply->student(), question.child);
      match.exact_identity = true;
      match.score = 1000;
      ASSIGN_OR_RETURN(match.since, SinceOf(client, match.student_id));
      facts.matches.push_back(std::move(match));
      return facts;
    }
    if (reply.error().code != base::Code::kNotFound &&
        reply.error().code != base::Code::kInvalidArgument) {
      return reply.error();
    }
  }
  RETURN_IF_ERROR(AskList(client, question.child, facts));
  if (facts.person_id != 0 || question.child.name().empty()) return facts;
  registry::ListStudents namesakes;
  namesakes.set_name(question.child.name());
  namesakes.set_limit(kNamesakesMax);
  ASSIGN_OR_RETURN(const auto list,
                   (client.Ask<registry::ListStudentsReply>(namesakes, Options())));
  for (const registry::Student& student : list.students()) {
    facts.matches.push_back(MatchFrom(student, question.child));
  }
  return facts;
}

}  // namespace tracing
