// What subsidy does about the registry's feed, inside the follower's transaction. Events that it
// does not know or cannot read are skipped (and counted). Belongs to the follower's thread.
#pragma once

#include <vector>

#include "host/host.h"
#include "subsidy/app/facts_desk.h"

namespace subsidy {

class Reactions {
 public:
  Reactions(host::Host& host, const Office& office);
  void Follow();
  base::Status OnRegistry(store::Transaction& tx, const std::vector<bus::Event>& events);

 private:
  void Take(const bus::Event& event, RegistryNews& news);
  void Unreadable(const bus::Event& event);

  host::Host& host_;
  const Office& office_;
  host::Counter unreadable_;
};

}  // namespace subsidy
