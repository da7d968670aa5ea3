// Decides what an error number of the server or the client library means: the one table of the
// project.
//
// A lost connection is kUnknownOutcome when the statement that was under way may have taken effect
// (an autocommitted write, a COMMIT), and kUnavailable when it certainly has not (a read; anything
// inside a transaction before its COMMIT). The server's own text never becomes part of an Error,
// because it may quote values (names, identity numbers); only the number, SQLSTATE, key and column
// names do. Pure and thread-safe. Sources: MariaDB 10.11 "MariaDB Error Codes"; MySQL 8.0 "Server
// Error Message Reference"; behaviour of deadlocks and lock waits: InnoDB rolls back the
// transaction at 1213 and only the statement at 1205.
#pragma once

#include <span>
#include <string_view>

#include "base/result.h"

namespace store {

// What was under way when the error came.
enum class InFlight {
  kConnect,        // opening the connection
  kRead,           // a query outside a transaction
  kWrite,          // an autocommitted write
  kInTransaction,  // anything between BEGIN and COMMIT
  kCommit,         // COMMIT itself
};

struct SqlErrorRow {
  int number = 0;
  base::Code code = base::Code::kInternal;
  std::string_view reason = {};
  bool connection_lost = false;
};

// The table, sorted by number.
std::span<const SqlErrorRow> SqlErrorTable();

// True if the connection cannot be used after this error.
bool ConnectionIsLost(int number);

// `context` is a constant text (the SQL with its placeholders), never values.
base::Error MapSqlError(int number, std::string_view sql_state, std::string_view message,
                        InFlight in_flight, std::string_view context);

}  // namespace store
