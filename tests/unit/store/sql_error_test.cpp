#include "store/sql_error.h"

#include <gtest/gtest.h>

#include <set>

namespace {

using base::Code;
using store::InFlight;

struct Row {
  int number;
  InFlight in_flight;
  Code code;
  const char* reason;
  bool lost;
};

// One line for each row of the table and for each way it can depend on what was under way.
const Row kRows[] = {
    {1020, InFlight::kInTransaction, Code::kConflict, "RETRY", false},
    {1021, InFlight::kWrite, Code::kResourceExhausted, "DB_FULL", false},
    {1037, InFlight::kWrite, Code::kResourceExhausted, "DB_FULL", false},
    {1040, InFlight::kConnect, Code::kUnavailable, "DB_TOO_MANY_CONNECTIONS", true},
    {1044, InFlight::kConnect, Code::kPermissionDenied, "DB_ACCESS", false},
    {1045, InFlight::kConnect, Code::kPermissionDenied, "DB_ACCESS", true},
    {1047, InFlight::kRead, Code::kUnavailable, "DB_NOT_READY", false},
    {1049, InFlight::kConnect, Code::kFailedPrecondition, "DB_MISSING", false},
    {1053, InFlight::kRead, Code::kUnavailable, "DB_DOWN", true},
    {1053, InFlight::kCommit, Code::kUnknownOutcome, "COMMIT_UNKNOWN", true},
    {1062, InFlight::kWrite, Code::kAlreadyExists, "DUPLICATE_KEY", false},
    {1114, InFlight::kWrite, Code::kResourceExhausted, "DB_FULL", false},
    {1129, InFlight::kConnect, Code::kUnavailable, "DB_DOWN", true},
    {1142, InFlight::kRead, Code::kPermissionDenied, "DB_ACCESS", false},
    {1153, InFlight::kWrite, Code::kInternal, "STATEMENT_TOO_LARGE", true},
    {1180, InFlight::kCommit, Code::kUnknownOutcome, "COMMIT_UNKNOWN", false},
    {1203, InFlight::kConnect, Code::kUnavailable, "DB_TOO_MANY_CONNECTIONS", true},
    {1205, InFlight::kInTransaction, Code::kUnavailable, "LOCK_WAIT", false},
    {1206, InFlight::kWrite, Code::kResourceExhausted, "DB_FULL", false},
    {1213, InFlight::kInTransaction, Code::kConflict, "DEADLOCK", false},
    {1213, InFlight::kCommit, Code::kConflict, "DEADLOCK", false},  // Galera certification
    {1226, InFlight::kRead, Code::kUnavailable, "DB_TOO_MANY_CONNECTIONS", true},
    {1264, InFlight::kWrite, Code::kInternal, "BAD_DATA", false},
    {1290, InFlight::kWrite, Code::kUnavailable, "DB_READ_ONLY", false},
    {1292, InFlight::kWrite, Code::kInternal, "BAD_DATA", false},
    {1317, InFlight::kRead, Code::kUnavailable, "QUERY_INTERRUPTED", false},
    {1366, InFlight::kWrite, Code::kInternal, "BAD_DATA", false},
    {1406, InFlight::kWrite, Code::kInternal, "BAD_DATA", false},
    {1451, InFlight::kWrite, Code::kFailedPrecondition, "FOREIGN_KEY", false},
    {1452, InFlight::kWrite, Code::kFailedPrecondition, "FOREIGN_KEY", false},
    {1586, InFlight::kWrite, Code::kAlreadyExists, "DUPLICATE_KEY", false},
    {1614, InFlight::kWrite, Code::kConflict, "DEADLOCK", false},
    {1792, InFlight::kWrite, Code::kUnavailable, "DB_READ_ONLY", false},
    {1836, InFlight::kWrite, Code::kUnavailable, "DB_READ_ONLY", false},
    {1927, InFlight::kRead, Code::kUnavailable, "DB_LOST", true},
    {1927, InFlight::kCommit, Code::kUnknownOutcome, "COMMIT_UNKNOWN", true},
    {1969, InFlight::kRead, Code::kDeadlineExceeded, "DB_TIMEOUT", false},
    {2002, InFlight::kConnect, Code::kUnavailable, "DB_DOWN", true},
    {2003, InFlight::kConnect, Code::kUnavailable, "DB_DOWN", true},
    {2005, InFlight::kConnect, Code::kUnavailable, "DB_DOWN", true},
    {2006, InFlight::kRead, Code::kUnavailable, "DB_LOST", true},
    {2006, InFlight::kInTransaction, Code::kUnavailable, "DB_LOST", true},
    {2006, InFlight::kWrite, Code::kUnknownOutcome, "WRITE_UNKNOWN", true},
    {2006, InFlight::kCommit, Code::kUnknownOutcome, "COMMIT_UNKNOWN", true},
    {2012, InFlight::kConnect, Code::kUnavailable, "DB_DOWN", true},
    {2013, InFlight::kConnect, Code::kUnavailable, "DB_DOWN", true},
    {2013, InFlight::kRead, Code::kUnavailable, "DB_LOST", true},
    {2013, InFlight::kInTransaction, Code::kUnavailable, "DB_LOST", true},
    {2013, InFlight::kWrite, Code::kUnknownOutcome, "WRITE_UNKNOWN", true},
    {2013, InFlight::kCommit, Code::kUnknownOutcome, "COMMIT_UNKNOWN", true},
    {2014, InFlight::kRead, Code::kInternal, "DB_OUT_OF_SYNC", true},
    {2020, InFlight::kWrite, Code::kInternal, "STATEMENT_TOO_LARGE", true},
    {2026, InFlight::kConnect, Code::kUnavailable, "DB_TLS", true},
    {2027, InFlight::kWrite, Code::kUnknownOutcome, "WRITE_UNKNOWN", true},
    {2055, InFlight::kRead, Code::kUnavailable, "DB_LOST", true},
    {3024, InFlight::kRead, Code::kDeadlineExceeded, "DB_TIMEOUT", false},
    {3572, InFlight::kInTransaction, Code::kConflict, "RETRY", false},
    {4025, InFlight::kWrite, Code::kInternal, "BAD_DATA", false},
    {4031, InFlight::kRead, Code::kUnavailable, "DB_LOST", true},
    // Not in the table:
    {1064, InFlight::kRead, Code::kInternal, "SQL_ERROR", false},
    {1146, InFlight::kWrite, Code::kInternal, "SQL_ERROR", false},
    {1064, InFlight::kCommit, Code::kUnknownOutcome, "COMMIT_UNKNOWN", false},
    {2999, InFlight::kRead, Code::kUnavailable, "DB_LOST", true},
    {2999, InFlight::kWrite, Code::kUnknownOutcome, "WRITE_UNKNOWN", true},
    {0, InFlight::kWrite, Code::kUnknownOutcome, "WRITE_UNKNOWN", true},
};

TEST(SqlErrorTest, EachNumberMeansWhatTheTableSays) {
  std::set<int> tested;
  for (const Row& row : kRows) {
    const base::Error error = store::MapSqlError(row.number, "HY000", "text", row.in_flight, "");
    EXPECT_EQ(base::CodeName(error.code), base::CodeName(row.code)) << row.number;
    EXPECT_EQ(error.reason, row.reason) << row.number;
    EXPECT_EQ(store::ConnectionIsLost(row.number), row.lost) << row.number;
    tested.insert(row.number);
  }
  for (const store::SqlErrorRow& row : store::SqlErrorTable()) {
    EXPECT_TRUE(tested.contains(row.number)) << row.number << " has no line in this test";
  }
}

TEST(SqlErrorTest, ACommitIsNeverUnavailable) {
  for (const store::SqlErrorRow& row : store::SqlErrorTable()) {
    const auto error = store::MapSqlError(row.number, "HY000", "", InFlight::kCommit, "");
    EXPECT_TRUE(error.code == Code::kUnknownOutcome || error.code == Code::kConflict) << row.number;
  }
}

TEST(SqlErrorTest, TheDetailNamesKeysAndColumnsButNoValues) {
  const auto duplicate = store::MapSqlError(
      1062, "23000", "Duplicate entry '11010519491231002X' for key 'student.id_number'",
      InFlight::kWrite, "INSERT INTO student (id_number) VALUES (?)");
  EXPECT_EQ(duplicate.detail,
            "SQL error 1062 (23000) for key 'student.id_number' in: INSERT INTO student (id_number)"
            " VALUES (?)");
  const auto bad = store::MapSqlError(
      1366, "22007", "Incorrect string value: '\\xF0' for column `d`.`t`.`name` at row 1",
      InFlight::kWrite, "");
  EXPECT_EQ(bad.detail, "SQL error 1366 (22007) for column `d`.`t`.`name` at row 1");
  const auto syntax =
      store::MapSqlError(1064, "42000", "You have an error near ''11010519491231002X')' at line 1",
                         InFlight::kRead, "");
  EXPECT_EQ(syntax.detail, "SQL error 1064 (42000)");
}

}  // namespace
