#include <fmt/format.h>

#include <memory>

#include "cli/commands/commands.h"
#include "cli/importing/importing.h"
#include "cli/shell/json.h"

namespace cli {
namespace {

struct Options {
  ImportOptions import = {};
  std::string sample = {};
  bool dry_run = false;
  bool yes = false;
};

base::Status Import(Shell& shell, Options& options) {
  if (!options.sample.empty()) {
    ASSIGN_OR_RETURN(const auto outcomes, ImportSample(shell, options.sample));
    if (shell.json()) {
      std::vector<std::string> items;
      for (const ImportOutcome& one : outcomes) items.push_back(ToJson(one.reply));
      shell.Json(JsonArray(items));
    }
    return {};
  }
  if (options.import.file.empty() || options.import.kind.empty()) {
    return WrongWords("name a FILE and its --kind, or a --sample folder");
  }
  options.import.apply = options.dry_run ? Apply::kNo : options.yes ? Apply::kYes : Apply::kAsk;
  ASSIGN_OR_RETURN(const ImportOutcome outcome, ImportFile(shell, options.import));
  if (shell.json()) {
    shell.Json(
        JsonObject{}.Bool("applied", outcome.applied).Message("import", outcome.reply).ToString());
  }
  return {};
}

}  // namespace

void AddImport(Shell& shell, Command& root) {
  Command command = root.Sub("import", "Import a list (CSV or XLSX): dry run first, then apply");
  const auto options = std::make_shared<Options>();
  ImportOptions& import = options->import;
  command.Text("FILE", import.file, "the table to import")
      .OneOf("--kind", import.kind, {"roster", "school-age", "group", "schools", "classes"},
             "what the list is")
      .Flag("--full", import.full, "the whole roster: students that are not in it are reported")
      .Text("--source", import.source, "department that gave the list")
      .Text("--batch", import.batch, "its batch number or date")
      .Text("--group", import.group, "group of a partner list, e.g. 脱贫户")
      .Text("--valid-from", import.valid_from, "first day on which the list holds")
      .Text("--valid-to", import.valid_to, "last day on which the list holds")
      .Text("--refused", import.refused_file, "write refused rows with 原因 here (.csv or .xlsx)")
      .Flag("--strict", import.strict, "one refused row stops the whole import")
      .Flag("--dry-run", options->dry_run, "change nothing")
      .Flag("--yes,-y", options->yes, "apply without asking")
      .Text("--sample", options->sample, "apply all lists of a sample's folder");
  command.Run([&shell, options] { return Import(shell, *options); });
}

}  // namespace cli
