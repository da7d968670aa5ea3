#include "cases/endpoints/mapping.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "cases/domain/texts.h"

namespace cases {
namespace {

using base::Code;
using base::Error;

constexpr std::array<std::string_view, 6> kFoundBy{"考勤", "比对", "摸排", "来函", "举报", "人工"};

void PutAct(const Act& act, v1::Act* out) {
  out->set_kind(act.kind);
  if (act.at) PutTime(*act.at, out->mutable_at());
  out->set_method(act.method);
  out->set_place(act.place);
  for (const std::string& one : act.participants) out->add_participants(one);
  out->set_counterpart(act.counterpart);
  out->set_outcome(act.outcome);
  if (act.promised_on) PutDate(*act.promised_on, out->mutable_promised_on());
  out->set_text(act.text);
  out->set_reason_code(act.reason_code);
  for (const std::string& one : act.evidence) out->add_evidence(one);
  out->set_target(act.target);
  out->set_clock(act.clock);
  out->set_approve(act.approve);
  out->set_witness(act.witness);
  out->set_document_no(act.document_no);
  if (act.until) PutDate(*act.until, out->mutable_until());
}

void PutLetter(const Entry& entry, v1::LetterNews* out) {
  const LetterNews& letter = entry.letter;
  out->set_conversation(letter.conversation);
  out->set_county(letter.county);
  out->set_division(letter.division);
  out->set_asked_no(letter.asked_no);
  out->set_document_no(letter.document_no);
  out->set_code(letter.code);
  out->set_code_name(letter.code_name);
  out->set_school(letter.school);
  out->set_third(letter.third);
  out->set_evidence(letter.evidence);
  out->set_persuasions(letter.persuasions);
  out->set_proofs(letter.proofs);
  out->set_by_machine(letter.by_machine);
  out->set_forwarded(letter.forwarded);
  if (entry.day) PutDate(*entry.day, out->mutable_since());
  if (entry.until) PutDate(*entry.until, out->mutable_until());
  out->set_action(entry.cause);
}

void PutTaskView(const TaskView& task, const CaseRow& row, v1::Task* out) {
  out->set_kind(task.id);
  out->set_name(task.name);
  out->set_level(task.level);
  PutParty(task.owner, out->mutable_owner());
  if (task.due) PutTime(*task.due, out->mutable_due());
  out->set_state(std::string{ClockStateName(task.state)});
  out->set_clock(task.id);
  out->set_step(task.step);
  out->set_source(task.source);
  out->set_case_id(row.id.raw());
  out->set_student_name(row.contacts.student_name);
  out->set_days_left(task.days_left);
  out->set_unit(std::string{UnitName(task.unit)});
}

void PutTimeline(const Sheet& sheet, const Rules& rules, v1::Case* out) {
  for (const Entry& entry : sheet.history) {
    v1::TimelineEntry* line = out->add_timeline();
    line->set_version(entry.version);
    PutTime(entry.at, line->mutable_at());
    PutTime(entry.recorded_at, line->mutable_recorded_at());
    line->set_kind(entry.act.kind.empty() ? std::string{EntryKindName(entry.kind)}
                                          : entry.act.kind);
    line->mutable_actor()->set_person_id(entry.actor.person_id);
    line->mutable_actor()->set_name(entry.actor.name);
    line->mutable_actor()->set_role(entry.actor.role);
    line->mutable_actor()->set_body(entry.actor.body);
    line->set_text(Describe(entry, rules.profiles));
    if (!entry.act.kind.empty()) PutAct(entry.act, line->mutable_act());
    if (entry.kind == EntryKind::kLetterReply) PutLetter(entry, line->mutable_letter());
    line->set_state_after(entry.state);
    line->set_level_after(entry.level);
  }
}

base::Result<std::optional<base::Date>> OptionalDate(bool present,
                                                     const baoxue::bus::v1::Date& date,
                                                     std::string_view field) {
  if (!present) return std::optional<base::Date>{};
  const std::optional<base::Date> day = DateFrom(date);
  if (!day) {
    return Error{Code::kInvalidArgument, "BAD_DATE", fmt::format("{}不是有效日期", field)};
  }
  return day;
}

std::string EventType(const Entry& entry) {
  switch (entry.kind) {
    case EntryKind::kOpened: return "cases.case.opened";
    case EntryKind::kAttached: return "cases.case.attached";
    case EntryKind::kReopened: return "cases.case.reopened";
    case EntryKind::kAct: return "cases.case.act_recorded";
    case EntryKind::kLetterReply: return "cases.case.replied";
    case EntryKind::kLevelMoved: return "cases.case.escalated";
    case EntryKind::kClockStarted: return "cases.task.due";
    case EntryKind::kClockExpired: return "cases.task.overdue";
    case EntryKind::kStateChanged:
      if (entry.phase == "closed") return "cases.case.closed";
      if (entry.phase == "withdrawn") return "cases.case.withdrawn";
      if (entry.phase == "open") return "cases.case.state_changed";
      return "cases.case.resolved";
    default: return "";
  }
}

std::string NameOfState(const Profile& profile, const std::string& code) {
  const State* state = profile.FindState(code);
  return state == nullptr ? code : state->name;
}
std::string NameOfLevel(const Profile& profile, int number) {
  const Level* level = profile.FindLevel(number);
  return level == nullptr ? "" : level->name;
}

}  // namespace

void PutParty(const Party& party, v1::Party* out) {
  out->set_level(party.level);
  out->set_body(party.body);
  out->set_person_id(party.person_id);
  out->set_person(party.person);
  out->set_role(party.role);
}

std::optional<base::Date> DateFrom(const baoxue::bus::v1::Date& date) {
  if (date.month() < 0 || date.day() < 0) return std::nullopt;
  return base::Date::FromYmd(date.year(), static_cast<unsigned>(date.month()),
                             static_cast<unsigned>(date.day()));
}

void PutDate(base::Date day, baoxue::bus::v1::Date* out) {
  out->set_year(day.year());
  out->set_month(static_cast<int>(day.month()));
  out->set_day(static_cast<int>(day.day()));
}

void PutTime(base::UtcTime at, google::protobuf::Timestamp* out) {
  const std::int64_t ms = at.time_since_epoch().count();
  std::int64_t seconds = ms / 1000;
  std::int64_t rest = ms % 1000;
  if (rest < 0) {
    rest += 1000;
    --seconds;
  }
  out->set_seconds(seconds);
  out->set_nanos(static_cast<int>(rest * 1'000'000));
}

base::UtcTime TimeFrom(const google::protobuf::Timestamp& at) {
  return base::UtcTime{std::chrono::seconds{at.seconds()} +
                       std::chrono::milliseconds{at.nanos() / 1'000'000}};
}

std::optional<Actor> MaybeActor(const bus::Envelope& envelope) {
  const bus::Actor& actor = envelope.actor();
  if (actor.person_id().empty() || actor.role().empty()) return std::nullopt;
  return Actor{.person_id = actor.person_id(),
               .name = actor.name(),
               .role = actor.role(),
               .body = actor.body()};
}

base::Result<Actor> ActorFrom(const bus::Envelope& envelope) {
  std::optional<Actor> actor = MaybeActor(envelope);
  if (!actor) return Error{Code::kInvalidArgument, "ACTOR_MISSING", "需要写明操作人和身份"};
  // Only the suite itself is the system.
  if (IsSystem(*actor)) return Error{Code::kInvalidArgument, "ACTOR_MISSING", "操作人不能是系统"};
  return *std::move(actor);
}

base::Result<Act> ActFrom(const v1::Act& message) {
  Act act;
  act.kind = message.kind();
  if (message.has_at()) {
    constexpr std::int64_t kSecondsMax = 253'402'300'799;  // the end of year 9999
    if (message.at().seconds() < 0 || message.at().seconds() > kSecondsMax) {
      return Error{Code::kInvalidArgument, "BAD_TIME", "发生时间无效"};
    }
    act.at = TimeFrom(message.at());
  }
  act.method = message.method();
  act.place = message.place();
  act.participants = {message.participants().begin(), message.participants().end()};
  act.counterpart = message.counterpart();
  act.outcome = message.outcome();
  ASSIGN_OR_RETURN(act.promised_on, OptionalDate(message.has_promised_on(), message.promised_on(),
                                                 "承诺返校日期"));
  act.text = message.text();
  act.reason_code = message.reason_code();
  act.evidence = {message.evidence().begin(), message.evidence().end()};
  act.target = message.target();
  act.clock = message.clock();
  act.approve = message.approve();
  act.witness = message.witness();
  act.document_no = message.document_no();
  ASSIGN_OR_RETURN(act.until, OptionalDate(message.has_until(), message.until(), "截止日期"));
  return act;
}

base::Result<OpenByHand> OpenFrom(const v1::OpenCase& message, const Actor& actor) {
  OpenByHand open;
  open.subject = {.student = StudentId{message.student_id()},
                  .person = PersonId{message.person_id()}};
  const bool one = (message.student_id() > 0) != (message.person_id() > 0);
  if (!one || message.student_id() < 0 || message.person_id() < 0) {
    return Error{Code::kInvalidArgument, "SUBJECT_MISSING", "需要写明一名学生或适龄儿童"};
  }
  open.signal.found_by = message.found_by().empty() ? "人工" : message.found_by();
  if (std::find(kFoundBy.begin(), kFoundBy.end(), open.signal.found_by) == kFoundBy.end()) {
    return Error{Code::kInvalidArgument, "BAD_FOUND_BY",
                 "发现途径只能是：考勤、比对、摸排、来函、举报、人工"};
  }
  open.signal.reason = message.reason();
  open.signal.actor = actor;
  ASSIGN_OR_RETURN(open.signal.first_absent,
                   OptionalDate(message.has_first_absent(), message.first_absent(), "缺勤日期"));
  return open;
}

void PutRow(const CaseRow& row, const Profile& profile, v1::Case* out) {
  out->set_case_id(row.id.raw());
  out->set_student_id(row.subject.student.raw());
  out->set_person_id(row.subject.person.raw());
  out->set_student_name(row.contacts.student_name);
  out->set_school_code(row.contacts.school_code);
  out->set_school_name(row.contacts.school_name);
  out->set_class_id(row.contacts.class_id.raw());
  out->set_class_name(row.contacts.class_name);
  out->set_state(row.state);
  out->set_state_name(NameOfState(profile, row.state));
  out->set_phase(row.phase);
  out->set_level(row.level);
  out->set_level_name(NameOfLevel(profile, row.level));
  PutParty(row.responsible, out->mutable_responsible());
  if (row.next_due) PutTime(*row.next_due, out->mutable_next_due());
  PutTime(row.opened_at, out->mutable_opened_at());
  if (row.closed_at) PutTime(*row.closed_at, out->mutable_closed_at());
  out->set_found_by(row.found_by);
  if (row.first_absent) PutDate(*row.first_absent, out->mutable_first_absent());
  out->set_persuasions(row.persuasions);
  out->set_version(row.version);
  out->set_overdue_tasks(row.overdue_tasks);
  out->set_profile_version(row.profile_from);
  out->set_reason_code(row.reason_code);
  out->set_streak_id(row.streak.raw());
}

void PutSheet(const Sheet& sheet, const Rules& rules, base::UtcTime now, Detail detail,
              v1::Case* out) {
  PutRow(sheet.row, rules.profiles.At(base::DateAt(now)), out);
  if (detail == Detail::kRow) return;
  for (const TaskView& task : sheet.view.tasks) PutTaskView(task, sheet.row, out->add_tasks());
  for (const AllowedAct& act : sheet.view.allowed) {
    v1::Allowed* allowed = out->add_allowed();
    allowed->set_kind(act.kind);
    allowed->set_name(act.name);
    allowed->set_allowed(act.allowed);
    allowed->set_reason(act.reason);
    allowed->set_target(act.target);
    for (const std::string& need : act.needs) allowed->add_needs(need);
    allowed->set_source(act.source);
  }
  if (detail == Detail::kWithTimeline) PutTimeline(sheet, rules, out);
}

void PutTask(const ClockRow& row, base::UtcTime now, v1::Task* out) {
  const bool suspended = row.state == "suspended";
  const base::UtcTime due = suspended ? row.next_at.value_or(row.due) : row.due;
  out->set_task_id(row.id);
  out->set_kind(row.clock);
  out->set_clock(row.clock);
  out->set_step(row.step);
  out->set_name(row.name);
  out->set_level(row.level);
  PutParty(row.owner, out->mutable_owner());
  PutTime(due, out->mutable_due());
  out->set_state(row.state == "open" && row.due <= now ? "overdue" : row.state);
  out->set_case_id(row.case_id.raw());
  out->set_student_name(row.student_name);
  out->set_days_left(static_cast<int>((base::DateAt(due) - base::DateAt(now)).count()));
  out->set_unit(std::string{UnitName(row.unit)});
}

void PutSummary(const CaseCounts& counts, const Profile& profile, v1::CasesSummary* out) {
  out->set_opened(counts.opened);
  out->set_open(counts.open);
  out->set_closed(counts.closed);
  out->set_withdrawn(counts.withdrawn);
  out->set_overdue_tasks(counts.overdue_tasks);
  out->set_persuasions(counts.persuasions);
  for (const Level& level : profile.levels) {
    v1::LevelCount* line = out->add_levels();
    line->set_level(level.number);
    line->set_name(level.name);
    for (const CaseCounts::OfLevel& count : counts.levels) {
      if (count.level != level.number) continue;
      line->set_open(count.open);
      line->set_overdue(count.overdue);
    }
  }
  for (const auto& [state, count] : counts.states) {
    v1::StateCount* line = out->add_states();
    line->set_state(state);
    line->set_name(NameOfState(profile, state));
    line->set_count(count);
  }
}

std::vector<store::NewEvent> EventsOf(const Change& change, const Profiles& profiles) {
  std::vector<store::NewEvent> events;
  const CaseRow& row = change.row;
  for (const Entry& entry : change.entries) {
    std::string type = EventType(entry);
    if (type.empty()) continue;
    const Profile& profile = profiles.At(base::DateAt(entry.recorded_at));
    v1::CaseChanged message;
    message.set_case_id(row.id.raw());
    message.set_student_id(row.subject.student.raw());
    message.set_person_id(row.subject.person.raw());
    message.set_state(entry.state);
    message.set_state_name(NameOfState(profile, entry.state));
    message.set_phase(std::string{PhaseName(profile.PhaseOf(entry.state))});
    message.set_level(entry.level);
    message.set_level_name(NameOfLevel(profile, entry.level));
    PutParty(row.responsible, message.mutable_responsible());
    const auto& due = entry.clock.empty() ? row.next_due : entry.due;
    if (due) PutTime(*due, message.mutable_next_due());
    message.set_found_by(row.found_by);
    if (row.first_absent) PutDate(*row.first_absent, message.mutable_first_absent());
    PutDate(base::DateAt(row.opened_at), message.mutable_opened_on());
    if (row.closed_at) PutDate(base::DateAt(*row.closed_at), message.mutable_closed_on());
    message.set_persuasions(row.persuasions);
    if (row.last_persuasion) PutDate(*row.last_persuasion, message.mutable_last_persuasion());
    message.set_reason_code(row.reason_code);
    message.set_act(entry.act.kind);
    message.set_task(entry.clock);
    message.set_version(entry.version);
    message.set_school_code(row.contacts.school_code);
    events.push_back({.type = std::move(type),
                      .subject = fmt::format("case/{}", row.id.raw()),
                      .time = entry.recorded_at,
                      .payload = message.SerializeAsString(),
                      .payload_type = std::string{v1::CaseChanged::descriptor()->full_name()},
                      .correlation_id = {},
                      .causation_id = {}});
  }
  return events;
}

}  // namespace cases
