// WaitUntil: the one place where a test may wait. It polls a condition every 2 ms until it is true
// or the deadline has passed; a test never sleeps for a fixed time.
#pragma once

#include <chrono>
#include <functional>

namespace harness {

// True as soon as `condition` is; false when it still is not after `deadline`.
[[nodiscard]] bool WaitUntil(const std::function<bool()>& condition,
                             std::chrono::milliseconds deadline = std::chrono::seconds{10});

}  // namespace harness
