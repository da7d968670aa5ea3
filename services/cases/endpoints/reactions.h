// What cases does about the feeds of attendance and registry, inside the follower's transaction.
// Events that it does not know or cannot read are skipped (and counted); only the database can
// fail it. Each method belongs to the thread of its follower.
#pragma once

#include <vector>

#include "cases/app/case_desk.h"
#include "cases/app/feed_desk.h"
#include "host/host.h"

namespace cases {

class Reactions {
 public:
  Reactions(host::Host& host, CaseDesk& desk);
  // Follows both feeds.
  void Follow();

  // Events that made no sense, of every feed.
  host::Counter unreadable() const { return unreadable_; }

  base::Status OnAttendance(store::Transaction& tx, const std::vector<bus::Event>& events);
  base::Status OnRegistry(store::Transaction& tx, const std::vector<bus::Event>& events);

 private:
  base::Status OnAttendanceEvent(FeedDesk& feed, const bus::Event& event);
  base::Status OnMatch(FeedDesk& feed, const bus::Event& event);
  base::Status AddRegistryEvent(RegistryBatch& batch, const bus::Event& event);
  // Counts and skips it.
  base::Status Unreadable(const bus::Event& event);

  host::Host& host_;
  CaseDesk& desk_;
  host::Counter unreadable_;
};

}  // namespace cases
