#include "tracing/app/letter_acts.h"

#include <fmt/format.h>

#include "tracing/app/letter_files.h"
#include "tracing/domain/wire.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

base::Result<OfficerAct> ReplyAct(const v1::DoLetterAct& request) {
  RETURN_IF_ERROR(CheckReply(FieldsOfReply(request.reply())));
  OfficerAct act;
  *act.content.mutable_reply() = request.reply();
  act.content.mutable_reply()->set_by_machine(false);
  for (const v1::Attachment& one : request.attachments()) {
    *act.content.mutable_reply()->add_proof() = one;
  }
  Write write{.kind = ItemKind::kAnswer,
              .text = request.text().empty() ? request.reply().text() : request.text(),
              .code = ReplyCodeOf(request.reply().code()),
              .to = {}, .due = {}, .by_machine = false};
  act.input = std::move(write);
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
    *act.content.mutable_supplement()->mutable_attachments() = request.attachments();
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
    if (request.reason().empty()) {
      return Error{Code::kInvalidArgument, "REASON_MISSING", "请写明不予办理的理由"};
    }
    if (write.text.empty()) write.text = request.reason();
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

// R11 and R12 of a tear-off reply are what a member's system writes as a forwarding and an interim
// reply.
base::Result<v1::DoLetterAct> AsWritten(v1::DoLetterAct request) {
  const v1::ReplyLetter reply = request.reply();
  RETURN_IF_ERROR(CheckReply(FieldsOfReply(reply)));
  if (request.text().empty()) request.set_text(reply.text());
  if (reply.code() == v1::REPLY_CODE_R11) {
    request.set_kind("forward");
    if (request.to().empty()) request.set_to(reply.third_division());
    if (request.to().empty()) {
      return Error{Code::kInvalidArgument, "BAD_TARGET", "请写明转往何地的六位行政区划代码（--to）"};
    }
  } else if (reply.code() == v1::REPLY_CODE_R12) {
    request.set_kind("interim");
    *request.mutable_until() = reply.until();
  }
  return request;
}

// What a county without the software wrote on paper, as the other side's item.
base::Result<OfficerAct> PaperAct(const v1::DoLetterAct& request, const std::string& kind) {
  v1::DoLetterAct said = request;
  said.set_kind(kind);
  if (kind == "answer") {
    ASSIGN_OR_RETURN(said, AsWritten(std::move(said)));
  } else if (kind != "forward" && kind != "interim" && kind != "refuse" && kind != "acknowledge") {
    return Error{Code::kInvalidArgument, "BAD_ACT",
                 fmt::format("没有“{}”这种操作", request.kind())};
  }
  ASSIGN_OR_RETURN(OfficerAct act, said.kind() == "answer" ? ReplyAct(said) : TextAct(said));
  act.input = PaperItem{.write = std::get<Write>(act.input), .reference = request.reference()};
  return act;
}

base::Result<OfficerAct> ActOf(const v1::DoLetterAct& request) {
  constexpr std::string_view kByHand = "_by_hand";
  const std::string& kind = request.kind();
  OfficerAct act;
  if (kind == "answer") return ReplyAct(request);
  if (kind.ends_with(kByHand) && kind != "receipt_by_hand") {
    return PaperAct(request, kind.substr(0, kind.size() - kByHand.size()));
  }
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

}  // namespace

base::Result<OfficerAct> ActFrom(const v1::DoLetterAct& request, const Policy& policy) {
  ASSIGN_OR_RETURN(OfficerAct act, ActOf(request));
  if (!request.attachments().empty() && !act.content.has_reply() &&
      !act.content.has_supplement()) {
    return Error{Code::kInvalidArgument, "BAD_ACT", "附件只能随回函或补充材料发送"};
  }
  RETURN_IF_ERROR(PrepareFiles(policy, &act.content));
  return act;
}

}  // namespace tracing
