// baoxue: the operator's command. Each subcommand is a file of commands/.
#include "cli/commands/commands.h"
#include "host/log.h"

int main(int argc, char** argv) {
  cli::Arguments arguments("baoxue", "baoxue (保学): keep every child in school", "0.1.0");
  cli::Shell shell;
  cli::Command root = arguments.Root();
  root.Text("--config", shell.globals().config, "settings of the deployment").Or("BAOXUE_CONFIG");
  root.Text("--as", shell.globals().as, "who acts: person/role/body").Or("BAOXUE_AS");
  root.Text("--key", shell.globals().key, "whose key of keys_dir connects; an office: its own");
  root.Flag("--json", shell.globals().json, "answers as JSON, for programs");
  root.Flag("--quiet,-q", shell.globals().quiet, "no progress");
  root.Number("--timeout", shell.globals().timeout_s, "seconds to wait for an answer");

  cli::AddSetup(shell, root);
  cli::AddSample(shell, root);
  cli::AddImport(shell, root);
  cli::AddReconcile(shell, root);
  cli::AddEnrol(shell, root);
  cli::AddStudent(shell, root);
  cli::AddPlaces(shell, root);
  cli::AddLedger(shell, root);
  cli::AddRollCall(shell, root);
  cli::AddAbsence(shell, root);
  cli::AddLeave(shell, root);
  cli::AddCase(shell, root);
  cli::AddTask(shell, root);
  cli::AddSubsidy(shell, root);
  cli::AddLetter(shell, root);
  cli::AddTransfer(shell, root);
  cli::AddAway(shell, root);
  cli::AddDirectory(shell, root);
  cli::AddEvidence(shell, root);
  cli::AddWhere(shell, root);
  cli::AddFollow(shell, root);
  cli::AddAccess(shell, root);
  cli::AddJobs(shell, root);
  cli::AddDoctor(shell, root);
  cli::AddClock(shell, root);
  cli::AddReport(shell, root);
  cli::AddRehearse(shell, root);
  cli::AddCompletion(shell, root, arguments);

  const cli::Arguments::Outcome outcome = arguments.Parse(argc, argv);
  if (outcome.stop) return outcome.exit_code;
  // Libraries log trouble only; what a person needs to know is printed.
  host::InitLog("cli", "error");
  const base::Status done = arguments.chosen()();
  return done.ok() ? 0 : shell.Fail(done.error());
}
