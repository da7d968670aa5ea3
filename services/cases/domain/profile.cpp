#include "cases/domain/profile.h"

#include <algorithm>
#include <array>
#include <utility>

namespace cases {
namespace {

constexpr std::array<std::pair<Phase, std::string_view>, 5> kPhases{{
    {Phase::kOpen, "open"},
    {Phase::kWatch, "watch"},
    {Phase::kSettled, "settled"},
    {Phase::kClosed, "closed"},
    {Phase::kWithdrawn, "withdrawn"},
}};

template <class T, class Key>
const T* FindBy(const std::vector<T>& all, Key T::*member, const auto& key) {
  for (const T& item : all) {
    if (item.*member == key) return &item;
  }
  return nullptr;
}

bool Contains(const std::vector<std::string>& list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

Party InboxOf(const Profile& profile) {
  Party party = profile.inbox;
  if (party.body.empty()) party.body = "县级教育行政部门";
  return party;
}

constexpr std::array<std::pair<LetterAction, std::string_view>, 7> kLetterActions{{
    {LetterAction::kPerform, "perform"},
    {LetterAction::kPropose, "propose"},
    {LetterAction::kSuspend, "suspend"},
    {LetterAction::kNote, "note"},
    {LetterAction::kAsk, "ask"},
    {LetterAction::kExtend, "extend"},
    {LetterAction::kRead, "read"},
}};

}  // namespace

std::string_view LetterActionName(LetterAction action) {
  for (const auto& [value, name] : kLetterActions) {
    if (value == action) return name;
  }
  return "";
}

std::optional<LetterAction> LetterActionFromName(std::string_view name) {
  for (const auto& [value, known] : kLetterActions) {
    if (known == name) return value;
  }
  return std::nullopt;
}

LetterRule Triggers::LetterRuleFor(std::string_view code) const {
  const LetterRule* rule = FindBy(letters, &LetterRule::code, code);
  if (rule == nullptr) rule = FindBy(letters, &LetterRule::code, kOtherCode);
  return rule == nullptr ? LetterRule{.code = std::string{kOtherCode}} : *rule;
}

std::string_view PhaseName(Phase phase) {
  for (const auto& [value, name] : kPhases) {
    if (value == phase) return name;
  }
  return "";
}

std::optional<Phase> PhaseFromName(std::string_view name) {
  for (const auto& [value, known] : kPhases) {
    if (known == name) return value;
  }
  return std::nullopt;
}

const State* Profile::FindState(std::string_view code) const {
  return FindBy(states, &State::code, code);
}
const Level* Profile::FindLevel(int number) const {
  return FindBy(levels, &Level::number, number);
}
const Body* Profile::FindBody(std::string_view id) const { return FindBy(bodies, &Body::id, id); }
const SkipReason* Profile::FindSkipReason(std::string_view name) const {
  return FindBy(skip_reasons, &SkipReason::name, name);
}
const Task* Profile::FindTask(std::string_view id) const {
  return id == standing.id ? &standing : FindBy(tasks, &Task::id, id);
}

Phase Profile::PhaseOf(std::string_view state) const {
  const State* found = FindState(state);
  return found == nullptr ? Phase::kOpen : found->phase;
}

const Way* Profile::FindWay(std::string_view here, std::string_view to,
                            std::string_view by) const {
  const State* state = FindState(to);
  if (state == nullptr) return nullptr;
  for (const Way& way : state->ways) {
    if (Contains(way.from, here) && Contains(way.by, by)) return &way;
  }
  return nullptr;
}

bool Profile::LivesIn(const Task& task, std::string_view state, int level) const {
  const Phase phase = PhaseOf(state);
  if (IsOver(phase) || (task.until_level > 0 && level >= task.until_level)) return false;
  if (task.id == standing.id) return true;
  if (task.states.empty()) return phase == Phase::kOpen;
  return Contains(task.states, state);
}

const Profile& Profiles::At(base::Date day) const {
  CHECK(!entries.empty());
  const Profile* found = &entries.front();
  for (const Profile& entry : entries) {
    if (entry.from <= day) found = &entry;
  }
  return *found;
}

Party PartyOf(const Profile& profile, const Contacts& contacts, std::string_view body_id) {
  const Body* body = profile.FindBody(body_id);
  if (body == nullptr) return InboxOf(profile);
  switch (body->kind) {
    case BodyKind::kClassTeacher:
      if (!contacts.teacher.empty() || !contacts.teacher_id.empty()) {
        const std::string& school =
            contacts.school_name.empty() ? contacts.school_code : contacts.school_name;
        return {.level = body->name,
                .body = school.empty() ? body->name : school,
                .person_id = contacts.teacher_id,
                .person = contacts.teacher,
                .role = body->role};
      }
      [[fallthrough]];  // no class teacher: the school answers
    case BodyKind::kSchool: {
      const std::string& school =
          contacts.school_name.empty() ? contacts.school_code : contacts.school_name;
      if (school.empty()) return InboxOf(profile);
      return {.level = "学校", .body = school, .person_id = {}, .person = {}, .role = "principal"};
    }
    case BodyKind::kTown:
      if (contacts.town.empty()) return InboxOf(profile);
      return {.level = body->name, .body = contacts.town, .person_id = {}, .person = {},
              .role = body->role};
    case BodyKind::kFixed:
      return {.level = body->name, .body = body->name, .person_id = body->person_id,
              .person = body->person, .role = body->role};
  }
  return InboxOf(profile);
}

}  // namespace cases
