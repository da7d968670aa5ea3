#include "cases/endpoints/household_mapping.h"

#include <fmt/format.h>

namespace cases {
namespace {

base::Result<std::optional<base::Date>> Day(bool present, const baoxue::bus::v1::Date& date,
                                            std::string_view field) {
  if (!present) return std::optional<base::Date>{};
  const std::optional<base::Date> day = DateFrom(date);
  if (!day) {
    return base::Error{base::Code::kInvalidArgument, "BAD_DATE",
                       fmt::format("{}不是有效日期", field)};
  }
  return day;
}

void PutAct(const HouseholdVisit& visit, v1::HouseholdAct* out) {
  out->set_outcome(visit.outcome);
  PutTime(visit.at.value_or(visit.recorded_at), out->mutable_at());
  for (const std::string& one : visit.participants) out->add_participants(one);
  out->set_text(visit.text);
  out->set_school(visit.school);
  if (visit.since) PutDate(*visit.since, out->mutable_since());
  if (visit.until) PutDate(*visit.until, out->mutable_until());
  out->set_persuasions(visit.persuasions);
  out->set_third_division(visit.third_division);
  out->set_third_address(visit.third_address);
  for (const std::string& one : visit.evidence) out->add_evidence(one);
}

std::string_view TypeOf(HouseholdNews news) {
  switch (news) {
    case HouseholdNews::kWanted: return "cases.task.due";
    case HouseholdNews::kAnswered: return "cases.household.answered";
    case HouseholdNews::kOverdue: return "cases.task.overdue";
    case HouseholdNews::kCancelled: return "cases.household.cancelled";
  }
  return "";
}

std::string TaskName(const HouseholdTask& task) {
  if (task.purpose == "away_visit") return "外出儿童回访";
  return fmt::format("{}（{}{}）", task.purpose == "hand_over" ? "移交学籍入户核查" : "入户核查",
                     task.asker_name, task.document_no);
}

}  // namespace

base::Result<HouseholdVisit> VisitFrom(const v1::HouseholdAct& message) {
  HouseholdVisit visit;
  visit.outcome = message.outcome();
  if (message.has_at()) {
    v1::Act act;
    *act.mutable_at() = message.at();
    ASSIGN_OR_RETURN(const Act shape, ActFrom(act));
    visit.at = shape.at;
  }
  visit.participants = {message.participants().begin(), message.participants().end()};
  visit.text = message.text();
  visit.school = message.school();
  ASSIGN_OR_RETURN(visit.since, Day(message.has_since(), message.since(), "起始日期"));
  ASSIGN_OR_RETURN(visit.until, Day(message.has_until(), message.until(), "期限"));
  visit.persuasions = message.persuasions();
  visit.third_division = message.third_division();
  visit.third_address = message.third_address();
  visit.evidence = {message.evidence().begin(), message.evidence().end()};
  return visit;
}

void PutHousehold(const HouseholdSheet& sheet, v1::HouseholdTask* out) {
  const HouseholdTask& task = sheet.task;
  out->set_task_id(task.id.raw());
  out->set_reference(task.reference);
  out->set_conversation(task.conversation);
  out->set_purpose(task.purpose);
  out->set_asker(task.asker);
  out->set_asker_name(task.asker_name);
  out->set_document_no(task.document_no);
  out->set_letter_kind(task.letter_kind);
  out->set_person_id(task.person.raw());
  out->set_town(task.town);
  out->set_text(task.text);
  PutParty(task.owner, out->mutable_owner());
  PutTime(task.wanted_at, out->mutable_wanted_at());
  PutTime(task.due, out->mutable_due());
  out->set_state(std::string{HouseholdStateName(task.state)});
  out->set_version(task.version);
  out->set_letter_over(task.letter_over);
  for (const HouseholdVisit& visit : sheet.visits) {
    v1::HouseholdVisit& one = *out->add_visits();
    one.set_number(visit.number);
    PutAct(visit, one.mutable_act());
    PutTime(visit.recorded_at, one.mutable_recorded_at());
    one.mutable_actor()->set_person_id(visit.actor.person_id);
    one.mutable_actor()->set_name(visit.actor.name);
    one.mutable_actor()->set_role(visit.actor.role);
    one.mutable_actor()->set_body(visit.actor.body);
  }
}

void PutHouseholdRow(const HouseholdTask& task, base::UtcTime now, v1::Task* out) {
  out->set_task_id(task.id.raw());
  out->set_household(true);
  out->set_kind("household");
  out->set_clock("household");
  out->set_name(TaskName(task));
  PutParty(task.owner, out->mutable_owner());
  PutTime(task.due, out->mutable_due());
  const bool live = task.state == HouseholdState::kOpen || task.state == HouseholdState::kOverdue;
  out->set_state(live && task.due <= now ? "overdue" : std::string{HouseholdStateName(task.state)});
  out->set_days_left(static_cast<int>((base::DateAt(task.due) - base::DateAt(now)).count()));
  out->set_asker_name(task.asker_name);
  out->set_document_no(task.document_no);
}

store::NewEvent HouseholdEvent(HouseholdNews news, const HouseholdTask& task,
                               const HouseholdVisit* visit, base::UtcTime now) {
  v1::HouseholdChanged message;
  message.set_task_id(task.id.raw());
  message.set_reference(task.reference);
  message.set_conversation(task.conversation);
  message.set_purpose(task.purpose);
  message.set_state(std::string{HouseholdStateName(task.state)});
  PutParty(task.owner, message.mutable_owner());
  PutTime(task.due, message.mutable_due());
  message.set_version(task.version);
  message.set_person_id(task.person.raw());
  if (visit != nullptr) {
    message.set_visit(visit->number);
    message.set_outcome(visit->outcome);
  }
  return {.type = std::string{TypeOf(news)},
          .subject = fmt::format("household/{}", task.id.raw()),
          .time = now,
          .payload = message.SerializeAsString(),
          .payload_type = std::string{v1::HouseholdChanged::descriptor()->full_name()},
          .correlation_id = {},
          .causation_id = {}};
}

}  // namespace cases
