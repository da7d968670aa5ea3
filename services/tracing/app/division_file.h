// config/reference/division_changes.yaml: county codes that were merged, renamed or split, as the
// State announced them. What a directory says besides counts too (contract/directory.h).
// Errors: kInvalidArgument with every problem as file:line; a missing file is an empty list.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "tracing/domain/divisions.h"

namespace tracing {

base::Result<std::vector<DivisionChange>> LoadDivisionChanges(const std::string& path);

}  // namespace tracing
