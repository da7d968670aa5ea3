// What the registry's feed does here: one follower, whose position is saved in the transaction of
// the effects, and any number of takers of its events.
//
// A taker sees each batch once and in order, skips what it does not know, and appends the events
// that it causes; they are written together at the end. Takers are added before Follow().
#pragma once

#include <functional>
#include <vector>

#include "host/host.h"
#include "tracing/app/transfer_desk.h"

namespace tracing {

class RegistryReactions {
 public:
  using Taker = std::function<base::Status(store::Transaction&, const std::vector<bus::Event>&,
                                           std::vector<store::NewEvent>& told)>;
  explicit RegistryReactions(host::Host& host);
  void Add(Taker taker) { takers_.push_back(std::move(taker)); }
  // `after_commit`: something may have become due.
  void Follow(std::function<void()> after_commit);

 private:
  base::Status Take(store::Transaction& tx, const std::vector<bus::Event>& events);
  host::Host& host_;
  std::vector<Taker> takers_;
};

// Transfers out and in, returns and arrivals of a batch; unreadable events are skipped.
std::vector<RegistryNews> TransfersOf(const std::vector<bus::Event>& events);

}  // namespace tracing
