#include "tracing/store/told_repository.h"

namespace tracing {
namespace {

using store::Value;

constexpr std::size_t kErrorMax = 500;
constexpr std::size_t kRefusedMax = 64;

std::int64_t Signed(std::uint64_t serial) { return static_cast<std::int64_t>(serial); }

}  // namespace

base::Status SetMembersToTell(store::Transaction& tx, const std::set<std::string>& divisions,
                              std::uint64_t serial, base::UtcTime now) {
  std::set<std::string> known;
  ASSIGN_OR_RETURN(store::Rows rows, tx.Query("SELECT division FROM directory_told FOR UPDATE"));
  while (rows.Next()) known.insert(rows.Text("division"));
  for (const std::string& division : known) {
    if (divisions.contains(division)) continue;
    const auto deleted =
        tx.Execute("DELETE FROM directory_told WHERE division = ?", {Value{division}});
    if (!deleted.ok()) return deleted.error();
  }
  for (const std::string& division : divisions) {
    if (known.contains(division)) continue;
    const auto made = tx.Execute(
        "INSERT INTO directory_told (division, serial, attempts, next_at, error)"
        " VALUES (?, ?, 0, ?, '')",
        {Value{division}, Value{Signed(serial)}, Value{now}});
    if (!made.ok()) return made.error();
  }
  return {};
}

base::Status TellAnew(store::Transaction& tx, std::uint64_t serial, base::UtcTime now) {
  const auto done = tx.Execute(
      "UPDATE directory_told SET attempts = 0, deposits = 0, refused = '', next_at = ?"
      " WHERE serial < ?",
      {Value{now}, Value{Signed(serial)}});
  return done.ok() ? base::Status{} : base::Status{done.error()};
}

base::Status TellNow(store::Transaction& tx, const std::string& division, base::UtcTime now) {
  const auto done = tx.Execute(
      "UPDATE directory_told SET attempts = 0, next_at = ? WHERE division = ?",
      {Value{now}, Value{division}});
  return done.ok() ? base::Status{} : base::Status{done.error()};
}

base::Result<std::vector<Told>> MembersToTell(store::Session& session, std::uint64_t serial,
                                              base::UtcTime now, std::uint32_t limit) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT division, attempts, deposits FROM directory_told"
                                 " WHERE serial < ? AND next_at <= ? ORDER BY next_at LIMIT " +
                                     std::to_string(limit),
                                 {Value{Signed(serial)}, Value{now}}));
  std::vector<Told> out;
  while (rows.Next()) {
    out.push_back({.division = rows.Text("division"),
                   .attempts = static_cast<int>(rows.Int("attempts")),
                   .deposits = static_cast<int>(rows.Int("deposits"))});
  }
  return out;
}

base::Result<std::uint64_t> CountToTell(store::Session& session, std::uint64_t serial,
                                        base::UtcTime now) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT COUNT(*) AS n FROM directory_told"
                                 " WHERE serial < ? AND next_at <= ?",
                                 {Value{Signed(serial)}, Value{now}}));
  rows.Next();
  return static_cast<std::uint64_t>(rows.Int("n"));
}

base::Result<std::vector<Behind>> NotTold(store::Session& session, std::uint64_t serial) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT division, refused,"
                                 " deposits > 0 AND error = '' AND refused = '' AS waits"
                                 " FROM directory_told WHERE serial < ? ORDER BY division",
                                 {Value{Signed(serial)}}));
  std::vector<Behind> out;
  while (rows.Next()) {
    out.push_back({.division = rows.Text("division"), .in_mailbox = rows.Int("waits") != 0,
                   .refused = rows.Text("refused")});
  }
  return out;
}

base::Status SaveTold(store::Session& session, const std::string& division, std::uint64_t serial) {
  const auto done = session.Execute(
      "UPDATE directory_told SET serial = ?, attempts = 0, deposits = 0, error = '',"
      " refused = '' WHERE division = ?",
      {Value{Signed(serial)}, Value{division}});
  return done.ok() ? base::Status{} : base::Status{done.error()};
}

base::Status PostponeTold(store::Session& session, const std::string& division, int attempts,
                          base::UtcTime next, const std::string& error) {
  const auto done = session.Execute(
      "UPDATE directory_told SET attempts = ?, next_at = ?, error = ? WHERE division = ?",
      {Value{attempts}, Value{next}, Value{error.substr(0, kErrorMax)}, Value{division}});
  return done.ok() ? base::Status{} : base::Status{done.error()};
}

base::Status NoteDeposit(store::Session& session, const std::string& division, int deposits,
                         base::UtcTime next) {
  const auto done = session.Execute(
      "UPDATE directory_told SET deposits = ?, attempts = 0, next_at = ?, error = ''"
      " WHERE division = ?",
      {Value{deposits}, Value{next}, Value{division}});
  return done.ok() ? base::Status{} : base::Status{done.error()};
}

base::Status NoteRefused(store::Session& session, const std::string& division,
                         const std::string& why) {
  const auto done = session.Execute("UPDATE directory_told SET refused = ? WHERE division = ?",
                                    {Value{why.substr(0, kRefusedMax)}, Value{division}});
  return done.ok() ? base::Status{} : base::Status{done.error()};
}

}  // namespace tracing
