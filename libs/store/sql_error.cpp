#include "store/sql_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace store {
namespace {

using base::Code;

constexpr auto kTable = std::to_array<SqlErrorRow>({
    {1020, Code::kConflict, "RETRY", false},             // record changed since it was read
    {1021, Code::kResourceExhausted, "DB_FULL", false},  // disk full
    {1037, Code::kResourceExhausted, "DB_FULL", false},  // out of memory
    {1040, Code::kUnavailable, "DB_TOO_MANY_CONNECTIONS", true},
    {1044, Code::kPermissionDenied, "DB_ACCESS", false},     // no right on the database
    {1045, Code::kPermissionDenied, "DB_ACCESS", true},      // wrong user or password
    {1047, Code::kUnavailable, "DB_NOT_READY", false},       // Galera node not in sync
    {1049, Code::kFailedPrecondition, "DB_MISSING", false},  // no such database
    {1053, Code::kUnavailable, "DB_DOWN", true},             // shutdown in progress
    {1062, Code::kAlreadyExists, "DUPLICATE_KEY", false},
    {1114, Code::kResourceExhausted, "DB_FULL", false},      // table full
    {1129, Code::kUnavailable, "DB_DOWN", true},             // host blocked
    {1142, Code::kPermissionDenied, "DB_ACCESS", false},     // no right on the table
    {1153, Code::kInternal, "STATEMENT_TOO_LARGE", true},    // above max_allowed_packet
    {1180, Code::kUnknownOutcome, "COMMIT_UNKNOWN", false},  // error during COMMIT
    {1203, Code::kUnavailable, "DB_TOO_MANY_CONNECTIONS", true},
    {1205, Code::kUnavailable, "LOCK_WAIT", false},
    {1206, Code::kResourceExhausted, "DB_FULL", false},  // lock table full
    {1213, Code::kConflict, "DEADLOCK", false},
    {1226, Code::kUnavailable, "DB_TOO_MANY_CONNECTIONS", true},  // resource limit of the user
    {1264, Code::kInternal, "BAD_DATA", false},                   // number out of range
    {1290, Code::kUnavailable, "DB_READ_ONLY", false},            // e.g. after a failover
    {1292, Code::kInternal, "BAD_DATA", false},                   // bad date
    {1317, Code::kUnavailable, "QUERY_INTERRUPTED", false},       // KILL QUERY
    {1366, Code::kInternal, "BAD_DATA", false},               // bad text for the column's charset
    {1406, Code::kInternal, "BAD_DATA", false},               // too long for the column
    {1451, Code::kFailedPrecondition, "FOREIGN_KEY", false},  // row is still referred to
    {1452, Code::kFailedPrecondition, "FOREIGN_KEY", false},  // row referred to is missing
    {1586, Code::kAlreadyExists, "DUPLICATE_KEY", false},     // duplicate with the key's name
    {1614, Code::kConflict, "DEADLOCK", false},               // deadlock in an XA branch
    {1792, Code::kUnavailable, "DB_READ_ONLY", false},        // READ ONLY transaction
    {1836, Code::kUnavailable, "DB_READ_ONLY", false},        // READ ONLY mode
    {1927, Code::kUnavailable, "DB_LOST", true},              // MariaDB: connection was killed
    {1969, Code::kDeadlineExceeded, "DB_TIMEOUT", false},     // MariaDB: max_statement_time
    {2002, Code::kUnavailable, "DB_DOWN", true},              // no socket
    {2003, Code::kUnavailable, "DB_DOWN", true},              // no TCP
    {2005, Code::kUnavailable, "DB_DOWN", true},              // unknown host
    {2006, Code::kUnavailable, "DB_LOST", true},              // server has gone away
    {2012, Code::kUnavailable, "DB_DOWN", true},              // handshake
    {2013, Code::kUnavailable, "DB_LOST", true},              // lost during query
    {2014, Code::kInternal, "DB_OUT_OF_SYNC", true},          // our bug: a result was left unread
    {2020, Code::kInternal, "STATEMENT_TOO_LARGE", true},     // packet above the client's limit
    {2026, Code::kUnavailable, "DB_TLS", true},               // TLS handshake or certificate
    {2027, Code::kUnavailable, "DB_LOST", true},              // malformed packet
    {2055, Code::kUnavailable, "DB_LOST", true},              // lost while reading
    {3024, Code::kDeadlineExceeded, "DB_TIMEOUT", false},     // MySQL: max_execution_time
    {3572, Code::kConflict, "RETRY", false},                  // NOWAIT lock not free
    {4025, Code::kInternal, "BAD_DATA", false},               // MariaDB: CHECK constraint
    {4031, Code::kUnavailable, "DB_LOST", true},              // MySQL: disconnected for inactivity
});

static_assert(std::ranges::is_sorted(kTable, {}, &SqlErrorRow::number));

// Every client-side number that is not in the table leaves the connection in an unknown state.
constexpr int kClientErrorFirst = 2000;
constexpr int kClientErrorLast = 2999;

const SqlErrorRow* Find(int number) {
  const auto it = std::ranges::lower_bound(kTable, number, {}, &SqlErrorRow::number);
  return it != kTable.end() && it->number == number ? &*it : nullptr;
}

// "for key 'name'" or "for column `d`.`t`.`c`" at the end of the server's text: names, not values.
std::string_view NamePart(std::string_view message) {
  for (const std::string_view mark : {" for key ", " for column "}) {
    const std::size_t at = message.rfind(mark);
    if (at != std::string_view::npos) return message.substr(at, 120);
  }
  return {};
}

bool MayHaveHappened(InFlight in_flight) {
  return in_flight == InFlight::kWrite || in_flight == InFlight::kCommit;
}

}  // namespace

std::span<const SqlErrorRow> SqlErrorTable() { return kTable; }

bool ConnectionIsLost(int number) {
  if (const SqlErrorRow* row = Find(number)) return row->connection_lost;
  // 0 is the connector's own complaint, e.g. that the connection has been closed.
  return number == 0 || (number >= kClientErrorFirst && number <= kClientErrorLast);
}

base::Error MapSqlError(int number, std::string_view sql_state, std::string_view message,
                        InFlight in_flight, std::string_view context) {
  constexpr std::size_t kContextMax = 160;
  const SqlErrorRow* row = Find(number);
  base::Error error;
  error.code = row != nullptr ? row->code : Code::kInternal;
  error.reason = row != nullptr ? std::string{row->reason} : "SQL_ERROR";
  error.detail = fmt::format("SQL error {} ({}){}{}{}", number, sql_state, NamePart(message),
                             context.empty() ? "" : " in: ", context.substr(0, kContextMax));
  const bool lost = ConnectionIsLost(number);
  if (in_flight == InFlight::kConnect && lost && error.code != Code::kPermissionDenied) {
    error.code = Code::kUnavailable;
    if (number != 2026 && number != 1040 && number != 1203) error.reason = "DB_DOWN";
  } else if (in_flight == InFlight::kCommit && error.code != Code::kConflict) {
    // Whatever went wrong with COMMIT except a clear "rolled back": nobody can say what happened.
    error.code = Code::kUnknownOutcome;
    error.reason = "COMMIT_UNKNOWN";
  } else if (lost && MayHaveHappened(in_flight) && error.code == Code::kUnavailable) {
    error.code = Code::kUnknownOutcome;
    error.reason = "WRITE_UNKNOWN";
  } else if (lost && row == nullptr) {
    error.code = MayHaveHappened(in_flight) ? Code::kUnknownOutcome : Code::kUnavailable;
    error.reason = MayHaveHappened(in_flight) ? "WRITE_UNKNOWN" : "DB_LOST";
  }
  return error;
}

}  // namespace store
