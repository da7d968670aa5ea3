// Files that a command writes for people: whole, or an error that names the path.
// What names a child is for the officer alone (0600, also where an open file was there before);
// what is handed to other counties anyway (our file of the directory) follows the umask.
// Errors: kUnavailable/CANNOT_WRITE.
#pragma once

#include <string>

#include "base/result.h"

namespace cli {

enum class FileFor { kOwner, kEverybody };

base::Status WriteFile(const std::string& path, const std::string& bytes,
                       FileFor readers = FileFor::kOwner);

}  // namespace cli
