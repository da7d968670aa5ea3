#include "cases/domain/run.h"

#include <algorithm>

#include <fmt/format.h>

#include "cases/domain/due.h"
#include "cases/domain/gates.h"

namespace cases {
namespace {

// Expiries that one decision works off at most; what is left is due again at once.
constexpr int kExpiriesMax = 2000;

// "persuasion:家访" asks for that method or target as well.
bool Matches(const std::string& pattern, const Act& act) {
  const std::size_t colon = pattern.find(':');
  if (pattern.substr(0, colon) != act.kind) return false;
  if (colon == std::string::npos) return true;
  const std::string detail = pattern.substr(colon + 1);
  return detail == act.method || detail == act.target;
}

bool DoneBy(const Task& task, const Act& act) {
  return std::any_of(task.done_by.begin(), task.done_by.end(),
                     [&](const std::string& pattern) { return Matches(pattern, act); });
}

}  // namespace

Run::Run(const History& history, const Context& context, Actor actor)
    : context_(context), facts_(Fold(history)), actor_(std::move(actor)), at_(context.now) {}

Entry Run::Make(EntryKind kind) const {
  Entry entry;
  entry.kind = kind;
  entry.at = at_;
  entry.state = facts_.state;
  entry.level = facts_.level;
  return entry;
}

void Run::Append(Entry entry) {
  entry.version = facts_.version + 1;
  entry.recorded_at = context_.now;
  entry.profile = profile().from.ToString();
  if (entry.actor.person_id.empty() && entry.actor.role.empty()) entry.actor = actor_;
  Apply(facts_, entry);
  entries_.push_back(std::move(entry));
}

void Run::Enter(std::string_view code, std::string_view cause, std::string text,
                std::optional<base::Date> until, std::string reference) {
  const State* state = profile().FindState(code);
  if (state == nullptr || state->code == facts_.state) return;
  Entry entry = Make(EntryKind::kStateChanged);
  entry.state = state->code;
  entry.phase = PhaseName(state->phase);
  entry.confirmed = state->confirmed;
  entry.cause = cause;
  entry.text = std::move(text);
  entry.until = until;
  entry.reference = std::move(reference);
  Append(std::move(entry));
  CancelStale();
  Start("state:" + state->code);
}

void Run::Move(int level, std::string_view cause, std::string text) {
  if (level == facts_.level || profile().FindLevel(level) == nullptr) return;
  Entry entry = Make(EntryKind::kLevelMoved);
  entry.level = level;
  entry.cause = cause;
  entry.text = std::move(text);
  Append(std::move(entry));
  CancelStale();
  Start(fmt::format("level:{}", level));
}

void Run::Start(std::string_view condition) {
  if (!facts_.open()) return;
  const std::string at_level = fmt::format("{}@{}", condition, facts_.level);
  for (const Task& task : profile().tasks) {
    const bool waits = std::any_of(
        task.start.begin(), task.start.end(),
        [&](const std::string& one) { return one == condition || one == at_level; });
    if (!waits || !profile().LivesIn(task, facts_.state, facts_.level)) continue;
    const ClockFacts* clock = facts_.FindClock(task.id);
    if (clock == nullptr || !clock->IsLive()) StartTask(task);
  }
}

void Run::StartTask(const Task& task, std::optional<base::UtcTime> due) {
  const ClockFacts* before = facts_.FindClock(task.id);
  Entry entry = Make(EntryKind::kClockStarted);
  entry.clock = task.id;
  entry.step = before == nullptr ? 1 : before->step + 1;
  entry.text = task.name;
  entry.unit = task.due.unit;
  entry.task_level = task.level > 0 ? task.level : facts_.level;
  entry.body = task.body;
  entry.due = due ? due
                  : DueAt(task.due, at_, context_.calendar, profile().day_end_minute, facts_.until);
  Append(std::move(entry));
}

Entry Run::ClockEntry(EntryKind kind, const ClockFacts& clock) const {
  Entry entry = Make(kind);
  entry.clock = clock.id;
  entry.step = clock.step;
  entry.unit = clock.unit;
  entry.text = clock.name;
  entry.task_level = clock.level;
  entry.body = clock.body;
  entry.due = clock.due;
  return entry;
}

void Run::EndClock(const ClockFacts& clock, EntryKind kind, std::string_view cause) {
  Entry entry = ClockEntry(kind, clock);
  entry.cause = cause;
  Append(std::move(entry));
}

void Run::Satisfy(const Act& act) {
  std::vector<ClockFacts> live;
  for (const auto& [id, clock] : facts_.clocks) {
    if (clock.IsLive()) live.push_back(clock);
  }
  for (const ClockFacts& clock : live) {
    const Task* task = profile().FindTask(clock.id);
    if (task == nullptr || !DoneBy(*task, act)) continue;
    const GateContext gate_context{.profile = profile(), .now = at_};
    if (task->done_when && !UnmetConditions(*task->done_when, facts_, gate_context).empty()) {
      continue;
    }
    EndClock(clock, EntryKind::kClockSatisfied, act.kind);
    const bool lives = profile().LivesIn(*task, facts_.state, facts_.level);
    if (task->repeat && task->id != profile().standing.id && lives) StartTask(*task);
    Start("done:" + task->id);
  }
}

void Run::Suspend(const ClockFacts& clock, base::Date until, std::string text) {
  Entry entry = ClockEntry(EntryKind::kClockSuspended, clock);
  entry.remaining = RemainingAt(clock.unit, clock.due, at_, context_.calendar);
  // It runs again at the start of that day, so that the day itself is not counted.
  entry.resume_at = base::InstantAt(until, 0);
  entry.until = until;
  entry.cause = std::move(text);
  Append(std::move(entry));
}

void Run::Resume(const ClockFacts& clock, std::string_view cause) {
  Entry entry = ClockEntry(EntryKind::kClockResumed, clock);
  entry.due = ResumeAt(clock.unit, clock.remaining, clock.due, at_, context_.calendar);
  entry.cause = cause;
  Append(std::move(entry));
}

void Run::Returned(base::Date day, std::string text, StreakId streak) {
  Entry entry = Make(EntryKind::kStudentReturned);
  entry.day = day;
  entry.text = std::move(text);
  entry.streak = streak;
  Append(std::move(entry));
}

std::optional<base::UtcTime> Run::NextRules() const {
  for (const Profile& profile : context_.profiles.entries) {
    const std::string from = profile.from.ToString();
    if (from > facts_.profile && from > rules_settled_) return base::InstantAt(profile.from, 0);
  }
  return std::nullopt;
}

const ClockFacts* Run::NextClock(base::UtcTime limit, const std::set<std::string>& waiting) const {
  const ClockFacts* next = nullptr;
  for (const auto& [id, clock] : facts_.clocks) {
    const std::optional<base::UtcTime> when = clock.NextAt();
    if (!when || *when > limit || waiting.contains(id)) continue;
    if (next == nullptr || *when < *next->NextAt()) next = &clock;
  }
  return next;
}

void Run::ExpireDue(base::UtcTime limit) {
  const base::UtcTime back_to = at_;
  std::set<std::string> waiting;  // presence checks without an answer
  for (int i = 0; i < kExpiriesMax && facts_.open(); ++i) {
    const ClockFacts* next = NextClock(limit, waiting);
    const std::optional<base::UtcTime> rules = NextRules();
    if (rules && *rules <= limit && (next == nullptr || *rules <= *next->NextAt())) {
      at_ = *rules;
      rules_settled_ = Today().ToString();
      Settle();
      continue;
    }
    if (next == nullptr) break;
    const ClockFacts clock = *next;
    at_ = *clock.NextAt();
    if (clock.state == ClockState::kSuspended) {
      Resume(clock, "until");
      continue;
    }
    const Task* task = profile().FindTask(clock.id);
    if (task != nullptr && task->check_presence) {
      if (!context_.presence || presence_used_) {
        waiting.insert(clock.id);
        continue;
      }
      presence_used_ = true;
      at_ = limit;
      CheckPresence(clock, *task, *context_.presence);
    } else {
      Expire(clock);
    }
    Settle();
  }
  at_ = back_to;
}

void Run::Expire(const ClockFacts& clock) {
  EndClock(clock, EntryKind::kClockExpired, "due");
  const Task* task = profile().FindTask(clock.id);
  if (task == nullptr) return;
  ExpiryMoves(*task, clock);
  const bool lives = profile().LivesIn(*task, facts_.state, facts_.level);
  if (task->repeat && task->id != profile().standing.id && lives) StartTask(*task);
  Start("expired:" + task->id);
}

void Run::ExpiryMoves(const Task& task, const ClockFacts& clock) {
  if (!task.expiry_state.empty()) {
    Enter(task.expiry_state, task.id, fmt::format("“{}”到期", clock.name));
    return;
  }
  if (task.expiry_level <= facts_.level) return;
  const Level* level = profile().FindLevel(task.expiry_level);
  if (level == nullptr || facts_.phase != Phase::kOpen) return;
  if (task.expiry_keeps_gate) {
    const GateContext gate_context{.profile = profile(), .now = at_};
    const std::vector<Unmet> unmet = UnmetConditions(level->gate, facts_, gate_context);
    if (!unmet.empty()) {
      Entry entry = Make(EntryKind::kMoveBlocked);
      entry.cause = task.id;
      entry.text = Explain(unmet);
      Append(std::move(entry));
      return;
    }
  }
  Move(task.expiry_level, task.id, fmt::format("“{}”逾期，自动提级", clock.name));
}

void Run::CheckPresence(const ClockFacts& clock, const Task& task, const Presence& presence) {
  Entry entry = Make(EntryKind::kPresenceLearned);
  entry.presence = presence;
  Append(std::move(entry));
  EndClock(clock, EntryKind::kClockSatisfied, "check");
  const WatchStand stand = WatchOf(facts_, profile(), Today());
  if (stand.passed) {
    Start("watch_passed");
    return;
  }
  const int day_end = profile().day_end_minute;
  const Due soon{.unit = Unit::kSchoolDays,
                 .count = std::max(stand.missing_days, 1),
                 .at_minute = task.due.at_minute};
  const Due later{.unit = Unit::kUntil, .count = 0, .at_minute = task.due.at_minute};
  const base::Date last = context_.calendar.OnOrNextWorkingDay(stand.window_end);
  StartTask(task, stand.missing_days > 0
                      ? DueAt(soon, at_, context_.calendar, day_end)
                      : DueAt(later, at_, context_.calendar, day_end, last));
}

void Run::CancelStale() {
  std::vector<ClockFacts> stale;
  for (const auto& [id, clock] : facts_.clocks) {
    if (!clock.IsLive()) continue;
    const Task* task = profile().FindTask(id);
    // A task that the rules no longer know is moot too; the standing duty where others run instead.
    const bool lives = task != nullptr && profile().LivesIn(*task, facts_.state, facts_.level) &&
                       !(id == profile().standing.id && StandsIdle());
    if (!lives) stale.push_back(clock);
  }
  for (const ClockFacts& clock : stale) EndClock(clock, EntryKind::kClockCancelled, "moot");
}

bool Run::StandsIdle() const {
  if (facts_.phase == Phase::kOpen) return false;
  return std::any_of(facts_.clocks.begin(), facts_.clocks.end(), [&](const auto& item) {
    return item.first != profile().standing.id && item.second.NextAt().has_value();
  });
}

void Run::EnsureStanding() {
  if (!facts_.open()) return;
  const Task& standing = profile().standing;
  const ClockFacts* clock = facts_.FindClock(standing.id);
  const bool runs = clock != nullptr && clock->NextAt().has_value();
  if (runs) return;
  if (!StandsIdle()) StartTask(standing);
}

void Run::UpdateResponsible() {
  if (!facts_.open() || (facts_.assigned_by_hand && !facts_.responsible.body.empty())) return;
  const State* state = profile().FindState(facts_.state);
  const Level* level = profile().FindLevel(facts_.level);
  const std::string body = state != nullptr && !state->body.empty() ? state->body
                           : level != nullptr                       ? level->body
                                                                    : std::string{};
  Party party = PartyOf(profile(), facts_.contacts, body);
  if (party == facts_.responsible) return;
  Entry entry = Make(EntryKind::kAssigned);
  entry.party = std::move(party);
  entry.cause = "rule";
  Append(std::move(entry));
}

void Run::Settle() {
  CancelStale();
  UpdateResponsible();
  EnsureStanding();
}

}  // namespace cases
