// What Responders hand to the socket thread of their server. Internal; thread-safe.
#pragma once

#include <cstdint>

#include "bus/bus.h"
#include "bus/wake_queue.h"

namespace bus {

struct Answer {
  std::uint32_t slot = 0;  // of the request, in the socket thread's table
  Reply reply;
};

// Bounded by the requests in flight: each has one answer.
class AnswerQueue : public WakeQueue<Answer> {};

}  // namespace bus
