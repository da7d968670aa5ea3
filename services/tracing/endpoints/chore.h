// Work of the service that falls due by rows of its own, beside letters: watches, questions.
//
// The rows are the truth and say when something is due; the courier asks every second, when the
// clock has moved, and after a run that did something. `run` does what is due, each row in a
// transaction of its own or many in one, and returns how many it finished; what fails stays due.
// All three are called on the courier's threads; one chore never runs twice at the same time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/clock.h"
#include "store/store.h"

namespace tracing {

struct Chore {
  std::string name = {};  // "transfers", for logs
  // Rows that are due by `now`. A rehearsal waits until there are none.
  std::function<base::Result<std::uint64_t>(store::Session&, base::UtcTime now)> due = {};
  // The earliest time after `after` at which a row falls due; none: nothing waits for time.
  std::function<base::Result<std::optional<base::UtcTime>>(store::Session&, base::UtcTime after)>
      next = {};
  std::function<base::Result<std::uint64_t>()> run = {};
};

}  // namespace tracing
