// What an entry holds beyond its columns, as JSON for case_history.details. Fields at their
// default are left out; unknown ones are ignored, so an older program reads a newer row. Errors:
// kDataCorruption/BAD_HISTORY_ROW.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "cases/domain/types.h"

namespace cases {

std::string EncodeDetails(const Entry& entry);
base::Status DecodeDetails(std::string_view json, Entry& entry);

}  // namespace cases
