#include "cases/domain/facts.h"

#include <algorithm>

#include "cases/domain/acts.h"

namespace cases {
namespace {

void ResetEpisode(Facts& facts) {
  facts.persuasions = 0;
  facts.joint_persuasions = 0;
  facts.home_visits = 0;
  facts.persuasion_days.clear();
  facts.failed_routes.clear();
  facts.inquiries.clear();
  facts.evidence.clear();
  facts.approvals.clear();
  facts.tasks_done.clear();
  facts.handlers.clear();
  facts.presence.reset();
  facts.presence_on.reset();
  facts.returned_on.reset();
  facts.until.reset();
  facts.handover.reset();
}

void EnterState(Facts& facts, const Entry& entry) {
  if (entry.kind == EntryKind::kStateChanged) {
    facts.closed_by_letter.reset();
    if (entry.cause == kByLetter) {
      facts.closed_by_letter = {.conversation = entry.reference, .state_before = facts.state};
    }
  }
  const Phase phase = PhaseFromName(entry.phase).value_or(facts.phase);
  if (phase != facts.phase) facts.assigned_by_hand = false;
  facts.phase = phase;
  facts.state = entry.state;
  facts.confirmed = facts.confirmed || entry.confirmed;
  if (IsOver(facts.phase)) {
    facts.closed_at = entry.at;
  } else {
    facts.closed_at.reset();
  }
  if (entry.until) facts.until = entry.until;
}

void Signal(Facts& facts, const Entry& entry) {
  if (entry.day && (!facts.first_absent || *entry.day < *facts.first_absent)) {
    facts.first_absent = entry.day;
  }
  if (entry.streak) facts.streak = entry.streak;
  if (!entry.reference.empty()) facts.live_references.insert(entry.reference);
}

void CountFacts(Facts& facts, const Entry& entry) {
  const Act& act = entry.act;
  const base::Date day = base::DateAt(entry.at);
  if (act.kind == "persuasion") {
    ++facts.persuasions;
    ++facts.persuasions_total;
    facts.persuasion_days.insert(day);
    if (act.method == "联合") ++facts.joint_persuasions;
    if (!facts.last_persuasion || *facts.last_persuasion < day) facts.last_persuasion = day;
  }
  if (IsHomeVisit(act)) ++facts.home_visits;
  if (IsFailedContact(act)) facts.failed_routes.insert(act.kind == "visit" ? "家访" : act.method);
  if (act.kind == "inquire") facts.inquiries.insert(act.target);
  if (act.kind == "approve") {
    if (act.approve) {
      facts.approvals.insert(act.target);
    } else {
      facts.approvals.erase(act.target);
    }
  }
  for (const std::string& evidence : act.evidence) {
    facts.evidence.insert(std::string{EvidenceKind(evidence)});
  }
}

void PersonActed(Facts& facts, const Entry& entry) {
  CountFacts(facts, entry);
  const Act& act = entry.act;
  const ActSpec* spec = FindAct(act.kind);
  if (spec != nullptr && spec->act_class == ActClass::kTransition) facts.before_relapse.reset();
  if (!act.reason_code.empty() && act.kind != "escalate") facts.reason_code = act.reason_code;
  if (act.kind == "acknowledge" || act.kind == "return_with_reason") facts.handover.reset();
  if (act.kind == "resolve" || act.kind == "returned") {
    if (!entry.actor.person_id.empty()) facts.handlers.insert(entry.actor.person_id);
    if (!facts.responsible.person_id.empty()) facts.handlers.insert(facts.responsible.person_id);
  }
}

// A later answer of the same conversation corrects the earlier one, what it proved as well.
void Answered(Facts& facts, const Entry& entry) {
  const LetterNews& letter = entry.letter;
  facts.letters.insert(entry.reference);
  const auto known = facts.letter_evidence.find(letter.conversation);
  if (known != facts.letter_evidence.end()) {
    facts.evidence.erase(known->second);
    facts.letter_evidence.erase(known);
  }
  if (letter.evidence.empty()) return;
  const std::string kind{EvidenceKind(letter.evidence)};
  facts.letter_evidence[letter.conversation] = kind;
  facts.evidence.insert(kind);
}

ClockFacts* Known(Facts& facts, const Entry& entry) {
  const auto found = facts.clocks.find(entry.clock);
  if (found == facts.clocks.end() || found->second.step != entry.step) return nullptr;
  return &found->second;
}

void StartClock(Facts& facts, const Entry& entry) {
  facts.clocks[entry.clock] = {.id = entry.clock,
                               .step = entry.step,
                               .state = ClockState::kArmed,
                               .name = entry.text,
                               .unit = entry.unit,
                               .level = entry.task_level,
                               .body = entry.body,
                               .started = entry.at,
                               .due = entry.due.value_or(entry.at),
                               .resume_at = {},
                               .remaining = 0,
                               .ended = {}};
}

void ChangeClock(Facts& facts, const Entry& entry) {
  ClockFacts* clock = Known(facts, entry);
  if (clock == nullptr) return;
  switch (entry.kind) {
    case EntryKind::kClockSuspended:
      clock->state = ClockState::kSuspended;
      clock->remaining = entry.remaining;
      clock->resume_at = entry.resume_at;
      break;
    case EntryKind::kClockResumed:
      clock->state = ClockState::kArmed;
      clock->due = entry.due.value_or(clock->due);
      clock->resume_at.reset();
      clock->remaining = 0;
      break;
    case EntryKind::kClockSatisfied:
      clock->state = ClockState::kDone;
      clock->ended = entry.at;
      facts.tasks_done.insert(entry.clock);
      break;
    case EntryKind::kClockExpired:
      clock->state = ClockState::kOverdue;
      break;
    case EntryKind::kClockCancelled:
      clock->state = ClockState::kCancelled;
      clock->ended = entry.at;
      break;
    default:
      break;
  }
}

void MoveLevel(Facts& facts, const Entry& entry) {
  if (entry.level > facts.level) {
    facts.handover = Handover{.from_level = facts.level, .to_level = entry.level};
  } else {
    facts.handover.reset();
  }
  facts.level = entry.level;
  facts.assigned_by_hand = false;
}

}  // namespace

std::string_view ClockStateName(ClockState state) {
  switch (state) {
    case ClockState::kArmed: return "open";
    case ClockState::kSuspended: return "suspended";
    case ClockState::kOverdue: return "overdue";
    case ClockState::kDone: return "done";
    case ClockState::kCancelled: return "cancelled";
  }
  return "";
}

const ClockFacts* Facts::FindClock(std::string_view id) const {
  const auto found = clocks.find(std::string{id});
  return found == clocks.end() ? nullptr : &found->second;
}

std::optional<base::UtcTime> Facts::NextAt() const {
  std::optional<base::UtcTime> next;
  for (const auto& [id, clock] : clocks) {
    const std::optional<base::UtcTime> at = clock.NextAt();
    if (at && (!next || *at < *next)) next = at;
  }
  return next;
}

int Facts::OverdueTasks(base::UtcTime now) const {
  return static_cast<int>(std::count_if(clocks.begin(), clocks.end(), [&](const auto& item) {
    const ClockFacts& clock = item.second;
    return clock.state == ClockState::kOverdue ||
           (clock.state == ClockState::kArmed && clock.due <= now);
  }));
}

void Apply(Facts& facts, const Entry& entry) {
  facts.version = entry.version;
  if (!entry.profile.empty()) facts.profile = entry.profile;
  switch (entry.kind) {
    case EntryKind::kReopened:
      facts.before_relapse.reset();
      if (entry.cause == "relapse") {
        facts.before_relapse = {.state = facts.state, .returned_on = facts.returned_on};
      }
      facts.confirmed = false;
      facts.live_references.clear();
      ResetEpisode(facts);
      Signal(facts, entry);
      EnterState(facts, entry);
      facts.level = entry.level;
      break;
    case EntryKind::kOpened:
      facts.opened_at = entry.at;
      facts.found_by = entry.found_by;
      facts.level = entry.level;
      Signal(facts, entry);
      EnterState(facts, entry);
      break;
    case EntryKind::kAttached:
      // A remark is no reason of its own to keep a case.
      if (entry.cause != kRemark) Signal(facts, entry);
      break;
    case EntryKind::kAct: PersonActed(facts, entry); break;
    case EntryKind::kStateChanged: EnterState(facts, entry); break;
    case EntryKind::kLevelMoved: MoveLevel(facts, entry); break;
    case EntryKind::kAssigned:
      facts.responsible = entry.party;
      facts.assigned_by_hand = entry.cause == "assign";
      break;
    case EntryKind::kClockStarted: StartClock(facts, entry); break;
    case EntryKind::kClockSuspended:
    case EntryKind::kClockResumed:
    case EntryKind::kClockSatisfied:
    case EntryKind::kClockExpired:
    case EntryKind::kClockCancelled: ChangeClock(facts, entry); break;
    case EntryKind::kContactsLearned: facts.contacts = entry.contacts; break;
    case EntryKind::kGroupsLearned: facts.groups = entry.groups; break;
    case EntryKind::kPresenceLearned:
      facts.presence = entry.presence;
      facts.presence_on = base::DateAt(entry.at);
      break;
    case EntryKind::kSignalWithdrawn: facts.live_references.erase(entry.reference); break;
    case EntryKind::kStudentReturned:
      facts.returned_on = entry.day;
      facts.returned_from = entry.streak;
      if (facts.phase == Phase::kOpen) facts.state_before_return = facts.state;
      break;
    case EntryKind::kReturnWithdrawn:
      facts.returned_on.reset();
      facts.presence.reset();
      facts.presence_on.reset();
      break;
    case EntryKind::kRegistryEvent:
      if (entry.until) facts.until = entry.until;
      break;
    case EntryKind::kLetterReply: Answered(facts, entry); break;
    case EntryKind::kMoveBlocked:
    case EntryKind::kClosingProposed: break;
  }
}

Facts Fold(const History& history) {
  Facts facts;
  for (const Entry& entry : history) Apply(facts, entry);
  return facts;
}

}  // namespace cases
