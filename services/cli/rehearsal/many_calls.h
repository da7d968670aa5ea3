// Many calls under way to one service: Start() waits for room, Finish() for all answers.
// The first error is kept; after it Start() says false. Thread-safe; `done` runs on the client's
// thread.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "base/result.h"
#include "bus/bus.h"

namespace cli {

class ManyCalls {
 public:
  explicit ManyCalls(int in_flight_max) : most_(in_flight_max) {}
  ~ManyCalls() { (void)Finish(); }
  ManyCalls(const ManyCalls&) = delete;
  ManyCalls& operator=(const ManyCalls&) = delete;

  template <class Req>
  bool Start(bus::Client& client, const Req& request, bus::CallOptions options,
             std::function<void(const std::string&)> done) {
    if (!Enter()) return false;
    client.CallAsync(std::string{Req::descriptor()->full_name()}, request.SerializeAsString(),
                     std::move(options), [this, done = std::move(done)](const bus::Reply& reply) {
                       if (reply.ok()) done(*reply);
                       Leave(reply);
                     });
    return true;
  }
  // Waits until all are answered. Errors: the first.
  base::Status Finish();

 private:
  bool Enter();
  void Leave(const bus::Reply& reply);

  const int most_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int in_flight_ = 0;
  std::optional<base::Error> error_;
};

}  // namespace cli
