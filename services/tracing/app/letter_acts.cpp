#include "tracing/app/letter_acts.h"

#include <fmt/format.h>

namespace tracing {
namespace {

using base::Code;
using base::Error;

base::Result<OfficerAct> ReplyAct(const v1::DoLetterAct& request, bool by_hand) {
  RETURN_IF_ERROR(CheckReply(FieldsOfReply(request.reply())));
  OfficerAct act;
  *act.content.mutable_reply() = request.reply();
  act.content.mutable_reply()->set_by_machine(false);
  Write write{.kind = ItemKind::kAnswer,
              .text = request.text().empty() ? request.reply().text() : request.text(),
              .code = static_cast<ReplyCode>(request.reply().code()),
              .to = {}, .due = {}, .by_machine = false};
  if (by_hand) {
    act.input = PaperItem{.write = std::move(write), .reference = request.reference()};
  } else {
    act.input = std::move(write);
  }
  return act;
}

// Items that an officer writes as a text, with or without a day or another county.
base::Result<OfficerAct> TextAct(const v1::DoLetterAct& request) {
  const std::string& kind = request.kind();
  OfficerAct act;
  Write write{.kind = ItemKind::kNone, .text = request.text(), .code = 0, .to = {}, .due = {},
              .by_machine = false};
  if (request.has_until()) {
    const base::Date day = DateOr(request.until(), base::Date{});
    if (day == base::Date{}) return Error{Code::kInvalidArgument, "BAD_DATE", "没有这一天"};
    write.due = day;
  }
  if (kind == "withdraw") {
    write.kind = ItemKind::kWithdraw;
    act.content.mutable_withdrawal()->set_text(request.text());
  } else if (kind == "supplement") {
    write.kind = ItemKind::kSupplement;
    act.content.mutable_supplement()->set_text(request.text());
  } else if (kind == "close") {
    write.kind = ItemKind::kClose;
    act.content.mutable_closing()->set_text(request.text());
  } else if (kind == "reopen") {
    write.kind = ItemKind::kReopen;
    act.content.mutable_reopening()->set_text(request.text());
    if (write.due) PutDate(*write.due, act.content.mutable_reopening()->mutable_reply_by());
  } else if (kind == "acknowledge") {
    write.kind = ItemKind::kAcknowledge;
    act.content.mutable_acknowledgement()->set_by_machine(false);
  } else if (kind == "interim") {
    write.kind = ItemKind::kInterim;
    act.content.mutable_interim()->set_text(request.text());
    if (write.due) PutDate(*write.due, act.content.mutable_interim()->mutable_until());
  } else if (kind == "refuse") {
    write.kind = ItemKind::kRefuse;
    act.content.mutable_refusal()->set_reason(request.reason());
    act.content.mutable_refusal()->set_text(request.text());
  } else if (kind == "forward") {
    write.kind = ItemKind::kForward;
    ASSIGN_OR_RETURN(write.to, Division::Parse(request.to()));
    act.content.mutable_forwarding()->set_to(request.to());
    act.content.mutable_forwarding()->set_text(request.text());
  } else {
    return Error{Code::kInvalidArgument, "BAD_ACT", fmt::format("没有“{}”这种操作", kind)};
  }
  act.input = std::move(write);
  return act;
}

}  // namespace

base::Result<OfficerAct> ActFrom(const v1::DoLetterAct& request, const Office&) {
  const std::string& kind = request.kind();
  OfficerAct act;
  if (kind == "answer") return ReplyAct(request, false);
  if (kind == "answer_by_hand") return ReplyAct(request, true);
  if (kind == "approve") {
    act.input = Approve{};
  } else if (kind == "reject") {
    act.input = Reject{request.text()};
  } else if (kind == "resend") {
    act.input = Resend{};
  } else if (kind == "by_paper") {
    act.input = ByPaper{};
  } else if (kind == "receipt_by_hand") {
    act.input = PaperReceipt{request.reference()};
  } else if (kind == "to_household") {
    act.input = ToDesk{Desk::kHousehold};
  } else if (kind == "to_officer") {
    act.input = ToDesk{Desk::kOfficer};
  } else {
    return TextAct(request);
  }
  return act;
}

}  // namespace tracing
