// What subsidy does about tracing's feed, inside the follower's transaction: an answer to one of
// our letters that says which term the other county has paid is kept, so that nobody is paid twice.
// Other events are skipped. Belongs to the follower's thread.
#pragma once

#include <vector>

#include "host/host.h"
#include "subsidy/app/facts_desk.h"

namespace subsidy {

class TracingReactions {
 public:
  TracingReactions(host::Host& host, const Office& office) : host_(host), office_(office) {}
  // Nothing if the deployment has no tracing.
  void Follow();
  base::Status OnTracing(store::Transaction& tx, const std::vector<bus::Event>& events);

 private:
  host::Host& host_;
  const Office& office_;
};

}  // namespace subsidy
