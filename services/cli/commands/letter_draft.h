// letter draft: every kind of letter that an officer may write, in his words.
//
// With --case or --student the service takes the child, guardians, last day and measures from
// registry and cases. An identity number is read from a file or from standard input, never from the
// command line, which everybody on the machine can read. Errors: kInvalidArgument/BAD_WORDS
// (Chinese), those of the service.
#pragma once

#include <functional>

#include "cli/shell/args.h"
#include "cli/shell/shell.h"
#include "tracing/contract/tracing.pb.h"

namespace cli {

using ShowLetterReply = std::function<void(Shell&, const baoxue::tracing::v1::LetterReply&)>;
void AddLetterDraft(Shell& shell, Command& letter, ShowLetterReply show);

}  // namespace cli
