#include "host/subscribers.h"

#include <algorithm>

namespace host {

void Subscribers::Saw(const std::string& name, std::uint64_t position, base::UtcTime now) {
  const std::lock_guard lock{mutex_};
  seen_[name] = {position, now};
}

std::vector<SubscriberState> Subscribers::List(const bus::AccessList& access,
                                               const std::string& feed) const {
  std::vector<SubscriberState> all;
  const std::lock_guard lock{mutex_};
  for (const bus::Peer& peer : access.peers()) {
    if (!bus::AccessList::MayFollow(peer, feed)) continue;
    SubscriberState& state = all.emplace_back();
    state.name = peer.name;
    state.role = peer.role;
    const auto seen = seen_.find(peer.name);
    if (seen == seen_.end()) continue;
    state.position = seen->second.position;
    state.last_seen = seen->second.at;
  }
  std::sort(all.begin(), all.end(),
            [](const SubscriberState& a, const SubscriberState& b) { return a.name < b.name; });
  return all;
}

}  // namespace host
