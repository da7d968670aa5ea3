#include "tracing/endpoints/desk_room.h"

#include <fmt/format.h>

#include "host/log.h"
#include "security/security.h"
#include "tracing/app/away_entry.h"
#include "tracing/endpoints/registry_asks.h"
#include "tracing/endpoints/row_chores.h"
#include "tracing/store/codec.h"

namespace tracing {
namespace {

namespace cases = baoxue::cases::v1;
using base::Code;
using base::Error;

constexpr std::uint32_t kDueMax = 100;
constexpr std::chrono::minutes kTryAgain{1};
constexpr int kNamesMax = 1000;

HouseholdFinding FindingFrom(const HouseholdAnswer& answer, const cases::HouseholdAct& act) {
  HouseholdFinding finding{.answer = answer, .outcome = act.outcome(), .reply = {}};
  v1::ReplyLetter& reply = finding.reply;
  reply.set_text(act.text());
  reply.set_school(act.school());
  if (act.has_since()) *reply.mutable_since() = act.since();
  if (act.has_until()) *reply.mutable_until() = act.until();
  reply.set_persuasions(static_cast<std::uint32_t>(std::max(act.persuasions(), 0)));
  reply.set_third_division(act.third_division());
  reply.set_third_address(act.third_address());
  for (const std::string& evidence : act.evidence()) {
    v1::Attachment& proof = *reply.add_proof();
    proof.set_name(security::MaskText(evidence));
    proof.set_media_type("text/plain");
  }
  return finding;
}

void PutGuardians(const google::protobuf::RepeatedPtrField<v1::GuardianContact>& guardians,
                  v1::NamedChild* out) {
  for (const v1::GuardianContact& one : guardians) {
    out->add_guardians(fmt::format("{} {} {}", one.relation(), one.name(), one.phone()));
  }
}

}  // namespace

DeskRoom::DeskRoom(host::Host& host, LetterDesk& desk, Take take, std::function<void()> look)
    : host_(host), desk_(desk), take_(std::move(take)), look_(std::move(look)) {}

void DeskRoom::Register() {
  host_.server().On<v1::NameChildren, v1::NameChildrenReply>(
      [this](const bus::Request&, const v1::NameChildren& message) {
        return NameChildren(message);
      });
}

Chore DeskRoom::AnswerChore() {
  return VisitChore<HouseholdAnswer>(
      host_, desk_,
      {.name = "household_answers",
       .table = "household_answer",
       .due = DueHouseholdAnswers,
       .postpone = PostponeHouseholdAnswer,
       .take = [this](const HouseholdAnswer& answer, const cases::HouseholdAct& act)
           -> base::Status {
         ASSIGN_OR_RETURN(const Outcome outcome, desk_.AnswerHousehold(FindingFrom(answer, act)));
         take_(outcome);
         return {};
       }});
}

Chore DeskRoom::MachineChore() {
  return RowsOf("machine_letters", "machine_letter", [this] { return RunMachine(); });
}

base::Result<v1::NameChildrenReply> DeskRoom::NameChildren(const v1::NameChildren& message) {
  v1::NameChildrenReply reply;
  int count = 0;
  for (const std::string& id : message.conversation_ids()) {
    if (++count > kNamesMax) break;
    const auto row = desk_.Get(IdFrom(id));
    if (!row.ok()) {
      if (row.error().code == Code::kNotFound) continue;
      return row.error();
    }
    v1::NamedChild& child = *reply.add_children();
    child.set_conversation_id(id);
    child.set_name(row->student_name);
    child.set_id_masked(row->id_masked);
    if (!message.with_details()) continue;
    ASSIGN_OR_RETURN(const v1::Item item, desk_.ItemOf(IdFrom(id), true, 1));
    if (const v1::Child* const of_letter = ChildOf(item)) {
      child.set_address(of_letter->household_address());
    }
    if (item.has_inquiry()) PutGuardians(item.inquiry().guardians(), &child);
    if (item.has_persuasion()) PutGuardians(item.persuasion().guardians(), &child);
  }
  RETURN_IF_ERROR(NameAway(message, reply));
  return reply;
}

base::Status DeskRoom::NameAway(const v1::NameChildren& message, v1::NameChildrenReply& reply) {
  int count = 0;
  return desk_.pool().WithSession([&](store::Session& session) -> base::Status {
    for (const std::int64_t id : message.away_ids()) {
      if (++count > kNamesMax) break;
      ASSIGN_OR_RETURN(const std::optional<AwayRow> row, FindAway(session, id));
      if (!row) continue;
      v1::NamedChild& child = *reply.add_children();
      child.set_away_id(id);
      child.set_name(row->name);
      child.set_id_masked(row->id_masked);
      if (!message.with_details()) continue;
      ASSIGN_OR_RETURN(const AwayDetails details, OpenDetails(*row, *desk_.office().keyring));
      child.set_address(details.address());
      child.add_guardians(fmt::format("{} {} {}", details.relation(), details.guardian(),
                                      details.phone().empty() ? details.guardian_phone()
                                                              : details.phone()));
    }
    return {};
  });
}

// ---- letters that another one brings about ------------------------------------------------------

base::Result<std::uint64_t> DeskRoom::RunMachine() {
  std::vector<MachineLetter> due;
  RETURN_IF_ERROR(desk_.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(due, DueMachineLetters(session, desk_.Now(), kDueMax));
    return {};
  }));
  for (const MachineLetter& letter : due) RETURN_IF_ERROR(Write(letter));
  return due.size();
}

// What is refused for good says so; what cannot be done now is tried again.
base::Status DeskRoom::Write(MachineLetter letter) {
  const auto written = letter.kind == MachineKind::kCopy ? desk_.WriteCopy(letter)
                                                         : desk_.WriteOnward(letter);
  letter.next_at.reset();
  if (written.ok()) {
    letter.state = MachineState::kWritten;
    letter.written = IdFrom(written->reply);
    if (!written->send.empty() || written->look_up) take_(*written);
  } else {
    const Code code = written.error().code;
    const bool for_good = (code == Code::kFailedPrecondition || code == Code::kInvalidArgument ||
                           code == Code::kNotFound) &&
                          written.error().reason != "NO_OWN_KEY";
    host::LogWarnLimited("tracing.machine_letter_failed", 60,
                         {{"kind", std::string{MachineKindName(letter.kind)}},
                          {"reason", written.error().reason}});
    letter.why = written.error().detail;
    if (for_good) letter.state = MachineState::kRefused;
    if (!for_good) letter.next_at = desk_.Now() + kTryAgain;
  }
  RETURN_IF_ERROR(desk_.pool().InTransaction(
      [&](store::Transaction& tx) { return UpdateMachineLetter(tx, letter); }));
  host_.NotifyFeed();
  return {};
}

base::Status DeskRoom::AskThird(const v1::DoLetterAct& message) {
  RETURN_IF_ERROR(desk_.AskThird(IdFrom(message.conversation_id()), message.to()));
  look_();
  return {};
}

// ---- what officers see --------------------------------------------------------------------------

base::Status DeskRoom::PutSheet(const LetterRow& row, v1::Letter* out) {
  const ConversationId& id = row.conversation.id;
  ASSIGN_OR_RETURN(const std::optional<DeskNote> slip, desk_.SlipOf(id));
  if (slip) {
    out->set_desk_why(slip->why);
    out->set_suggested_forward(slip->suggested_forward.ToString());
    for (const SlipCandidate& one : slip->candidates) {
      v1::Candidate& candidate = *out->add_candidates();
      candidate.set_student_id(one.student_id);
      candidate.set_person_id(one.person_id);
      candidate.set_name(one.name);
      candidate.set_id_masked(one.id_masked);
      candidate.set_school(one.school);
      candidate.set_grade_class(one.grade_class);
      candidate.set_score(static_cast<std::uint32_t>(one.score));
      for (const std::string& reason : one.reasons) candidate.add_reasons(reason);
    }
  }
  for (const Hop& hop : row.conversation.hops) {
    v1::ForwardedFrom& from = *out->add_forwarded_from();
    from.set_conversation_id(BytesOf(hop.conversation));
    from.set_by(hop.by.ToString());
    from.set_item_hash(BytesOf(hop.forwarding));
  }
  std::vector<MachineLetter> letters;
  RETURN_IF_ERROR(desk_.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(letters, MachineLettersOf(session, id));
    return {};
  }));
  const std::shared_ptr<const Book> book = desk_.office().book();
  for (const MachineLetter& letter : letters) {
    v1::MachineLetter& one = *out->add_machine_letters();
    one.set_kind(std::string{MachineKindName(letter.kind)});
    one.set_to(letter.to.ToString());
    const v1::Member* const member = book->directory.Find(one.to());
    if (member != nullptr) one.set_to_name(member->name());
    one.set_state(std::string{MachineStateName(letter.state)});
    one.set_why(letter.why);
    if (!letter.written) continue;
    one.set_conversation_id(BytesOf(*letter.written));
    if (letter.kind == MachineKind::kOnward) out->set_forwarded_to(one.conversation_id());
  }
  return {};
}

base::Status DeskRoom::ChooseCandidate(v1::DoLetterAct& message) {
  const ConversationId id = IdFrom(message.conversation_id());
  ASSIGN_OR_RETURN(const std::optional<DeskNote> slip, desk_.SlipOf(id));
  bool shown = false;
  for (const SlipCandidate& one : slip.value_or(DeskNote{}).candidates) {
    shown = shown || (one.student_id != 0 && one.student_id == message.candidate_student_id());
  }
  if (!shown) return Error{Code::kInvalidArgument, "NO_CANDIDATE", "该生不在疑似人员之列"};
  ASSIGN_OR_RETURN(const LetterRow row, desk_.Get(id));
  ASSIGN_OR_RETURN(const v1::Item item, desk_.ItemOf(id, true, 1));
  const v1::Child* const child = ChildOf(item);
  ASSIGN_OR_RETURN(Match match, AskStudent(host_.client("registry"), message.candidate_student_id(),
                                           child == nullptr ? v1::Child{} : *child));
  match.exact_identity = true;  // as the officer judged
  match.same_name = true;
  LookedUp facts;
  facts.kind = row.conversation.kind;
  facts.matches = {match};
  const ReplyDecision decision = DecideReply(facts, desk_.PolicyNow().reply);
  if (!decision.answer) {
    return Error{Code::kFailedPrecondition, "CANDIDATE_NO_ANSWER",
                 "该生的学籍状态须人工写明答复，请用 --code"};
  }
  const std::string text = message.reply().text();
  message.clear_reply();
  *message.mutable_reply() = ReplyOf(*decision.answer, desk_.office().bureau);
  message.mutable_reply()->set_text(text);
  return {};
}

}  // namespace tracing
