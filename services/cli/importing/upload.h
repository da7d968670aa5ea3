// Sends the rows of a table to the registry: chunks of 2,000, four of them under way.
// Errors: those of the table and of the registry; after one the upload is cancelled.
#pragma once

#include <string>

#include "cli/importing/importing.h"
#include "tables/tables.h"

namespace cli {

struct Upload {
  std::string import_id = {};
  std::vector<std::string> unknown_columns = {};
  std::vector<std::string> header = {};
  std::uint32_t chunks = 0;
  std::uint64_t rows = 0;
};

base::Result<Upload> SendTable(Shell& shell, const ImportOptions& options, tables::Reader& table);

}  // namespace cli
