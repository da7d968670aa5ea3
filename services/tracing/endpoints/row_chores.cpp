#include "tracing/endpoints/row_chores.h"

#include "tracing/store/desk_repository.h"

namespace tracing {
namespace {

namespace cases = baoxue::cases::v1;

constexpr std::chrono::milliseconds kTimeout{5000};

}  // namespace

Chore RowsOf(std::string name, const std::string& table, RunRows run) {
  return {
      .name = std::move(name),
      .due = [table](store::Session& s, base::UtcTime now) { return CountDueIn(s, table, now); },
      .next = [table](store::Session& s, base::UtcTime after) { return NextIn(s, table, after); },
      .run = std::move(run)};
}

base::Result<cases::HouseholdAct> AskVisit(host::Host& host, std::int64_t task_id, int visit) {
  cases::GetHouseholdTask ask;
  ask.set_task_id(task_id);
  bus::CallOptions options;
  options.timeout = kTimeout;
  ASSIGN_OR_RETURN(const auto reply,
                   (host.client("cases").Ask<cases::HouseholdTaskReply>(ask, options)));
  for (const cases::HouseholdVisit& one : reply.task().visits()) {
    if (one.number() == visit) return one.act();
  }
  return base::Error{base::Code::kNotFound, "NO_TASK", "cases has no such visit"};
}

}  // namespace tracing
