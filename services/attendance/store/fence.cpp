#include "attendance/store/fence.h"

namespace attendance {
namespace {

constexpr std::string_view kRead =
    "SELECT epoch, batches, holder,"
    " TIMESTAMPDIFF(MICROSECOND, beat_at, UTC_TIMESTAMP(3)) DIV 1000 AS silent_ms"
    " FROM writer_fence WHERE id = 1";
constexpr std::string_view kLock =
    "SELECT epoch, batches, holder,"
    " TIMESTAMPDIFF(MICROSECOND, beat_at, UTC_TIMESTAMP(3)) DIV 1000 AS silent_ms"
    " FROM writer_fence WHERE id = 1 FOR UPDATE";
constexpr std::string_view kRaise =
    "UPDATE writer_fence SET epoch = epoch + 1, holder = ?, beat_at = UTC_TIMESTAMP(3)"
    " WHERE id = 1";
constexpr std::string_view kHold =
    "UPDATE writer_fence SET batches = ?, beat_at = UTC_TIMESTAMP(3) WHERE id = 1 AND epoch = ?";
constexpr std::string_view kBeat =
    "UPDATE writer_fence SET beat_at = UTC_TIMESTAMP(3) WHERE id = 1 AND epoch = ?";
constexpr std::string_view kNamedLock =
    "SELECT GET_LOCK(CONCAT('baoxue.writer.', DATABASE()), 0) AS got";
constexpr std::string_view kReleaseLock =
    "SELECT RELEASE_LOCK(CONCAT('baoxue.writer.', DATABASE())) AS done";

base::Error Lost() {
  return {base::Code::kUnavailable, "STANDBY", "another copy of attendance writes now"};
}

base::Result<Fence> ReadWith(store::Session& session, std::string_view sql) {
  ASSIGN_OR_RETURN(store::Rows rows, session.Query(sql));
  if (!rows.Next()) {
    return base::Error{base::Code::kDataCorruption, "NO_FENCE", "writer_fence has no row"};
  }
  return Fence{.epoch = rows.Uint("epoch"),
               .batches = rows.Uint("batches"),
               .holder = rows.Text("holder"),
               .silent = std::chrono::milliseconds{rows.Int("silent_ms")}};
}

}  // namespace

base::Result<Fence> ReadFence(store::Session& session) { return ReadWith(session, kRead); }

base::Result<Fence> LockFence(store::Transaction& tx) { return ReadWith(tx, kLock); }

base::Result<Fence> RaiseEpoch(store::Transaction& tx, const std::string& holder) {
  ASSIGN_OR_RETURN(Fence fence, LockFence(tx));
  ASSIGN_OR_RETURN(const std::uint64_t rows, tx.Execute(kRaise, {holder}));
  CHECK(rows == 1);
  fence.epoch += 1;
  fence.holder = holder;
  return fence;
}

base::Status HoldFence(store::Transaction& tx, std::uint64_t epoch, std::uint64_t batch) {
  ASSIGN_OR_RETURN(const std::uint64_t rows, tx.Execute(kHold, {batch, epoch}));
  // The batch number always differs, so no changed row means no such epoch.
  if (rows == 0) return Lost();
  return {};
}

base::Status Beat(store::Session& session, std::uint64_t epoch) {
  ASSIGN_OR_RETURN(const std::uint64_t rows, session.Execute(kBeat, {epoch}));
  if (rows == 1) return {};
  // Twice within a millisecond changes nothing either.
  ASSIGN_OR_RETURN(const Fence fence, ReadFence(session));
  if (fence.epoch != epoch) return Lost();
  return {};
}

base::Result<bool> TryNamedLock(store::Session& session) {
  ASSIGN_OR_RETURN(store::Rows rows, session.Query(kNamedLock));
  return rows.Next() && rows.MaybeInt("got").value_or(0) == 1;
}

base::Status ReleaseNamedLock(store::Session& session) {
  RETURN_IF_ERROR(session.Query(kReleaseLock));
  return {};
}

}  // namespace attendance
