#include "subsidy/endpoints/keeper.h"

#include "host/log.h"
#include "subsidy/store/decision_repository.h"

namespace subsidy {
namespace {

constexpr std::chrono::milliseconds kPause{500};
constexpr std::uint32_t kBatch = 2000;

}  // namespace

void Keeper::Start() {
  thread_ = std::jthread{[this](const std::stop_token& stop) { Run(stop); }};
}

void Keeper::Stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void Keeper::Nudge() {
  const std::lock_guard lock{mutex_};
  nudged_ = true;
  woken_.notify_all();
}

base::Result<std::uint64_t> Keeper::Pending() const {
  std::uint64_t due = 0;
  RETURN_IF_ERROR(office_.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(due, CountDue(session, office_.Today()));
    return {};
  }));
  return due;
}

base::Result<std::optional<base::UtcTime>> Keeper::NextDue() const {
  std::optional<base::UtcTime> next;
  RETURN_IF_ERROR(office_.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const auto day, NextRecheck(session, office_.Today()));
    if (day) next = base::InstantAt(*day, 0);
    return {};
  }));
  return next;
}

void Keeper::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto done = AssessDue(office_, kBatch);
    if (!done.ok()) {
      host::LogWarnLimited("subsidy.assess_waits", 60, {{"error", done.error().ToString()}});
    } else if (*done > 0) {
      continue;
    }
    std::unique_lock lock{mutex_};
    woken_.wait_for(lock, stop, kPause, [this] { return nudged_; });
    nudged_ = false;
  }
}

}  // namespace subsidy
