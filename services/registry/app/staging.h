// One chunk of an upload: from cells to a sealed chunk, who is in it, and the rows worth looking
// at. Serves one chunk in one thread.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "registry/app/imports.h"

namespace registry {

using KeyBytes = std::array<char, 16>;
KeyBytes ToKey(std::string_view sixteen_bytes);
inline std::string_view View(const KeyBytes& key) { return {key.data(), key.size()}; }

// Who a row is about, for what only the whole file shows. A refused row is named too, when it says
// who.
struct WhoRow {
  KeyBytes duplicate_key = {};
  KeyBytes person_key = {};
  std::uint64_t number = 0;
  std::uint64_t name_hash = 0;
  RowOutcome outcome = RowOutcome::kAdded;
};
std::string EncodeWho(const std::vector<WhoRow>& rows);
std::vector<WhoRow> DecodeWho(std::string_view bytes);

struct StagedChunk {
  Chunk chunk = {};
  std::vector<OutcomeRow> outcomes = {};
};
base::Result<StagedChunk> StageChunk(const Deps& deps, const ImportHead& head, Places& places,
                                     int chunk_no, const std::vector<InputRow>& rows);

// Names of counts.
std::string FieldCountName(Field field);  // "field:12"
std::string_view OutcomeName(RowOutcome outcome);

}  // namespace registry
