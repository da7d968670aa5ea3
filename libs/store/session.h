// A session or transaction on one connection. Internal to libs/store.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>

#include "store/connection.h"
#include "store/store.h"

namespace store {

// Where tests make a statement fail.
class FailGate {
 public:
  void Set(FailPlan* plan) {
    const std::lock_guard lock{mutex_};
    plan_ = plan;
  }
  // The planned error of the next statement, if it is its turn.
  std::optional<base::Error> Next();

 private:
  std::mutex mutex_;
  FailPlan* plan_ = nullptr;
};

class SessionImpl final : public Transaction {
 public:
  enum class Kind { kAutocommit, kTransaction };
  SessionImpl(Connection& connection, FailGate& gate, Kind kind)
      : connection_(connection), gate_(gate), kind_(kind) {}

  base::Result<Rows> Query(std::string_view sql, std::span<const Value> values) override;
  base::Result<std::uint64_t> Execute(std::string_view sql, std::span<const Value> values) override;
  base::Result<std::uint64_t> ExecuteText(const std::string& sql) override;
  base::Status Stream(std::string_view sql, std::span<const Value> values,
                      const std::function<bool(const Rows&)>& row) override;

  base::Status Begin();
  base::Status Commit();
  void Rollback();
  // The error after which this transaction cannot be committed, whatever its user made of it.
  const std::optional<base::Error>& doomed() const { return doomed_; }

 private:
  // Errors: of a planned failure, of an earlier fatal one, kFailedPrecondition/SESSION_BUSY.
  base::Status Before();
  InFlight Reading() const;
  InFlight Writing() const;
  template <class R>
  R Note(R result);

  Connection& connection_;
  FailGate& gate_;
  Kind kind_;
  bool streaming_ = false;
  std::optional<base::Error> doomed_;
};

}  // namespace store
