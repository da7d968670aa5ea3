#include "cases/domain/types.h"

#include <array>
#include <utility>

namespace cases {
namespace {

constexpr std::array<std::pair<Unit, std::string_view>, 6> kUnits{{
    {Unit::kMinutes, "minutes"},
    {Unit::kSameDay, "same_day"},
    {Unit::kSchoolDays, "school_days"},
    {Unit::kWorkingDays, "working_days"},
    {Unit::kCalendarDays, "calendar_days"},
    {Unit::kUntil, "until"},
}};

constexpr std::array<std::pair<EntryKind, std::string_view>, 23> kKinds{{
    {EntryKind::kOpened, "opened"},
    {EntryKind::kAttached, "attached"},
    {EntryKind::kReopened, "reopened"},
    {EntryKind::kAct, "act"},
    {EntryKind::kStateChanged, "state_changed"},
    {EntryKind::kLevelMoved, "level_moved"},
    {EntryKind::kMoveBlocked, "move_blocked"},
    {EntryKind::kAssigned, "assigned"},
    {EntryKind::kClockStarted, "clock_started"},
    {EntryKind::kClockSuspended, "clock_suspended"},
    {EntryKind::kClockResumed, "clock_resumed"},
    {EntryKind::kClockSatisfied, "clock_satisfied"},
    {EntryKind::kClockExpired, "clock_expired"},
    {EntryKind::kClockCancelled, "clock_cancelled"},
    {EntryKind::kContactsLearned, "contacts_learned"},
    {EntryKind::kGroupsLearned, "groups_learned"},
    {EntryKind::kPresenceLearned, "presence_learned"},
    {EntryKind::kSignalWithdrawn, "signal_withdrawn"},
    {EntryKind::kStudentReturned, "student_returned"},
    {EntryKind::kRegistryEvent, "registry_event"},
    {EntryKind::kClosingProposed, "closing_proposed"},
    {EntryKind::kReturnWithdrawn, "return_withdrawn"},
    {EntryKind::kLetterReply, "letter_reply"},
}};

}  // namespace

Actor SystemActor() {
  return {.person_id = "system", .name = "系统", .role = "system", .body = "cases"};
}

bool IsSystem(const Actor& actor) { return actor.role == "system"; }

std::string_view UnitName(Unit unit) {
  for (const auto& [value, name] : kUnits) {
    if (value == unit) return name;
  }
  return "";
}

std::optional<Unit> UnitFromName(std::string_view name) {
  for (const auto& [value, known] : kUnits) {
    if (known == name) return value;
  }
  return std::nullopt;
}

std::string_view EntryKindName(EntryKind kind) {
  for (const auto& [value, name] : kKinds) {
    if (value == kind) return name;
  }
  return "";
}

std::optional<EntryKind> EntryKindFromName(std::string_view name) {
  for (const auto& [value, known] : kKinds) {
    if (known == name) return value;
  }
  return std::nullopt;
}

}  // namespace cases
