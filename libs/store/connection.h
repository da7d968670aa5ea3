// One connection to the server, and the only place that talks to the connector.
//
// It is opened with every setting explicit; from then on nothing but statements goes through it.
// The connector's commit(), rollback(), setAutoCommit() and reconnect() are never used: they
// swallow errors or split transactions. Exceptions of the connector stop here. Internal to
// libs/store; one thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "store/sql_error.h"
#include "store/store.h"

namespace sql {
class Connection;
class SQLException;
class Statement;
}  // namespace sql

namespace store {

// Gets the driver, once in the process whoever comes first.
void GetDriverOnce();

class Connection {
 public:
  static base::Result<std::unique_ptr<Connection>> Open(const PoolOptions& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // `context` goes into errors: the SQL without values.
  base::Result<std::uint64_t> Execute(const std::string& sql, InFlight in_flight,
                                      std::string_view context);
  base::Result<Rows> Query(const std::string& sql, InFlight in_flight, std::string_view context);
  base::Status Stream(const std::string& sql, InFlight in_flight, std::string_view context,
                      const std::function<bool(const Rows&)>& row);
  bool Ping();

  // Broken, or left in a state that nobody else may inherit: the pool throws it away.
  bool lost() const { return lost_; }
  void MarkLost() { lost_ = true; }

  base::SteadyTime last_used = {};
  std::uint64_t epoch = 0;

 private:
  Connection();
  base::Error Failed(const sql::SQLException& error, InFlight in_flight, std::string_view context);
  base::Status Prepare(const PoolOptions& options);

  // The statement is destroyed before its connection.
  std::unique_ptr<sql::Connection> connection_;
  std::unique_ptr<sql::Statement> statement_;
  bool lost_ = false;
};

}  // namespace store
