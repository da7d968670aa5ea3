#include "cases/domain/household.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cases/domain/acts.h"

namespace cases {
namespace {

using base::Code;
using base::Error;

Error Missing(std::string_view what) {
  return {Code::kInvalidArgument, "FIELD_MISSING", fmt::format("需要填写：{}", what)};
}

bool IsDivision(const std::string& text) {
  return text.size() == 6 && text.front() != '0' &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// What a note of the same visit would have to be like: its time, texts and evidence.
base::Status CheckRecord(const HouseholdVisit& visit, const Profile& profile, base::UtcTime now) {
  Act act;
  act.kind = "visit";
  act.at = visit.at;
  act.text = visit.text;
  act.participants = visit.participants;
  act.evidence = visit.evidence;
  act.place = visit.third_address;
  act.target = visit.school;
  act.outcome = "已说明";  // visits of cases have outcomes of their own
  RETURN_IF_ERROR(CheckShape(act, profile, now));
  if (visit.text.empty()) return Missing("核查情况");
  return {};
}

base::Status CheckOutcome(const HouseholdVisit& visit, base::Date today) {
  std::vector<std::string_view> names;
  const HouseholdOutcome* outcome = nullptr;
  for (const HouseholdOutcome& one : HouseholdOutcomes()) {
    names.push_back(one.name);
    if (one.name == visit.outcome) outcome = &one;
  }
  if (outcome == nullptr) {
    return Error{Code::kInvalidArgument, "BAD_OUTCOME",
                 fmt::format("核查结果只能是：{}", fmt::join(names, "、"))};
  }
  if (outcome->school && visit.school.empty()) return Missing("就读学校");
  if (outcome->since && !visit.since) return Missing("就读起始日期");
  if (outcome->until && !visit.until) return Missing("期限或返校日期");
  if (outcome->persuasions && visit.persuasions < 1) return Missing("已劝返次数");
  if (outcome->third && visit.third_division.empty() && visit.third_address.empty()) {
    return Missing("去向（区划代码或地址）");
  }
  if (!visit.third_division.empty() && !IsDivision(visit.third_division)) {
    return Error{Code::kInvalidArgument, "BAD_TARGET", "去向须是六位县级区划代码"};
  }
  if (!outcome->ends && *visit.until <= today) {
    return Error{Code::kInvalidArgument, "UNTIL_PAST", "新的期限应在今天之后"};
  }
  return {};
}

}  // namespace

std::string_view HouseholdStateName(HouseholdState state) {
  switch (state) {
    case HouseholdState::kOpen: return "open";
    case HouseholdState::kOverdue: return "overdue";
    case HouseholdState::kDone: return "done";
    case HouseholdState::kCancelled: return "cancelled";
  }
  return "";
}

std::optional<HouseholdState> HouseholdStateFromName(std::string_view name) {
  for (const HouseholdState state : {HouseholdState::kOpen, HouseholdState::kOverdue,
                                     HouseholdState::kDone, HouseholdState::kCancelled}) {
    if (HouseholdStateName(state) == name) return state;
  }
  return std::nullopt;
}

const std::vector<HouseholdOutcome>& HouseholdOutcomes() {
  static const std::vector<HouseholdOutcome> kOutcomes{
      {.name = "在校就读", .school = true, .since = true},
      {.name = "就读未建籍", .school = true, .until = true},
      {.name = "返校", .until = true},
      {.name = "拒绝", .persuasions = true},
      {.name = "在第三地", .third = true},
      {.name = "查无此人"},
      {.name = "死亡"},
      {.name = "出国"},
      {.name = "因病因残"},
      {.name = "超龄"},
      {.name = "需延期", .until = true, .ends = false},
      {.name = "其他"}};
  return kOutcomes;
}

Party HouseholdOwner(const Profile& profile, const std::string& town) {
  Contacts contacts;
  contacts.town = town;
  for (const Body& body : profile.bodies) {
    if (body.kind == BodyKind::kTown) return PartyOf(profile, contacts, body.id);
  }
  return PartyOf(profile, contacts, "");
}

base::Result<HouseholdTask> DecideVisit(const HouseholdTask& task, HouseholdVisit& visit,
                                        const Profile& profile, base::UtcTime now) {
  RETURN_IF_ERROR(CheckRecord(visit, profile, now));
  RETURN_IF_ERROR(CheckOutcome(visit, base::DateAt(now)));
  if (task.state == HouseholdState::kCancelled || task.letter_over) {
    return Error{Code::kFailedPrecondition, "WRONG_STATE", "来函已办结或撤回，任务已不需要"};
  }
  HouseholdTask after = task;
  after.version += 1;
  visit.recorded_at = now;
  if (visit.outcome == "需延期") {
    after.due = base::InstantAt(*visit.until, profile.day_end_minute);
    after.next_at = after.due;
    after.ended.reset();
    after.state = HouseholdState::kOpen;
    return after;
  }
  after.state = HouseholdState::kDone;
  after.next_at.reset();
  after.ended = now;
  return after;
}

}  // namespace cases
