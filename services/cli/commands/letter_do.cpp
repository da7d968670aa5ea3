#include "cli/commands/letter_show.h"

#include <fmt/format.h>

#include <memory>

#include "cli/commands/letter_attach.h"
#include "cli/commands/letter_names.h"
#include "cli/shell/values.h"

namespace cli {
namespace {

namespace tracing = baoxue::tracing::v1;

constexpr const char* kVersionHelp = "what `letter show` said; refuse if it has changed; 0: any";

struct Options {
  std::string letter = {};
  std::string act = {};
  std::string text = {};
  std::string to = {};
  std::string until = {};
  std::string code = {};
  std::string school = {};
  std::string grade_class = {};
  std::int64_t persuasions = 0;
  std::string third_address = {};
  std::string third_phone = {};
  std::string since = {};
  std::string reference = {};
  std::string on = {};
  std::string reason = {};
  std::vector<std::string> attach = {};
  std::int64_t candidate = 0;
  std::int64_t expected_version = 0;
};

base::Status Do(Shell& shell, const Options& o, const std::string& act) {
  tracing::DoLetterAct request;
  ASSIGN_OR_RETURN(const std::string id, FindLetterId(shell, o.letter));
  request.set_conversation_id(id);
  request.set_kind(act);
  request.set_expected_version(static_cast<std::int32_t>(o.expected_version));
  request.set_text(o.text);
  request.set_to(o.to);
  request.set_reference(o.reference);
  request.set_reason(o.reason);
  if (!o.until.empty()) RETURN_IF_ERROR(ReadDate(o.until, request.mutable_until()));
  if (!o.on.empty()) RETURN_IF_ERROR(ReadDate(o.on, request.mutable_on()));
  RETURN_IF_ERROR(ReadAttachments(o.attach, request.mutable_attachments()));
  request.set_candidate_student_id(o.candidate);
  if (o.candidate != 0) {
    request.mutable_reply()->set_text(o.text);
  } else if (act == "answer" || act == "answer_by_hand") {
    tracing::ReplyLetter& reply = *request.mutable_reply();
    if (!tracing::ReplyCode_IsValid(ReplyCodeOf(o.code))) return WrongWords("--code is R01..R99");
    reply.set_code(static_cast<tracing::ReplyCode>(ReplyCodeOf(o.code)));
    reply.set_text(o.text);
    reply.set_school(o.school);
    reply.set_grade_class(o.grade_class);
    reply.set_persuasions(static_cast<std::uint32_t>(o.persuasions));
    reply.set_third_division(o.to);
    reply.set_third_address(o.third_address);
    reply.set_third_phone(o.third_phone);
    if (!o.since.empty()) RETURN_IF_ERROR(ReadDate(o.since, reply.mutable_since()));
    if (!o.until.empty()) RETURN_IF_ERROR(ReadDate(o.until, reply.mutable_until()));
  }
  ASSIGN_OR_RETURN(const auto reply, (shell.Ask<tracing::LetterReply>("tracing", request)));
  ShowLetter(shell, reply);
  return {};
}

}  // namespace

void AddLetterActs(Shell& shell, Command& letter) {
  const auto o = std::make_shared<Options>();
  for (const char* act : {"approve", "resend"}) {
    Command one = letter.Sub(act, std::string{act} + " a letter");
    one.Text("LETTER", o->letter, "id or document number", Need::kRequired)
        .Number("--expected-version", o->expected_version, kVersionHelp);
    one.Run([&shell, o, act] { return Do(shell, *o, act); });
  }
  Command act = letter.Sub("do", "any other act on a letter");
  act.Text("LETTER", o->letter, "id or document number", Need::kRequired)
      .OneOf("ACT", o->act,
             {"approve", "reject", "withdraw", "supplement", "close", "reopen", "resend",
              "by_paper", "receipt_by_hand", "answer_by_hand", "interim_by_hand", "forward_by_hand",
              "refuse_by_hand", "acknowledge_by_hand", "acknowledge", "interim", "answer",
              "forward", "refuse", "to_household", "to_officer", "ask_third"},
             "what is done", Need::kRequired)
      .Text("--text", o->text, "what is said")
      .Text("--code", o->code, "of an answer: R01..R10, R99; of one on paper also R11, R12")
      .Number("--candidate", o->candidate, "of an answer: the student of ours who is meant")
      .Text("--school", o->school, "of an answer")
      .Text("--class", o->grade_class, "of an answer")
      .Number("--persuasions", o->persuasions, "of R04: how often")
      .Text("--third-address", o->third_address, "of R05: where the family lives")
      .Text("--third-phone", o->third_phone, "of R05")
      .Text("--since", o->since, "of an answer: day")
      .Text("--until", o->until, "day")
      .Text("--to", o->to, "division code")
      .List("--attach", o->attach, "of an answer or supplement: a file; repeat for more")
      .Text("--reason", o->reason, "of a refusal")
      .Number("--expected-version", o->expected_version, kVersionHelp)
      .Text("--reference", o->reference, "of paper: number of the post or of the scan")
      .Text("--on", o->on, "of paper: the day on which it was delivered");
  act.Run([&shell, o] { return Do(shell, *o, o->act); });
}

}  // namespace cli
