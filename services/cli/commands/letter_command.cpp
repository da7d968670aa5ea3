#include <fmt/format.h>

#include <memory>

#include "cli/commands/commands.h"
#include "cli/commands/letter_attach.h"
#include "cli/commands/letter_draft.h"
#include "cli/commands/letter_show.h"
#include "cli/commands/print_command.h"
#include "tracing/contract/tracing.pb.h"

namespace cli {
namespace {

namespace tracing = baoxue::tracing::v1;
using base::Code;
using base::Error;

struct Options {
  std::int64_t year = 0;
  std::int64_t last = 0;
};

base::Status Restored(Shell& shell) {
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing::AnnounceRestoreReply>(
                                         "tracing", tracing::AnnounceRestore{})));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  shell.Say(fmt::format("已登记数据恢复(第 {} 期),正在向 {} 个成员核对;核对完毕前文号暂停编发\n",
                        reply.epoch(), reply.members()));
  return {};
}

base::Status ConfirmNumbers(Shell& shell, const Options& o) {
  tracing::ConfirmNumbers request;
  request.set_year(static_cast<std::uint32_t>(o.year));
  request.set_last(static_cast<std::uint32_t>(o.last));
  ASSIGN_OR_RETURN(const auto reply,
                   (shell.Ask<tracing::ConfirmNumbersReply>("tracing", request)));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  shell.Say(fmt::format("{} 年文号从 {} 号续编\n", reply.year(), reply.next()));
  return {};
}

}  // namespace

void AddLetter(Shell& shell, Command& root) {
  Command command = root.Sub("letter", "函件：县与县之间的往来函件");
  command.NeedsSub();
  const auto o = std::make_shared<Options>();
  AddLetterDraft(shell, command, ShowLetter);
  AddLetterList(shell, command);
  AddLetterShow(shell, command);
  AddLetterActs(shell, command);
  Command restored = command.Sub("restored", "数据库从备份恢复后，登记并与各县核对");
  restored.Run([&shell] { return Restored(shell); });
  Command confirm = command.Sub("confirm-numbers", "恢复后人工核定最后一个文号");
  confirm.Number("--year", o->year, "文号的年份")
      .Number("--last", o->last, "纸质登记簿上的最后一号，0 为没有");
  confirm.Run([&shell, o] { return ConfirmNumbers(shell, *o); });
  AddLetterPrint(shell, command);
  AddLetterAttachment(shell, command);
}

}  // namespace cli
