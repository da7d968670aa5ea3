// Who follows the own feed, and how far each has said to be: what FetchEvents told by the name of
// the key. Kept in memory: after a start nobody has been seen yet, and followers report every half
// a minute at least.
//
// Positions count events, times are real UTC also in a rehearsal. No errors; thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/date.h"
#include "bus/bus.h"

namespace host {

struct SubscriberState {
  std::string name = {};
  std::string role = {};
  std::uint64_t position = 0;
  std::optional<base::UtcTime> last_seen = {};
};

class Subscribers {
 public:
  void Saw(const std::string& name, std::uint64_t position, base::UtcTime now);
  // Everybody who may follow `feed` by the list, seen or not; by name.
  std::vector<SubscriberState> List(const bus::AccessList& access, const std::string& feed) const;

 private:
  struct Seen {
    std::uint64_t position = 0;
    base::UtcTime at = {};
  };
  mutable std::mutex mutex_;
  std::map<std::string, Seen> seen_;
};

}  // namespace host
