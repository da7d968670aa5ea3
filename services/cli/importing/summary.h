// What an import would do or did, for people, and its refused rows as a file.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/shell/shell.h"
#include "registry/contract/registry.pb.h"

namespace cli {

std::string SummaryText(const baoxue::registry::v1::ImportReply& reply);

// Refused rows with their columns and 原因 behind them; CSV or XLSX by the name's ending.
// Errors: those of tables::Create and of the registry.
base::Status WriteRefused(Shell& shell, const std::string& import_id, const std::string& path);

}  // namespace cli
