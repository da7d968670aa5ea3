// How letters are named on the command line: 32 hex digits, or a document number.
// Errors: kNotFound/NO_LETTER; those of the service.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/shell/shell.h"
#include "tracing/contract/letter.pb.h"

namespace cli {

// What the help says of such an argument.
inline constexpr const char* kLetterHelp = "函件：编号或文号";

std::string LetterId(const std::string& conversation_id);  // hex
base::Result<std::string> FindLetterId(Shell& shell, const std::string& text);
std::string LetterKindText(baoxue::tracing::v1::LetterKind kind);
int ReplyCodeOf(const std::string& text);  // "R01" -> 1; -1: none

}  // namespace cli
