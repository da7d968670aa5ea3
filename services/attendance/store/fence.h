// The writer's fence: table writer_fence, one row.
//
// Every transaction of the active copy first calls HoldFence, which fails once another copy has
// raised the epoch; the row stays locked until the transaction ends, so what one sees of it while
// holding it is settled. Times are the database's own, because a rehearsed clock stands still.
// Errors: kUnavailable/STANDBY when the epoch is another's, and those of libs/store.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "store/store.h"

namespace attendance {

struct Fence {
  std::uint64_t epoch = 0;
  std::uint64_t batches = 0;
  std::string holder = {};
  std::chrono::milliseconds silent{0};  // since the holder was last heard of
};

base::Result<Fence> ReadFence(store::Session& session);
// Locks the row for the rest of the transaction.
base::Result<Fence> LockFence(store::Transaction& tx);
// Raises the epoch; the copy that held it cannot commit any more. Returns what holds now.
base::Result<Fence> RaiseEpoch(store::Transaction& tx, const std::string& holder);
// Notes batch number `batch` of `epoch`.
base::Status HoldFence(store::Transaction& tx, std::uint64_t epoch, std::uint64_t batch);
// Says that the holder of `epoch` is alive.
base::Status Beat(store::Session& session, std::uint64_t epoch);

// The named lock of this database, held by the session of the active copy: free as soon as that
// process is gone. A hint for speed; the epoch decides. Does not wait.
base::Result<bool> TryNamedLock(store::Session& session);
base::Status ReleaseNamedLock(store::Session& session);

}  // namespace attendance
