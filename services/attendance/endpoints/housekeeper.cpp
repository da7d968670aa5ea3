#include "attendance/endpoints/housekeeper.h"

#include "attendance/app/load_ledger.h"
#include "attendance/app/roster.h"
#include "host/log.h"
#include "store/event_log.h"

namespace attendance {

using base::Status;

namespace {
constexpr std::chrono::milliseconds kLookEvery{500};
}  // namespace

void Housekeeper::Start() {
  thread_ = std::jthread{[this](const std::stop_token& stop) { Run(stop); }};
}

void Housekeeper::Stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void Housekeeper::Nudge() {
  const std::lock_guard lock{mutex_};
  nudged_ = true;
  woken_.notify_one();
}

void Housekeeper::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const Status status = RunOnce();
    if (!status.ok()) {
      host::LogWarnLimited("attendance.housekeeping_failed", 10,
                           {{"error", status.error().ToString()}});
    }
    std::unique_lock lock{mutex_};
    woken_.wait_for(lock, stop, kLookEvery, [&] { return nudged_; });
    nudged_ = false;
  }
}

Status Housekeeper::RunOnce() {
  if (!office_.active()) return {};
  const auto changed =
      office_.ReadMandate([&](const Mandate& mandate) { return TermHasChanged(mandate); });
  if (changed.ok() && *changed) {
    duty_.Reload();
    return {};
  }
  {
    Office::Turn turn = office_.TakeTurn();
    if (turn.ledger() == nullptr) return {};
    office_.roster_moved = false;
    RETURN_IF_ERROR(SyncRoster(turn));
  }
  RETURN_IF_ERROR(closer_.CloseDue());
  return {};
}

bool Housekeeper::TermHasChanged(const Mandate& mandate) const {
  const base::Calendar& calendar = office_.profile().days.county;
  return HorizonOf(calendar, mandate.loaded_on) != HorizonOf(calendar, office_.clock().Today());
}

base::Result<std::uint64_t> Housekeeper::Pending() const {
  std::uint64_t position = 0;
  RETURN_IF_ERROR(office_.pool().WithSession([&](store::Session& session) -> Status {
    ASSIGN_OR_RETURN(position, store::LoadPosition(session, "registry"));
    return {};
  }));
  const auto behind = office_.ReadMandate([&](const Mandate& mandate) -> std::uint64_t {
    return position > mandate.roster_seq || TermHasChanged(mandate) ? 1 : 0;
  });
  // Without a ledger nothing has been done yet.
  if (!behind.ok()) return std::uint64_t{1};
  return *behind + closer_.Waiting();
}

}  // namespace attendance
