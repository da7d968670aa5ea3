#include "cases/domain/verdict.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cases/domain/acts.h"

namespace cases {
namespace {

std::string StateName(const Profile& profile, const std::string& code) {
  const State* state = profile.FindState(code);
  return state == nullptr ? code : state->name;
}

void Add(std::vector<Unmet>& out, std::vector<Unmet> more) {
  std::move(more.begin(), more.end(), std::back_inserter(out));
}

// From which states this act leads into `state`, for people.
std::string SourcesOf(const Profile& profile, const State& state, std::string_view kind) {
  std::vector<std::string> names;
  for (const Way& way : state.ways) {
    if (std::find(way.by.begin(), way.by.end(), kind) == way.by.end()) continue;
    for (const std::string& code : way.from) {
      std::string name = StateName(profile, code);
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  return fmt::format("{}", fmt::join(names, "、"));
}

void WrongState(Verdict& verdict, const Facts& facts, const Profile& profile, const State* to,
                const ActSpec& spec) {
  const std::string sources = to == nullptr ? "" : SourcesOf(profile, *to, spec.kind);
  verdict.blocked.push_back(
      {"WRONG_STATE",
       sources.empty()
           ? fmt::format("当前状态“{}”不能进行“{}”", StateName(profile, facts.state), spec.name)
           : fmt::format("当前状态“{}”不能进行“{}”，需要先处于：{}",
                         StateName(profile, facts.state), spec.name, sources)});
}

// The state that `kind` leads to from here; else the first one it leads to from anywhere.
const State* TargetOf(const Profile& profile, const Facts& facts, std::string_view kind) {
  const State* anywhere = nullptr;
  for (const State& state : profile.states) {
    if (profile.FindWay(facts.state, state.code, kind) != nullptr) return &state;
    for (const Way& way : state.ways) {
      if (std::find(way.by.begin(), way.by.end(), kind) != way.by.end()) anywhere = &state;
    }
  }
  return anywhere;
}

void JudgeTransition(Verdict& verdict, const Facts& facts, const Act& act, const ActSpec& spec,
                     const GateContext& context) {
  const Profile& profile = context.profile;
  const State* to = nullptr;
  if (act.kind == "resolve") {
    to = profile.FindState(act.target);
    const bool closing = to != nullptr && (to->phase == Phase::kSettled ||
                                           to->phase == Phase::kWatch);
    if (!closing) {
      verdict.blocked.push_back(
          {"TARGET_UNKNOWN", fmt::format("没有代码为“{}”的结案去向", act.target)});
      return;
    }
  } else {
    to = TargetOf(profile, facts, act.kind);
  }
  const Way* way = to == nullptr ? nullptr : profile.FindWay(facts.state, to->code, act.kind);
  if (way == nullptr) {
    WrongState(verdict, facts, profile, to, spec);
    return;
  }
  verdict.to_state = to;
  if (act.kind == "review" && !act.approve) return;  // sending back needs no gate
  Add(verdict.blocked, UnmetConditions(way->gate, facts, context));
  verdict.inputs.push_back(&way->gate);
  if (act.kind != "review") return;
  if (const State* here = profile.FindState(facts.state)) {
    Add(verdict.blocked, UnmetConditions(here->checklist, facts, context));
    verdict.inputs.push_back(&here->checklist);
  }
}

int TargetLevel(const Facts& facts, const Act& act) {
  if (act.kind == "report" || act.target.empty()) return facts.level + 1;
  int level = 0;
  const char* end = act.target.data() + act.target.size();
  const auto parsed = std::from_chars(act.target.data(), end, level);
  return parsed.ec == std::errc{} && parsed.ptr == end ? level : 0;
}

void JudgeMove(Verdict& verdict, const Facts& facts, const Act& act, const ActSpec& spec,
               const GateContext& context) {
  const Profile& profile = context.profile;
  if (facts.phase != Phase::kOpen) {
    WrongState(verdict, facts, profile, nullptr, spec);
    return;
  }
  const int to = TargetLevel(facts, act);
  if (facts.level >= profile.TopLevel()) {
    verdict.blocked.push_back({"NO_HIGHER_LEVEL", "已是最高一级"});
    return;
  }
  if (profile.FindLevel(to) == nullptr) {
    verdict.blocked.push_back({"TARGET_UNKNOWN", fmt::format("没有第“{}”级", act.target)});
    return;
  }
  if (to <= facts.level) {
    verdict.blocked.push_back(
        {"LEVEL_DOWN", fmt::format("现为第{}级，只能向上提级；退回请用“退回”", facts.level)});
    return;
  }
  verdict.to_level = to;
  verdict.skips = to > facts.level + 1;
  const SkipReason* reason = profile.FindSkipReason(act.reason_code);
  if (verdict.skips && reason == nullptr) {
    std::vector<std::string> names;
    for (const SkipReason& one : profile.skip_reasons) names.push_back(one.name);
    verdict.blocked.push_back(
        {"SKIP_REASON_MISSING",
         fmt::format("越级需要写明理由(原因代码)：{}", fmt::join(names, "、"))});
    return;
  }
  if (verdict.skips && reason->waives_gate) return;
  for (int level = facts.level + 1; level <= to; ++level) {
    const Level* step = profile.FindLevel(level);
    if (step == nullptr) continue;
    Add(verdict.blocked, UnmetConditions(step->gate, facts, context));
    verdict.inputs.push_back(&step->gate);
  }
}

void JudgeClock(Verdict& verdict, const Facts& facts, const Act& act, const GateContext& context) {
  const ClockFacts* clock = facts.FindClock(act.clock);
  if (clock == nullptr) {
    verdict.blocked.push_back(
        {"CLOCK_UNKNOWN", fmt::format("没有名为“{}”的计时", act.clock.substr(0, 60))});
    return;
  }
  if (act.kind == "resume_clock") {
    if (clock->state != ClockState::kSuspended) {
      verdict.blocked.push_back(
          {"CLOCK_NOT_SUSPENDED", fmt::format("“{}”没有暂停", clock->name)});
    }
    return;
  }
  const Task* task = context.profile.FindTask(act.clock);
  if (task != nullptr && !task->suspendable) {
    verdict.blocked.push_back({"CLOCK_FIXED", fmt::format("“{}”的期限不能暂停", clock->name)});
    return;
  }
  if (clock->state != ClockState::kArmed) {
    verdict.blocked.push_back({"CLOCK_NOT_RUNNING", fmt::format("“{}”不在计时", clock->name)});
    return;
  }
  if (!act.until) return;
  const base::Date today = base::DateAt(context.now);
  if (*act.until <= today) {
    verdict.blocked.push_back({"UNTIL_PAST", "恢复日期应在今天之后"});
  } else if ((*act.until - today).count() > context.profile.suspend_days_max) {
    verdict.blocked.push_back({"SUSPEND_TOO_LONG", fmt::format("一次最多暂停{}日",
                                                               context.profile.suspend_days_max)});
  }
}

}  // namespace

Verdict Judge(const Facts& facts, const Act& act, const GateContext& context) {
  Verdict verdict;
  const ActSpec* spec = FindAct(act.kind);
  if (spec == nullptr) {
    verdict.blocked.push_back({"ACT_UNKNOWN", "没有这个操作"});
    return verdict;
  }
  if (spec->act_class == ActClass::kEdit) return verdict;
  if (IsOver(facts.phase) && act.kind != "reopen") {
    verdict.blocked.push_back({"CASE_CLOSED", "个案已结束，只能备注、补充附件或重新打开"});
    return verdict;
  }
  switch (spec->act_class) {
    case ActClass::kTransition:
      JudgeTransition(verdict, facts, act, *spec, context);
      break;
    case ActClass::kHandover:
      if (act.kind == "report" || act.kind == "escalate") {
        JudgeMove(verdict, facts, act, *spec, context);
      } else if (!facts.handover) {
        verdict.blocked.push_back({"NOTHING_TO_ACKNOWLEDGE", "没有待签收的报告或移交"});
      }
      break;
    case ActClass::kClock:
      JudgeClock(verdict, facts, act, context);
      break;
    default:
      break;
  }
  return verdict;
}

}  // namespace cases
