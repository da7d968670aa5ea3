#include "attendance/app/office.h"

#include "host/log.h"

namespace attendance {

using base::Code;
using base::Error;
using base::Status;

Error Standby() {
  return {Code::kUnavailable, "STANDBY", "本服务正在切换或载入,请稍候用同一请求重试"};
}

Office::Office(store::Pool& pool, const base::Clock& clock, Profile profile,
               std::function<void()> notify_feed)
    : pool_(pool),
      clock_(clock),
      profile_(std::move(profile)),
      notify_feed_(std::move(notify_feed)) {}

Office::Turn Office::TakeTurn() { return Turn{*this}; }

Office::Stats Office::stats() const {
  const std::shared_lock lock{ledger_mutex_};
  Stats stats{.epoch = mandate_.epoch, .active = active_};
  if (mandate_.ledger) {
    stats.students = mandate_.ledger->student_count();
    stats.classes = mandate_.ledger->class_count();
  }
  return stats;
}

// Whether a transaction whose COMMIT was lost is there. The fence's row was locked by it, so it has
// ended when the row can be read under a lock.
Status Office::LookUp(std::uint64_t epoch, std::uint64_t batch) {
  std::optional<Fence> fence;
  RETURN_IF_ERROR(pool_.InTransaction([&](store::Transaction& tx) -> Status {
    ASSIGN_OR_RETURN(fence, LockFence(tx));
    return {};
  }));
  if (fence->epoch != epoch) {
    return Error{Code::kUnavailable, "OUTCOME_PENDING", "另一副本已接管,请用同一请求重试"};
  }
  if (fence->batches == batch) return {};
  return Error{Code::kUnavailable, "NOT_WRITTEN", "未能写入,请用同一请求重试"};
}

Status Office::Turn::Commit(Pending&& pending, const Work& work,
                            const std::function<void(Mandate&)>& after) {
  Mandate& mandate = office_.mandate_;
  if (!mandate.ledger) return Standby();
  const std::uint64_t batch = mandate.batches + 1;
  Status status = office_.pool_.InTransaction([&](store::Transaction& tx) -> Status {
    RETURN_IF_ERROR(HoldFence(tx, mandate.epoch, batch));
    return work(tx);
  });
  if (!status.ok() && status.error().code == Code::kUnknownOutcome) {
    status = office_.LookUp(mandate.epoch, batch);
    host::LogWarn("attendance.commit_looked_up",
                  {{"batch", batch},
                   {"found", status.ok()},
                   {"error", status.ok() ? "" : status.error().ToString()}});
    if (!status.ok() && status.error().reason != "NOT_WRITTEN") {
      Drop();
      return Error{Code::kUnavailable, "OUTCOME_PENDING", "结果待查,请用同一请求重试"};
    }
  }
  if (status.ok()) {
    const std::unique_lock lock{office_.ledger_mutex_};
    mandate.batches = batch;
    mandate.ledger->Apply(std::move(pending));
    mandate.actors.merge(new_actors_);
    new_actors_.clear();
    if (after) after(mandate);
    return {};
  }
  new_actors_.clear();
  const Error& error = status.error();
  if (error.reason == "STANDBY") {
    host::LogWarn("attendance.fenced", {{"epoch", mandate.epoch}});
    Drop();
  } else if (error.reason == "DUPLICATE_KEY") {
    // Rows that the ledger does not know: it must not decide anything more.
    host::LogWarn("attendance.ledger_behind", {{"error", error.ToString()}});
    Drop();
    return Error{Code::kUnavailable, "LEDGER_RELOADED", "正在重新载入,请用同一请求重试"};
  } else if (error.code == Code::kConflict) {
    return Error{Code::kUnavailable, "NOT_WRITTEN", "数据库繁忙,请用同一请求重试"};
  }
  return status;
}

ActorNumber Office::Turn::NumberOf(const Actor& actor) {
  const std::map<Actor, ActorNumber>& known = office_.mandate_.actors;
  if (const auto found = known.find(actor); found != known.end()) return found->second;
  const auto number = static_cast<ActorNumber>(known.size() + new_actors_.size() + 1);
  return new_actors_.try_emplace(actor, number).first->second;
}

void Office::Turn::Change(const std::function<void(Mandate&)>& change) {
  const std::unique_lock lock{office_.ledger_mutex_};
  change(office_.mandate_);
}

void Office::Turn::Install(Mandate mandate) {
  const std::unique_lock lock{office_.ledger_mutex_};
  office_.mandate_ = std::move(mandate);
  office_.active_ = true;
}

void Office::Turn::Drop() {
  {
    const std::unique_lock lock{office_.ledger_mutex_};
    office_.mandate_ = {};
    office_.active_ = false;
  }
  if (office_.dropped_) office_.dropped_();
}

}  // namespace attendance
