#include "registry/store/import_repository.h"

#include <fmt/format.h>

#include <array>

#include "registry/store/raw_row.h"

namespace registry {
namespace {

constexpr std::array<std::pair<ImportState, std::string_view>, 6> kStates{{
    {ImportState::kUploading, "uploading"},
    {ImportState::kChecked, "checked"},
    {ImportState::kApplying, "applying"},
    {ImportState::kApplied, "applied"},
    {ImportState::kCancelled, "cancelled"},
    {ImportState::kFailed, "failed"},
}};

ImportHead ReadHead(const store::Rows& rows) {
  ImportHead head;
  head.id = ImportId{rows.Int("import_id")};
  head.kind = static_cast<ImportKind>(rows.Int("kind"));
  head.state = ImportStateFromText(rows.Text("state"));
  head.file_name = rows.Text("file_name");
  head.header = SplitTabs(rows.Text("header"));
  head.full = rows.Int("full_list") != 0;
  head.source = rows.Text("source");
  head.batch = rows.Text("batch");
  head.group = rows.Text("group_name");
  head.valid_from = rows.Day("valid_from");
  head.valid_to = rows.MaybeDay("valid_to");
  head.batch_id = BatchId{rows.Int("batch_id")};
  head.actor = ActorFromText(rows.Text("actor"));
  head.created_at = rows.Time("created_at");
  head.chunks = static_cast<int>(rows.Int("chunks"));
  head.chunks_applied = static_cast<int>(rows.Int("chunks_applied"));
  head.rows_applied = rows.Uint("rows_applied");
  head.missing = rows.Uint("missing");
  head.error = rows.Text("error");
  return head;
}

ChunkSummary ReadSummary(const store::Rows& rows) {
  return ChunkSummary{static_cast<int>(rows.Int("chunk_no")), rows.Uint("row_count"),
                      CountsFromText(rows.Text("counts"))};
}

}  // namespace

std::string_view ImportStateText(ImportState state) {
  for (const auto& [value, text] : kStates) {
    if (value == state) return text;
  }
  return "";
}

ImportState ImportStateFromText(std::string_view text) {
  for (const auto& [value, name] : kStates) {
    if (name == text) return value;
  }
  return ImportState::kFailed;
}

base::Status InsertImport(store::Transaction& tx, const ImportHead& head) {
  const auto done = tx.Execute(
      "INSERT INTO import (import_id, kind, state, file_name, header, full_list, source, batch,"
      " group_name, valid_from, valid_to, batch_id, actor, created_at, chunks, chunks_applied,"
      " rows_applied, missing, error) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
      {head.id, static_cast<int>(head.kind), ImportStateText(head.state), head.file_name,
       JoinTabs(head.header), head.full, head.source, head.batch, head.group, head.valid_from,
       head.valid_to, head.batch_id, ActorText(head.actor), head.created_at, head.chunks,
       head.chunks_applied, head.rows_applied, head.missing, head.error});
  return done.ok() ? base::Status{} : done.error();
}

base::Result<std::optional<ImportHead>> FindImport(store::Session& session, ImportId id,
                                                   Lock lock) {
  std::string sql =
      "SELECT import_id, kind, state, file_name, header, full_list, source, batch, group_name,"
      " valid_from, valid_to, batch_id, actor, created_at, chunks, chunks_applied, rows_applied,"
      " missing, error FROM import WHERE import_id = ?";
  if (lock == Lock::kForUpdate) sql += " FOR UPDATE";
  ASSIGN_OR_RETURN(store::Rows rows, session.Query(sql, {id}));
  if (!rows.Next()) return std::optional<ImportHead>{};
  return std::optional{ReadHead(rows)};
}

base::Status SaveImport(store::Transaction& tx, const ImportHead& head) {
  const auto done = tx.Execute(
      "UPDATE import SET state = ?, chunks = ?, chunks_applied = ?, rows_applied = ?, missing = ?,"
      " error = ?, batch_id = ?, actor = ? WHERE import_id = ?",
      {ImportStateText(head.state), head.chunks, head.chunks_applied, head.rows_applied,
       head.missing, head.error.substr(0, 500), head.batch_id, ActorText(head.actor), head.id});
  return done.ok() ? base::Status{} : done.error();
}

base::Result<std::vector<ImportId>> ImportsApplying(store::Session& session) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT import_id FROM import WHERE state = 'applying'"
                                 " ORDER BY import_id"));
  std::vector<ImportId> ids;
  while (rows.Next()) ids.emplace_back(rows.Int("import_id"));
  return ids;
}

base::Status CancelStaleImports(store::Transaction& tx, base::UtcTime before) {
  const auto dropped = tx.Execute(
      "UPDATE import_chunk c JOIN import i ON i.import_id = c.import_id"
      " SET c.who = '', c.staged = '', i.state = 'cancelled'"
      " WHERE i.state IN ('uploading', 'checked') AND i.created_at < ?",
      {before});
  return dropped.ok() ? base::Status{} : dropped.error();
}

base::Status InsertChunk(store::Transaction& tx, ImportId id, const Chunk& chunk) {
  store::BulkInsert insert(
      tx, "INSERT INTO import_chunk (import_id, chunk_no, row_count, counts, who, staged)");
  RawRow cells;
  cells.Int(id.raw()).Int(chunk.summary.chunk_no);
  cells.Int(static_cast<std::int64_t>(chunk.summary.rows)).Text(CountsText(chunk.summary.counts));
  cells.Bytes(chunk.who).Bytes(chunk.staged);
  RETURN_IF_ERROR(insert.AddRaw(cells.Done()));
  return insert.Flush();
}

base::Result<std::vector<ChunkSummary>> ListChunks(store::Session& session, ImportId id) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT chunk_no, row_count, counts FROM import_chunk"
                                 " WHERE import_id = ? ORDER BY chunk_no",
                                 {id}));
  std::vector<ChunkSummary> chunks;
  while (rows.Next()) chunks.push_back(ReadSummary(rows));
  return chunks;
}

base::Result<std::optional<ChunkSummary>> FindChunkSummary(store::Session& session, ImportId id,
                                                           int chunk_no) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT chunk_no, row_count, counts FROM import_chunk"
                                 " WHERE import_id = ? AND chunk_no = ?",
                                 {id, chunk_no}));
  if (!rows.Next()) return std::optional<ChunkSummary>{};
  return std::optional{ReadSummary(rows)};
}

base::Status SaveChunkCounts(store::Transaction& tx, ImportId id, int chunk_no,
                             const Counts& counts) {
  const auto done =
      tx.Execute("UPDATE import_chunk SET counts = ? WHERE import_id = ? AND chunk_no = ?",
                 {CountsText(counts), id, chunk_no});
  return done.ok() ? base::Status{} : done.error();
}

base::Result<std::optional<std::string>> LoadStaged(store::Session& session, ImportId id,
                                                    int chunk_no) {
  ASSIGN_OR_RETURN(
      store::Rows rows,
      session.Query("SELECT staged FROM import_chunk WHERE import_id = ? AND chunk_no = ?",
                    {id, chunk_no}));
  if (!rows.Next()) return std::optional<std::string>{};
  return std::optional{rows.Text("staged")};
}

base::Result<std::string> LoadWho(store::Session& session, ImportId id, int chunk_no) {
  ASSIGN_OR_RETURN(
      store::Rows rows,
      session.Query("SELECT who FROM import_chunk WHERE import_id = ? AND chunk_no = ?",
                    {id, chunk_no}));
  if (!rows.Next()) return std::string{};
  return rows.Text("who");
}

base::Status DropStaged(store::Transaction& tx, ImportId id) {
  const auto done =
      tx.Execute("UPDATE import_chunk SET who = '', staged = '' WHERE import_id = ?", {id});
  return done.ok() ? base::Status{} : done.error();
}

base::Status InsertOutcomes(store::Transaction& tx, ImportId id, std::span<const OutcomeRow> rows) {
  // A row is refused once: the dry run may find a duplicate that was refused for another reason.
  store::BulkInsert insert(tx,
                           "INSERT INTO import_row (import_id, outcome, row_no, chunk_no,"
                           " reason_code, reason, fields, student_id, cells)",
                           " ON DUPLICATE KEY UPDATE reason_code = VALUES(reason_code),"
                           " reason = VALUES(reason)");
  RawRow cells;
  for (const OutcomeRow& row : rows) {
    cells.Begin();
    cells.Int(id.raw()).Int(static_cast<int>(row.outcome));
    cells.Int(static_cast<std::int64_t>(row.row_no)).Int(row.chunk_no).Text(row.reason_code);
    cells.Text(row.reason).Bytes(FieldBytes(row.fields)).Int(row.student_id.raw());
    cells.MaybeBytes(row.sealed_cells);
    RETURN_IF_ERROR(insert.AddRaw(cells.Done()));
  }
  return insert.Flush();
}

base::Result<std::vector<OutcomeRow>> ListOutcomes(store::Session& session, ImportId id,
                                                   Outcome outcome, std::uint64_t after,
                                                   std::uint32_t limit) {
  ASSIGN_OR_RETURN(
      store::Rows rows,
      session.Query("SELECT row_no, chunk_no, reason_code, reason, fields, student_id, cells"
                    " FROM import_row WHERE import_id = ? AND outcome = ? AND row_no > ?"
                    " ORDER BY row_no LIMIT ?",
                    {id, static_cast<int>(outcome), after, limit}));
  std::vector<OutcomeRow> found;
  while (rows.Next()) {
    found.push_back(OutcomeRow{.outcome = outcome,
                               .row_no = rows.Uint("row_no"),
                               .chunk_no = static_cast<int>(rows.Int("chunk_no")),
                               .reason_code = rows.Text("reason_code"),
                               .reason = rows.Text("reason"),
                               .fields = FieldsFromBytes(rows.Text("fields")),
                               .student_id = StudentId{rows.Int("student_id")},
                               .sealed_cells = rows.MaybeText("cells").value_or("")});
  }
  return found;
}

base::Result<std::vector<std::uint64_t>> RefusedRows(store::Session& session, ImportId id,
                                                     int chunk_no) {
  ASSIGN_OR_RETURN(store::Rows rows,
                   session.Query("SELECT row_no FROM import_row WHERE import_id = ?"
                                 " AND chunk_no = ? AND outcome = 1 ORDER BY row_no",
                                 {id, chunk_no}));
  std::vector<std::uint64_t> numbers;
  while (rows.Next()) numbers.push_back(rows.Uint("row_no"));
  return numbers;
}

}  // namespace registry
