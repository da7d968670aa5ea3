#include "tracing/domain/away.h"

#include <algorithm>
#include <array>

namespace tracing {
namespace {

using base::Date;

constexpr int kOpeningMinute = 8 * 60;  // when an office begins its day
constexpr std::chrono::days kOneDay{1};

struct Names {
  AwayState state;
  std::string_view name;
  std::string_view chinese;
};
constexpr std::array<Names, 7> kNames{{
    {AwayState::kElsewhere, "elsewhere", "在外居住，待取得就读证明"},
    {AwayState::kProven, "proven", "就读证明有效"},
    {AwayState::kMissing, "proof_missing", "未取得就读证明"},
    {AwayState::kBack, "back", "已返回本县就读"},
    {AwayState::kOverAge, "over_age", "已超过义务教育年龄"},
    {AwayState::kReview, "review", "待经办人核定"},
    {AwayState::kEnded, "ended", "已移出台账"},
}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kTasks{{
    {"visit", "定期回访"},
    {"ask", "发函取得就读证明"},
    {"missing", "就读证明到期未取得"},
    {"over_age", "超过义务教育年龄"},
}};
constexpr std::array<std::pair<std::string_view, std::string_view>, 17> kSteps{{
    {"listed", "列入台账"},     {"changed", "信息变更"},   {"visit", "交乡镇回访"},
    {"asked", "发函"},          {"moved", "去往第三地"},   {"proven", "取得就读证明"},
    {"answer", "收到答复"},     {"refused", "对方拒收"},   {"proof_missing", "未取得就读证明"},
    {"review", "待经办人核定"}, {"back", "返回本县就读"},  {"over_age", "超过义务教育年龄"},
    {"ended", "移出台账"},      {"resumed", "恢复跟踪"},   {"note", "备注"},
    {"visited", "乡镇回访结果"}, {"unsent", "未能发函"},
}};

base::UtcTime Opening(Date day) { return base::InstantAt(day, kOpeningMinute); }

// `n` working days after `from`, which is not counted; 0: `from`, or the next working day.
Date After(const base::Calendar& calendar, Date from, int n) {
  return n == 0 ? calendar.OnOrNextWorkingDay(from) : calendar.AddWorkingDays(from, n);
}

void Earlier(std::optional<AwayDue>& best, AwayTask task, base::UtcTime at) {
  if (!best || at < best->at) best = AwayDue{.task = task, .at = at};
}

// Since when a proof is owed in the term: its start, the listing, or the day after a proof that
// ended within it. Nothing: the proof holds until the term's end.
std::optional<Date> OwedSince(const AwayChild& child, const base::Term& term) {
  Date since = std::max(term.first, child.listed_on);
  if (child.proof_until && *child.proof_until >= term.last) return std::nullopt;
  if (child.proof_until) since = std::max(since, *child.proof_until + kOneDay);
  return since;
}

void DueInTerm(const AwayChild& child, const base::Term& term, const AwayContext& context,
               std::optional<AwayDue>& best) {
  const AwayRules& rules = context.rules;
  const base::Calendar& calendar = context.calendar;
  if (rules.visit_every_days == 0) {
    // Whose county is not known can be found by nothing but a visit: that one is due at once.
    const bool listed_before = child.listed_on <= term.first;
    if (listed_before || !child.division) {
      const Date from = std::max(term.first, child.listed_on);
      if (!child.visited_on || *child.visited_on < from) {
        Earlier(best, AwayTask::kVisit, Opening(calendar.OnOrNextWorkingDay(from)));
      }
    }
  }
  const std::optional<Date> owed = OwedSince(child, term);
  if (!owed) return;
  if (child.division && (!child.asked_on || *child.asked_on < *owed)) {
    Earlier(best, AwayTask::kAsk, Opening(After(calendar, *owed, rules.ask_days)));
  }
  if (!child.missing_on || *child.missing_on < *owed) {
    Earlier(best, AwayTask::kMissing,
            base::InstantAt(After(calendar, *owed, rules.proof_days), context.day_end_minute));
  }
}

AwayStep Proven(AwayChild child, const AwayFinding& finding, const AwayContext& context) {
  const Date speaks_of = std::max(context.today, finding.since.value_or(context.today));
  std::optional<Date> end = ProofEnd(speaks_of, context.calendar);
  if (finding.code == 2 && finding.until) end = end ? std::min(*end, *finding.until) : end;
  if (!end) return {.child = child, .told = ""};
  // A proof never shortens a better one.
  if (child.proof_until && *child.proof_until >= *end) {
    return {.child = child, .told = ""};
  }
  child.proof_until = end;
  child.ask_again = false;
  child.asks = 0;
  // A late answer about a term that is over is kept, and proves nothing about today.
  if (*end < context.today && child.state == AwayState::kMissing) {
    return {.child = child, .told = ""};
  }
  child.state = AwayState::kProven;
  return {.child = child, .told = "proven"};
}

AwayStep NoProof(AwayChild child, const AwayContext& context) {
  child = Missing(child, context.today);
  // What proved it is contradicted: a later proof counts again.
  if (child.proof_until && *child.proof_until >= context.today) child.proof_until.reset();
  return {.child = child, .told = "proof_missing"};
}

}  // namespace

std::string_view AwayStateName(AwayState state) {
  for (const Names& one : kNames) {
    if (one.state == state) return one.name;
  }
  return "";
}

std::string_view AwayStateChinese(AwayState state) {
  for (const Names& one : kNames) {
    if (one.state == state) return one.chinese;
  }
  return "";
}

std::optional<AwayState> AwayStateFromName(std::string_view name) {
  for (const Names& one : kNames) {
    if (one.name == name) return one.state;
  }
  return std::nullopt;
}

std::string_view AwayTaskName(AwayTask task) {
  return kTasks.at(static_cast<std::size_t>(task)).first;
}
std::string_view AwayTaskChinese(AwayTask task) {
  return kTasks.at(static_cast<std::size_t>(task)).second;
}

std::string_view AwayStepChinese(std::string_view kind) {
  for (const auto& [name, chinese] : kSteps) {
    if (name == kind) return chinese;
  }
  return "";
}

bool IsTracked(AwayState state) {
  return state == AwayState::kElsewhere || state == AwayState::kProven ||
         state == AwayState::kMissing;
}

std::optional<Date> OverAgeFrom(const std::optional<Date>& birth, const AwayRules& rules) {
  if (!birth) return std::nullopt;
  const auto month = static_cast<unsigned>(rules.cutoff_month);
  const auto day = static_cast<unsigned>(rules.cutoff_day);
  const int first = birth->year() + rules.age_max;
  for (int year = first; year <= first + 2; ++year) {
    const std::optional<Date> cutoff = Date::FromYmd(year, month, day);
    if (cutoff && base::AgeOn(*birth, *cutoff) > rules.age_max) return *cutoff + kOneDay;
  }
  return std::nullopt;
}

std::optional<Date> ProofEnd(Date day, const base::Calendar& calendar) {
  std::optional<Date> end;
  for (const base::Term& term : calendar.terms()) {
    if (term.first > day) break;
    end = term.last;
  }
  return end;
}

std::optional<AwayDue> NextDue(const AwayChild& child, const AwayContext& context) {
  std::optional<AwayDue> best;
  const std::optional<Date> too_old = OverAgeFrom(child.birth, context.rules);
  const bool may_leave = IsTracked(child.state) || child.state == AwayState::kReview;
  if (too_old && may_leave) {
    Earlier(best, AwayTask::kOverAge, Opening(std::max(*too_old, child.listed_on)));
  }
  if (!IsTracked(child.state)) return best;
  if (child.ask_again && child.division) {
    Earlier(best, AwayTask::kAsk, Opening(child.asked_on.value_or(child.listed_on)));
  }
  if (context.rules.visit_every_days > 0) {
    const Date last = child.visited_on.value_or(child.listed_on);
    const Date day = last + std::chrono::days{context.rules.visit_every_days};
    Earlier(best, AwayTask::kVisit, Opening(context.calendar.OnOrNextWorkingDay(day)));
  }
  for (const base::Term& term : context.calendar.terms()) {
    if (term.last < context.today || term.last < child.listed_on) continue;
    DueInTerm(child, term, context, best);
  }
  // Nothing is asked of a family whose child is too old by then.
  if (best && too_old && best->task != AwayTask::kOverAge && Opening(*too_old) <= best->at) {
    best = AwayDue{.task = AwayTask::kOverAge, .at = Opening(std::max(*too_old, child.listed_on))};
  }
  return best;
}

AwayChild Visited(AwayChild child, Date today) {
  child.visited_on = today;
  return child;
}

AwayChild Asked(AwayChild child, const AwayContext& context) {
  child.asks += 1;
  child.asked_on = context.today;
  child.ask_again = false;
  return child;
}

AwayChild Missing(AwayChild child, Date today) {
  child.state = AwayState::kMissing;
  child.missing_on = today;
  child.ask_again = false;
  child.asks = 0;
  return child;
}

AwayChild TooOld(AwayChild child) {
  child.state = AwayState::kOverAge;
  child.ask_again = false;
  return child;
}

bool MissingTold(const AwayChild& child) {
  return child.missing_on && (!child.proof_until || *child.proof_until < *child.missing_on);
}

AwayStep Found(AwayChild child, const AwayFinding& finding, Division self,
               const AwayContext& context) {
  if (!IsTracked(child.state)) return {.child = child, .told = ""};
  switch (finding.code) {
    case 1:
      if (finding.has_school && finding.since) return Proven(child, finding, context);
      return {.child = child, .told = ""};
    case 2: return Proven(child, finding, context);
    case 5:
    case 11:
      if (finding.third && finding.third == child.division) return {.child = child, .told = ""};
      if (finding.third && finding.third != self && child.asks < context.moves_max) {
        child.division = finding.third;
        child.ask_again = true;
        return {.child = child, .told = "moved"};
      }
      return NoProof(child, context);
    case 7:
    case 8:
    case 9:
    case 10:
      child.state = AwayState::kReview;
      child.ask_again = false;
      return {.child = child, .told = "review"};
    case 12: return {.child = child, .told = ""};  // a new date: the answer is still to come
    default: return NoProof(child, context);
  }
}

}  // namespace tracing
