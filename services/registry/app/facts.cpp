#include "registry/app/facts.h"

#include <fmt/format.h>

#include <map>

#include "registry/domain/columns.h"

namespace registry {

Facts::Facts(base::UtcTime now, const WriteContext& write)
    : now_(now), correlation_id_(write.correlation_id), causation_id_(write.causation_id) {}

void Facts::Push(std::string_view type, std::string subject, const std::string& payload_type,
                 std::string payload) {
  events_.push_back(store::NewEvent{.type = std::string{type},
                                    .subject = std::move(subject),
                                    .time = now_,
                                    .payload = std::move(payload),
                                    .payload_type = payload_type,
                                    .correlation_id = correlation_id_,
                                    .causation_id = causation_id_});
}

void Facts::Add(const School& school) {
  pb::SchoolChanged message;
  Fill(*message.mutable_school(), school);
  Push("registry.school.changed", fmt::format("school/{}", school.code),
       message.descriptor()->full_name(), message.SerializeAsString());
}

void Facts::Add(const SchoolClass& school_class) {
  pb::ClassChanged message;
  Fill(*message.mutable_school_class(), school_class);
  Push("registry.class.changed", fmt::format("class/{}", school_class.id.raw()),
       message.descriptor()->full_name(), message.SerializeAsString());
}

void Facts::Add(const StudentFact& fact) {
  const Student& student = fact.student;
  pb::StudentChanged message;
  message.set_student_id(student.id.raw());
  message.set_name(student.name);
  message.set_school_code(student.school_code);
  message.set_class_id(student.class_id.raw());
  message.set_status(static_cast<pb::StudentStatus>(student.status));
  SetDate(*message.mutable_effective(), fact.effective);
  if (fact.kind != ChangeKind::kDataChange)
    message.set_kind(static_cast<pb::ChangeKind>(fact.kind));
  message.set_expected_in_class(ExpectedInClass(student));
  message.set_reason_code(std::string{fact.reason_code});
  if (fact.fields != nullptr) {
    for (const Field field : *fact.fields) {
      message.add_changed_fields(std::string{NameOf(field)});
    }
  }
  message.set_version(student.version);
  message.set_non_local(student.non_local);
  message.set_hukou_division(student.hukou_division);
  message.set_home_teaching(student.home_teaching);
  message.set_seat_no(student.seat_no);
  message.set_boarding(student.boarding);
  const std::string_view inclusive = student.details.Get(Field::kInclusive);
  message.set_inclusive(!inclusive.empty() && inclusive != "非随班就读" && inclusive != "否");
  message.set_other_school(std::string{fact.other_school});
  message.set_other_division(std::string{fact.other_division});
  Push(EventTypeOf(fact.kind), fmt::format("student/{}", student.id.raw()),
       message.descriptor()->full_name(), message.SerializeAsString());
}

void Facts::AddGroups(StudentId student, std::span<const TagRow> tags) {
  pb::GroupsChanged message;
  message.set_student_id(student.raw());
  for (const TagRow& tag : tags) {
    pb::GroupTag& to = *message.add_groups();
    to.set_group(tag.group);
    to.set_source(tag.source);
    to.set_batch(tag.batch);
    SetDate(*to.mutable_valid_from(), tag.valid_from);
    if (tag.valid_to) SetDate(*to.mutable_valid_to(), *tag.valid_to - std::chrono::days{1});
  }
  Push("registry.groups.changed", fmt::format("student/{}", student.raw()),
       message.descriptor()->full_name(), message.SerializeAsString());
}

void Facts::AddMatch(std::string_view type, const MatchView& view) {
  pb::MatchFound message;
  message.set_run_id(view.row.run_id.raw());
  Fill(*message.mutable_match(), view);
  Push(type, fmt::format("match/{}", view.row.id.raw()), message.descriptor()->full_name(),
       message.SerializeAsString());
}

base::Status TellGroups(store::Transaction& tx, Facts& facts,
                        std::span<const std::string> person_keys) {
  if (person_keys.empty()) return {};
  ASSIGN_OR_RETURN(const auto found, FindAllTags(tx, person_keys));
  if (found.empty()) return {};
  std::map<std::string, std::vector<TagRow>> by_person;
  for (const TagRow& tag : found) by_person[tag.person_key].push_back(tag);
  std::vector<std::string> keys;
  for (const auto& [key, tags] : by_person) keys.push_back(key);
  ASSIGN_OR_RETURN(const auto students, FindStudentsByKey(tx, keys, Lock::kNone));
  for (const StudentRow& row : students) {
    facts.AddGroups(row.student.id, by_person.at(row.person_key));
  }
  return {};
}

base::Status Facts::Append(store::Transaction& tx) {
  if (events_.empty()) return {};
  const auto first = store::AppendEvents(tx, kFeed, events_);
  return first.ok() ? base::Status{} : first.error();
}

}  // namespace registry
