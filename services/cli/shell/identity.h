// Identity numbers on their way in: from a file or standard input, never as a word of the command
// line, which everybody on the machine can read.
#pragma once

#include <string>

#include "base/result.h"

namespace cli {

// The first line of the file; "-": of standard input. Errors: WRONG_WORDS.
base::Result<std::string> ReadIdentity(const std::string& path);
// Has the shape of an identity number, whatever its check character says.
bool LooksLikeIdentity(const std::string& text);
// WRONG_WORDS with what to do instead.
base::Error NotOnTheLine(const std::string& instead);

}  // namespace cli
