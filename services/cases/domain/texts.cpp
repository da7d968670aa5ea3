#include "cases/domain/texts.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cases/domain/acts.h"
#include "cases/domain/letters.h"

namespace cases {
namespace {

std::string StateName(const Profile& profile, const std::string& code) {
  const State* state = profile.FindState(code);
  return state == nullptr ? code : state->name;
}

// "42|43": one or the other.
std::string StateNames(const Profile& profile, const std::string& codes) {
  std::string names;
  for (std::size_t at = 0; at <= codes.size();) {
    const std::size_t bar = std::min(codes.find('|', at), codes.size());
    names += (names.empty() ? "" : "、") + StateName(profile, codes.substr(at, bar - at));
    at = bar + 1;
  }
  return names;
}

std::string LevelName(const Profile& profile, int number) {
  const Level* level = profile.FindLevel(number);
  return level == nullptr ? fmt::format("第{}级", number)
                          : fmt::format("第{}级（{}）", number, level->name);
}

std::string With(std::string_view label, const std::string& value) {
  return value.empty() ? "" : fmt::format("，{}{}", label, value);
}

std::string DueText(const Entry& entry) {
  return entry.due ? base::ToLocal(*entry.due) : std::string{};
}

std::string TargetChinese(const Act& act, const Profile& profile) {
  if (act.kind == "resolve") return StateName(profile, act.target);
  if (act.kind == "escalate") {
    return act.target.empty() ? "" : fmt::format("第{}级", act.target);
  }
  const Body* body = profile.FindBody(act.target);
  if (body != nullptr) return body->name;
  const std::size_t bar = act.target.find('|');
  return bar == std::string::npos ? act.target : act.target.substr(bar + 1);
}

std::string DescribeAct(const Act& act, const Profile& profile) {
  const ActSpec* spec = FindAct(act.kind);
  std::string text{spec == nullptr ? std::string_view{act.kind} : spec->name};
  if (act.kind == "approve" || act.kind == "review") text += act.approve ? "：同意" : "：不同意";
  if (!act.method.empty()) text += fmt::format("（{}）", act.method);
  text += With("对象：", act.counterpart);
  text += With("", TargetChinese(act, profile));
  text += With("地点：", act.place);
  if (!act.participants.empty()) {
    text += fmt::format("，参加：{}", fmt::join(act.participants, "、"));
  }
  text += With("结果：", act.outcome);
  if (act.promised_on) text += "，承诺返校：" + act.promised_on->ToString();
  text += With("文号：", act.document_no);
  if (act.until) text += "，至" + act.until->ToString();
  text += With("原因：", act.reason_code);
  text += With("", act.text);
  if (!act.evidence.empty()) text += fmt::format("，佐证：{}", fmt::join(act.evidence, "、"));
  return text;
}

std::string DescribeSignal(const Entry& entry, const Profile& profile, std::string_view what) {
  std::string text = fmt::format("{}：{}", what, entry.found_by);
  if (entry.day) text += fmt::format("，自{}起缺勤", entry.day->ToString());
  if (entry.days > 0) text += fmt::format("{}个教学日", entry.days);
  text += With("", entry.text);
  if (entry.kind != EntryKind::kAttached) {
    text += fmt::format("，状态：{}，{}", StateName(profile, entry.state),
                        LevelName(profile, entry.level));
  }
  return text;
}

std::string DescribeClock(const Entry& entry) {
  switch (entry.kind) {
    case EntryKind::kClockStarted:
      return fmt::format("任务：{}，{}前完成", entry.text, DueText(entry));
    case EntryKind::kClockSuspended:
      return fmt::format("暂停计时：{}，至{}，{}", entry.text,
                         entry.until ? entry.until->ToString() : "", entry.cause);
    case EntryKind::kClockResumed:
      return fmt::format("恢复计时：{}，{}前完成", entry.text, DueText(entry));
    case EntryKind::kClockSatisfied:
      return entry.due && *entry.due < entry.at ? fmt::format("逾期完成：{}", entry.text)
                                                : fmt::format("完成：{}", entry.text);
    case EntryKind::kClockExpired:
      return fmt::format("逾期：{}（应于{}前完成）", entry.text, DueText(entry));
    default:
      return fmt::format("不再需要：{}", entry.text);
  }
}

std::string PartyText(const Party& party) {
  if (party.person.empty()) return party.body;
  // "第一小学班主任 林老师": what the person is within the body.
  const bool named = !party.level.empty() && party.level != party.body;
  return fmt::format("{}{} {}", party.body, named ? party.level : "", party.person);
}

}  // namespace

std::string Describe(const Entry& entry, const Profiles& profiles) {
  const Profile& profile = profiles.At(base::DateAt(entry.recorded_at));
  switch (entry.kind) {
    case EntryKind::kOpened: return DescribeSignal(entry, profile, "立案");
    case EntryKind::kAttached: return DescribeSignal(entry, profile, "并入线索");
    case EntryKind::kReopened: return DescribeSignal(entry, profile, "重新打开");
    case EntryKind::kAct: return DescribeAct(entry.act, profile);
    case EntryKind::kStateChanged:
      return fmt::format("状态变为“{}”{}", StateName(profile, entry.state), With("", entry.text));
    case EntryKind::kLevelMoved:
      return fmt::format("转到{}{}", LevelName(profile, entry.level), With("", entry.text));
    case EntryKind::kMoveBlocked: return "尚不能提级：" + entry.text;
    case EntryKind::kAssigned: return "责任人：" + PartyText(entry.party);
    case EntryKind::kClockStarted:
    case EntryKind::kClockSuspended:
    case EntryKind::kClockResumed:
    case EntryKind::kClockSatisfied:
    case EntryKind::kClockExpired:
    case EntryKind::kClockCancelled: return DescribeClock(entry);
    case EntryKind::kContactsLearned:
      return fmt::format("学校班级：{} {}", entry.contacts.school_name, entry.contacts.class_name);
    case EntryKind::kGroupsLearned:
      return entry.groups.empty() ? "核对：不属于特殊群体"
                                  : fmt::format("核对：{}", fmt::join(entry.groups, "、"));
    case EntryKind::kPresenceLearned:
      return fmt::format("考勤核对：自{}起连续到校{}个教学日", entry.presence.since.ToString(),
                         entry.presence.present_days_in_row);
    case EntryKind::kSignalWithdrawn: return "缺勤线索撤回" + With("", entry.text);
    case EntryKind::kStudentReturned:
      return fmt::format("{}到校{}", entry.day ? entry.day->ToString() : "",
                         With("", entry.text));
    case EntryKind::kRegistryEvent: return "学籍变动：" + entry.text;
    case EntryKind::kReturnWithdrawn: return "考勤更正：该生并未到校";
    case EntryKind::kClosingProposed:
      return fmt::format("建议结案去向：{}{}", StateNames(profile, entry.cause),
                         With("", entry.text));
    case EntryKind::kLetterReply: return "回函：" + DescribeLetter(entry);
  }
  return "";
}

}  // namespace cases
