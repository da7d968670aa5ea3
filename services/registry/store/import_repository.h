// Imports under way and done: heads, staged chunks, rows worth looking at. All SQL on import*.
// Errors: those of store::Session.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/id.h"
#include "base/result.h"
#include "registry/domain/columns.h"
#include "registry/store/row_text.h"
#include "registry/store/student_repository.h"
#include "store/store.h"

namespace registry {

using ImportId = base::Id<struct ImportIdTag>;
using BatchId = base::Id<struct BatchIdTag>;

enum class ImportState { kUploading, kChecked, kApplying, kApplied, kCancelled, kFailed };
std::string_view ImportStateText(ImportState state);
ImportState ImportStateFromText(std::string_view text);

struct ImportHead {
  ImportId id = {};
  ImportKind kind = ImportKind::kRoster;
  ImportState state = ImportState::kUploading;
  std::string file_name = {};
  std::vector<std::string> header = {};
  bool full = false;
  std::string source = {};
  std::string batch = {};
  std::string group = {};
  base::Date valid_from = {};
  std::optional<base::Date> valid_to = {};
  BatchId batch_id = {};
  Actor actor = {};
  base::UtcTime created_at = {};
  int chunks = 0;
  int chunks_applied = 0;
  std::uint64_t rows_applied = 0;
  std::uint64_t missing = 0;
  std::string error = {};
};

struct ChunkSummary {
  int chunk_no = 0;
  std::uint64_t rows = 0;
  Counts counts = {};
};
struct Chunk {
  ChunkSummary summary = {};
  std::string who = {};
  std::string staged = {};
};

enum class Outcome { kRefused = 1, kChanged = 2, kMissing = 3 };
struct OutcomeRow {
  Outcome outcome = Outcome::kRefused;
  std::uint64_t row_no = 0;
  int chunk_no = 0;
  std::string reason_code = {};
  std::string reason = {};
  std::vector<Field> fields = {};
  StudentId student_id = {};
  std::string sealed_cells = {};
};

base::Status InsertImport(store::Transaction& tx, const ImportHead& head);
base::Result<std::optional<ImportHead>> FindImport(store::Session& session, ImportId id, Lock lock);
// State, chunks, progress, missing, error, batch, actor.
base::Status SaveImport(store::Transaction& tx, const ImportHead& head);
base::Result<std::vector<ImportId>> ImportsApplying(store::Session& session);

// Uploads that nobody finished or applied: their staged copies are dropped.
base::Status CancelStaleImports(store::Transaction& tx, base::UtcTime before);

base::Status InsertChunk(store::Transaction& tx, ImportId id, const Chunk& chunk);
base::Result<std::vector<ChunkSummary>> ListChunks(store::Session& session, ImportId id);
base::Result<std::optional<ChunkSummary>> FindChunkSummary(store::Session& session, ImportId id,
                                                           int chunk_no);
base::Status SaveChunkCounts(store::Transaction& tx, ImportId id, int chunk_no,
                             const Counts& counts);
// The staged bytes; nothing if there is no such chunk.
base::Result<std::optional<std::string>> LoadStaged(store::Session& session, ImportId id,
                                                    int chunk_no);
base::Result<std::string> LoadWho(store::Session& session, ImportId id, int chunk_no);
// Staged copies are kept no longer than they are needed.
base::Status DropStaged(store::Transaction& tx, ImportId id);

base::Status InsertOutcomes(store::Transaction& tx, ImportId id, std::span<const OutcomeRow> rows);
base::Result<std::vector<OutcomeRow>> ListOutcomes(store::Session& session, ImportId id,
                                                   Outcome outcome, std::uint64_t after,
                                                   std::uint32_t limit);
base::Result<std::vector<std::uint64_t>> RefusedRows(store::Session& session, ImportId id,
                                                     int chunk_no);

}  // namespace registry
