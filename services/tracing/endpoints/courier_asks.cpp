// What the courier asks of the deployment's other services.
#include <algorithm>

#include "registry/contract/registry.pb.h"
#include "tracing/endpoints/courier.h"

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
  return match;
}

}  // namespace

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
      registry::GetStudentHistory history;
      history.set_student_id(match.student_id);
      ASSIGN_OR_RETURN(const auto changes, (client.Ask<registry::GetStudentHistoryReply>(
                                               history, Options())));
      for (const registry::EnrolmentChange& change : changes.changes()) {
        const bool entered = change.kind() == "22" || change.kind() == "100" ||
                             change.from_school().empty();
        if (entered && change.has_effective()) {
          match.since = DateOr(change.effective(), match.since);
        }
      }
      facts.matches.push_back(std::move(match));
      return facts;
    }
    if (reply.error().code != base::Code::kNotFound &&
        reply.error().code != base::Code::kInvalidArgument) {
      return reply.error();
    }
  }
  registry::ListStudents namesakes;
  namesakes.set_name(question.child.name());
  namesakes.set_limit(kNamesakesMax);
  if (question.child.name().empty()) return facts;
  ASSIGN_OR_RETURN(const auto list,
                   (client.Ask<registry::ListStudentsReply>(namesakes, Options())));
  for (const registry::Student& student : list.students()) {
    facts.matches.push_back(MatchFrom(student, question.child));
  }
  return facts;
}

}  // namespace tracing
