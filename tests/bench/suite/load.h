// Many clients in one thread: each has a DEALER of its own with CURVE and keeps so many requests in
// flight. A request is counted when its reply has come; a reply that is not OK is counted by its
// reason.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "attendance/contract/attendance.pb.h"
#include "host/suite.h"

namespace bench {

struct LoadOptions {
  int clients = 64;
  int in_flight = 1;
  std::chrono::milliseconds warm_up{1000};
  std::chrono::milliseconds duration{5000};
  double rate_max = 0;  // requests per second over all clients; 0: as fast as they go
};

struct LoadResult {
  double rate = 0;  // OK replies per second, after the warm-up
  double p50_ms = 0;
  double p99_ms = 0;
  std::uint64_t ok = 0;
  std::map<std::string, std::uint64_t> refused = {};
};

using Submit = baoxue::attendance::v1::SubmitRollCall;

// `next` fills the next request; it is called once a request, on the calling thread. `keep_on`, if
// given, ends the run early when it returns false.
LoadResult RunLoad(bus::Context& context, const bus::ClientOptions& service,
                   const LoadOptions& options, const std::function<void(Submit&)>& next,
                   const std::function<bool()>& keep_on = {});

}  // namespace bench
