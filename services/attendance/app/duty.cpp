#include "attendance/app/duty.h"

#include "attendance/app/closer.h"
#include "attendance/app/events.h"
#include "attendance/app/load_ledger.h"
#include "attendance/app/roster.h"
#include "host/log.h"

namespace attendance {

using base::Status;

namespace {
// A copy that was fenced leaves the named lock to the other one for this long.
constexpr std::chrono::milliseconds kStepBack{3000};
}  // namespace

Duty::Duty(Office& office, DutyOptions options) : office_(office), options_(std::move(options)) {
  office_.OnDropped([this] { Wake(); });
}

Duty::~Duty() { Stop(); }

bool Duty::Start(std::chrono::milliseconds wait) {
  thread_ = std::jthread{[this](const std::stop_token& stop) { Run(stop); }};
  std::unique_lock lock{mutex_};
  const auto until = office_.clock().Steady() + wait;
  while (!office_.active() && (loading_ || office_.clock().Steady() < until)) {
    changed_.wait_for(lock, options_.retry_after);
  }
  return office_.active();
}

void Duty::Stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void Duty::Wake() {
  const std::lock_guard lock{mutex_};
  woken_ = true;
  changed_.notify_all();
}

bool Duty::Pause(const std::stop_token& stop, std::chrono::milliseconds time) {
  std::unique_lock lock{mutex_};
  changed_.wait_for(lock, stop, time, [&] { return woken_; });
  woken_ = false;
  return stop.stop_requested();
}

void Duty::StepBack(const std::stop_token& stop) {
  std::unique_lock lock{mutex_};
  changed_.wait_for(lock, stop, kStepBack, [] { return false; });
  woken_ = false;
}

void Duty::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const Status status =
        office_.pool().WithSession([&](store::Session& session) { return Watch(session, stop); });
    if (!status.ok()) {
      host::LogWarnLimited("attendance.duty_interrupted", 10,
                           {{"error", status.error().ToString()}});
    }
    if (Pause(stop, options_.retry_after)) return;
  }
}

// Until the session breaks or the thread is told to stop.
Status Duty::Watch(store::Session& session, const std::stop_token& stop) {
  Lock named = Lock::kNone;
  Status status;
  while (status.ok() && !stop.stop_requested()) {
    if (named == Lock::kNone) {
      ASSIGN_OR_RETURN(const bool got, TryNamedLock(session));
      if (got) named = Lock::kJustTaken;
    }
    status = WatchOnce(session, named);
    if (named == Lock::kJustTaken) named = Lock::kHeld;
    if (fenced_ || !status.ok()) break;
    if (Pause(stop, office_.active() ? options_.beat_every : options_.retry_after)) break;
  }
  if (named != Lock::kNone) {
    auto released = ReleaseNamedLock(session);
    if (status.ok() && !released.ok()) status = released;
  }
  if (std::exchange(fenced_, false)) StepBack(stop);
  return status;
}

Status Duty::WatchOnce(store::Session& session, Lock lock) {
  if (office_.active()) {
    const Status beat = Beat(session, office_.stats().epoch);
    if (beat.ok() || beat.error().reason != "STANDBY") return beat;
    fenced_ = true;
    Office::Turn turn = office_.TakeTurn();
    if (turn.ledger() != nullptr) turn.Drop();
    return {};
  }
  // The lock just taken: whoever held it is gone.
  if (lock == Lock::kJustTaken) return TakeOver();
  ASSIGN_OR_RETURN(const Fence fence, ReadFence(session));
  const bool heard_of = fence.silent < options_.stale_after;
  if (lock == Lock::kHeld) {
    // Another one writes although this copy has had the lock: it was too slow, and leaves the lock.
    fenced_ = heard_of && fence.epoch != epoch_;
    return fenced_ ? Status{} : TakeOver();
  }
  if (heard_of) return {};
  host::LogWarn(
      "attendance.holder_silent",
      {{"holder", fence.holder}, {"silent_ms", static_cast<std::int64_t>(fence.silent.count())}});
  return TakeOver();
}

// What a crash or new rules have left to do.
Status Duty::MakeGood(Office::Turn& turn, std::size_t& streaks_changed) {
  RETURN_IF_ERROR(BeginClosing(turn));
  Pending pending{*turn.ledger()};
  const Effects effects = JudgeAll(pending, office_.rules());
  streaks_changed = effects.streaks.size();
  if (effects.empty()) return {};
  const Telling telling{.why = "重新计算", .now = office_.clock().Now()};
  RETURN_IF_ERROR(turn.Commit(std::move(pending), [&](store::Transaction& tx) {
    return SaveEffects(tx, *turn.ledger(), office_.rules(), effects, telling);
  }));
  turn.NotifyFeed();
  return {};
}

void Duty::SetLoading(bool loading) {
  const std::lock_guard lock{mutex_};
  loading_ = loading;
  changed_.notify_all();
}

Status Duty::TakeOver() {
  SetLoading(true);
  const Status status = Load();
  SetLoading(false);
  return status;
}

Status Duty::Load() {
  Office::Turn turn = office_.TakeTurn();
  if (turn.ledger() != nullptr) return {};
  std::optional<Fence> fence;
  RETURN_IF_ERROR(office_.pool().InTransaction([&](store::Transaction& tx) -> Status {
    ASSIGN_OR_RETURN(fence, RaiseEpoch(tx, options_.holder));
    return {};
  }));
  epoch_ = fence->epoch;
  const auto began = office_.clock().Steady();
  ASSIGN_OR_RETURN(Mandate mandate,
                   LoadLedger(office_.pool(), office_.profile(), office_.clock().Today()));
  mandate.epoch = fence->epoch;
  mandate.batches = fence->batches;
  turn.Install(std::move(mandate));
  std::size_t found = 0;
  if (const Status status = MakeGood(turn, found); !status.ok()) {
    if (turn.ledger() != nullptr) turn.Drop();
    return status;
  }
  const auto took =
      std::chrono::duration_cast<std::chrono::milliseconds>(office_.clock().Steady() - began);
  host::LogInfo("attendance.writing",
                {{"epoch", fence->epoch},
                 {"students", static_cast<std::uint64_t>(turn.ledger()->student_count())},
                 {"classes", static_cast<std::uint64_t>(turn.ledger()->class_count())},
                 {"streaks_changed", static_cast<std::uint64_t>(found)},
                 {"load_ms", static_cast<std::int64_t>(took.count())}});
  return {};
}

void Duty::Reload() {
  Office::Turn turn = office_.TakeTurn();
  if (turn.ledger() != nullptr) turn.Drop();
}

}  // namespace attendance
