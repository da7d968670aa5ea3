// A township's visit, as cases tells it, becomes the answer to the letter.
#include <fmt/format.h>

#include "security/security.h"
#include "tracing/app/letter_desk.h"

namespace tracing {
namespace {

using base::Code;

// What no repetition mends, as against what waits for a key, a peer or the database.
bool IsForGood(const base::Error& error) {
  const bool refused =
      error.code == Code::kFailedPrecondition || error.code == Code::kInvalidArgument;
  const bool waits = error.reason == "NO_OWN_KEY" || error.reason == "NUMBERS_FROZEN" ||
                     error.reason == "RESTORE_UNCONFIRMED";
  return refused && !waits;
}

base::Result<Write> WriteOf(const HouseholdFinding& finding, const Office& office,
                            v1::Item& content) {
  const auto outcome = HouseholdOutcomeFromName(finding.outcome);
  if (!outcome) return base::Error{Code::kInvalidArgument, "BAD_CODE", "核查结果不明"};
  v1::ReplyLetter reply = finding.reply;
  const std::string text =
      fmt::format("经乡镇入户核查：{}", security::MaskText(reply.text()));
  const auto until = reply.has_until() ? DateOr(reply.until(), base::Date{}) : base::Date{};
  Write write{.kind = ItemKind::kAnswer, .text = text, .code = 0, .to = {}, .due = {},
              .by_machine = false};
  if (*outcome == HouseholdOutcome::kNeedsTime) {
    write.kind = ItemKind::kInterim;
    write.due = until;
    content.mutable_interim()->set_text(text);
    *content.mutable_interim()->mutable_until() = reply.until();
    return write;
  }
  write.code = AnswerOf(*outcome, {}).code;
  reply.set_code(static_cast<v1::ReplyCode>(write.code));
  reply.set_text(text);
  reply.mutable_contact()->set_body(office.bureau);
  RETURN_IF_ERROR(CheckReply(FieldsOfReply(reply)));
  *content.mutable_reply() = reply;
  return write;
}

}  // namespace

base::Result<Outcome> LetterDesk::AnswerHousehold(const HouseholdFinding& finding) {
  Job job{PolicyNow()};
  job.actor = office_.inbox;
  const base::Result<Write> write = WriteOf(finding, office_, job.content);
  if (!write.ok()) return HandToOfficer(finding.answer, write.error().detail);
  const Work work = [&](store::Transaction& tx, Job& inner) -> base::Result<Outcome> {
    ASSIGN_OR_RETURN(std::optional<LetterRow> row, inner.cargo->Lock(tx, finding.answer.id));
    ASSIGN_OR_RETURN(const bool taken, TakeHouseholdAnswer(tx, finding.answer));
    if (!row || !taken) return Outcome{};
    return Advance(tx, *row, *write, inner);
  };
  auto done = InTransaction(job, finding.answer.id, work);
  if (done.ok() || !IsForGood(done.error())) return done;
  return HandToOfficer(finding.answer, done.error().detail);
}

base::Result<Outcome> LetterDesk::HandToOfficer(const HouseholdAnswer& answer,
                                                const std::string& why) {
  Job job{PolicyNow()};
  job.actor = office_.inbox;
  const Work work = [&](store::Transaction& tx, Job& inner) -> base::Result<Outcome> {
    ASSIGN_OR_RETURN(std::optional<LetterRow> row, inner.cargo->Lock(tx, answer.id));
    ASSIGN_OR_RETURN(const bool taken, TakeHouseholdAnswer(tx, answer));
    if (!row || !taken) return Outcome{};
    ASSIGN_OR_RETURN(const auto known, FindSlip(tx, answer.id));
    DeskSlip slip = known.value_or(DeskSlip{});
    slip.why = fmt::format("乡镇已核查，但未能据此答复（{}）", why);
    RETURN_IF_ERROR(SaveSlip(tx, answer.id, slip, Now()));
    if (row->conversation.desk != Desk::kHousehold) return Outcome{};
    return Advance(tx, *row, ToDesk{Desk::kOfficer}, inner);
  };
  return InTransaction(job, answer.id, work);
}

}  // namespace tracing
