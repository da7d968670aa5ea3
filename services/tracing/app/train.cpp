#include "tracing/app/train.h"

#include <algorithm>

namespace tracing {
namespace {

constexpr std::size_t kRidersMax = 32;

}  // namespace

base::Status Train::Ride(const Work& work) {
  Rider me{work};
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
  if (together.ok() || !refused || riders.size() == 1) {
    for (Rider* const rider : riders) rider->status = together;
    return;
  }
  for (Rider* const rider : riders) rider->status = RunTogether({rider}, refused);
}

base::Status Train::RunTogether(const std::vector<Rider*>& riders, bool& refused) {
  return pool_.InTransaction([&](store::Transaction& tx) -> base::Status {
    refused = false;
    std::vector<store::NewEvent> events;
    for (Rider* const rider : riders) {
      const base::Status done = (*rider->work)(tx, events);
      if (done.ok()) continue;
      refused = true;
      return done;
    }
    if (events.empty()) return {};
    const auto appended = store::AppendEvents(tx, "tracing", events);
    return appended.ok() ? base::Status{} : base::Status{appended.error()};
  });
}

}  // namespace tracing
