#include "cli/importing/importing.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>

#include "cli/importing/summary.h"
#include "cli/importing/upload.h"
#include "cli/rehearsal/clock_drive.h"
#include "cli/sample/truth.h"
#include "cli/shell/progress.h"
#include "tables/tables.h"

namespace cli {
namespace {

namespace registry = baoxue::registry::v1;
using base::Code;
using base::Error;
using Reply = base::Result<registry::ImportReply>;

constexpr std::chrono::minutes kLongCall{10};
constexpr std::chrono::milliseconds kPoll{150};
constexpr int kEveMinute = 8 * 60;

template <class Req>
Reply AskLong(Shell& shell, const Req& request) {
  bus::CallOptions call = shell.Call(kLongCall);
  call.attempt_timeout = kLongCall;
  return shell.AskAs<registry::ImportReply>("registry", request, std::move(call));
}

Reply Look(Shell& shell, const std::string& import_id) {
  registry::GetImport request;
  request.set_import_id(import_id);
  return shell.Ask<registry::ImportReply>("registry", request);
}

// The upload is over: the dry run, once it is there.
Reply DryRun(Shell& shell, const Upload& upload) {
  registry::FinishImport finish;
  finish.set_import_id(upload.import_id);
  finish.set_chunks(upload.chunks);
  ASSIGN_OR_RETURN(auto reply, AskLong(shell, finish));
  while (reply.state() == "uploading" || reply.state() == "checking") {
    shell.Pause(kPoll);
    ASSIGN_OR_RETURN(reply, Look(shell, upload.import_id));
  }
  return reply;
}

Reply ApplyIt(Shell& shell, const std::string& import_id, std::uint64_t rows) {
  registry::ApplyImport apply;
  apply.set_import_id(import_id);
  ASSIGN_OR_RETURN(auto reply, AskLong(shell, apply));
  Progress progress("写入", rows, shell.quiet());
  while (reply.state() == "applying") {
    progress.Set(reply.rows_applied());
    shell.Pause(kPoll);
    ASSIGN_OR_RETURN(reply, Look(shell, import_id));
  }
  if (reply.state() != "applied") {
    return Error{Code::kFailedPrecondition, "IMPORT_FAILED",
                 reply.error().empty() ? "导入没有完成,状态为 " + reply.state() : reply.error()};
  }
  progress.Finish();
  return reply;
}

bool AskPerson() {
  std::cout << "写入以上内容?[y/N] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer == "y" || answer == "Y" || answer == "yes" || answer == "是";
}

bool ShallApply(const ImportOptions& options) {
  if (options.apply == Apply::kAsk) return IsTerminal(STDIN_FILENO) && AskPerson();
  return options.apply == Apply::kYes;
}

base::Status Cancel(Shell& shell, const std::string& import_id) {
  registry::CancelImport cancel;
  cancel.set_import_id(import_id);
  const auto cancelled = shell.Ask<registry::ImportReply>("registry", cancel);
  if (!cancelled.ok()) return cancelled.error();
  return {};
}

base::Result<ImportOutcome> Decide(Shell& shell, const ImportOptions& options, const Upload& upload,
                                   registry::ImportReply checked) {
  if (checked.refused() > 0 && !options.refused_file.empty()) {
    RETURN_IF_ERROR(WriteRefused(shell, upload.import_id, options.refused_file));
  } else if (checked.refused() > 0) {
    shell.Say("用 --refused 文件名 可把被拒的行连同原因存成同样格式的表");
  }
  const bool nothing_left = checked.refused() > 0 && checked.refused() == checked.rows();
  if (nothing_left || (options.strict && checked.refused() > 0)) {
    RETURN_IF_ERROR(Cancel(shell, upload.import_id));
    return Error{nothing_left ? Code::kInvalidArgument : Code::kFailedPrecondition,
                 nothing_left ? "ALL_REFUSED" : "ROWS_REFUSED",
                 fmt::format("{} 行被拒,什么也没有写入", checked.refused())};
  }
  if (!ShallApply(options)) {
    RETURN_IF_ERROR(Cancel(shell, upload.import_id));
    shell.Say("以上只是试算,什么也没有写入;加 --yes 写入");
    return ImportOutcome{.reply = std::move(checked), .applied = false};
  }
  ASSIGN_OR_RETURN(auto applied, ApplyIt(shell, upload.import_id, checked.rows()));
  shell.Say("已写入");
  return ImportOutcome{.reply = std::move(applied), .applied = true};
}

// A sample belongs to its own time: a rehearsal that is earlier is taken to the day before its
// first. (From a later one the lists still hold; a real deployment keeps its time.)
base::Status GoToSample(Shell& shell, base::Date first_day) {
  ASSIGN_OR_RETURN(const host::Suite* suite, shell.suite());
  if (!suite->rehearsal) return {};
  ClockDrive drive(shell);
  ASSIGN_OR_RETURN(const base::UtcTime now, drive.Now());
  const base::UtcTime eve = base::InstantAt(first_day - std::chrono::days{1}, kEveMinute);
  if (now >= eve) return {};
  const auto moved = drive.AdvanceTo(eve);
  if (!moved.ok()) return moved.error();
  return {};
}

}  // namespace

base::Result<ImportOutcome> ImportFile(Shell& shell, const ImportOptions& options) {
  ASSIGN_OR_RETURN(const auto table, tables::Open(options.file));
  ASSIGN_OR_RETURN(const Upload upload, SendTable(shell, options, *table));
  shell.Say(fmt::format("{}({})", options.file, table->Description()));
  if (!upload.unknown_columns.empty()) {
    shell.Say(fmt::format("不认识的列,已略过:{}", fmt::join(upload.unknown_columns, "、")));
  }
  ASSIGN_OR_RETURN(auto checked, DryRun(shell, upload));
  if (checked.state() == "failed") {
    return Error{Code::kFailedPrecondition, "IMPORT_FAILED", checked.error()};
  }
  shell.Say(SummaryText(checked));
  return Decide(shell, options, upload, std::move(checked));
}

base::Result<std::vector<ImportOutcome>> ImportSample(Shell& shell, const std::string& folder) {
  ASSIGN_OR_RETURN(const sample::Truth truth, sample::ReadTruth(folder + "/truth.json"));
  RETURN_IF_ERROR(GoToSample(shell, truth.first_day));
  const std::string batch = truth.first_day.ToString();
  std::vector<ImportOptions> files{{.file = folder + "/schools.csv", .kind = "schools"},
                                   {.file = folder + "/classes.csv", .kind = "classes"},
                                   {.file = folder + "/roster.csv", .kind = "roster", .full = true},
                                   {.file = folder + "/school_age.csv",
                                    .kind = "school-age",
                                    .source = "公安局",
                                    .batch = batch}};
  for (const sample::GroupFile& group : truth.groups) {
    files.push_back({.file = folder + "/" + group.path,
                     .kind = "group",
                     .source = group.source,
                     .batch = batch,
                     .group = group.group});
  }
  std::vector<ImportOutcome> outcomes;
  for (ImportOptions& options : files) {
    options.apply = Apply::kYes;
    options.strict = true;
    auto done = ImportFile(shell, options);
    if (!done.ok()) {
      base::Error error = done.error();
      error.detail = options.file + ":" + error.detail;
      return error;
    }
    outcomes.push_back(std::move(done).value());
  }
  return outcomes;
}

}  // namespace cli
