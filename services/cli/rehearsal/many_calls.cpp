#include "cli/rehearsal/many_calls.h"

namespace cli {

bool ManyCalls::Enter() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return in_flight_ < most_ || error_; });
  if (error_) return false;
  ++in_flight_;
  return true;
}

void ManyCalls::Leave(const bus::Reply& reply) {
  const std::lock_guard lock(mutex_);
  --in_flight_;
  if (!reply.ok() && !error_) error_ = reply.error();
  changed_.notify_all();
}

base::Status ManyCalls::Finish() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return in_flight_ == 0; });
  if (error_) return *error_;
  return {};
}

}  // namespace cli
