// Importing a list: begin, upload in chunks, finish (the dry run), apply, cancel, look.
//
// A chunk is made canonical, checked and compared in memory against what is stored (one query by
// blind index), and kept sealed until it is applied; only rows that somebody will look at become
// rows of their own. Chunks may arrive in parallel and more than once. Finishing finds what only
// the whole file shows: duplicates, and students of its schools that a full roster leaves out
// (reported, never deleted). Applying runs elsewhere (import_runner.h). The ladder of refusals:
//   Begin: IMPORT_KIND, SOURCE_MISSING, TEXT_TOO_LONG, VALIDITY_BAD, HEADER_*
//   Add: IMPORT_UNKNOWN (kNotFound), IMPORT_STATE, CHUNK_EMPTY, CHUNK_TOO_LARGE
//   Finish: IMPORT_UNKNOWN, IMPORT_STATE, CHUNKS_MISSING     Apply, Cancel: IMPORT_UNKNOWN,
//   IMPORT_STATE
// Errors: those, and those of the store. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.h"
#include "registry/app/deps.h"
#include "registry/app/import_list.h"
#include "registry/store/import_repository.h"

namespace registry {

struct BeginCommand {
  int kind = 0;
  std::string file_name = {};
  std::vector<std::string> header = {};
  bool full = false;
  std::string source = {};
  std::string batch = {};
  std::string group = {};
  std::optional<base::Date> valid_from = {};
  std::optional<base::Date> valid_to = {};
};
struct Begun {
  ImportId id = {};
  std::vector<std::string> unknown_columns = {};
};

struct InputRow {
  std::uint64_t number = 0;
  Cells cells = {};
};
struct ChunkReport {
  std::uint64_t rows = 0;
  std::uint64_t refused = 0;
};

struct ImportReport {
  ImportHead head = {};
  std::uint64_t rows = 0;
  Counts counts = {};  // added, changed, unchanged, refused, field:N, reason:X, warning:X
};

struct OutcomeView {
  OutcomeRow row = {};
  std::vector<std::string> cells = {};
};
struct OutcomePage {
  std::vector<std::string> header = {};
  std::vector<OutcomeView> rows = {};
};

class Imports {
 public:
  explicit Imports(const Deps& deps) : deps_(deps) {}

  // The encoded reply: of this upload, or the first one given to the same key.
  base::Result<std::string> Begin(const BeginCommand& command, const WriteContext& write,
                                  const std::function<std::string(const Begun&)>& encode);
  base::Result<ChunkReport> Add(ImportId id, int chunk_no, const std::vector<InputRow>& rows);
  base::Result<ImportReport> Finish(ImportId id, int chunks);
  // Marks the import as applying; the runner does the rest.
  base::Result<ImportReport> Apply(ImportId id, const Actor& actor);
  base::Result<ImportReport> Cancel(ImportId id);
  base::Result<ImportReport> Get(ImportId id) const;
  // outcome: refused, changed, missing.
  base::Result<OutcomePage> ListRows(ImportId id, Outcome outcome, std::uint64_t after,
                                     std::uint32_t limit) const;

 private:
  base::Result<ImportHead> Head(ImportId id) const;
  std::shared_ptr<Places> CachedPlaces(ImportId id) const;
  void Forget(ImportId id);

  const Deps& deps_;
  mutable std::mutex mutex_;
  // Schools and classes as they were when the upload began; dropped when it ends.
  mutable std::map<ImportId, std::shared_ptr<Places>> places_;
};

// ---- shared with the runner ----

// Staged rows as bytes and back. Errors: kDataCorruption/STAGED_BROKEN.
std::string EncodeStaged(const std::vector<StagedRow>& rows);
base::Result<std::vector<StagedRow>> DecodeStaged(std::string_view bytes);

// The columns that the file of an import has.
FieldSet FieldsOf(const ImportHead& head);

}  // namespace registry
