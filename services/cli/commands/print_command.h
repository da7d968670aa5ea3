// letter print, letter printed, directory paper: what goes to offices without the software.
#pragma once

#include "cli/shell/args.h"
#include "cli/shell/shell.h"
#include "tracing/contract/tracing.pb.h"

namespace cli {

void AddLetterPrint(Shell& shell, Command& letter);
void AddDirectoryPaper(Shell& shell, Command& directory);
// Who printed items of the letter; nothing if nobody did.
void ShowPrints(Shell& shell, const baoxue::tracing::v1::Letter& letter);

}  // namespace cli
