#include "cases/app/household_desk.h"

#include <fmt/format.h>

namespace cases {
namespace {

using base::Code;
using base::Error;

constexpr std::size_t kKeyBytes = 16;
constexpr std::string_view kOfLetter = "letter";

Error NoTask() { return {Code::kNotFound, "NO_TASK", "没有这项入户核查任务"}; }

base::Status Append(store::Transaction& tx, const store::NewEvent& event) {
  const auto appended = store::AppendEvents(tx, kFeed, {&event, 1});
  if (!appended.ok()) return appended.error();
  return {};
}

}  // namespace

base::Status HouseholdDesk::Want(store::Transaction& tx, HouseholdTask task,
                                 std::vector<store::NewEvent>& out) {
  const base::UtcTime now = Now();
  task.owner = HouseholdOwner(rules_.profiles.At(base::DateAt(now)), task.town);
  task.next_at = task.due;
  ASSIGN_OR_RETURN(const std::optional<HouseholdId> id, InsertHousehold(tx, task));
  if (!id) return {};
  task.id = *id;
  out.push_back(describe_(HouseholdNews::kWanted, task, nullptr, now));
  return {};
}

base::Status HouseholdDesk::Moot(store::Transaction& tx, const std::string& conversation, bool over,
                                 std::vector<store::NewEvent>& out) {
  ASSIGN_OR_RETURN(std::vector<HouseholdTask> tasks, LockHouseholdsOf(tx, conversation));
  const base::UtcTime now = Now();
  for (HouseholdTask& task : tasks) {
    if (task.purpose != kOfLetter) continue;  // a file that came is acknowledged, not dealt with
    const bool live = task.state == HouseholdState::kOpen || task.state == HouseholdState::kOverdue;
    if (!live && (!over || task.letter_over)) continue;
    task.letter_over = task.letter_over || over;
    task.version += 1;
    if (live) {
      task.state = HouseholdState::kCancelled;
      task.next_at.reset();
      task.ended = now;
      out.push_back(describe_(HouseholdNews::kCancelled, task, nullptr, now));
    }
    RETURN_IF_ERROR(UpdateHousehold(tx, task));
  }
  return {};
}

base::Result<std::string> HouseholdDesk::Do(const DoVisit& command, const Once& once,
                                            const Encode& encode) {
  if (once.key.size() != kKeyBytes) {
    return Error{Code::kInvalidArgument, "KEY_MISSING", "a write needs a 16-byte idempotency key"};
  }
  return pool_.Transact([&](store::Transaction& tx) -> base::Result<std::string> {
    ASSIGN_OR_RETURN(const auto known, store::FindReply(tx, once.key));
    if (known && known->request_type != once.request_type) {
      return Error{Code::kInvalidArgument, "KEY_REUSED", "the key belongs to another request"};
    }
    if (known) return known->reply;
    ASSIGN_OR_RETURN(const std::optional<HouseholdTask> task, LockHousehold(tx, command.id));
    if (!task) return NoTask();
    if (command.expected_version > 0 && command.expected_version != task->version) {
      return Error{Code::kConflict, "VERSION_MISMATCH",
                   fmt::format("任务已被更新（现为第{}版），请刷新后再试", task->version)};
    }
    const base::UtcTime now = Now();
    HouseholdVisit visit = command.visit;
    HouseholdSheet sheet;
    ASSIGN_OR_RETURN(sheet.visits, VisitsOf(tx, command.id));
    visit.number = static_cast<int>(sheet.visits.size()) + 1;
    ASSIGN_OR_RETURN(sheet.task,
                     DecideVisit(*task, visit, rules_.profiles.At(base::DateAt(now)), now));
    RETURN_IF_ERROR(InsertVisit(tx, command.id, visit));
    RETURN_IF_ERROR(UpdateHousehold(tx, sheet.task));
    sheet.visits.push_back(visit);
    std::string reply = encode(sheet);
    RETURN_IF_ERROR(store::RememberReply(tx, once.key, once.request_type, reply, now));
    RETURN_IF_ERROR(Append(tx, describe_(HouseholdNews::kAnswered, sheet.task, &visit, now)));
    return reply;
  });
}

base::Result<HouseholdSheet> HouseholdDesk::Get(HouseholdId id) {
  HouseholdSheet sheet;
  RETURN_IF_ERROR(pool_.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const std::optional<HouseholdTask> task, FindHousehold(session, id));
    if (!task) return NoTask();
    sheet.task = *task;
    ASSIGN_OR_RETURN(sheet.visits, VisitsOf(session, id));
    return {};
  }));
  return sheet;
}

base::Result<bool> HouseholdDesk::RunDeadline(HouseholdId id) {
  return pool_.Transact([&](store::Transaction& tx) -> base::Result<bool> {
    ASSIGN_OR_RETURN(std::optional<HouseholdTask> task, LockHousehold(tx, id));
    const base::UtcTime now = Now();
    if (!task || !task->next_at || *task->next_at > now) return false;
    task->state = HouseholdState::kOverdue;
    task->next_at.reset();
    task->version += 1;
    RETURN_IF_ERROR(UpdateHousehold(tx, *task));
    RETURN_IF_ERROR(Append(tx, describe_(HouseholdNews::kOverdue, *task, nullptr, now)));
    return true;
  });
}

// ---- plain look-ups ----

namespace {

template <class T, class Find>
base::Result<T> InSession(store::Pool& pool, const Find& find) {
  T found{};
  RETURN_IF_ERROR(pool.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(found, find(session));
    return {};
  }));
  return found;
}

}  // namespace

base::Result<std::vector<HouseholdTask>> HouseholdDesk::List(const TaskFilter& filter) {
  return InSession<std::vector<HouseholdTask>>(
      pool_, [&](store::Session& s) { return SelectHouseholds(s, filter, Now()); });
}
base::Result<HouseholdCounts> HouseholdDesk::Count(const TaskFilter& filter) {
  return InSession<HouseholdCounts>(
      pool_, [&](store::Session& s) { return CountHouseholds(s, filter, Now()); });
}
base::Result<std::vector<HouseholdId>> HouseholdDesk::Due(std::uint32_t limit) {
  return InSession<std::vector<HouseholdId>>(
      pool_, [&](store::Session& s) { return DueHouseholds(s, Now(), limit); });
}
base::Result<std::uint64_t> HouseholdDesk::CountDue() {
  return InSession<std::uint64_t>(
      pool_, [&](store::Session& s) { return CountDueHouseholds(s, Now()); });
}
base::Result<std::optional<base::UtcTime>> HouseholdDesk::NextDue() {
  return InSession<std::optional<base::UtcTime>>(
      pool_, [&](store::Session& s) { return NextHouseholdAfter(s, Now()); });
}

}  // namespace cases
