#include "harness/wait.h"

#include <poll.h>

#include "base/clock.h"

namespace harness {

bool WaitUntil(const std::function<bool()>& condition, std::chrono::milliseconds deadline) {
  const base::SystemClock clock;
  const auto end = clock.Steady() + deadline;
  while (!condition()) {
    if (clock.Steady() >= end) return condition();
    ::poll(nullptr, 0, 2);
  }
  return true;
}

}  // namespace harness
