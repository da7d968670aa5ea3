// Files that a command writes for people: whole, or an error that names the path.
// Errors: kUnavailable/CANNOT_WRITE.
#pragma once

#include <string>

#include "base/result.h"

namespace cli {

base::Status WriteFile(const std::string& path, const std::string& bytes);

}  // namespace cli
