// The whole command: options of every subcommand, and the subcommands. For main.cpp and for tests
// that read all of the help.
#pragma once

#include "cli/shell/args.h"
#include "cli/shell/shell.h"

namespace cli {

inline constexpr const char* kAbout = "baoxue（保学）：控辍保学，不让一个孩子失学";

// Both must live as long as what Parse() chose is run.
void AddAll(Shell& shell, Arguments& arguments);

}  // namespace cli
