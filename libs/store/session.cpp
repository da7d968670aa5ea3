#include "store/session.h"

#include <fmt/format.h>

#include "store/literal.h"

namespace store {
namespace {

// These leave the rest of the transaction intact, so its user may go on.
bool OnlyStatementFailed(const base::Error& error) {
  return error.reason == "DUPLICATE_KEY" || error.reason == "FOREIGN_KEY" ||
         error.reason == "SESSION_BUSY";
}

// The constant beginning of a statement built by the program, up to its first value.
std::string_view UpToValues(std::string_view sql) {
  return sql.substr(0, std::min<std::size_t>(sql.find("VALUES"), 80));
}

}  // namespace

std::optional<base::Error> FailGate::Next() {
  const std::lock_guard lock{mutex_};
  if (plan_ == nullptr || plan_->seen++ != plan_->fail_at) return std::nullopt;
  return plan_->error;
}

InFlight SessionImpl::Reading() const {
  return kind_ == Kind::kTransaction ? InFlight::kInTransaction : InFlight::kRead;
}

InFlight SessionImpl::Writing() const {
  return kind_ == Kind::kTransaction ? InFlight::kInTransaction : InFlight::kWrite;
}

template <class R>
R SessionImpl::Note(R result) {
  if (!result.ok() && kind_ == Kind::kTransaction && !doomed_ &&
      !OnlyStatementFailed(result.error())) {
    doomed_ = result.error();
  }
  return result;
}

base::Status SessionImpl::Before() {
  if (streaming_) {
    return base::Error{base::Code::kFailedPrecondition, "SESSION_BUSY",
                       "a statement inside Stream() needs a session of its own"};
  }
  // After a deadlock the server has rolled back: a further statement would be committed on its own.
  if (doomed_) return *doomed_;
  if (connection_.lost()) {
    return base::Error{base::Code::kUnavailable, "DB_LOST", "the connection was lost before"};
  }
  if (auto planned = gate_.Next()) return *planned;
  return {};
}

base::Result<Rows> SessionImpl::Query(std::string_view sql, std::span<const Value> values) {
  if (auto ready = Note(Before()); !ready.ok()) return ready.error();
  return Note(connection_.Query(Expand(sql, values), Reading(), sql));
}

base::Result<std::uint64_t> SessionImpl::Execute(std::string_view sql,
                                                 std::span<const Value> values) {
  if (auto ready = Note(Before()); !ready.ok()) return ready.error();
  return Note(connection_.Execute(Expand(sql, values), Writing(), sql));
}

base::Result<std::uint64_t> SessionImpl::ExecuteText(const std::string& sql) {
  if (auto ready = Note(Before()); !ready.ok()) return ready.error();
  return Note(connection_.Execute(sql, Writing(), UpToValues(sql)));
}

base::Status SessionImpl::Stream(std::string_view sql, std::span<const Value> values,
                                 const std::function<bool(const Rows&)>& row) {
  if (auto ready = Note(Before()); !ready.ok()) return ready;
  streaming_ = true;
  auto status = connection_.Stream(Expand(sql, values), Reading(), sql, row);
  streaming_ = false;
  return Note(std::move(status));
}

base::Status SessionImpl::Begin() {
  if (auto ready = Note(Before()); !ready.ok()) return ready;
  // Not BEGIN's fault if the connection is gone: nothing has happened yet.
  const auto begun = Note(connection_.Execute("BEGIN", InFlight::kInTransaction, "BEGIN"));
  return begun.ok() ? base::Status{} : begun.error();
}

base::Status SessionImpl::Commit() {
  if (auto ready = Note(Before()); !ready.ok()) return ready;
  const auto done = Note(connection_.Execute("COMMIT", InFlight::kCommit, "COMMIT"));
  if (done.ok()) return {};
  // Nobody may inherit a connection whose transaction has an unknown end.
  if (done.error().code == base::Code::kUnknownOutcome) connection_.MarkLost();
  return done.error();
}

void SessionImpl::Rollback() {
  if (connection_.lost()) return;
  const auto done = connection_.Execute("ROLLBACK", InFlight::kInTransaction, "ROLLBACK");
  if (!done.ok()) connection_.MarkLost();
}

}  // namespace store
