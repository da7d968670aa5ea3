// MySQL and MariaDB behind one door: pool, connection, transaction, rows.
//
// Every trap of Connector/C++ 1.1 is closed off in this library: BEGIN/COMMIT/ROLLBACK are
// statements (the connector's commit() swallows errors), no auto-reconnect, no LOCAL INFILE, no
// multi-statements, TLS by sslEnforce and checked, one driver instance made before threads. A
// connection starts with utf8mb4, time_zone '+00:00', strict sql_mode, READ COMMITTED and a lock
// wait from the settings. Exceptions of the connector stop here; error mapping stands in
// sql_error.h. Pool is thread-safe; Connection, Transaction and Rows belong to one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "store/value.h"

namespace store {

struct PoolOptions {
  std::string socket = {};  // unix socket; or host and port
  std::string host = {};
  int port = 3306;
  std::string user = {};
  std::string password = {};
  std::string database = {};
  std::string tls_ca_file = {};  // not empty: TLS is enforced and the server verified
  int connections_max = 8;
  std::chrono::milliseconds acquire_timeout{5000};
  std::chrono::milliseconds connect_timeout{5000};
  std::chrono::milliseconds read_timeout{60000};
  int lock_wait_s = 10;
};

// The rows of one query, fully read. Columns are found by name, as written in the SELECT.
class Rows {
 public:
  bool Next();
  std::size_t size() const;
  // A getter on NULL, on an unknown column or on the wrong type is a programmer error (CHECK).
  bool IsNull(std::string_view column) const;
  std::int64_t Int(std::string_view column) const;
  std::uint64_t Uint(std::string_view column) const;
  // Also BLOB and BINARY. Valid until Next() or the end of this object.
  const std::string& Text(std::string_view column) const;
  base::Date Day(std::string_view column) const;      // DATE
  base::UtcTime Time(std::string_view column) const;  // DATETIME(3)
  std::optional<std::int64_t> MaybeInt(std::string_view column) const;
  std::optional<std::string> MaybeText(std::string_view column) const;
  std::optional<base::Date> MaybeDay(std::string_view column) const;
  std::optional<base::UtcTime> MaybeTime(std::string_view column) const;

  struct Data;
  explicit Rows(std::shared_ptr<Data> data) : data_(std::move(data)) {}

 private:
  std::shared_ptr<Data> data_;
  std::size_t row_ = 0;  // 1-based after Next()
};

// What can run a statement: a Connection (autocommit) or a Transaction.
// Errors of all: the table of sql_error.h. `?` marks parameters; the text is a constant (it may
// appear in an Error's detail, values never do). A lost connection is kUnavailable/DB_LOST where
// nothing can have happened (a read, or a transaction before its COMMIT) and
// kUnknownOutcome/WRITE_UNKNOWN for a write outside a transaction.
class Session {
 public:
  virtual ~Session() = default;
  virtual base::Result<Rows> Query(std::string_view sql, std::span<const Value> values) = 0;
  // Rows changed (not matched: setting a column to its present value counts 0).
  virtual base::Result<std::uint64_t> Execute(std::string_view sql,
                                              std::span<const Value> values) = 0;
  // A statement built by BulkInsert, without parameters.
  virtual base::Result<std::uint64_t> ExecuteText(const std::string& sql) = 0;
  // Calls `row` for each row of a large result without holding it all; no other statement on this
  // session until it returns (kFailedPrecondition/SESSION_BUSY). `row` returns false to stop. A
  // stream that was cut short is an error, never a short result.
  virtual base::Status Stream(std::string_view sql, std::span<const Value> values,
                              const std::function<bool(const Rows&)>& row) = 0;

  base::Result<Rows> Query(std::string_view sql, std::initializer_list<Value> values = {}) {
    return Query(sql, std::span<const Value>{values.begin(), values.size()});
  }
  base::Result<std::uint64_t> Execute(std::string_view sql,
                                      std::initializer_list<Value> values = {}) {
    return Execute(sql, std::span<const Value>{values.begin(), values.size()});
  }
};

// After an error other than a duplicate or foreign key it is doomed: every further statement gets
// the same error, and it is rolled back even if its user reports success. (After a deadlock the
// server has rolled back already, and a further statement would be committed on its own.)
class Transaction : public Session {};

// How a transaction may fail on purpose in tests: the n-th statement (0-based) reports `error`
// instead of running; -1 never. Counts BEGIN and COMMIT too.
struct FailPlan {
  int fail_at = -1;
  base::Error error = {};
  int seen = 0;
};

class Pool {
 public:
  // Opens nothing yet. `clock` outlives the pool.
  Pool(PoolOptions options, const base::Clock& clock);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Call once in main() before threads: the connector's driver is not safe to get first from many.
  static void InitDriver();

  // A connection is checked (ping) when it was idle for a second or more. A broken one is
  // discarded. Errors: kUnavailable/DB_DOWN, kResourceExhausted/POOL_EXHAUSTED.
  base::Status WithSession(const std::function<base::Status(Session&)>& work);

  // Runs `work` between BEGIN and COMMIT. An error of `work` rolls back and is returned. A deadlock
  // (1213) or a kConflict with reason "RETRY" runs the whole of `work` again, at most `attempts`
  // times, so `work` must have no effects outside the transaction. A connection found dead at BEGIN
  // is replaced once. Errors: those of `work`, of the pool, and kUnknownOutcome/COMMIT_UNKNOWN when
  // the connection was lost during COMMIT.
  base::Status InTransaction(const std::function<base::Status(Transaction&)>& work,
                             int attempts = 5);

  // As above for a `work` that gives a value: auto id = pool.Transact([&](store::Transaction& tx)
  // -> base::Result<Id> {...});
  template <class Work>
  auto Transact(const Work& work, int attempts = 5) -> std::invoke_result_t<Work, Transaction&> {
    using R = std::invoke_result_t<Work, Transaction&>;
    std::optional<R> result;
    const base::Status status = InTransaction(
        [&](Transaction& tx) -> base::Status {
          result.emplace(work(tx));
          if (!result->ok()) return result->error();
          return {};
        },
        attempts);
    if (!status.ok()) return status.error();
    return std::move(*result);
  }

  // One answered "SELECT 1".
  base::Status Ping();

  struct Stats {
    int open = 0;
    int idle = 0;
    std::uint64_t retries = 0;
    std::uint64_t lost_connections = 0;
  };
  Stats stats() const;

  void set_fail_plan(FailPlan* plan);  // tests only; not owned

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Builds "INSERT INTO t (a,b) VALUES (...),(...)<suffix>" with every value escaped, and runs it
// whenever `bytes_max` is reached and on Flush. The fastest way to write many rows.
class BulkInsert {
 public:
  // `head` is e.g. "INSERT INTO roll_call (class_id, day)"; `suffix` e.g. " ON DUPLICATE KEY UPDATE
  // ...".
  BulkInsert(Session& session, std::string head, std::string suffix = {},
             std::size_t bytes_max = 4u << 20);
  base::Status Add(std::initializer_list<Value> row);
  base::Status Add(std::span<const Value> row);
  // Hot path: the caller appends the escaped cells itself.
  base::Status AddRaw(std::string_view parenthesised_row);
  base::Status Flush();
  std::uint64_t rows() const { return rows_; }

 private:
  Session& session_;
  std::string head_;
  std::string suffix_;
  std::string sql_;
  std::size_t bytes_max_;
  std::uint64_t rows_ = 0;
};

// Appends a value as an SQL literal, quoted and escaped. Typed appenders for hot paths: literal.h.
void AppendLiteral(std::string& sql, const Value& value);

}  // namespace store
