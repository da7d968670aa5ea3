// Whatever happens in whatever order: an open case is never without an owner or a due date, the
// engine never throws, and the same history gives the same result.
#include <gtest/gtest.h>
// After gtest.h, which it needs.
#include <rapidcheck/gtest.h>

#include <fmt/format.h>

#include "cases/domain/acts.h"
#include "cases/domain/texts.h"
#include "unit/cases/story.h"

namespace cases::testing {
namespace {

using base::UtcTime;

constexpr std::array<const char*, 14> kTargets{
    "41", "42",        "43",     "48",   "40",   "3",  "5",
    "",   "t7|周老师", "bureau", "town", "公安", "99", "rural_group"};
constexpr std::array<const char*, 8> kEvidence{"书面报告:1", "送达回证:1", "转学完成:1", "复学登记:1",
                                               "请假条:1",   "判决书:1",   "申请书:1",   "照片:1"};
constexpr std::array<const char*, 6> kOutcomes{"返校", "承诺", "拒绝", "未见到人", "未接通", "也许"};
constexpr std::array<const char*, 9> kRegistry{"transferred_out", "deceased",      "suspended",
                                               "resumed",         "left_over_age", "graduated",
                                               "nothing",         "transferred_in", ""};

template <std::size_t N>
std::string Pick(const std::array<const char*, N>& from) {
  return from[*rc::gen::inRange<std::size_t>(0, N)];
}

Act AnyAct(UtcTime now) {
  const auto specs = ActSpecs();
  Act act;
  act.kind = specs[*rc::gen::inRange<std::size_t>(0, specs.size())].kind;
  act.at = now - std::chrono::hours{*rc::gen::inRange(0, 100)};
  act.method = *rc::gen::element<std::string>("电话", "家访", "联合");
  act.participants = {"某人"};
  act.counterpart = "监护人";
  act.outcome = Pick(kOutcomes);
  act.promised_on = base::DateAt(now) + std::chrono::days{3};
  act.text = "说明";
  act.reason_code = *rc::gen::element<std::string>("11", "失联", "强制报告");
  act.document_no = "1号";
  act.evidence = {Pick(kEvidence), Pick(kEvidence)};
  act.target = Pick(kTargets);
  act.clock = *rc::gen::element<std::string>("contact", "visit", "report_school", "ack", "standing",
                                             "watch", "mark", "review");
  act.approve = *rc::gen::arbitrary<bool>();
  if (*rc::gen::arbitrary<bool>()) {
    act.until = base::DateAt(now) + std::chrono::days{*rc::gen::inRange(-2, 120)};
  }
  return act;
}

Command AnyCommand(UtcTime now) {
  const int pick = *rc::gen::inRange(0, 20);
  const std::int64_t streak = *rc::gen::inRange<std::int64_t>(1, 5);
  const UtcTime at = now - std::chrono::minutes{*rc::gen::inRange(0, 3000)};
  switch (pick) {
    case 0:
    case 1: {
      Signal signal{.at = at, .found_by = "考勤", .reference = fmt::format("streak/{}", streak),
                    .first_absent = base::DateAt(at) - std::chrono::days{4},
                    .streak = StreakId{streak}, .days = *rc::gen::inRange(1, 12)};
      if (*rc::gen::arbitrary<bool>()) signal.contacts.school_name = "第一小学";
      return signal;
    }
    case 2: return Signal{.found_by = "比对", .reference = "match/B11", .actor = Officer()};
    case 3: return SignalWithdrawn{.at = at, .reference = fmt::format("streak/{}", streak)};
    case 4: return StudentBack{.at = at, .day = base::DateAt(at), .streak = StreakId{streak}};
    case 10: return ReturnWithdrawn{.at = at, .streak = StreakId{streak}};
    case 5: return RegistryFact{.at = at, .event = Pick(kRegistry), .effective = base::DateAt(at)};
    case 6: {
      ContactsChanged change{.at = at};
      change.contacts.teacher = *rc::gen::element<std::string>("", "甲", "乙");
      change.contacts.town = *rc::gen::element<std::string>("", "大同街道");
      return change;
    }
    case 7: return GroupsLearned{.groups = {*rc::gen::element<std::string>("监测户", "低保")}};
    case 8:
    case 9: return Tick{};
    default: {
      const Actor actor = *rc::gen::element(Teacher(), Principal(), Officer(), Reviewer());
      return PersonActs{.act = AnyAct(now), .actor = actor};
    }
  }
}

Profiles TwoProfiles() {
  Profile next = SmallProfile();
  next.from = Day("2026-10-01");
  next.tasks.erase(next.tasks.begin() + 1);  // no visit any more
  next.standing.due = {.unit = Unit::kWorkingDays, .count = 3};
  next.levels.pop_back();
  next.levels.pop_back();
  for (Task& task : next.tasks) {
    if (task.expiry_level > 3) task.expiry_level = 3;
    if (task.level > 3) task.level = 3;
  }
  return Profiles{.entries = {SmallProfile(), next}};
}

void CheckAlways(const History& history, const Profiles& profiles, const base::Calendar& calendar,
                 UtcTime now) {
  const View view = Evaluate(history, profiles, calendar, now);
  for (std::size_t i = 0; i < history.size(); ++i) {
    RC_ASSERT(history[i].version == static_cast<int>(i) + 1);
    RC_ASSERT(history[i].at <= history[i].recorded_at);
    RC_ASSERT(!Describe(history[i], profiles).empty());
  }
  if (!view.facts.open()) {
    for (const auto& [id, clock] : view.facts.clocks) RC_ASSERT(!clock.IsLive());
    return;
  }
  RC_ASSERT(!view.responsible.body.empty());
  RC_ASSERT(view.next_due.has_value());
  for (const TaskView& task : view.tasks) RC_ASSERT(!task.owner.body.empty());
  for (const AllowedAct& act : view.allowed) RC_ASSERT(act.allowed == act.reason.empty());
}

// Counties forget things: whatever tasks a profile has, the promise holds.
Profiles SparseProfiles() {
  Profiles profiles = TwoProfiles();
  const unsigned dropped = *rc::gen::arbitrary<unsigned>();
  for (Profile& profile : profiles.entries) {
    unsigned bit = 0;
    std::erase_if(profile.tasks, [&](const Task&) { return ((dropped >> bit++) & 1u) != 0; });
  }
  return profiles;
}

RC_GTEST_PROP(EngineProperty, AnOpenCaseHasAnOwnerAndADueDate, ()) {
  const Profiles profiles = SparseProfiles();
  const base::Calendar calendar = AutumnCalendar();
  History history;
  UtcTime now = At("2026-09-07 08:30");
  const int steps = *rc::gen::inRange(1, 60);
  for (int i = 0; i < steps; ++i) {
    now += std::chrono::minutes{*rc::gen::inRange(0, 60 * 24 * 6)};
    const Command command = AnyCommand(now);
    std::optional<Presence> presence;
    if (*rc::gen::arbitrary<bool>()) {
      presence = Presence{.present_days_in_row = *rc::gen::inRange(0, 9)};
    }
    const Context context{.profiles = profiles, .calendar = calendar, .now = now,
                          .presence = presence};
    const auto once = Decide(history, command, context);
    const auto again = Decide(history, command, context);
    RC_ASSERT(once.ok() == again.ok());
    if (!once.ok()) {
      RC_ASSERT(once.error() == again.error());
      RC_ASSERT(!once.error().detail.empty());
      RC_ASSERT(std::holds_alternative<PersonActs>(command));
      continue;
    }
    RC_ASSERT(*once == *again);
    history.insert(history.end(), once->begin(), once->end());
    CheckAlways(history, profiles, calendar, now);
  }
}

RC_GTEST_PROP(EngineProperty, TickingOftenOrOnceIsTheSame, ()) {
  const Profiles profiles = TwoProfiles();
  const base::Calendar calendar = AutumnCalendar();
  History often;
  const UtcTime start = At("2026-09-09 08:30");
  const Context opening{.profiles = profiles, .calendar = calendar, .now = start};
  const Signal signal{.at = start, .found_by = "考勤", .reference = "streak/1",
                      .streak = StreakId{1}, .days = 3};
  often = *Decide({}, signal, opening);
  History once = often;
  const UtcTime end = start + std::chrono::hours{*rc::gen::inRange(1, 24 * 120)};
  for (UtcTime now = start; now < end;
       now += std::chrono::minutes{*rc::gen::inRange(30, 60 * 24 * 10)}) {
    const Context context{.profiles = profiles, .calendar = calendar, .now = now};
    const auto entries = Decide(often, Tick{}, context);
    RC_ASSERT(entries.ok());
    often.insert(often.end(), entries->begin(), entries->end());
  }
  const Context context{.profiles = profiles, .calendar = calendar, .now = end};
  for (History* history : {&often, &once}) {
    const auto entries = Decide(*history, Tick{}, context);
    RC_ASSERT(entries.ok());
    history->insert(history->end(), entries->begin(), entries->end());
  }
  RC_ASSERT(often.size() == once.size());
  for (std::size_t i = 0; i < once.size(); ++i) {
    Entry a = often[i];
    a.recorded_at = once[i].recorded_at;
    RC_ASSERT(a == once[i]);
  }
}

RC_GTEST_PROP(EngineProperty, WhatTheListAllowsCanBeDone, ()) {
  // An act with everything that it may need is refused exactly when the list says so.
  Story story;
  story.Suspect("2026-09-09 08:30", "2026-09-07");
  const int acts = *rc::gen::inRange(0, 6);
  for (int i = 0; i < acts; ++i) {
    (void)story.Do(fmt::format("2026-09-{:02} 10:00", 10 + i), AnyAct(At("2026-09-10 10:00")));
  }
  const std::string now = "2026-09-17 10:00";
  story.Wait(now);
  const Actor actor = Reviewer();
  for (const AllowedAct& one : story.See(now, &actor).allowed) {
    Act act = AnyAct(At(now));
    act.kind = one.kind;
    act.outcome = "拒绝";
    act.approve = true;
    act.reason_code = "11";
    act.until = Day("2026-10-10");
    act.evidence.assign(kEvidence.begin(), kEvidence.end());
    act.clock = one.target;
    act.target = one.kind == "approve" ? "bureau" : one.target.empty() ? "某处" : one.target;
    if (one.kind == "escalate" && one.target.empty()) act.target = "5";
    const base::Status done = Story{story}.Do(now, act, actor);
    RC_ASSERT(done.ok() == one.allowed);
  }
}

}  // namespace
}  // namespace cases::testing
