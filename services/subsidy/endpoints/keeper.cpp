#include "subsidy/endpoints/keeper.h"

#include "host/log.h"
#include "subsidy/store/decision_repository.h"

namespace subsidy {
namespace {

constexpr std::chrono::milliseconds kPause{500};
constexpr std::uint32_t kBatch = 2000;

}  // namespace

void Keeper::Start() {
  for (int part = 0; part < kThreads; ++part) {
    threads_.at(static_cast<std::size_t>(part)) =
        std::jthread{[this, part](const std::stop_token& stop) { Run(stop, part); }};
  }
}

void Keeper::Stop() {
  for (std::jthread& thread : threads_) thread.request_stop();
  for (std::jthread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void Keeper::Nudge() {
  const std::lock_guard lock{mutex_};
  ++nudges_;
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

void Keeper::Run(const std::stop_token& stop, int part) {
  std::uint64_t seen = 0;
  while (!stop.stop_requested()) {
    const auto done = AssessDue(office_, kBatch, {.part = part, .of = kThreads});
    if (!done.ok()) {
      host::LogWarnLimited("subsidy.assess_waits", 60, {{"error", done.error().ToString()}});
    } else if (*done > 0) {
      continue;
    }
    std::unique_lock lock{mutex_};
    woken_.wait_for(lock, stop, kPause, [this, seen] { return nudges_ != seen; });
    seen = nudges_;
  }
}

}  // namespace subsidy
