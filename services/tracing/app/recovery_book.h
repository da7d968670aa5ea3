// What a restored backup left open, as every step of a letter sees it: our epoch, whose heads are
// missing, whether numbers may be given, the newest epoch of each peer.
//
// A copy of rows, read at the start and after each change. Steps hold Working() for their whole
// transaction; who changes what they judge by holds Changing(), so a step that judged by the old
// state is committed before the new one counts. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>

#include "tracing/domain/recovery.h"
#include "tracing/store/recovery_repository.h"

namespace tracing {

struct RecoveryState {
  Recovery recovery = {.epoch = 1, .unconfirmed = {}};
  bool numbers_frozen = false;
  bool suspected = false;
  bool has_unused = false;
  std::map<Division, std::uint64_t> epochs = {};

  bool under_way() const { return suspected || recovery.under_way(); }
  std::uint64_t KnownEpoch(Division peer) const {
    const auto found = epochs.find(peer);
    return found == epochs.end() ? 0 : found->second;
  }
};

class RecoveryBook {
 public:
  std::shared_ptr<const RecoveryState> state() const {
    const std::lock_guard lock{mutex_};
    return state_;
  }
  base::Status Load(store::Session& session) {
    ASSIGN_OR_RETURN(RecoveryRow row, LoadRecovery(session));
    auto fresh = std::make_shared<RecoveryState>();
    fresh->recovery.epoch = row.epoch;
    fresh->recovery.unconfirmed = {row.unconfirmed.begin(), row.unconfirmed.end()};
    fresh->numbers_frozen = row.numbers_frozen;
    fresh->suspected = row.suspected;
    fresh->has_unused = row.has_unused;
    fresh->epochs = std::move(row.epochs);
    const std::lock_guard lock{mutex_};
    state_ = std::move(fresh);
    return {};
  }

  std::shared_lock<std::shared_mutex> Working() {
    const std::lock_guard lock{door_};  // who waits to change something is not overtaken for ever
    return std::shared_lock{steps_};
  }
  std::unique_lock<std::shared_mutex> Changing() {
    const std::lock_guard lock{door_};
    return std::unique_lock{steps_};
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const RecoveryState> state_ = std::make_shared<RecoveryState>();
  std::mutex door_;
  std::shared_mutex steps_;
};

}  // namespace tracing
