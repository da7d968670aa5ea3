#include <algorithm>

#include "bus/bus.h"

namespace bus {
namespace {

bool Matches(const std::vector<std::string>& patterns, std::string_view name) {
  return std::any_of(patterns.begin(), patterns.end(), [&](std::string_view pattern) {
    if (!pattern.empty() && pattern.back() == '*') {
      pattern.remove_suffix(1);
      return name.starts_with(pattern);
    }
    return name == pattern;
  });
}

}  // namespace

AccessList::AccessList(std::vector<Peer> peers) : peers_(std::move(peers)) {}

const Peer* AccessList::FindKey(std::string_view public_key) const {
  const auto it = std::find_if(peers_.begin(), peers_.end(),
                               [&](const Peer& peer) { return peer.public_key == public_key; });
  return it == peers_.end() ? nullptr : &*it;
}

const Peer* AccessList::FindName(std::string_view name) const {
  const auto it = std::find_if(peers_.begin(), peers_.end(),
                               [&](const Peer& peer) { return peer.name == name; });
  return it == peers_.end() ? nullptr : &*it;
}

bool AccessList::MayCall(const Peer& peer, std::string_view type) {
  return Matches(peer.may_call, type);
}

bool AccessList::MayFollow(const Peer& peer, std::string_view feed) {
  return Matches(peer.may_follow, feed);
}

}  // namespace bus
