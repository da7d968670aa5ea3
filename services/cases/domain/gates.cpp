#include "cases/domain/gates.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cases/domain/acts.h"

namespace cases {
namespace {

using std::chrono::days;

std::vector<std::string> Split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

// "转学完成|就读证明+学籍号": one of the alternatives, each whole.
bool HasEvidence(const std::set<std::string>& on_file, const std::string& expression) {
  const std::vector<std::string> alternatives = Split(expression, '|');
  return std::any_of(alternatives.begin(), alternatives.end(), [&](const std::string& one) {
    const std::vector<std::string> parts = Split(one, '+');
    return !parts.empty() && std::all_of(parts.begin(), parts.end(), [&](const std::string& p) {
      return on_file.contains(p);
    });
  });
}

std::string EvidenceChinese(const std::string& expression) {
  std::vector<std::string> alternatives = Split(expression, '|');
  for (std::string& one : alternatives) one = fmt::format("{}", fmt::join(Split(one, '+'), "和"));
  return fmt::format("{}", fmt::join(alternatives, "，或"));
}

std::string BodyName(const Profile& profile, const std::string& id) {
  const Body* body = profile.FindBody(id);
  return body == nullptr ? id : body->name;
}

void CheckPersuasions(const Gate& gate, const Facts& facts, std::vector<Unmet>& out) {
  if (!gate.waived_by.empty() && HasEvidence(facts.evidence, gate.waived_by)) return;
  const auto on_days = static_cast<int>(facts.persuasion_days.size());
  if (facts.persuasions < gate.persuasions_min || on_days < gate.persuasion_days_min) {
    std::string text =
        gate.persuasion_days_min > 1
            ? fmt::format("需要在{}个不同日期的{}次劝返，已记录{}次", gate.persuasion_days_min,
                          gate.persuasions_min, facts.persuasions)
            : fmt::format("需要{}次劝返，已记录{}次", gate.persuasions_min, facts.persuasions);
    if (on_days < gate.persuasion_days_min && facts.persuasions >= gate.persuasions_min) {
      text += fmt::format("，都在{}个日期内", on_days);
    }
    out.push_back({"PERSUASIONS_MISSING", std::move(text)});
  }
  if (facts.joint_persuasions < gate.joint_persuasions_min) {
    out.push_back({"JOINT_PERSUASIONS_MISSING",
                   fmt::format("需要{}次联合劝返，已记录{}次", gate.joint_persuasions_min,
                               facts.joint_persuasions)});
  }
}

void CheckRecords(const Gate& gate, const Facts& facts, std::vector<Unmet>& out) {
  if (facts.home_visits < gate.home_visits_min) {
    out.push_back({"HOME_VISIT_MISSING", fmt::format("需要{}次入户家访，已记录{}次",
                                                     gate.home_visits_min, facts.home_visits)});
  }
  const auto routes = static_cast<int>(facts.failed_routes.size());
  if (routes < gate.failed_routes_min) {
    out.push_back({"ROUTES_MISSING", fmt::format("需要{}种联系方式均未联系上，已记录{}种",
                                                 gate.failed_routes_min, routes)});
  }
  for (const std::string& body : gate.inquiries) {
    if (!facts.inquiries.contains(body)) {
      out.push_back({"INQUIRY_MISSING", fmt::format("需要向{}查询下落的记录", body)});
    }
  }
}

void CheckTime(const Gate& gate, const Facts& facts, base::Date today, std::vector<Unmet>& out) {
  if (gate.period_over && !facts.until) {
    out.push_back({"PERIOD_NOT_OVER", "需要先责令限期复学，并等期限届满"});
  } else if (gate.period_over && today <= *facts.until) {
    out.push_back({"PERIOD_NOT_OVER",
                   fmt::format("责令期限至{}，尚未届满", facts.until->ToString())});
  }
  if (gate.suspected_days_min <= 0) return;
  const base::Date since = facts.first_absent.value_or(base::DateAt(facts.opened_at));
  const auto elapsed = (today - since).count();
  if (elapsed < gate.suspected_days_min) {
    out.push_back({"TOO_EARLY",
                   fmt::format("需要自{}起满{}日，已{}日", since.ToString(),
                               gate.suspected_days_min, std::max<std::int64_t>(elapsed, 0))});
  }
}

void CheckTasks(const Gate& gate, const Facts& facts, const Profile& profile,
                std::vector<Unmet>& out) {
  for (const std::string& id : gate.tasks_done) {
    if (facts.tasks_done.contains(id)) continue;
    const Task* task = profile.FindTask(id);
    out.push_back({"TASK_OPEN", fmt::format("需要先完成：{}", task == nullptr ? id : task->name)});
  }
}

void CheckApprovals(const Gate& gate, const Facts& facts, const Profile& profile,
                    std::vector<Unmet>& out) {
  for (const std::string& expression : gate.approvals) {
    std::vector<std::string> bodies = Split(expression, '|');
    const bool approved = std::any_of(bodies.begin(), bodies.end(), [&](const std::string& body) {
      return facts.approvals.contains(body);
    });
    if (approved) continue;
    for (std::string& body : bodies) body = BodyName(profile, body);
    out.push_back({"APPROVAL_MISSING", fmt::format("需要{}批准", fmt::join(bodies, "或"))});
  }
  if (!gate.group_consent) return;
  const GroupConsent& consent = *gate.group_consent;
  const std::string groups = fmt::format("{}", fmt::join(consent.groups, "、"));
  if (!facts.groups) {
    out.push_back({"GROUPS_UNKNOWN",
                   fmt::format("暂不能向学籍系统核对该生是否属于{}，请稍后再试", groups)});
    return;
  }
  const bool concerned =
      std::any_of(facts.groups->begin(), facts.groups->end(), [&](const std::string& group) {
        return std::find(consent.groups.begin(), consent.groups.end(), group) !=
               consent.groups.end();
      });
  if (concerned && !facts.approvals.contains(consent.body)) {
    out.push_back({"CONSENT_MISSING",
                   fmt::format("该生属于{}之一，需要{}核实同意", groups,
                               BodyName(profile, consent.body))});
  }
}

void CheckPresence(const Facts& facts, const GateContext& context, std::vector<Unmet>& out) {
  const Watch& watch = context.profile.watch;
  const base::Date today = base::DateAt(context.now);
  const WatchStand stand = WatchOf(facts, context.profile, today);
  if (!facts.presence) {
    out.push_back({"PRESENCE_MISSING", fmt::format("需要连续到校{}个教学日，考勤尚未核对",
                                                   watch.present_days)});
  } else if (stand.missing_days > 0) {
    out.push_back({"PRESENCE_MISSING",
                   fmt::format("需要连续到校{}个教学日，已连续到校{}个(截至{})",
                               watch.present_days, facts.presence->present_days_in_row,
                               facts.presence_on.value_or(today).ToString())});
  }
  if (!stand.window_over) {
    out.push_back({"WATCH_NOT_OVER", fmt::format("复学观察期{}日，{}届满", watch.window_days,
                                                 stand.window_end.ToString())});
  }
}

}  // namespace

std::vector<Unmet> UnmetConditions(const Gate& gate, const Facts& facts,
                                   const GateContext& context) {
  std::vector<Unmet> out;
  if (facts.level < gate.level_min) {
    const Level* level = context.profile.FindLevel(gate.level_min);
    out.push_back({"LEVEL_TOO_LOW",
                   fmt::format("需要先提级到第{}级{}，现为第{}级", gate.level_min,
                               level == nullptr ? "" : "（" + level->name + "）", facts.level)});
  }
  CheckPersuasions(gate, facts, out);
  CheckRecords(gate, facts, out);
  CheckTime(gate, facts, base::DateAt(context.now), out);
  CheckTasks(gate, facts, context.profile, out);
  CheckApprovals(gate, facts, context.profile, out);
  if (gate.presence) CheckPresence(facts, context, out);
  if (gate.other_person && context.actor != nullptr &&
      facts.handlers.contains(context.actor->person_id)) {
    out.push_back({"SAME_PERSON", "审核人不能是经办人，需要由其他人员审核"});
  }
  return out;
}

std::vector<Unmet> UnmetInputs(const Gate& gate, const Facts& facts, const Act& act,
                               base::Date today) {
  std::vector<Unmet> out;
  std::set<std::string> on_file = facts.evidence;
  for (const std::string& evidence : act.evidence) {
    on_file.insert(std::string{EvidenceKind(evidence)});
  }
  for (const std::string& expression : gate.evidence) {
    if (!HasEvidence(on_file, expression)) {
      out.push_back({"EVIDENCE_MISSING",
                     fmt::format("缺少佐证材料：{}", EvidenceChinese(expression))});
    }
  }
  for (const std::string& field : gate.fields) {
    if (!HasField(act, field)) {
      out.push_back({"FIELD_MISSING", fmt::format("需要填写：{}", FieldChinese(field))});
    }
  }
  if (!act.until) return out;
  if (*act.until <= today) {
    out.push_back({"UNTIL_PAST", "截止日期应在今天之后"});
  } else if (gate.until_months_max > 0) {
    const auto limit = std::chrono::year_month_day{today.days()} +
                       std::chrono::months{gate.until_months_max};
    const base::Date last{limit.ok() ? std::chrono::sys_days{limit}
                                     : std::chrono::sys_days{limit.year() / limit.month() /
                                                             std::chrono::last}};
    if (*act.until > last) {
      out.push_back({"UNTIL_TOO_FAR", fmt::format("期限最长{}个月，不得晚于{}",
                                                  gate.until_months_max, last.ToString())});
    }
  }
  return out;
}

std::vector<std::string> NeedsOf(const Gate& gate, const Facts& facts) {
  std::vector<std::string> needs;
  for (const std::string& expression : gate.evidence) {
    if (!HasEvidence(facts.evidence, expression)) {
      needs.push_back("佐证材料：" + EvidenceChinese(expression));
    }
  }
  for (const std::string& field : gate.fields) needs.emplace_back(FieldChinese(field));
  return needs;
}

std::string Explain(const std::vector<Unmet>& unmet) {
  std::vector<std::string_view> details;
  details.reserve(unmet.size());
  for (const Unmet& one : unmet) details.push_back(one.detail);
  return fmt::format("{}", fmt::join(details, "；"));
}

base::Error Refuse(const std::vector<Unmet>& unmet) {
  return {base::Code::kFailedPrecondition, unmet.front().reason, Explain(unmet)};
}

WatchStand WatchOf(const Facts& facts, const Profile& profile, base::Date today) {
  WatchStand stand;
  const base::Date since = facts.returned_on.value_or(today);
  stand.window_end = since + days{profile.watch.window_days};
  stand.window_over = today >= stand.window_end;
  const int in_row = facts.presence ? facts.presence->present_days_in_row : 0;
  stand.missing_days = std::max(profile.watch.present_days - in_row, 0);
  stand.passed = stand.window_over && stand.missing_days == 0 && facts.presence.has_value();
  return stand;
}

}  // namespace cases
