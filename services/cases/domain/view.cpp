#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cases/domain/acts.h"
#include "cases/domain/engine.h"
#include "cases/domain/verdict.h"

namespace cases {
namespace {

// Done and cancelled tasks that a view still shows.
constexpr std::size_t kPastTasksMax = 50;

TaskView ViewOf(const ClockFacts& clock, const Facts& facts, const Profile& profile,
                base::UtcTime now) {
  const Task* task = profile.FindTask(clock.id);
  TaskView view{.id = clock.id,
                .step = clock.step,
                .name = clock.name,
                .level = clock.level,
                .owner = OwnerOf(clock, facts, profile),
                .due = clock.due,
                .state = clock.state,
                .unit = clock.unit,
                .days_left = 0,
                .source = task == nullptr ? "" : task->source};
  if (clock.state == ClockState::kSuspended) view.due = clock.resume_at;
  if (clock.state == ClockState::kArmed && clock.due <= now) view.state = ClockState::kOverdue;
  if (view.due) {
    view.days_left = static_cast<int>((base::DateAt(*view.due) - base::DateAt(now)).count());
  }
  return view;
}

std::vector<TaskView> TasksOf(const Facts& facts, const Profile& profile, base::UtcTime now) {
  std::vector<TaskView> live;
  std::vector<TaskView> past;
  for (const auto& [id, clock] : facts.clocks) {
    (clock.IsLive() ? live : past).push_back(ViewOf(clock, facts, profile, now));
  }
  const auto by_due = [](const TaskView& a, const TaskView& b) { return a.due < b.due; };
  std::stable_sort(live.begin(), live.end(), by_due);
  std::stable_sort(past.begin(), past.end(), by_due);
  if (past.size() > kPastTasksMax) past.resize(kPastTasksMax);
  live.insert(live.end(), past.begin(), past.end());
  return live;
}

class AllowedList {
 public:
  AllowedList(const Facts& facts, const GateContext& context) : facts_(facts), context_(context) {}

  std::vector<AllowedAct> Make() {
    for (const ActSpec& spec : ActSpecs()) {
      if (spec.kind == "resolve") {
        Closings(spec);
      } else if (spec.kind == "escalate") {
        Levels(spec);
      } else if (spec.act_class == ActClass::kClock) {
        Clocks(spec);
      } else {
        Add(spec, "", spec.name);
      }
    }
    return std::move(list_);
  }
  bool groups_wanted() const { return groups_wanted_; }

 private:
  void Add(const ActSpec& spec, const std::string& target, std::string_view name) {
    Act act;
    act.kind = spec.kind;
    act.approve = true;
    (spec.act_class == ActClass::kClock ? act.clock : act.target) = target;
    const Verdict verdict = Judge(facts_, act, context_);
    for (const Unmet& one : verdict.blocked) {
      groups_wanted_ = groups_wanted_ || one.reason == "GROUPS_UNKNOWN";
    }
    AllowedAct allowed{.kind = act.kind,
                       .name = std::string{name},
                       .target = target,
                       .allowed = verdict.blocked.empty(),
                       .reason = Explain(verdict.blocked),
                       .needs = {},
                       .source = {}};
    for (std::string_view field : spec.fields) {
      if (field != "target" && field != "clock") allowed.needs.emplace_back(FieldChinese(field));
    }
    for (const Gate* gate : verdict.inputs) {
      for (std::string& need : NeedsOf(*gate, facts_)) {
        const auto known = std::find(allowed.needs.begin(), allowed.needs.end(), need);
        if (known == allowed.needs.end()) allowed.needs.push_back(std::move(need));
      }
      if (allowed.source.empty()) allowed.source = gate->source;
    }
    list_.push_back(std::move(allowed));
  }

  void Closings(const ActSpec& spec) {
    for (const State& state : context_.profile.states) {
      const bool closing = state.phase == Phase::kSettled || state.phase == Phase::kWatch;
      if (!closing) continue;
      Add(spec, state.code, fmt::format("{}：{}", spec.name, state.name));
    }
  }

  void Levels(const ActSpec& spec) {
    bool any = false;
    for (const Level& level : context_.profile.levels) {
      if (level.number <= facts_.level) continue;
      any = true;
      Add(spec, std::to_string(level.number),
          fmt::format("{}到第{}级：{}", spec.name, level.number, level.name));
    }
    if (!any) Add(spec, "", spec.name);
  }

  void Clocks(const ActSpec& spec) {
    const ClockState wanted =
        spec.kind == "suspend_clock" ? ClockState::kArmed : ClockState::kSuspended;
    bool any = false;
    for (const auto& [id, clock] : facts_.clocks) {
      if (clock.state != wanted) continue;
      any = true;
      Add(spec, id, fmt::format("{}：{}", spec.name, clock.name));
    }
    if (any) return;
    list_.push_back({.kind = std::string{spec.kind},
                     .name = std::string{spec.name},
                     .target = {},
                     .allowed = false,
                     .reason = wanted == ClockState::kArmed ? "没有在计时的期限" : "没有暂停的期限",
                     .needs = {},
                     .source = {}});
  }

  const Facts& facts_;
  const GateContext& context_;
  std::vector<AllowedAct> list_;
  bool groups_wanted_ = false;
};

}  // namespace

Party OwnerOf(const ClockFacts& clock, const Facts& facts, const Profile& profile) {
  const Level* level = profile.FindLevel(clock.level);
  const std::string body = !clock.body.empty() ? clock.body
                           : level != nullptr  ? level->body
                                               : std::string{};
  return PartyOf(profile, facts.contacts, body);
}

View Evaluate(const History& history, const Profiles& profiles, const base::Calendar&,
              base::UtcTime now, const Actor* actor) {
  View view;
  view.facts = Fold(history);
  const Facts& facts = view.facts;
  const Profile& profile = profiles.At(base::DateAt(now));
  const State* state = profile.FindState(facts.state);
  const Level* level = profile.FindLevel(facts.level);
  view.state_name = state == nullptr ? facts.state : state->name;
  view.level_name = level == nullptr ? "" : level->name;
  view.responsible = facts.responsible;
  if (!facts.exists()) return view;
  view.tasks = TasksOf(facts, profile, now);
  view.overdue = facts.open() ? facts.OverdueTasks(now) : 0;
  if (facts.open()) view.next_due = facts.NextAt();
  view.presence_due = PresenceNeeded(facts, profile, now).has_value();
  const GateContext context{.profile = profile, .now = now, .actor = actor};
  AllowedList list{facts, context};
  view.allowed = list.Make();
  view.groups_wanted = list.groups_wanted();
  return view;
}

std::optional<base::Date> PresenceNeeded(const Facts& facts, const Profile& profile,
                                         base::UtcTime now) {
  if (!facts.open()) return std::nullopt;
  for (const auto& [id, clock] : facts.clocks) {
    if (clock.state != ClockState::kArmed || clock.due > now) continue;
    const Task* task = profile.FindTask(id);
    if (task != nullptr && task->check_presence) {
      return facts.returned_on.value_or(base::DateAt(facts.opened_at));
    }
  }
  return std::nullopt;
}

}  // namespace cases
