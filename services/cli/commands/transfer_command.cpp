#include <fmt/format.h>

#include <memory>

#include "base/money.h"
#include "cli/commands/commands.h"
#include "cli/commands/letter_names.h"
#include "cli/shell/text_table.h"
#include "cli/shell/values.h"
#include "tracing/contract/tracing.pb.h"

namespace cli {
namespace {

namespace tracing = baoxue::tracing::v1;

struct Options {
  std::int64_t watch = 0;
  std::string direction = {};
  std::string state = {};
  bool overdue = false;
  bool open = false;
  std::int64_t student = 0;
  std::string kind = {};
  std::string party = {};
  std::string on = {};
  std::string text = {};
  std::string school = {};
};

std::string DirectionText(tracing::TransferDirection direction) {
  return direction == tracing::TRANSFER_DIRECTION_OUT ? "转出" : "转入";
}

// The party whose turn it is, and until when.
std::string TurnText(const tracing::Transfer& transfer) {
  for (const tracing::TransferParty& party : transfer.parties()) {
    if (!party.running()) continue;
    return fmt::format("{} {}{}", party.name(), Show(party.due()), party.overdue() ? " 逾期" : "");
  }
  return "";
}

void ListRow(TextTable& table, const tracing::Transfer& one) {
  table.Row({std::to_string(one.watch_id()), DirectionText(one.direction()), one.student_name(),
             one.other_division() + one.other_name(), one.other_school(), one.state_name(),
             Show(one.began()), Show(one.arrive_by()), Show(one.arrived_on()), TurnText(one),
             one.reply().empty() ? one.letter_problem() : one.reply()});
}

TextTable ListTable() {
  return TextTable({"编号", "方向", "学生", "对方", "对方学校", "状态", "登记日", "到校期限", "到校日",
                    "轮到", "对方答复"});
}

std::string SourceText(const std::string& how) {
  if (how == "registry") return "学籍";
  if (how == "letter") return "函件";
  return how == "officer" ? "经办人登记" : "";
}

void ShowOne(Shell& shell, const tracing::TransferReply& reply) {
  if (shell.json()) return shell.Json(reply);
  const tracing::Transfer& transfer = reply.transfer();
  TextTable head = ListTable();
  ListRow(head, transfer);
  shell.Say(head.ToString());
  TextTable parties({"经办方", "期限", "办结日", "办理人", "据", ""});
  for (const tracing::TransferParty& party : transfer.parties()) {
    const bool late = party.overdue() && !party.has_done();
    const std::string note = late ? "逾期" : party.running() ? "办理中"
                             : party.has_done() ? "" : "预计期限";
    parties.Row({party.name(), Show(party.due()), Show(party.done()), party.by(),
                 SourceText(party.how()), note});
  }
  shell.Say(parties.ToString());
  if (!transfer.conversation_id().empty()) {
    shell.Say(fmt::format("函件: {}\n", LetterId(transfer.conversation_id())));
  }
  if (!transfer.letter_problem().empty()) {
    shell.Say(fmt::format("未能发函: {}\n", transfer.letter_problem()));
  }
  if (!transfer.last_paid_term().empty()) {
    shell.Say(fmt::format("对方资助已发至: {} {}元\n", transfer.last_paid_term(),
                          base::Money::Fen(transfer.last_paid_fen()).ToString()));
  }
  TextTable history({"时间", "事项", "经办人"});
  for (const tracing::TransferEntry& entry : transfer.history()) {
    history.Row({Show(entry.at()), entry.text(), entry.has_actor() ? Show(entry.actor()) : ""});
  }
  shell.Say(history.ToString());
}

base::Status List(Shell& shell, const Options& o) {
  tracing::ListTransfers request;
  if (o.direction == "out") request.set_direction(tracing::TRANSFER_DIRECTION_OUT);
  if (o.direction == "in") request.set_direction(tracing::TRANSFER_DIRECTION_IN);
  if (o.state == "waiting") request.set_state(tracing::TRANSFER_STATE_WAITING);
  if (o.state == "arrived") request.set_state(tracing::TRANSFER_STATE_ARRIVED);
  if (o.state == "missing") request.set_state(tracing::TRANSFER_STATE_MISSING);
  if (o.state == "called_off") request.set_state(tracing::TRANSFER_STATE_CALLED_OFF);
  request.set_overdue_only(o.overdue);
  request.set_open_only(o.open);
  request.set_student_id(o.student);
  request.set_limit(1000);
  ASSIGN_OR_RETURN(const auto reply,
                   (shell.Ask<tracing::ListTransfersReply>("tracing", request)));
  if (shell.json()) {
    shell.Json(reply);
    return {};
  }
  TextTable table = ListTable();
  for (const tracing::Transfer& one : reply.transfers()) ListRow(table, one);
  shell.Say(table.ToString());
  shell.Say(fmt::format("{} transfers\n", WithCommas(reply.total())));
  return {};
}

base::Status ShowTransfer(Shell& shell, const Options& o) {
  tracing::GetTransfer request;
  request.set_watch_id(o.watch);
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing::TransferReply>("tracing", request)));
  ShowOne(shell, reply);
  return {};
}

base::Status Step(Shell& shell, const Options& o) {
  tracing::RecordTransferStep request;
  request.set_watch_id(o.watch);
  request.set_kind(o.kind);
  request.set_party(o.party);
  request.set_text(o.text);
  request.set_school(o.school);
  if (!o.on.empty()) RETURN_IF_ERROR(ReadDate(o.on, request.mutable_on()));
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing::TransferReply>("tracing", request)));
  ShowOne(shell, reply);
  return {};
}

}  // namespace

void AddTransfer(Shell& shell, Command& root) {
  Command command = root.Sub("transfer", "转学: watches on children who went out or came in");
  command.NeedsSub();
  const auto o = std::make_shared<Options>();
  Command list = command.Sub("list", "watches, oldest first");
  list.OneOf("--direction", o->direction, {"out", "in"}, "only transfers out, or in")
      .OneOf("--state", o->state, {"waiting", "arrived", "missing", "called_off"}, "only these")
      .Flag("--overdue", o->overdue, "only those with a party beyond its days")
      .Flag("--open", o->open, "only those of which something is still awaited")
      .Number("--student", o->student, "only this student's");
  list.Run([&shell, o] { return List(shell, *o); });
  Command show = command.Sub("show", "one watch with its four parties and its history");
  show.Number("WATCH", o->watch, "number of the watch", Need::kRequired);
  show.Run([&shell, o] { return ShowTransfer(shell, *o); });
  Command step = command.Sub("step", "record what no registry and no letter has told");
  step.Number("WATCH", o->watch, "number of the watch", Need::kRequired)
      .OneOf("KIND", o->kind, {"party", "arrived", "call_off"}, "what is known",
             Need::kRequired)
      .OneOf("--party", o->party, {"into_school", "into_bureau", "out_school", "out_bureau"},
             "which party has done its part")
      .Text("--on", o->on, "day; else today")
      .Text("--school", o->school, "where the child has arrived")
      .Text("--text", o->text, "from whom it is known; why it is called off");
  step.Run([&shell, o] { return Step(shell, *o); });
}

}  // namespace cli
