// What each county is to us, told whenever it changes: slowed or shut out for what it sent, opened
// again, silent, heard of again, its keys about to end. Events tracing.peer.*, lines of `doctor`,
// gauges of the metrics.
//
// A chore of the courier: each second guard, lanes and directory are compared with the table
// peer_stand; what differs is written with its event in one transaction. So nothing is told twice,
// and a restart forgives nobody: who was shut out is shut out anew, for the whole time, until an
// officer opens. Who was slowed is opened by a restart, and that is told.
// Errors: kNotFound/NO_MEMBER; those of the store. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "host/host.h"
#include "tracing/endpoints/courier.h"
#include "tracing/endpoints/directory_desk.h"
#include "tracing/endpoints/guard.h"
#include "tracing/store/limit_repository.h"

namespace tracing {

class PeerWatch {
 public:
  // All references outlive the watch and its chore.
  PeerWatch(host::Host& host, LetterDesk& desk, Guard& guard, Courier& courier,
            DirectoryDesk& directory);
  // Reads the table, shuts out again; before the exchange opens and the courier starts.
  base::Status Register();
  // An officer ends a shut-out; the event is there when this returns.
  base::Status Open(Division peer, const std::string& by);
  // Adds stand, silence and when it was last heard of.
  void PutPeer(Division peer, v1::PeerStatus* out) const;

 private:
  struct Change {
    Division peer = {};
    PeerRow row = {};
    std::vector<v1::PeerChanged> events = {};
    std::vector<std::string> names = {};  // of the events
  };
  std::vector<Change> Changes() const;
  void Tell(Change& change, std::string name, std::string reason) const;
  bool StandChanges(Change& change, Stand now) const;
  bool LaneChanges(Change& change, const Lane* lane) const;
  bool KeyChanges(Change& change, const KeyExpiry* expiry) const;
  base::Result<std::uint64_t> Apply();
  void Report();
  baoxue::bus::v1::DependencyHealth Peers() const;
  baoxue::bus::v1::DependencyHealth Keys() const;
  baoxue::bus::v1::DependencyHealth Letters() const;
  baoxue::bus::v1::DependencyHealth Spreading() const;
  std::string NameOf(Division peer) const;
  std::vector<KeyExpiry> Expiries() const;

  host::Host& host_;
  LetterDesk& desk_;
  Guard& guard_;
  Courier& courier_;
  DirectoryDesk& directory_;
  std::mutex applying_;
  mutable std::mutex mutex_;
  std::map<Division, PeerRow> rows_;
  std::map<Division, std::string> opened_by_;
};

}  // namespace tracing
