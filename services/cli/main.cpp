// baoxue: the operator's command. Each subcommand is a file of commands/.
#include "cli/commands/all.h"
#include "host/log.h"

int main(int argc, char** argv) {
  cli::Arguments arguments("baoxue", cli::kAbout, "0.1.0");
  cli::Shell shell;
  cli::AddAll(shell, arguments);

  const cli::Arguments::Outcome outcome = arguments.Parse(argc, argv);
  if (outcome.stop) return outcome.exit_code;
  // Libraries log trouble only; what a person needs to know is printed.
  host::InitLog("cli", "error");
  const base::Status done = arguments.chosen()();
  return done.ok() ? 0 : shell.Fail(done.error());
}
