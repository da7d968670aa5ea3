#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cases/domain/acts.h"
#include "cases/domain/engine.h"
#include "cases/domain/gates.h"
#include "cases/domain/letters.h"
#include "cases/domain/run.h"
#include "cases/domain/verdict.h"

namespace cases {
namespace {

using base::Code;
using base::Error;
using Entries = std::vector<Entry>;

bool Contains(const std::vector<std::string>& list, std::string_view item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

// An event may be read late; what follows from it counts from when it happened.
void StartAt(Run& run, base::UtcTime at) {
  const base::UtcTime now = run.context().now;
  run.set_at(at == base::UtcTime{} ? now : std::min(at, now));
  run.ExpireDue(run.at());
}

// ---- signals ------------------------------------------------------------------------------------

struct Entrance {
  std::string state = {};
  int level = 1;
};

Entrance EntranceFor(const Profile& profile, const Signal& signal) {
  Entrance entrance{.state = profile.triggers.found_state, .level = profile.triggers.found_level};
  if (!signal.streak) return entrance;
  for (const OpenRule& rule : profile.triggers.suspected) {
    if (signal.days >= rule.days_min) entrance = {.state = rule.state, .level = rule.level};
  }
  return entrance;
}

Entry SignalEntry(const Run& run, EntryKind kind, const Signal& signal) {
  Entry entry = run.Make(kind);
  entry.found_by = signal.found_by;
  entry.reference = signal.reference;
  entry.text = signal.reason;
  entry.day = signal.first_absent;
  entry.streak = signal.streak;
  entry.days = signal.days;
  return entry;
}

void EnterBySignal(Run& run, EntryKind kind, const Signal& signal, const Entrance& entrance,
                   std::string_view cause) {
  const State* state = run.profile().FindState(entrance.state);
  Entry entry = SignalEntry(run, kind, signal);
  entry.state = entrance.state;
  entry.phase = PhaseName(run.profile().PhaseOf(entrance.state));
  entry.confirmed = state != nullptr && state->confirmed;
  entry.level = entrance.level;
  entry.cause = cause;
  run.Append(std::move(entry));
  if (!(signal.contacts == Contacts{}) && !(signal.contacts == run.facts().contacts)) {
    Entry contacts = run.Make(EntryKind::kContactsLearned);
    contacts.contacts = signal.contacts;
    run.Append(std::move(contacts));
  }
  run.Start(kind == EntryKind::kOpened ? "opened" : "reopened");
  run.Start(fmt::format("level:{}", entrance.level));
  run.Start("state:" + entrance.state);
  run.Settle();
}

void Reopen(Run& run, const Signal& signal, std::string_view cause) {
  const Triggers& triggers = run.profile().triggers;
  const Entrance entrance{.state = run.facts().confirmed ? triggers.relapse_confirmed_state
                                                         : triggers.relapse_state,
                          .level = std::max(run.facts().level, 1)};
  EnterBySignal(run, EntryKind::kReopened, signal, entrance, cause);
}

base::Result<Entries> DecideSignal(Run& run, const Signal& signal) {
  StartAt(run, signal.at);
  const Facts& facts = run.facts();
  const Profile& profile = run.profile();
  if (!facts.exists()) {
    if (!signal.remark_only) {
      EnterBySignal(run, EntryKind::kOpened, signal, EntranceFor(profile, signal), "signal");
    }
    return run.Take();
  }
  if (!IsOver(facts.phase) && facts.live_references.contains(signal.reference)) return Entries{};
  if (IsOver(facts.phase)) {
    if (signal.remark_only || !Reopens(facts, profile, run.Today())) return Entries{};
    Reopen(run, signal, "relapse");
    return run.Take();
  }
  const bool relapses = !signal.remark_only && signal.found_by != "比对" &&
                        Contains(profile.triggers.relapse_from, facts.state);
  if (relapses) {
    Reopen(run, signal, "relapse");
    return run.Take();
  }
  Entry attached = SignalEntry(run, EntryKind::kAttached, signal);
  if (signal.remark_only) attached.cause = kRemark;
  run.Append(std::move(attached));
  run.Settle();
  return run.Take();
}

base::Result<Entries> DecideWithdrawal(Run& run, const SignalWithdrawn& command) {
  StartAt(run, command.at);
  const Facts& facts = run.facts();
  if (!facts.open() || !facts.live_references.contains(command.reference)) return Entries{};
  Entry entry = run.Make(EntryKind::kSignalWithdrawn);
  entry.reference = command.reference;
  entry.text = command.why;
  run.Append(std::move(entry));
  const Triggers& triggers = run.profile().triggers;
  if (facts.live_references.empty()) {
    if (facts.before_relapse && facts.phase == Phase::kOpen) {
      const Facts::Before before = *facts.before_relapse;
      run.Enter(before.state, "signal_withdrawn", command.why);
      if (before.returned_on) run.Returned(*before.returned_on, "恢复原观察期");
    } else if (!facts.confirmed && Contains(triggers.withdrawn_from, facts.state)) {
      run.Enter(triggers.withdrawn_state, "signal_withdrawn", command.why);
    }
  }
  run.Settle();
  return run.Take();
}

base::Result<Entries> DecideReturn(Run& run, const StudentBack& command) {
  StartAt(run, command.at);
  const Facts& facts = run.facts();
  if (!facts.open() || facts.phase == Phase::kWatch) return Entries{};
  run.Returned(command.day, "考勤显示已到校", command.streak);
  const Triggers& triggers = run.profile().triggers;
  if (Contains(triggers.returned_from, facts.state)) {
    run.Enter(triggers.returned_state, "student_returned", "考勤显示已到校");
  }
  run.Settle();
  return run.Take();
}

base::Result<Entries> DecideReturnWithdrawn(Run& run, const ReturnWithdrawn& command) {
  StartAt(run, command.at);
  const Facts& facts = run.facts();
  const bool ours = facts.open() && facts.phase == Phase::kWatch && facts.returned_on &&
                    facts.returned_from == command.streak && !facts.state_before_return.empty();
  if (!ours) return Entries{};
  const std::string back_to = facts.state_before_return;
  run.Append(run.Make(EntryKind::kReturnWithdrawn));
  run.Enter(back_to, "return_withdrawn", "考勤更正：该生并未到校");
  run.Start("reopened");
  run.Start(fmt::format("level:{}", facts.level));
  run.Settle();
  return run.Take();
}

// ---- the registry -------------------------------------------------------------------------------

base::Result<Entries> DecideRegistry(Run& run, const RegistryFact& command) {
  StartAt(run, command.at);
  const Facts& facts = run.facts();
  const Profile& profile = run.profile();
  const RegistryRule* rule = nullptr;
  for (const RegistryRule& one : profile.triggers.registry) {
    if (one.event == command.event) rule = &one;
  }
  if (!facts.open() || rule == nullptr) return Entries{};
  Entry entry = run.Make(EntryKind::kRegistryEvent);
  entry.cause = command.event;
  entry.text = command.text;
  entry.day = command.effective;
  const Way* way = profile.FindWay(facts.state, rule->state, "system");
  std::optional<base::Date> until = command.until;
  if (!until && way != nullptr && way->gate.until_months_max > 0) {
    // The registry did not say until when: the longest that the rules allow, so that it is looked
    // at.
    const auto end = std::chrono::year_month_day{command.effective.days()} +
                     std::chrono::months{way->gate.until_months_max};
    until = base::Date{std::chrono::sys_days{end.year() / end.month() / std::chrono::day{1}}};
  }
  entry.until = until;
  run.Append(std::move(entry));
  if (rule->action != RegistryAction::kNote && facts.state != rule->state) {
    if (rule->action == RegistryAction::kPerform && way != nullptr) {
      const bool watch = profile.PhaseOf(rule->state) == Phase::kWatch;
      if (watch) run.Returned(command.effective, command.text);
      run.Enter(rule->state, command.event, command.text, until);
    } else {
      Entry proposal = run.Make(EntryKind::kClosingProposed);
      proposal.cause = rule->state;
      proposal.text = command.text;
      run.Append(std::move(proposal));
    }
  }
  run.Settle();
  return run.Take();
}

base::Result<Entries> DecideContacts(Run& run, const ContactsChanged& command) {
  StartAt(run, command.at);
  if (!run.facts().open() || run.facts().contacts == command.contacts) return Entries{};
  Entry entry = run.Make(EntryKind::kContactsLearned);
  entry.contacts = command.contacts;
  run.Append(std::move(entry));
  run.Settle();
  return run.Take();
}

base::Result<Entries> DecideGroups(Run& run, const GroupsLearned& command) {
  if (!run.facts().open() || run.facts().groups == command.groups) return Entries{};
  Entry entry = run.Make(EntryKind::kGroupsLearned);
  entry.groups = command.groups;
  run.Append(std::move(entry));
  return run.Take();
}

base::Result<Entries> DecideTick(Run& run) {
  if (!run.facts().open()) return Entries{};
  run.ExpireDue(run.context().now);
  run.Settle();
  return run.Take();
}

// ---- acts ---------------------------------------------------------------------------------------

// People name a body by its name or by its id; the history holds the id.
void NameBodies(const Profile& profile, Act& act) {
  if (act.kind != "approve") return;
  for (const Body& body : profile.bodies) {
    if (body.name == act.target) act.target = body.id;
  }
}

void Assign(Run& run, const Act& act) {
  const Profile& profile = run.profile();
  Entry entry = run.Make(EntryKind::kAssigned);
  entry.cause = "assign";
  if (profile.FindBody(act.target) != nullptr) {
    entry.party = PartyOf(profile, run.facts().contacts, act.target);
  } else {
    // "staff number|name": a person of the body that answers now.
    const std::size_t bar = act.target.find('|');
    entry.party = run.facts().responsible;
    entry.party.person_id = act.target.substr(0, bar);
    entry.party.person = bar == std::string::npos ? "" : act.target.substr(bar + 1);
  }
  run.Append(std::move(entry));
}

// A record of what happened may by itself begin the next state (疑似 -> 核查中).
void EnterByFact(Run& run, const Act& act) {
  const GateContext gate_context{.profile = run.profile(), .now = run.at()};
  for (const State& state : run.profile().states) {
    const Way* way = run.profile().FindWay(run.facts().state, state.code, act.kind);
    if (way == nullptr || !UnmetConditions(way->gate, run.facts(), gate_context).empty()) continue;
    run.Enter(state.code, act.kind, "");
    return;
  }
}

void ReopenByHand(Run& run, const Act& act) {
  const Signal signal{.found_by = "人工", .reason = act.text};
  Reopen(run, signal, "reopen");
}

void Effects(Run& run, const Act& act, const ActSpec& spec, const Verdict& verdict) {
  switch (spec.act_class) {
    case ActClass::kEdit:
      return;
    case ActClass::kFact:
      EnterByFact(run, act);
      break;
    case ActClass::kAdmin:
      Assign(run, act);
      break;
    case ActClass::kClock: {
      const ClockFacts clock = *run.facts().FindClock(act.clock);
      if (act.kind == "suspend_clock") {
        run.Suspend(clock, *act.until, act.text);
      } else {
        run.Resume(clock, "resume_clock");
      }
      break;
    }
    case ActClass::kHandover:
      if (verdict.to_level > 0) {
        run.Move(verdict.to_level, act.kind, verdict.skips ? act.reason_code : "");
      }
      break;
    case ActClass::kTransition:
      if (act.kind == "reopen") {
        ReopenByHand(run, act);
      } else if (act.kind != "review" || act.approve) {
        if (verdict.to_state->phase == Phase::kWatch) {
          run.Returned(base::DateAt(act.at.value_or(run.at())), "返校登记");
        }
        run.Enter(verdict.to_state->code, act.kind, act.text, act.until);
      }
      break;
  }
}

base::Status CheckAct(const Run& run, const Act& act, const ActSpec& spec, const Verdict& verdict) {
  const Profile& profile = run.profile();
  if (!verdict.blocked.empty()) return Refuse(verdict.blocked);
  std::vector<Unmet> missing;
  for (const Gate* gate : verdict.inputs) {
    for (Unmet& one : UnmetInputs(*gate, run.facts(), act, run.Today())) {
      missing.push_back(std::move(one));
    }
  }
  if (!missing.empty()) return Refuse(missing);
  if (act.kind == "review" && !act.approve && act.text.empty()) {
    return Error{Code::kInvalidArgument, "FIELD_MISSING", "退回结案申请需要填写：说明"};
  }
  const bool body_known = act.kind != "approve" || profile.FindBody(act.target) != nullptr;
  if (!body_known) {
    return Error{Code::kInvalidArgument, "TARGET_UNKNOWN",
                 fmt::format("没有名为“{}”的审批单位", act.target.substr(0, 60))};
  }
  if (spec.act_class == ActClass::kAdmin && act.target.front() == '|') {
    return Error{Code::kInvalidArgument, "TARGET_UNKNOWN", "责任人应写成“工号|姓名”"};
  }
  return {};
}

base::Result<Entries> DecideAct(Run& run, const PersonActs& command) {
  if (!run.facts().exists()) return Error{Code::kNotFound, "NO_CASE", "没有这个个案"};
  Act act = command.act;
  const Profile& profile = run.profile();
  RETURN_IF_ERROR(CheckShape(act, profile, run.context().now));
  NameBodies(profile, act);
  run.ExpireDue(run.context().now);
  const ActSpec& spec = *FindAct(act.kind);
  const GateContext gate_context{
      .profile = profile, .now = run.context().now, .actor = &command.actor};
  const Verdict verdict = Judge(run.facts(), act, gate_context);
  RETURN_IF_ERROR(CheckAct(run, act, spec, verdict));

  const int handed_back_to =
      act.kind == "return_with_reason" ? run.facts().handover->from_level : 0;
  Entry entry = run.Make(EntryKind::kAct);
  entry.at = std::min(act.at.value_or(run.at()), run.at());
  entry.actor = command.actor;
  entry.act = act;
  run.Append(std::move(entry));
  if (spec.act_class != ActClass::kEdit) run.Satisfy(act);
  Effects(run, act, spec, verdict);
  if (handed_back_to > 0) run.Move(handed_back_to, act.kind, act.text);
  if (spec.act_class != ActClass::kEdit) {
    run.Start("act:" + act.kind);
    run.Settle();
  }
  return run.Take();
}

}  // namespace

bool Reopens(const Facts& facts, const Profile& profile, base::Date day) {
  if (facts.phase != Phase::kClosed || !facts.closed_at) return false;
  const auto age = day - base::DateAt(*facts.closed_at);
  return Contains(profile.triggers.relapse_from, facts.state) &&
         age.count() <= profile.triggers.reopen_days_max;
}

base::Result<Entries> Decide(const History& history, const Command& command,
                             const Context& context) {
  const auto* signal = std::get_if<Signal>(&command);
  const auto* person = std::get_if<PersonActs>(&command);
  const bool by_person = signal != nullptr && !signal->actor.role.empty();
  Run run(history, context, by_person ? signal->actor : SystemActor());
  if (signal != nullptr) return DecideSignal(run, *signal);
  if (person != nullptr) return DecideAct(run, *person);
  if (const auto* c = std::get_if<SignalWithdrawn>(&command)) return DecideWithdrawal(run, *c);
  if (const auto* c = std::get_if<StudentBack>(&command)) return DecideReturn(run, *c);
  if (const auto* c = std::get_if<ReturnWithdrawn>(&command)) return DecideReturnWithdrawn(run, *c);
  if (const auto* c = std::get_if<RegistryFact>(&command)) return DecideRegistry(run, *c);
  if (const auto* c = std::get_if<LetterReply>(&command)) {
    StartAt(run, c->at);
    return DecideLetter(run, *c);
  }
  if (const auto* c = std::get_if<ContactsChanged>(&command)) return DecideContacts(run, *c);
  if (const auto* c = std::get_if<GroupsLearned>(&command)) return DecideGroups(run, *c);
  return DecideTick(run);
}

}  // namespace cases
