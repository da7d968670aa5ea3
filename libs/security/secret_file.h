// Files that only their owner may read: key files. Private to libs/security.
//
// Errors: kAlreadyExists/KEY_FILE_EXISTS, kUnavailable/KEY_FILE_WRITE; kNotFound/NO_KEY_FILE,
// kPermissionDenied/KEY_FILE_MODE, kDataCorruption/KEY_FILE_BAD. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace security {

base::Error BadKeyFile(const std::string& path, std::string_view what);
// Writes a new file (0600) that did not exist, and makes sure that it is on the disk.
base::Status WriteSecretFile(const std::string& path, const std::string& text);
// Refuses a file that others may read, and one that is too large to be a key file.
base::Result<std::string> ReadSecretFile(const std::string& path);

}  // namespace security
