#include <fmt/format.h>

#include <algorithm>
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

constexpr std::uint32_t kPage = 1000;

struct Options {
  std::int64_t watch = 0;
  std::string direction = {};
  std::string state = {};
  bool overdue = false;
  bool open = false;
  std::int64_t student = 0;
  std::int64_t limit = 200;
  std::int64_t version = 0;
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
  shell.Say(fmt::format("第 {} 版\n", transfer.version()));
}

// Every page, oldest first.
base::Result<tracing::ListTransfersReply> AllOf(Shell& shell, tracing::ListTransfers request) {
  request.set_limit(kPage);
  tracing::ListTransfersReply all;
  for (;;) {
    ASSIGN_OR_RETURN(const auto page,
                     (shell.Ask<tracing::ListTransfersReply>("tracing", request)));
    for (const tracing::Transfer& one : page.transfers()) *all.add_transfers() = one;
    all.set_total(page.total());
    if (page.transfers_size() < static_cast<int>(kPage)) return all;
    request.set_after(page.transfers().rbegin()->watch_id());
  }
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
  if (o.limit < 1) return WrongWords("--limit 应为 1 以上");
  ASSIGN_OR_RETURN(const auto all, AllOf(shell, request));
  const auto shown = static_cast<int>(std::min<std::int64_t>(o.limit, all.transfers_size()));
  tracing::ListTransfersReply newest;
  newest.set_total(all.total());
  for (int i = 0; i < shown; ++i) {
    *newest.add_transfers() = all.transfers(all.transfers_size() - 1 - i);
  }
  if (shell.json()) {
    shell.Json(newest);
    return {};
  }
  TextTable table = ListTable();
  for (const tracing::Transfer& one : newest.transfers()) ListRow(table, one);
  shell.Say(table.ToString());
  shell.Say(fmt::format("共 {} 件,所列 {} 件\n", WithCommas(all.total()), shown));
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
  request.set_expected_version(static_cast<std::int32_t>(o.version));
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
  Command command = root.Sub("transfer", "转学：跟踪转出、转入的学生是否到校");
  command.NeedsSub();
  const auto o = std::make_shared<Options>();
  Command list = command.Sub("list", "列出转学跟踪，新的在前");
  list.OneOf("--direction", o->direction, {{"out", "转出"}, {"in", "转入"}}, "只列转出或转入")
      .OneOf("--state", o->state, {{"waiting", "待确认到校"},
              {"arrived", "已到校"},
              {"missing", "逾期未到校"},
              {"called_off", "已取消"}},
             "只列这一状态")
      .Flag("--overdue", o->overdue, "只列有一方逾期的")
      .Flag("--open", o->open, "只列尚未办完的")
      .Number("--student", o->student, "只列这名学生的：学生编号")
      .Number("--limit", o->limit, "最多列出几件，新的在前");
  list.Run([&shell, o] { return List(shell, *o); });
  Command show = command.Sub("show", "一件转学的四方办理情况和经过");
  show.Number("WATCH", o->watch, "转学编号", Need::kRequired);
  show.Run([&shell, o] { return ShowTransfer(shell, *o); });
  Command step = command.Sub("step", "人工登记学籍和函件中没有的情况");
  step.Number("WATCH", o->watch, "转学编号", Need::kRequired)
      .OneOf("KIND", o->kind,
             {{"party", "一方已办理"}, {"arrived", "已到校"}, {"call_off", "取消转学"}},
             "登记什么", Need::kRequired)
      .OneOf("--party", o->party, {{"into_school", "转入校"},
              {"into_bureau", "转入地主管部门"},
              {"out_school", "转出校"},
              {"out_bureau", "转出地主管部门"}},
             "哪一方已办理")
      .Text("--on", o->on, "日期，不填为今天")
      .Text("--school", o->school, "到校的学校")
      .Text("--text", o->text, "从何得知，或取消的理由")
      .Number("--expected-version", o->version,
              "transfer show 所说的版本；已有变动则不办。0 为不限");
  step.Run([&shell, o] { return Step(shell, *o); });
}

}  // namespace cli
