#include "cases/app/projection.h"

#include <map>

namespace cases {
namespace {

using Step = std::pair<std::string, int>;

ClockRow RowOfClock(CaseId id, const ClockFacts& clock, const Facts& facts,
                    const Profile& profile) {
  return {.id = 0,
          .case_id = id,
          .clock = clock.id,
          .step = clock.step,
          .name = clock.name,
          .state = std::string{ClockStateName(clock.state)},
          .level = clock.level,
          .unit = clock.unit,
          .owner = OwnerOf(clock, facts, profile),
          .started = clock.started,
          .due = clock.due,
          .next_at = clock.NextAt(),
          .ended = clock.ended,
          .student_name = {}};
}

}  // namespace

CaseRow RowOf(CaseId id, Subject subject, const Facts& facts, base::UtcTime now) {
  return {.id = id,
          .subject = subject,
          .version = facts.version,
          .state = facts.state,
          .phase = std::string{PhaseName(facts.phase)},
          .level = facts.level,
          .found_by = facts.found_by,
          .streak = facts.streak,
          .contacts = facts.contacts,
          .responsible = facts.responsible,
          .opened_at = facts.opened_at,
          .closed_at = facts.closed_at,
          .next_due = facts.open() ? facts.NextAt() : std::nullopt,
          .first_absent = facts.first_absent,
          .persuasions = facts.persuasions_total,
          .last_persuasion = facts.last_persuasion,
          .overdue_tasks = facts.open() ? facts.OverdueTasks(now) : 0,
          .reason_code = facts.reason_code,
          .profile_from = facts.profile,
          .open = facts.open()};
}

std::vector<ClockRow> ClockRowsOf(CaseId id, const Facts& before, const std::vector<Entry>& added,
                                  const Profile& profile) {
  Facts facts = before;
  std::map<Step, ClockRow> rows;
  bool moved = false;
  for (const Entry& entry : added) {
    moved = moved || entry.kind == EntryKind::kContactsLearned;
    if (entry.kind == EntryKind::kClockStarted) {
      const ClockFacts* last = facts.FindClock(entry.clock);
      if (last != nullptr && last->state == ClockState::kOverdue) {
        ClockRow row = RowOfClock(id, *last, facts, profile);
        row.state = "missed";
        row.ended = entry.at;
        rows[{last->id, last->step}] = std::move(row);
      }
    }
    Apply(facts, entry);
    if (entry.clock.empty()) continue;
    const ClockFacts* clock = facts.FindClock(entry.clock);
    if (clock != nullptr && clock->step == entry.step) {
      rows[{clock->id, clock->step}] = RowOfClock(id, *clock, facts, profile);
    }
  }
  if (moved) {
    for (const auto& [name, clock] : facts.clocks) {
      if (clock.IsLive()) rows[{clock.id, clock.step}] = RowOfClock(id, clock, facts, profile);
    }
  }
  std::vector<ClockRow> out;
  out.reserve(rows.size());
  for (auto& [step, row] : rows) out.push_back(std::move(row));
  return out;
}

}  // namespace cases
