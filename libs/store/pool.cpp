#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "store/connection.h"
#include "store/session.h"
#include "store/store.h"

namespace store {
namespace {

constexpr std::chrono::seconds kTrustIdle{1};

bool RunAgain(const base::Error& error) {
  return error.code == base::Code::kConflict &&
         (error.reason == "DEADLOCK" || error.reason == "RETRY");
}

}  // namespace

struct Pool::Impl {
  Impl(PoolOptions pool_options, const base::Clock& pool_clock)
      : options(std::move(pool_options)), clock(pool_clock) {}

  PoolOptions options;
  const base::Clock& clock;
  FailGate gate;

  mutable std::mutex mutex;
  std::condition_variable returned;
  std::vector<std::unique_ptr<Connection>> idle;  // the last one back is the first one out
  int open = 0;
  // Raised whenever a connection was lost: the server may have gone, so idle ones from before are
  // tried before they are used.
  std::uint64_t epoch = 0;
  std::uint64_t lost = 0;
  std::uint64_t retries = 0;

  base::Result<std::unique_ptr<Connection>> Acquire();
  std::unique_ptr<Connection> TakeIdleOrReserve(base::SteadyTime deadline, bool& exhausted);
  void Release(std::unique_ptr<Connection> connection);
  void Discard(std::unique_ptr<Connection> connection);
};

namespace {

// Gives the connection back at the end of its use, whichever way that ends.
template <class Impl>
class Lease {
 public:
  Lease(Impl& impl, std::unique_ptr<Connection> connection)
      : impl_(impl), connection_(std::move(connection)) {}
  ~Lease() { impl_.Release(std::move(connection_)); }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  Connection& operator*() { return *connection_; }
  Connection* operator->() { return connection_.get(); }

 private:
  Impl& impl_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace

// An idle connection; or none with the right to open one; or none and `exhausted`.
std::unique_ptr<Connection> Pool::Impl::TakeIdleOrReserve(base::SteadyTime deadline,
                                                          bool& exhausted) {
  std::unique_lock lock{mutex};
  const bool free = returned.wait_until(
      lock, deadline, [&] { return !idle.empty() || open < options.connections_max; });
  exhausted = !free;
  if (!free) return nullptr;
  if (idle.empty()) {
    ++open;
    return nullptr;
  }
  auto connection = std::move(idle.back());
  idle.pop_back();
  return connection;
}

base::Result<std::unique_ptr<Connection>> Pool::Impl::Acquire() {
  const auto deadline = clock.Steady() + options.acquire_timeout;
  for (;;) {
    bool exhausted = false;
    std::unique_ptr<Connection> connection = TakeIdleOrReserve(deadline, exhausted);
    if (exhausted) {
      return base::Error{base::Code::kResourceExhausted, "POOL_EXHAUSTED",
                         "every database connection is in use"};
    }
    std::uint64_t now_epoch = 0;
    {
      const std::lock_guard lock{mutex};
      now_epoch = epoch;
    }
    if (connection) {
      const bool trusted =
          connection->epoch == now_epoch && clock.Steady() - connection->last_used < kTrustIdle;
      if (trusted || connection->Ping()) return connection;
      connection->MarkLost();
      Discard(std::move(connection));
      continue;
    }
    auto opened = Connection::Open(options);
    if (!opened.ok()) {
      Discard(nullptr);
      return opened.error();
    }
    (*opened)->epoch = now_epoch;
    return opened;
  }
}

void Pool::Impl::Release(std::unique_ptr<Connection> connection) {
  if (connection->lost()) {
    Discard(std::move(connection));
    return;
  }
  connection->last_used = clock.Steady();
  const std::lock_guard lock{mutex};
  connection->epoch = epoch;
  idle.push_back(std::move(connection));
  returned.notify_one();
}

void Pool::Impl::Discard(std::unique_ptr<Connection> connection) {
  const bool was_open = connection != nullptr;
  connection.reset();  // closing may take a while: without the lock
  const std::lock_guard lock{mutex};
  --open;
  if (was_open) {
    ++lost;
    ++epoch;
  }
  returned.notify_one();
}

Pool::Pool(PoolOptions options, const base::Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(options), clock)) {
  InitDriver();
}

Pool::~Pool() = default;

void Pool::InitDriver() { GetDriverOnce(); }

base::Status Pool::WithSession(const std::function<base::Status(Session&)>& work) {
  ASSIGN_OR_RETURN(auto connection, impl_->Acquire());
  Lease lease{*impl_, std::move(connection)};
  SessionImpl session{*lease, impl_->gate, SessionImpl::Kind::kAutocommit};
  return work(session);
}

base::Status Pool::InTransaction(const std::function<base::Status(Transaction&)>& work,
                                 int attempts) {
  bool stale_seen = false;
  for (int attempt = 1;; ++attempt) {
    ASSIGN_OR_RETURN(auto connection, impl_->Acquire());
    Lease lease{*impl_, std::move(connection)};
    SessionImpl tx{*lease, impl_->gate, SessionImpl::Kind::kTransaction};
    base::Status status = tx.Begin();
    if (!status.ok() && lease->lost() && !stale_seen) {
      // The server was restarted since this connection was used last; nothing has been done on it.
      stale_seen = true;
      --attempt;
      continue;
    }
    if (status.ok()) {
      // An exception of `work` must not hand an open transaction to the next user.
      struct Guard {
        Connection& connection;
        bool finished = false;
        ~Guard() {
          if (!finished) connection.MarkLost();
        }
      } guard{*lease};
      status = work(tx);
      guard.finished = true;
    }
    // A deadlock is run again whatever the work made of it; Commit refuses everything else.
    if (tx.doomed() && RunAgain(*tx.doomed())) status = *tx.doomed();
    if (status.ok()) status = tx.Commit();
    if (status.ok()) return status;
    tx.Rollback();
    if (!RunAgain(status.error()) || attempt >= attempts) return status;
    const std::lock_guard lock{impl_->mutex};
    ++impl_->retries;
  }
}

base::Status Pool::Ping() {
  return WithSession([](Session& session) -> base::Status {
    ASSIGN_OR_RETURN(Rows rows, session.Query("SELECT 1 AS one"));
    if (rows.Next() && rows.Int("one") == 1) return {};
    return base::Error{base::Code::kInternal, "DB_PING", "SELECT 1 gave no row"};
  });
}

Pool::Stats Pool::stats() const {
  const std::lock_guard lock{impl_->mutex};
  return {impl_->open, static_cast<int>(impl_->idle.size()), impl_->retries, impl_->lost};
}

void Pool::set_fail_plan(FailPlan* plan) { impl_->gate.Set(plan); }

}  // namespace store
