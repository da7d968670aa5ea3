// Uploads one list to the registry over the bus: streams it in chunks with several under way, shows
// the dry run, applies it when told to, writes refused rows to a file of the same columns.
//
// Memory does not grow with the file. Errors: those of tables (Chinese, with row and column) and of
// the registry; kFailedPrecondition/ROWS_REFUSED with `strict`; kInvalidArgument/ALL_REFUSED.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/shell/shell.h"
#include "registry/contract/registry.pb.h"

namespace cli {

enum class Apply { kNo, kYes, kAsk };

struct ImportOptions {
  std::string file = {};
  std::string kind = {};  // roster, school-age, group, schools, classes
  bool full = false;
  std::string source = {};
  std::string batch = {};
  std::string group = {};
  std::string valid_from = {};
  std::string valid_to = {};
  std::string refused_file = {};
  bool strict = false;  // any refused row stops it
  Apply apply = Apply::kNo;
};

struct ImportOutcome {
  baoxue::registry::v1::ImportReply reply = {};
  bool applied = false;
};

base::Result<ImportOutcome> ImportFile(Shell& shell, const ImportOptions& options);

// schools, classes, roster, public list and partner lists of a sample's folder, in that order,
// applied.
base::Result<std::vector<ImportOutcome>> ImportSample(Shell& shell, const std::string& folder);

}  // namespace cli
