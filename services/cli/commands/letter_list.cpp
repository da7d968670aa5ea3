#include "cli/commands/letter_show.h"

#include <fmt/format.h>

#include <memory>

#include "cli/commands/letter_names.h"
#include "cli/shell/values.h"

namespace cli {
namespace {

namespace tracing = baoxue::tracing::v1;

struct Options {
  bool incoming = false;
  bool outgoing = false;
  bool open = false;
  bool stuck = false;
  bool overdue = false;
  bool officer = false;
  std::int64_t case_id = 0;
};

base::Status List(Shell& shell, const Options& o) {
  tracing::ListLetters request;
  request.set_incoming_only(o.incoming);
  request.set_outgoing_only(o.outgoing);
  request.set_open_only(o.open);
  request.set_stuck_only(o.stuck);
  request.set_overdue_only(o.overdue);
  request.set_for_officer_only(o.officer);
  request.set_case_id(o.case_id);
  request.set_limit(1000);
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing::ListLettersReply>("tracing", request)));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  TextTable table = LetterTable();
  for (const tracing::Letter& letter : reply.letters()) PutLetterRow(table, letter);
  shell.Say(table.ToString());
  shell.Say(fmt::format("{} letters\n", WithCommas(reply.total())));
  return {};
}

base::Status Summary(Shell& shell) {
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing::TracingSummary>(
                                         "tracing", tracing::GetTracingSummary{})));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  TextTable table({"状态", "发出", "收到"});
  for (const tracing::StateTally& one : reply.states()) {
    table.Row({one.name(), WithCommas(one.outgoing()), WithCommas(one.incoming())});
  }
  shell.Say(table.ToString());
  shell.Say(fmt::format("待回执 {}  滞留 {}  停发 {}  逾期 {}  待经办 {}\n", reply.waiting(),
                        reply.stuck(), reply.parked(), reply.overdue(), reply.for_officer()));
  if (reply.numbers_frozen()) shell.Say("数据恢复后正在与各县核对,文号暂停编发\n");
  return {};
}

}  // namespace

void AddLetterList(Shell& shell, Command& letter) {
  const auto o = std::make_shared<Options>();
  Command list = letter.Sub("list", "letters, oldest first");
  list.Flag("--incoming", o->incoming, "only those that came")
      .Flag("--outgoing", o->outgoing, "only those that went out")
      .Flag("--open", o->open, "only those that are not over")
      .Flag("--stuck", o->stuck, "only those that do not go on")
      .Flag("--overdue", o->overdue, "only those whose answer is late")
      .Flag("--for-officer", o->officer, "only those that wait for an officer here")
      .Number("--case", o->case_id, "only those of this case");
  list.Run([&shell, o] { return List(shell, *o); });
  Command summary = letter.Sub("summary", "how many letters stand where");
  summary.Run([&shell] { return Summary(shell); });
}

}  // namespace cli
