#include "tracing/domain/transfers.h"

#include <algorithm>

namespace tracing {
namespace {

using base::Code;
using base::Error;
using News = std::vector<TransferNews>;
using Kind = TransferNews::Kind;

constexpr std::array<std::string_view, 4> kNames{"into_school", "into_bureau", "out_school",
                                                 "out_bureau"};
constexpr std::array<std::string_view, 4> kChinese{"转入校", "转入地主管部门", "转出校",
                                                   "转出地主管部门"};

void Mark(PartyClock& clock, const Statement& told) {
  clock.done = told.on;
  clock.by = told.by;
  clock.how = told.how;
  clock.running = false;
}

Error Refuse(std::string_view reason, std::string_view detail) {
  return {Code::kFailedPrecondition, std::string{reason}, std::string{detail}};
}

}  // namespace

std::string_view PartyName(Party party) { return kNames[static_cast<std::size_t>(party)]; }
std::string_view PartyChinese(Party party) { return kChinese[static_cast<std::size_t>(party)]; }
std::optional<Party> PartyFromName(std::string_view name) {
  for (const Party party : kRoute) {
    if (PartyName(party) == name) return party;
  }
  return std::nullopt;
}

std::string_view TransferStateName(TransferState state) {
  switch (state) {
    case TransferState::kWaiting: return "waiting";
    case TransferState::kArrived: return "arrived";
    case TransferState::kMissing: return "missing";
    case TransferState::kCalledOff: break;
  }
  return "called_off";
}

std::string_view TransferStateChinese(TransferState state) {
  switch (state) {
    case TransferState::kWaiting: return "待确认到校";
    case TransferState::kArrived: return "已到校";
    case TransferState::kMissing: return "逾期未到校";
    case TransferState::kCalledOff: break;
  }
  return "已取消";
}

std::string_view SourceName(Source source) {
  switch (source) {
    case Source::kRegistry: return "registry";
    case Source::kLetter: return "letter";
    case Source::kOfficer: return "officer";
    case Source::kNone: break;
  }
  return "";
}

std::string_view TransferNewsName(Kind kind) {
  switch (kind) {
    case Kind::kOpened: return "opened";
    case Kind::kParty: return "party";
    case Kind::kOverdue: return "overdue";
    case Kind::kMissing: return "missing";
    case Kind::kArrived: return "arrived";
    case Kind::kCalledOff: break;
  }
  return "called_off";
}

// Each party's time begins when the one before it is done; until then its day is what it would be
// if everybody took all his days. The day of a clock that runs stays, whatever the rules become.
void TransferBook::Reckon(TransferWatch& watch) const {
  base::Date start = watch.began;
  bool turn = watch.state != TransferState::kCalledOff;
  for (const Party party : kRoute) {
    PartyClock& clock = watch[party];
    const bool ran = clock.running;
    clock.running = turn && !clock.done;
    if (!clock.done && !ran) {
      clock.due = rules_.calendar.AddWorkingDays(start, rules_.days.party_days);
    }
    turn = turn && clock.done.has_value();
    start = clock.done ? std::max(start, *clock.done) : clock.due;
  }
}

TransferWatch TransferBook::Open(TransferDirection direction, base::Date began,
                                 const std::string& school, const std::string& bureau) const {
  TransferWatch watch;
  watch.direction = direction;
  watch.began = began;
  const bool out = direction == TransferDirection::kOut;
  for (const Party party : kRoute) {
    watch[party].due = rules_.calendar.AddWorkingDays(began, rules_.days.party_days);
  }
  Mark(watch[out ? Party::kOutSchool : Party::kIntoSchool], {began, school, Source::kRegistry});
  Mark(watch[out ? Party::kOutBureau : Party::kIntoBureau], {began, bureau, Source::kRegistry});
  if (out) {
    watch.arrive_by = rules_.calendar.AddWorkingDays(began, rules_.days.arrival_days);
  } else {
    watch.state = TransferState::kArrived;  // on our own roll
    watch.arrived_on = began;
  }
  Reckon(watch);
  return watch;
}

base::Result<News> TransferBook::PartyDone(TransferWatch& watch, Party party,
                                           const Statement& told) const {
  if (watch.state == TransferState::kCalledOff) return Refuse("WRONG_STATE", "该转学已取消");
  if (watch[party].done) return Refuse("ALREADY_DONE", "该方已办理");
  if (told.on < watch.began) {
    return Error{Code::kInvalidArgument, "BAD_DATE", "办理日期不能早于转学登记日"};
  }
  Mark(watch[party], told);
  Reckon(watch);
  return News{{Kind::kParty, party}};
}

base::Result<News> TransferBook::Arrive(TransferWatch& watch, const Statement& school,
                                        const std::optional<Statement>& bureau) const {
  if (watch.direction != TransferDirection::kOut) {
    return Refuse("WRONG_STATE", "转入的学生已在本县就读");
  }
  if (watch.state == TransferState::kCalledOff) return Refuse("WRONG_STATE", "该转学已取消");
  const bool known = watch.state == TransferState::kArrived;
  News news;
  const auto mark = [&](Party party, Statement told) {
    if (watch[party].done) return;
    told.on = std::max(told.on, watch.began);
    Mark(watch[party], told);
    news.push_back({Kind::kParty, party});
  };
  mark(Party::kIntoSchool, school);
  if (bureau) mark(Party::kIntoBureau, *bureau);
  if (known && news.empty()) return Refuse("ALREADY_DONE", "已确认到校");
  Reckon(watch);
  if (known) return news;
  watch.was_missing = watch.state == TransferState::kMissing;
  watch.state = TransferState::kArrived;
  watch.arrived_on = std::max(school.on, watch.began);
  news.push_back({Kind::kArrived, {}});
  return news;
}

base::Result<News> TransferBook::CallOff(TransferWatch& watch) const {
  if (watch.state == TransferState::kCalledOff) return Refuse("ALREADY_DONE", "该转学已取消");
  if (watch.state == TransferState::kArrived && watch.direction == TransferDirection::kOut) {
    return Refuse("WRONG_STATE", "已确认到校，不能取消");
  }
  watch.was_missing = watch.state == TransferState::kMissing;
  watch.state = TransferState::kCalledOff;
  Reckon(watch);
  return News{{Kind::kCalledOff, {}}};
}

News TransferBook::Tick(TransferWatch& watch, base::UtcTime now) const {
  News news;
  for (const Party party : kRoute) {
    PartyClock& clock = watch[party];
    if (!clock.running || clock.overdue || now < EndOf(clock.due)) continue;
    clock.overdue = true;
    news.push_back({Kind::kOverdue, party});
  }
  if (watch.state == TransferState::kWaiting && now >= EndOf(watch.arrive_by)) {
    watch.state = TransferState::kMissing;
    news.push_back({Kind::kMissing, {}});
  }
  return news;
}

std::optional<base::UtcTime> TransferBook::NextDue(const TransferWatch& watch) const {
  std::optional<base::UtcTime> next;
  const auto offer = [&](base::Date day) {
    const base::UtcTime at = EndOf(day);
    if (!next || at < *next) next = at;
  };
  for (const PartyClock& clock : watch.parties) {
    if (clock.running && !clock.overdue) offer(clock.due);
  }
  if (watch.state == TransferState::kWaiting) offer(watch.arrive_by);
  return next;
}

bool IsOpen(const TransferWatch& watch) {
  if (watch.state == TransferState::kCalledOff) return false;
  return watch.state != TransferState::kArrived ||
         std::any_of(watch.parties.begin(), watch.parties.end(),
                     [](const PartyClock& clock) { return !clock.done; });
}

bool HasOverdueParty(const TransferWatch& watch) {
  return std::any_of(watch.parties.begin(), watch.parties.end(), [](const PartyClock& clock) {
    return clock.overdue && !clock.done;
  });
}

}  // namespace tracing
