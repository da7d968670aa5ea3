#include "cases/endpoints/reactions.h"

#include <algorithm>
#include <array>
#include <unordered_map>

#include <fmt/format.h>

#include "attendance/contract/attendance.pb.h"
#include "cases/endpoints/mapping.h"
#include "host/log.h"
#include "registry/contract/registry.pb.h"

namespace cases {
namespace {

namespace attendance = baoxue::attendance::v1;
namespace registry = baoxue::registry::v1;

constexpr std::string_view kStudentPrefix = "registry.student.";

// The registry's changes that may matter to a case, with their names for the timeline.
constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kChanges{{
    {"transferred_out", "转学（转出）"},
    {"transferred_in", "转学（转入）"},
    {"suspended", "休学"},
    {"resumed", "复学"},
    {"deferred", "延缓入学"},
    {"deceased", "死亡"},
    {"graduated", "毕业"},
    {"left_over_age", "超龄离校"},
    {"home_teaching_started", "开始送教上门"},
    {"home_teaching_ended", "结束送教上门"},
    {"whereabouts_unknown", "下落不明"},
}};

std::string_view ChangeChinese(std::string_view event) {
  for (const auto& [name, text] : kChanges) {
    if (name == event) return text;
  }
  return {};
}

std::string StreakReference(std::int64_t streak) { return fmt::format("streak/{}", streak); }

Suspicion SuspicionFrom(const attendance::AbsenceSuspected& message, base::UtcTime at) {
  Suspicion suspicion;
  suspicion.subject.student = StudentId{message.student_id()};
  Signal& signal = suspicion.signal;
  signal.at = at;
  signal.found_by = "考勤";
  signal.reference = StreakReference(message.streak_id());
  signal.reason = message.rule();
  if (message.has_first_day()) signal.first_absent = DateFrom(message.first_day());
  signal.streak = StreakId{message.streak_id()};
  signal.days = message.days();
  suspicion.seen.student_name = message.student_name();
  suspicion.seen.school_code = message.school_code();
  suspicion.seen.class_id = ClassId{message.class_id()};
  return suspicion;
}

Suspicion ChronicFrom(const attendance::ChronicAbsence& message, base::UtcTime at) {
  Suspicion suspicion;
  suspicion.subject.student = StudentId{message.student_id()};
  Signal& signal = suspicion.signal;
  signal.at = at;
  signal.found_by = "考勤";
  signal.remark_only = true;
  const std::optional<base::Date> on = message.has_on() ? DateFrom(message.on()) : std::nullopt;
  signal.reference = fmt::format("chronic/{}", on ? on->ToString() : "");
  signal.reason = fmt::format("近{}个教学日缺勤率{}.{:02}%", message.window_days(),
                              message.rate_basis_points() / 100,
                              message.rate_basis_points() % 100);
  return suspicion;
}

// The payload, if it is one and names a student.
template <class Message>
std::optional<Message> Read(const bus::Event& event) {
  Message message;
  if (!message.ParseFromString(event.payload()) || message.student_id() <= 0) return std::nullopt;
  return message;
}

Subject SubjectOf(const registry::Match& match) {
  if (match.student_id() > 0) return {.student = StudentId{match.student_id()}, .person = {}};
  return {.student = {}, .person = PersonId{match.person_id()}};
}

}  // namespace

Reactions::Reactions(host::Host& host, CaseDesk& desk)
    : host_(host),
      desk_(desk),
      unreadable_(host.metrics().counter("baoxue_cases_events_unreadable_total",
                                         "Events of other services that made no sense")) {}

void Reactions::Follow() {
  const auto notify = [this] { host_.NotifyFeed(); };
  host_.FollowBatches(
      "registry",
      [this](store::Transaction& tx, const std::vector<bus::Event>& events) {
        return OnRegistry(tx, events);
      },
      notify);
  host_.FollowBatches(
      "attendance",
      [this](store::Transaction& tx, const std::vector<bus::Event>& events) {
        return OnAttendance(tx, events);
      },
      notify);
}

base::Status Reactions::Unreadable(const bus::Event& event) {
  unreadable_.Add();
  host::LogWarnLimited("cases.event_unreadable", 60,
                       {{"feed", event.feed()}, {"type", event.type()}, {"seq", event.seq()}});
  return {};
}

base::Status Reactions::OnAttendance(store::Transaction& tx,
                                     const std::vector<bus::Event>& events) {
  const DescribeEvents& describe = desk_.describe();
  CaseWriter writer{tx, desk_.rules(), desk_.Now(), describe};
  FeedDesk feed{writer};
  for (const bus::Event& event : events) RETURN_IF_ERROR(OnAttendanceEvent(feed, event));
  return writer.Finish();
}

base::Status Reactions::OnAttendanceEvent(FeedDesk& feed, const bus::Event& event) {
  const base::UtcTime at = TimeFrom(event.time());
  const auto student = [](const auto& message) {
    return Subject{.student = StudentId{message.student_id()}, .person = {}};
  };
  if (event.type() == "attendance.absence.suspected") {
    const auto message = Read<attendance::AbsenceSuspected>(event);
    return message ? feed.Suspect(SuspicionFrom(*message, at)) : Unreadable(event);
  }
  if (event.type() == "attendance.absence.withdrawn") {
    const auto message = Read<attendance::AbsenceWithdrawn>(event);
    if (!message) return Unreadable(event);
    return feed.Withdraw(student(*message), {.at = at,
                                             .reference = StreakReference(message->streak_id()),
                                             .why = message->why()});
  }
  if (event.type() == "attendance.student.returned") {
    const auto message = Read<attendance::StudentReturned>(event);
    const auto day = message && message->has_day() ? DateFrom(message->day()) : std::nullopt;
    if (!day) return Unreadable(event);
    return feed.Return(student(*message),
                       {.at = at, .day = *day, .streak = StreakId{message->streak_id()}});
  }
  if (event.type() == "attendance.student.return_withdrawn") {
    const auto message = Read<attendance::ReturnWithdrawn>(event);
    if (!message) return Unreadable(event);
    return feed.WithdrawReturn(student(*message),
                               {.at = at, .streak = StreakId{message->streak_id()}});
  }
  if (event.type() == "attendance.absence.chronic") {
    const auto message = Read<attendance::ChronicAbsence>(event);
    if (!message) return Unreadable(event);
    const Profile& profile = desk_.rules().profiles.At(base::DateAt(at));
    if (profile.triggers.note_chronic) return feed.Suspect(ChronicFrom(*message, at));
  }
  return {};
}

base::Status Reactions::OnRegistry(store::Transaction& tx, const std::vector<bus::Event>& events) {
  const DescribeEvents& describe = desk_.describe();
  CaseWriter writer{tx, desk_.rules(), desk_.Now(), describe};
  FeedDesk feed{writer};
  RegistryBatch batch;
  base::UtcTime at = desk_.Now();
  for (const bus::Event& event : events) {
    at = TimeFrom(event.time());
    RETURN_IF_ERROR(AddRegistryEvent(batch, event));
  }
  RETURN_IF_ERROR(feed.Registry(batch, at));
  for (const bus::Event& event : events) {
    if (event.type().starts_with("registry.match.")) RETURN_IF_ERROR(OnMatch(feed, event));
  }
  return writer.Finish();
}

base::Status Reactions::AddRegistryEvent(RegistryBatch& batch, const bus::Event& event) {
  if (event.type() == "registry.school.changed") {
    registry::SchoolChanged message;
    if (!message.ParseFromString(event.payload())) return Unreadable(event);
    const registry::School& school = message.school();
    batch.schools.push_back(
        {.school_code = school.school_code(), .name = school.name(), .town = school.town()});
  } else if (event.type() == "registry.class.changed") {
    registry::ClassChanged message;
    if (!message.ParseFromString(event.payload())) return Unreadable(event);
    const registry::SchoolClass& one = message.school_class();
    batch.classes.push_back({.class_id = ClassId{one.class_id()},
                             .school_code = one.school_code(),
                             .name = one.name(),
                             .teacher_id = one.homeroom_teacher_id(),
                             .teacher = one.homeroom_teacher()});
  } else if (event.type().starts_with(kStudentPrefix)) {
    registry::StudentChanged message;
    const bool parsed = message.ParseFromString(event.payload());
    if (!parsed || message.student_id() <= 0) return Unreadable(event);
    batch.students.push_back({.student = StudentId{message.student_id()},
                              .name = message.name(),
                              .school_code = message.school_code(),
                              .class_id = ClassId{message.class_id()},
                              .non_local = message.non_local(),
                              .version = message.version()});
    const std::string name = event.type().substr(kStudentPrefix.size());
    const std::string_view text = ChangeChinese(name);
    if (text.empty()) return {};
    const base::UtcTime at = TimeFrom(event.time());
    const std::optional<base::Date> effective =
        message.has_effective() ? DateFrom(message.effective()) : std::nullopt;
    batch.facts.emplace_back(StudentId{message.student_id()},
                             RegistryFact{.at = at,
                                          .event = name,
                                          .text = std::string{text},
                                          .effective = effective.value_or(base::DateAt(at)),
                                          .until = {}});
  }
  return {};
}

base::Status Reactions::OnMatch(FeedDesk& feed, const bus::Event& event) {
  registry::MatchFound message;
  if (!message.ParseFromString(event.payload())) return Unreadable(event);
  const registry::Match& match = message.match();
  const Subject subject = SubjectOf(match);
  const bool decided = event.type() == "registry.match.decided";
  if (subject.Key() == 0 || (match.needs_decision() && !decided)) return {};
  const base::UtcTime at = TimeFrom(event.time());
  const std::string reference = fmt::format("match/{}", match.match_class());
  const std::vector<std::string>& opening =
      desk_.rules().profiles.At(base::DateAt(at)).triggers.match_classes;
  if (std::find(opening.begin(), opening.end(), match.match_class()) == opening.end()) {
    // Somebody decided that it is nothing after all.
    if (!decided) return {};
    for (const std::string& known : opening) {
      RETURN_IF_ERROR(feed.Withdraw(
          subject, {.at = at, .reference = fmt::format("match/{}", known), .why = match.why()}));
    }
    return {};
  }
  Suspicion suspicion;
  suspicion.subject = subject;
  suspicion.signal.at = at;
  suspicion.signal.found_by = "比对";
  suspicion.signal.reference = reference;
  suspicion.signal.reason = match.why();
  suspicion.seen.student_name = match.name();
  return feed.Suspect(suspicion);
}

}  // namespace cases
