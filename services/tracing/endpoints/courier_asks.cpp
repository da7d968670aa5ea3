// What the courier asks of the deployment's other services.
#include <algorithm>

#include "registry/contract/likely.pb.h"
#include "registry/contract/registry.pb.h"
#include "tracing/endpoints/courier.h"
#include "tracing/endpoints/registry_asks.h"

namespace tracing {
namespace {

namespace registry = baoxue::registry::v1;

constexpr std::chrono::milliseconds kTimeout{5000};

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

// Whom of the school-age list it is, by number.
base::Status AskList(bus::Client& client, const v1::Child& child, LookedUp& facts) {
  registry::FindPerson ask;
  ask.set_id_number(child.id_number());
  const auto reply = client.Ask<registry::FindPersonReply>(ask, Options());
  if (!reply.ok()) return reply.error();
  facts.person_id = reply->person_id();
  facts.town = reply->town();
  return {};
}

// The registry's numbers are those of domain/likeness.h; what a newer one adds is not known here.
template <class To>
To As(int from, To last) {
  const bool known = from >= 0 && from <= static_cast<int>(last);
  return known ? static_cast<To>(from) : To::kUnknown;
}

Likeness LikenessFrom(const registry::Likeness& from) {
  return {.name = As(from.name(), NameLikeness::kDifferent),
          .birth = As(from.birth(), BirthLikeness::kDifferent),
          .number = As(from.number(), NumberLikeness::kDifferent),
          .sex = As(from.sex(), Agreement::kNo),
          .guardian = As(from.guardian(), Agreement::kNo),
          .phone = As(from.phone(), Agreement::kNo)};
}

registry::FindLikely LikelyOf(const Question& question) {
  const v1::Child& child = question.child;
  registry::FindLikely ask;
  ask.set_id_number(child.id_number());
  ask.set_name(child.name());
  // A birthday that is none names nobody; the rest still does.
  if (child.has_birth() && DateOr(child.birth(), base::Date{}) != base::Date{}) {
    *ask.mutable_birth() = child.birth();
  }
  if (child.sex() == "男") ask.set_sex(registry::SEX_MALE);
  if (child.sex() == "女") ask.set_sex(registry::SEX_FEMALE);
  for (const v1::GuardianContact& one : question.guardians) {
    registry::LikelyGuardian& guardian = *ask.add_guardians();
    guardian.set_name(one.name());
    guardian.set_phone(one.phone());
  }
  return ask;
}

// Whom of ours a slip of the pen may have hidden.
base::Status AskLikely(bus::Client& client, const Question& question, LookedUp& facts) {
  ASSIGN_OR_RETURN(const auto reply, (client.Ask<registry::FindLikelyReply>(LikelyOf(question),
                                                                           Options())));
  const std::int64_t known = facts.matches.empty() ? 0 : facts.matches.front().student_id;
  for (const registry::LikelyStudent& one : reply.students()) {
    if (known != 0 && one.student().student_id() == known) continue;
    Match match = MatchFrom(one.student(), question.child);
    match.likeness = LikenessFrom(one.likeness());
    facts.matches.push_back(std::move(match));
  }
  if (facts.person_id != 0) return {};  // on the list he is known
  for (const registry::LikelyPerson& one : reply.people()) {
    Match match;
    match.person_id = one.person().person_id();
    match.likeness = LikenessFrom(one.likeness());
    match.same_name = match.likeness.name == NameLikeness::kSame;
    match.same_birth = match.likeness.birth == BirthLikeness::kSame;
    match.name = one.person().name();
    match.id_masked = one.person().id_masked();
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
      ASSIGN_OR_RETURN(match.since, SinceOf(client, match.student_id));
      facts.matches.push_back(std::move(match));
      if (facts.matches.front().same_name) return facts;
      // The number may have been mistyped into this student's.
      RETURN_IF_ERROR(AskLikely(client, question, facts));
      return facts;
    }
    if (reply.error().code != base::Code::kNotFound &&
        reply.error().code != base::Code::kInvalidArgument) {
      return reply.error();
    }
  }
  RETURN_IF_ERROR(AskList(client, question.child, facts));
  RETURN_IF_ERROR(AskLikely(client, question, facts));
  return facts;
}

}  // namespace tracing
