// What only the whole file shows: rows about the same person, and students of its schools whom a
// full roster leaves out. Part of finishing an upload.
//
// Two rows about one person under one name: the first is taken, the later refused. Under different
// names nobody can tell which is right: all are refused (DUPLICATE_IN_FILE).
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "registry/app/deps.h"
#include "registry/store/import_repository.h"

namespace registry {

// Writes outcome rows, corrects the chunks' counts and sets head.missing.
base::Status RunDryRun(const Deps& deps, store::Transaction& tx, ImportHead& head,
                       const std::vector<ChunkSummary>& chunks);

// A stored student as a row under the import's header, identity numbers masked.
base::Result<std::vector<std::string>> StoredCells(const Deps& deps, store::Session& session,
                                                   const ImportHead& head, StudentId id);

}  // namespace registry
