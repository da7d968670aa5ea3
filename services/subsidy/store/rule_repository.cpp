#include "subsidy/store/rule_repository.h"

#include "subsidy/domain/ledger.h"

namespace subsidy {
namespace {

using store::Value;

base::Status Done(base::Result<std::uint64_t> result) {
  return result.ok() ? base::Status{} : base::Status{result.error()};
}

std::string Joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : "\n") + name;
  return text;
}

std::vector<std::string> Lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    lines.emplace_back(line);
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return lines;
}

}  // namespace

base::Result<std::string> VersionInForce(store::Session& session) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT version FROM rule_release WHERE in_force = 1"));
  return rows.Next() ? rows.Text("version") : std::string{};
}

base::Result<std::optional<ReleaseRow>> FindRelease(store::Session& session,
                                                    std::string_view version) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT version, texts, in_force, approved_by, released_at FROM "
                                 "rule_release WHERE version = ?",
                                 {version}));
  if (!rows.Next()) return std::optional<ReleaseRow>{};
  return std::optional<ReleaseRow>{{.version = rows.Text("version"),
                                    .texts = rows.Text("texts"),
                                    .in_force = rows.Int("in_force") != 0,
                                    .approved_by = rows.Text("approved_by"),
                                    .released_at = rows.Time("released_at")}};
}

base::Status SaveRelease(store::Transaction& tx, const ReleaseRow& row) {
  RETURN_IF_ERROR(Done(tx.Execute("UPDATE rule_release SET in_force = 0 WHERE in_force = 1")));
  return Done(tx.Execute(
      "INSERT INTO rule_release (version, texts, in_force, approved_by, released_at) "
      "VALUES (?, ?, 1, ?, ?) ON DUPLICATE KEY UPDATE in_force = 1, "
      "approved_by = VALUES(approved_by), released_at = VALUES(released_at)",
      {row.version, row.texts, row.approved_by, row.released_at}));
}

base::Status SaveRun(store::Transaction& tx, const WhatIfRun& run,
                     const std::vector<WhatIfLine>& lines) {
  RETURN_IF_ERROR(
      Done(tx.Execute("INSERT INTO what_if (run_id, version, texts, on_day, actor, approved_by, "
                      "made_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                      {run.id, run.version, run.texts, run.on, EncodeActor(run.actor),
                       Joined(run.approved_by), run.made_at})));
  store::BulkInsert insert{tx,
                           "INSERT INTO what_if_row (run_id, student_id, school_code, "
                           "before_amounts, after_amounts, difference_fen)"};
  for (const WhatIfLine& line : lines) {
    RETURN_IF_ERROR(insert.Add({Value{run.id}, Value{line.student}, Value{line.school_code},
                                Value{EncodeAmounts(line.before)}, Value{EncodeAmounts(line.after)},
                                Value{line.difference_fen}}));
  }
  return insert.Flush();
}

base::Result<std::optional<WhatIfRun>> LockRun(store::Transaction& tx, std::int64_t id) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   tx.Query("SELECT version, texts, on_day, actor, approved_by, made_at FROM "
                            "what_if WHERE run_id = ? FOR UPDATE",
                            {id}));
  if (!rows.Next()) return std::optional<WhatIfRun>{};
  return std::optional<WhatIfRun>{{.id = id,
                                   .version = rows.Text("version"),
                                   .texts = rows.Text("texts"),
                                   .on = rows.Day("on_day"),
                                   .actor = DecodeActor(rows.Text("actor")),
                                   .approved_by = Lines(rows.Text("approved_by")),
                                   .made_at = rows.Time("made_at")}};
}

base::Status SaveApprovals(store::Transaction& tx, const WhatIfRun& run) {
  return Done(tx.Execute("UPDATE what_if SET approved_by = ? WHERE run_id = ?",
                         {Joined(run.approved_by), run.id}));
}

base::Result<std::vector<WhatIfLine>> ListRunLines(store::Session& session, std::int64_t id,
                                                   StudentId after, std::uint32_t limit) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT student_id, school_code, before_amounts, after_amounts, "
                                 "difference_fen FROM what_if_row WHERE run_id = ? AND "
                                 "student_id > ? ORDER BY student_id LIMIT ?",
                                 {id, after, limit}));
  std::vector<WhatIfLine> lines;
  while (rows.Next()) {
    lines.push_back({StudentId{rows.Int("student_id")}, rows.Text("school_code"),
                     DecodeAmounts(rows.Text("before_amounts")),
                     DecodeAmounts(rows.Text("after_amounts")), rows.Int("difference_fen")});
  }
  return lines;
}

}  // namespace subsidy
