#include "store/migrations.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/check.h"

namespace store {

namespace library {
std::span<const Migration> Migrations();
}  // namespace library

namespace {

constexpr std::string_view kBookkeeping = R"sql(
CREATE TABLE IF NOT EXISTS schema_migration (
  series VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  number INT NOT NULL,
  name VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  checksum CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  statements INT NOT NULL,
  statements_done INT NOT NULL,
  applied_at DATETIME(3) NULL,
  PRIMARY KEY (series, number)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin)sql";

// An ALTER of a large table may take a while.
constexpr std::chrono::minutes kStatementTimeout{30};
constexpr int kLockWaits = 60;  // of two seconds each

std::string Checksum(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::string hex;
  for (const unsigned char byte : digest) hex += fmt::format("{:02x}", byte);
  return hex;
}

// Statements end with ";" at a line's end; lines that begin with "--" are comments.
std::vector<std::string> Split(std::string_view sql) {
  std::vector<std::string> statements;
  std::string current;
  while (!sql.empty()) {
    const std::size_t end = std::min(sql.find('\n'), sql.size());
    std::string_view line = sql.substr(0, end);
    sql.remove_prefix(std::min(end + 1, sql.size()));
    while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with("--")) continue;
    const bool last = line.back() == ';';
    if (last) line.remove_suffix(1);
    current += line;
    current += '\n';
    if (last) statements.push_back(std::exchange(current, {}));
  }
  if (!current.empty()) statements.push_back(std::move(current));
  return statements;
}

struct Applied {
  std::string checksum;
  int statements_done = 0;
  bool complete = false;
};

base::Result<std::map<int, Applied>> LoadApplied(Session& session, std::string_view series) {
  ASSIGN_OR_RETURN(Rows rows, session.Query("SELECT number, checksum, statements_done, applied_at"
                                            " FROM schema_migration WHERE series = ?",
                                            {series}));
  std::map<int, Applied> applied;
  while (rows.Next()) {
    applied[static_cast<int>(rows.Int("number"))] =
        Applied{rows.Text("checksum"), static_cast<int>(rows.Int("statements_done")),
                !rows.IsNull("applied_at")};
  }
  return applied;
}

base::Status Done(const base::Result<std::uint64_t>& result) {
  return result.ok() ? base::Status{} : result.error();
}

// A table, column, key or constraint that is already there, or already gone.
bool SaysItWasDoneBefore(const base::Error& error) {
  for (const std::string_view code : {"1050", "1051", "1060", "1061", "1091", "1826"}) {
    if (error.detail.starts_with(fmt::format("SQL error {} ", code))) return true;
  }
  return false;
}

class Series {
 public:
  Series(Session& session, std::string_view name, const base::Clock& clock)
      : session_(session), name_(name), clock_(clock) {}

  base::Status Apply(const Migration& migration, const Applied* before) {
    const std::vector<std::string> statements = Split(migration.sql);
    int done = before != nullptr ? before->statements_done : 0;
    const bool resumed = before != nullptr;
    if (!resumed) {
      RETURN_IF_ERROR(Done(session_.Execute(
          "INSERT INTO schema_migration (series, number, name, checksum, statements,"
          " statements_done) VALUES (?, ?, ?, ?, ?, 0)",
          {name_, migration.number, migration.name, Checksum(migration.sql),
           static_cast<std::int64_t>(statements.size())})));
    }
    const int resumed_at = resumed ? done : -1;
    for (; done < static_cast<int>(statements.size()); ++done) {
      const std::string& statement = statements[static_cast<std::size_t>(done)];
      const base::Status status = RunOne(migration, statement, done + 1, done == resumed_at);
      if (!status.ok()) return Explain(migration, statements, done, status.error());
    }
    return Done(session_.Execute(
        "UPDATE schema_migration SET applied_at = ? WHERE series = ? AND number = ?",
        {clock_.Now(), name_, migration.number}));
  }

 private:
  // A data change and the note that it is done are one transaction. DDL commits by itself; if the
  // process dies before the note, the next run finds it "already there" and goes on.
  base::Status RunOne(const Migration& migration, const std::string& statement, int ordinal,
                      bool maybe_done_before) {
    RETURN_IF_ERROR(Done(session_.Execute("BEGIN")));
    base::Status status = Done(session_.ExecuteText(statement));
    if (!status.ok() && maybe_done_before && SaysItWasDoneBefore(status.error())) status = {};
    if (status.ok()) {
      status = Done(session_.Execute(
          "UPDATE schema_migration SET statements_done = ? WHERE series = ? AND number = ?",
          {ordinal, name_, migration.number}));
    }
    if (status.ok()) return Done(session_.Execute("COMMIT"));
    (void)session_.Execute("ROLLBACK");
    return status;
  }

  base::Error Explain(const Migration& migration, const std::vector<std::string>& statements,
                      int done, const base::Error& error) {
    const std::string& statement = statements[static_cast<std::size_t>(done)];
    const std::string where =
        fmt::format("migration {}/{} {}, statement {} of {} (\"{}\"): {}", name_, migration.number,
                    migration.name, done + 1, statements.size(),
                    statement.substr(0, statement.find('\n')), error.ToString());
    if (error.code == base::Code::kUnavailable || error.code == base::Code::kUnknownOutcome) {
      return {base::Code::kUnavailable, error.reason, where};
    }
    return {base::Code::kFailedPrecondition, "MIGRATION_HALF",
            where +
                "; the statements before it are applied. Mend the cause and start again: it"
                " goes on from there"};
  }

  Session& session_;
  std::string name_;
  const base::Clock& clock_;
};

base::Status ApplyMissing(Session& session, std::string_view series,
                          std::span<const Migration> migrations, const base::Clock& clock) {
  RETURN_IF_ERROR(Done(session.ExecuteText(std::string{kBookkeeping})));
  ASSIGN_OR_RETURN(const auto applied, LoadApplied(session, series));
  for (const Migration& migration : migrations) {
    const auto it = applied.find(migration.number);
    if (it != applied.end() && it->second.checksum != Checksum(migration.sql)) {
      return base::Error{base::Code::kFailedPrecondition, "MIGRATION_CHANGED",
                         fmt::format("migration {}/{} {} was applied with another content; write a"
                                     " new migration instead of changing an old one",
                                     series, migration.number, migration.name)};
    }
  }
  const int newest = migrations.empty() ? 0 : migrations.back().number;
  if (!applied.empty() && applied.rbegin()->first > newest) {
    return base::Error{base::Code::kFailedPrecondition, "MIGRATION_NEWER",
                       fmt::format("the database has migration {}/{}, this program knows {}: it is"
                                   " older than the database",
                                   series, applied.rbegin()->first, newest)};
  }
  Series worker{session, series, clock};
  for (const Migration& migration : migrations) {
    const auto it = applied.find(migration.number);
    const Applied* before = it == applied.end() ? nullptr : &it->second;
    if (before != nullptr && before->complete) continue;
    RETURN_IF_ERROR(worker.Apply(migration, before));
  }
  return {};
}

base::Status Lock(Session& session, const std::string& name) {
  for (int i = 0; i < kLockWaits; ++i) {
    ASSIGN_OR_RETURN(Rows rows, session.Query("SELECT GET_LOCK(?, 2) AS got", {name}));
    if (rows.Next() && rows.MaybeInt("got") == 1) return {};
  }
  return base::Error{base::Code::kUnavailable, "MIGRATION_LOCKED",
                     "another process is migrating this database"};
}

}  // namespace

std::span<const Migration> LibraryMigrations() { return library::Migrations(); }

base::Status Migrate(const PoolOptions& options, std::string_view series,
                     std::span<const Migration> migrations, const base::Clock& clock) {
  for (std::size_t i = 1; i < migrations.size(); ++i) {
    CHECK(migrations[i - 1].number < migrations[i].number);
  }
  CHECK(options.database.find('`') == std::string::npos);
  PoolOptions one = options;
  one.connections_max = 1;
  one.read_timeout = kStatementTimeout;
  one.database.clear();
  Pool pool{one, clock};
  return pool.WithSession([&](Session& session) -> base::Status {
    // The lock belongs to the connection and goes with it.
    const std::string lock = "baoxue_migrate_" + Checksum(options.database).substr(0, 32);
    RETURN_IF_ERROR(Lock(session, lock));
    RETURN_IF_ERROR(Done(
        session.ExecuteText(fmt::format("CREATE DATABASE IF NOT EXISTS `{}` CHARACTER SET utf8mb4"
                                        " COLLATE utf8mb4_bin",
                                        options.database))));
    RETURN_IF_ERROR(Done(session.ExecuteText(fmt::format("USE `{}`", options.database))));
    return ApplyMissing(session, series, migrations, clock);
  });
}

}  // namespace store
