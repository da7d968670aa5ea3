#include "tracing/endpoints/hand_over_office.h"

#include <fmt/format.h>

#include <array>
#include <map>

#include "cases/contract/cases.pb.h"
#include "host/log.h"
#include "registry/contract/registry.pb.h"
#include "tracing/endpoints/mapping.h"

namespace tracing {
namespace {

namespace registry = baoxue::registry::v1;
namespace cases = baoxue::cases::v1;

constexpr std::chrono::milliseconds kTimeout{5000};
constexpr std::string_view kPurpose = "告知函（移交学籍）";

constexpr std::array kStands{HandOverStand::kWaiting, HandOverStand::kLocal,
                             HandOverStand::kDrafted, HandOverStand::kTaken,
                             HandOverStand::kStopped, HandOverStand::kProblem};

bus::CallOptions Options() {
  bus::CallOptions options;
  options.timeout = kTimeout;
  return options;
}

}  // namespace

HandOverOffice::HandOverOffice(host::Host& host, LetterDesk& letters, Courier& courier)
    : host_(host),
      letters_(letters),
      courier_(courier),
      desk_(letters,
            [this](std::int64_t student, std::int64_t of_case) {
              return AskRegistry(student, of_case);
            },
            [this](const Outcome& outcome) { courier_.Take(outcome); }) {}

base::Status HandOverOffice::Start() {
  host_.server().On<v1::ListHandOvers, v1::ListHandOversReply>(
      [this](const bus::Request&, const v1::ListHandOvers& message) {
        return desk_.List(message);
      });
  Report();
  courier_.AddChore({.name = "hand_over",
                     .due = CountDueHandOvers,
                     .next = NextDueHandOver,
                     .run = [this] { return desk_.RunDue(); }});
  return desk_.PlanAll();
}

base::Status HandOverOffice::OnCases(store::Transaction& tx,
                                     const std::vector<bus::Event>& events) {
  for (const bus::Event& event : events) {
    if (!event.type().starts_with("cases.case.")) continue;
    cases::CaseChanged message;
    if (!message.ParseFromString(event.payload())) {
      host::LogWarnLimited("tracing.event_unreadable", 60,
                           {{"type", event.type()}, {"seq", event.seq()}});
      continue;
    }
    RETURN_IF_ERROR(desk_.Heard(tx, {.case_id = message.case_id(),
                                     .student_id = message.student_id(),
                                     .state = message.state(),
                                     .persuasions = message.persuasions(),
                                     .version = message.version(),
                                     .on = base::DateAt(FromProto(event.time()))}));
  }
  return {};
}

base::Result<HandOverDesk::Student> HandOverOffice::AskRegistry(std::int64_t student_id,
                                                                std::int64_t case_id) {
  registry::GetStudent ask;
  ask.set_student_id(student_id);
  ASSIGN_OR_RETURN(const auto reply,
                   (host_.client("registry").Ask<registry::GetStudentReply>(ask, Options())));
  return HandOverDesk::Student{
      .household = reply.student().hukou_division(),
      .child = [this, student_id, case_id] { return AskChild(student_id, case_id); }};
}

base::Result<v1::Child> HandOverOffice::AskChild(std::int64_t student_id, std::int64_t case_id) {
  registry::GetChildForLetter ask;
  ask.set_student_id(student_id);
  ask.set_purpose(std::string{kPurpose});
  ask.set_reference(fmt::format("case/{}", case_id));
  bus::CallOptions options = Options();
  options.actor = letters_.office().inbox;
  ASSIGN_OR_RETURN(const auto found, (host_.client("registry")
                                          .Ask<registry::GetChildForLetterReply>(ask, options)));
  v1::Child child;
  child.set_name(found.name());
  if (found.sex() == registry::SEX_MALE) child.set_sex("男");
  if (found.sex() == registry::SEX_FEMALE) child.set_sex("女");
  if (found.has_birth()) *child.mutable_birth() = found.birth();
  child.set_id_number(found.id_number());
  child.set_student_no(found.student_no());
  child.set_school(found.school_name());
  child.set_grade_class(found.class_name());
  child.set_household_division(found.hukou_division());
  return child;
}

void HandOverOffice::Report() {
  std::map<HandOverStand, host::Gauge> gauges;
  for (const HandOverStand stand : kStands) {
    gauges[stand] = host_.metrics().gauge(
        "baoxue_tracing_hand_overs", "Dropped-out students by where their file stands", "stand",
        std::string{HandOverStandName(stand)});
  }
  host_.metrics().Collect([this, gauges]() mutable {
    std::vector<HandOverCount> counts;
    const base::Status read = letters_.pool().WithSession([&](store::Session& s) -> base::Status {
      ASSIGN_OR_RETURN(counts, TallyHandOvers(s));
      return {};
    });
    if (!read.ok()) return;
    for (auto& [stand, gauge] : gauges) gauge.Set(0);
    for (const HandOverCount& one : counts) {
      if (const auto gauge = gauges.find(one.stand); gauge != gauges.end()) {
        gauge->second.Set(static_cast<double>(one.count));
      }
    }
  });
  host_.AddHealth("hand_over", [this] {
    baoxue::bus::v1::DependencyHealth health;
    health.set_name("hand_over");
    std::vector<HandOverCount> counts;
    const base::Status read = letters_.pool().WithSession([&](store::Session& s) -> base::Status {
      ASSIGN_OR_RETURN(counts, TallyHandOvers(s));
      return {};
    });
    health.set_ok(read.ok());
    std::string text;
    for (const HandOverCount& one : counts) {
      text += fmt::format("{} {}; ", HandOverStandChinese(one.stand), one.count);
      if (one.stand == HandOverStand::kProblem) health.set_lag(one.count);
    }
    health.set_detail(read.ok() ? text : read.error().ToString());
    return health;
  });
}

}  // namespace tracing
