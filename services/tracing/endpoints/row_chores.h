// Chores whose rows carry `next_at`: one whole table, and the tables of townships' visits that
// become answers (of letters, of families that moved away), which ask `cases` what was found.
#pragma once

#include <utility>
#include <vector>

#include "cases/contract/cases.pb.h"
#include "host/host.h"
#include "host/log.h"
#include "tracing/app/letter_desk.h"
#include "tracing/endpoints/chore.h"

namespace tracing {

using RunRows = std::function<base::Result<std::uint64_t>()>;
// `table` has the columns that CountDueIn and NextIn read (store/desk_repository.h).
Chore RowsOf(std::string name, const std::string& table, RunRows run);

// What the household act of that visit says. Errors: NO_TASK, and those of a request to cases.
base::Result<baoxue::cases::v1::HouseholdAct> AskVisit(host::Host& host, std::int64_t task_id,
                                                       int visit);

// Rows with task_id and visit. What cannot be taken now is put off, with the reason.
template <class Row>
struct VisitQueue {
  std::string name = {};
  std::string table = {};
  base::Result<std::vector<Row>> (*due)(store::Session&, base::UtcTime, std::uint32_t limit) = {};
  base::Status (*postpone)(store::Session&, const Row&, base::UtcTime next,
                           const std::string& why) = {};
  std::function<base::Status(const Row&, const baoxue::cases::v1::HouseholdAct&)> take = {};
};

template <class Row>
base::Result<std::uint64_t> RunVisits(host::Host& host, LetterDesk& desk,
                                      const VisitQueue<Row>& queue) {
  constexpr std::uint32_t kAtOnce = 100;
  constexpr std::chrono::minutes kTryAgain{1};
  std::vector<Row> due;
  RETURN_IF_ERROR(desk.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(due, queue.due(session, desk.Now(), kAtOnce));
    return {};
  }));
  std::uint64_t finished = 0;
  for (const Row& row : due) {
    const auto act = AskVisit(host, row.task_id, row.visit);
    const base::Status done = act.ok() ? queue.take(row, *act) : base::Status{act.error()};
    if (done.ok()) {
      ++finished;
      continue;
    }
    host::LogWarnLimited("tracing.visit_not_taken", 60,
                         {{"queue", queue.name}, {"error", done.error().reason}});
    RETURN_IF_ERROR(desk.pool().WithSession([&](store::Session& session) -> base::Status {
      return queue.postpone(session, row, desk.Now() + kTryAgain, done.error().ToString());
    }));
  }
  return finished;
}

template <class Row>
Chore VisitChore(host::Host& host, LetterDesk& desk, VisitQueue<Row> queue) {
  const std::string name = queue.name;
  const std::string table = queue.table;
  return RowsOf(name, table, [&host, &desk, queue = std::move(queue)] {
    return RunVisits(host, desk, queue);
  });
}

}  // namespace tracing
