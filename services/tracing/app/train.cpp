#include "tracing/app/train.h"

#include <algorithm>

namespace tracing {
namespace {

constexpr std::size_t kRidersMax = 32;

}  // namespace

base::Result<std::optional<LetterRow>> Cargo::Lock(store::Transaction& tx,
                                                   const ConversationId& id) {
  if (writes.Concern(id)) RETURN_IF_ERROR(writes.Flush(tx));
  const auto found = locked.find(id);
  if (found == locked.end()) return LockLetter(tx, id);
  std::optional<LetterRow> row = std::move(found->second);
  locked.erase(found);
  return row;
}

base::Status Train::Ride(const ConversationId& id, const Work& work) {
  Rider me{id, work};
  std::unique_lock lock{mutex_};
  waiting_.push_back(&me);
  me.woken.wait(lock, [&] { return me.done || !under_way_; });
  if (me.done) return me.status;
  under_way_ = true;
  while (!me.done) {
    std::vector<Rider*> riders;
    while (!waiting_.empty() && riders.size() < kRidersMax) {
      riders.push_back(waiting_.front());
      waiting_.pop_front();
    }
    lock.unlock();
    Run(riders);
    lock.lock();
    for (Rider* const rider : riders) {
      rider->done = true;
      rider->woken.notify_one();
    }
  }
  under_way_ = false;
  if (!waiting_.empty()) waiting_.front()->woken.notify_one();  // who drives the next one
  return me.status;
}

void Train::Run(const std::vector<Rider*>& riders) {
  bool refused = false;
  const base::Status together = RunTogether(riders, refused);
  // What the tables do not take is one letter's fault; which, the database does not say.
  const bool of_one = refused || (!together.ok() && together.error().code == base::Code::kInternal);
  if (together.ok() || !of_one || riders.size() == 1) {
    for (Rider* const rider : riders) rider->status = together;
    return;
  }
  for (Rider* const rider : riders) rider->status = RunTogether({rider}, refused);
}

base::Status Train::RunTogether(const std::vector<Rider*>& riders, bool& refused) {
  return pool_.InTransaction([&](store::Transaction& tx) -> base::Status {
    refused = false;
    Cargo cargo;
    if (riders.size() > 1) {
      std::vector<ConversationId> ids;
      for (const Rider* const rider : riders) ids.push_back(rider->id);
      ASSIGN_OR_RETURN(cargo.locked, LockLetters(tx, ids));
    }
    for (Rider* const rider : riders) {
      const base::Status done = (*rider->work)(tx, cargo);
      if (done.ok()) continue;
      refused = true;
      return done;
    }
    RETURN_IF_ERROR(cargo.writes.Flush(tx));
    if (cargo.events.empty()) return {};
    const auto appended = store::AppendEvents(tx, "tracing", cargo.events);
    return appended.ok() ? base::Status{} : base::Status{appended.error()};
  });
}

}  // namespace tracing
