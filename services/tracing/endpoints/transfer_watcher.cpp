#include "tracing/endpoints/transfer_watcher.h"

#include <fmt/format.h>

#include "host/log.h"
#include "registry/contract/registry.pb.h"
#include "subsidy/contract/subsidy.pb.h"
#include "tracing/store/codec.h"

namespace tracing {
namespace {

namespace registry = baoxue::registry::v1;
namespace subsidy = baoxue::subsidy::v1;
using base::Code;

constexpr std::chrono::milliseconds kTimeout{5000};
constexpr std::uint32_t kRowsMax = 100;
constexpr std::chrono::hours kWriteAgain{24};
constexpr std::size_t kKeyBytes = 16;
constexpr std::uint32_t kOrdinalBase = 1'000'000;  // officers count their letters from 0

// Worth asking again at once: nobody said no.
bool MayPass(const base::Error& error) {
  return error.code == Code::kUnavailable || error.code == Code::kDeadlineExceeded ||
         error.code == Code::kUnknownOutcome || error.code == Code::kResourceExhausted ||
         error.code == Code::kConflict;
}

std::string KeyOf(std::string_view what, const std::string& of) {
  return security::Sha256(std::string{what} + of).substr(0, kKeyBytes);
}

void PutChild(const registry::GetChildForLetterReply& from, v1::Child& to) {
  to.set_name(from.name());
  if (from.sex() != registry::SEX_UNSPECIFIED) {
    to.set_sex(from.sex() == registry::SEX_FEMALE ? "女" : "男");
  }
  if (from.has_birth()) *to.mutable_birth() = from.birth();
  to.set_id_number(from.id_number());
  to.set_household_division(from.hukou_division());
}

}  // namespace

TransferWatcher::TransferWatcher(host::Host& host, LetterDesk& letters, Courier& courier,
                                 bool ask_subsidy)
    : host_(host),
      letters_(letters),
      courier_(courier),
      desk_(letters.pool(), letters.office(), host.clock()),
      ask_subsidy_(ask_subsidy && host.suite().services.contains("subsidy")) {}

void TransferWatcher::Register(RegistryReactions& reactions) {
  reactions.Add([this](store::Transaction& tx, const std::vector<bus::Event>& events,
                       std::vector<store::NewEvent>& told) {
    return desk_.Take(tx, TransfersOf(events), told);
  });
  letters_.OnReply([this](store::Transaction& tx, const LetterRow& letter,
                          const v1::ReplyLetter& reply, const std::string& number,
                          std::vector<store::NewEvent>& events) {
    return desk_.Replied(tx, letter, reply, number, events);
  });
  courier_.SetEnrich([this](const Question& question, LookedUp& facts) {
    return Enrich(question, facts);
  });
  courier_.AddChore({.name = "transfers",
                     .due = CountTransfersDue,
                     .next = NextTransferDue,
                     .run = [this] { return Run(); }});
  RegisterRequests();
  Report();
}

base::Status TransferWatcher::DirectoryChanged() {
  RETURN_IF_ERROR(desk_.DirectoryChanged());
  courier_.Look();
  return {};
}

bus::CallOptions TransferWatcher::AsInbox(const std::string& what) const {
  bus::CallOptions options;
  options.timeout = kTimeout;
  options.actor = letters_.office().inbox;
  options.idempotency_key = KeyOf("transfer-ask", what);
  return options;
}

base::Result<std::uint64_t> TransferWatcher::Run() {
  std::uint64_t all = 0;
  for (const auto& part : {&TransferWatcher::WriteLetters, &TransferWatcher::ReadLetters}) {
    ASSIGN_OR_RETURN(const std::uint64_t done, (this->*part)());
    all += done;
  }
  // Letters first: what one of them has just said is no longer overdue.
  ASSIGN_OR_RETURN(const std::uint64_t ran, desk_.RunDue());
  return all + ran;
}

// ---- letters that the watch writes --------------------------------------------------------------

base::Result<std::uint64_t> TransferWatcher::WriteLetters() {
  std::vector<std::int64_t> ids;
  RETURN_IF_ERROR(desk_.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(ids, TransfersToWrite(session, desk_.Now(), kRowsMax));
    return {};
  }));
  for (const std::int64_t id : ids) {
    const base::Status written = WriteLetter(id);
    if (written.ok()) continue;
    if (MayPass(written.error())) return written.error();
    const std::string why = written.error().detail.empty() ? written.error().reason
                                                           : written.error().detail;
    RETURN_IF_ERROR(desk_.LetterFailed(id, why, desk_.Now() + kWriteAgain));
  }
  return ids.size();
}

base::Result<v1::DraftLetter> TransferWatcher::LetterFor(const TransferRow& row) {
  const std::string what = fmt::format("transfer/{}", row.watch_id);
  registry::GetChildForLetter ask;
  ask.set_student_id(row.student_id);
  ask.set_purpose("转学联系函");
  ask.set_reference(what);
  bus::Client& client = host_.client("registry");
  ASSIGN_OR_RETURN(const auto child,
                   (client.Ask<registry::GetChildForLetterReply>(ask, AsInbox(what))));
  v1::DraftLetter draft;
  draft.set_kind(v1::LETTER_KIND_ZX);
  draft.set_to(row.other.ToString());
  draft.set_student_id(row.student_id);
  // Of the registry's change, so that it is the same letter after a restored backup.
  draft.set_ordinal(kOrdinalBase + static_cast<std::uint32_t>(row.change_version));
  v1::TransferLetter& letter = *draft.mutable_transfer();
  PutChild(child, *letter.mutable_child());
  const Office& office = letters_.office();
  letter.mutable_contact()->set_body(office.bureau);
  letter.mutable_contact()->set_person(office.inbox.name());
  if (row.watch.direction == TransferDirection::kIn) {
    letter.set_from_school(row.other_school);
    letter.set_to_school(child.school_name());
    letter.set_request("该生已转入我地就读，请办理转出手续，并函告学生资助已发至的学期和金额，"
                       "以免重复发放");
    return draft;
  }
  letter.set_from_school(child.school_name());
  letter.set_to_school(row.other_school);
  PutDate(row.watch.began, letter.mutable_left_on());
  letter.set_confirm_arrival(true);
  letter.set_request(fmt::format("该生已办理转出，转往贵地。请在该生到校后函复就读学校和起始日期；"
                                 "至{}仍未确认到校的，我地按疑似辍学处理",
                                 row.watch.arrive_by.ToString()));
  std::string term;
  std::int64_t fen = 0;
  RETURN_IF_ERROR(AskLastPaid(row.student_id, term, fen));
  letter.set_last_paid_term(term);
  letter.set_last_paid_fen(fen);
  return draft;
}

base::Status TransferWatcher::WriteLetter(std::int64_t watch_id) {
  ASSIGN_OR_RETURN(const auto found, desk_.Get(watch_id));
  const TransferRow& row = found.first;
  if (!row.letter_at) return {};
  ASSIGN_OR_RETURN(const v1::DraftLetter draft, LetterFor(row));
  const std::string what = fmt::format("transfer/{}", watch_id);
  ASSIGN_OR_RETURN(const Outcome outcome,
                   letters_.Draft(draft, letters_.office().inbox,
                                  {.key = KeyOf("transfer-letter", what),
                                   .request_type = draft.GetTypeName()},
                                  [](const LetterRow& letter) {
                                    return BytesOf(letter.conversation.id);
                                  }));
  courier_.Take(outcome);
  const ConversationId id = IdFrom(outcome.reply);
  if (letters_.PolicyNow().transfers.issue_automatically) RETURN_IF_ERROR(Issue(id));
  return desk_.LetterWritten(watch_id, id);
}

base::Status TransferWatcher::Issue(const ConversationId& id) {
  v1::DoLetterAct act;
  act.set_conversation_id(BytesOf(id));
  act.set_kind("approve");
  const auto outcome =
      letters_.Act(act, letters_.office().inbox,
                   {.key = KeyOf("transfer-issue", BytesOf(id)), .request_type = act.GetTypeName()},
                   [](const LetterRow&) { return std::string{}; });
  if (outcome.ok()) {
    courier_.Take(*outcome);
    return {};
  }
  // The profile has issued it, or an officer was faster.
  if (outcome.error().reason == "WRONG_STATE") return {};
  return outcome.error();
}

// ---- letters of other counties ------------------------------------------------------------------

base::Result<std::uint64_t> TransferWatcher::ReadLetters() {
  std::vector<TransferLetter> due;
  RETURN_IF_ERROR(desk_.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(due, TransferLettersDue(session, desk_.Now(), kRowsMax));
    return {};
  }));
  for (const TransferLetter& one : due) {
    RETURN_IF_ERROR(one.waits ? LookForChild(one.id) : Hear(one.id));
  }
  return due.size();
}

// Whether the child has come by now; the letter lies on the officer's desk meanwhile.
base::Status TransferWatcher::LookForChild(const ConversationId& id) {
  const auto drop = [&] {
    return desk_.pool().WithSession([&](store::Session& session) {
      return DropTransferLetter(session, id, true);
    });
  };
  const auto question = letters_.QuestionOnDesk(id, Desk::kOfficer);
  if (!question.ok()) return MayPass(question.error()) ? base::Status{question.error()} : drop();
  if (!question->has_value()) return drop();
  ASSIGN_OR_RETURN(const LookedUp facts, courier_.LookUp(**question));
  const ReplyDecision decision = DecideReply(facts, letters_.PolicyNow().reply);
  const bool waits = decision.way == ReplyDecision::Way::kWait;
  if (!waits && decision.way != ReplyDecision::Way::kMachine) return drop();
  const auto outcome = letters_.Decide(id, decision, Desk::kOfficer);
  if (!outcome.ok()) return MayPass(outcome.error()) ? base::Status{outcome.error()} : drop();
  courier_.Take(*outcome);
  return waits ? base::Status{} : drop();
}

// A letter that has come may tell a watch of ours something.
base::Status TransferWatcher::Hear(const ConversationId& id) {
  ASSIGN_OR_RETURN(const LetterRow row, letters_.Get(id));
  ASSIGN_OR_RETURN(v1::Item item, letters_.ItemOf(id, true, 1));
  Tame(&item);
  const v1::Child* const child = ChildOf(item);
  if (child != nullptr && !child->id_number().empty()) {
    registry::GetStudent ask;
    ask.set_id_number(child->id_number());
    bus::CallOptions options;
    options.timeout = kTimeout;
    const auto found = host_.client("registry").Ask<registry::GetStudentReply>(ask, options);
    if (!found.ok() && MayPass(found.error())) return found.error();
    if (found.ok()) {
      const bool proof = item.has_proof();
      const auto& since = proof ? item.proof().since() : item.transfer().left_on();
      RETURN_IF_ERROR(desk_.Heard(
          {.student_id = found->student().student_id(),
           .from = row.conversation.peer,
           .kind = row.conversation.kind,
           .arrival = item.transfer().confirm_arrival(),
           .school = proof ? item.proof().school() : item.transfer().to_school(),
           .since = DateOr(since, base::Date{}),
           .document_no = item.document_no()}));
    }
  }
  return desk_.pool().WithSession([&](store::Session& session) {
    return DropTransferLetter(session, id, false);
  });
}

// ---- what else the answer to a letter needs -----------------------------------------------------

base::Status TransferWatcher::AskLastPaid(std::int64_t student_id, std::string& term,
                                          std::int64_t& fen) {
  if (!ask_subsidy_) return {};
  subsidy::GetLastPaid ask;
  ask.set_student_id(student_id);
  bus::CallOptions options;
  options.timeout = kTimeout;
  ASSIGN_OR_RETURN(const auto reply,
                   (host_.client("subsidy").Ask<subsidy::GetLastPaidReply>(ask, options)));
  term = reply.term();
  fen = reply.fen();
  return {};
}

base::Status TransferWatcher::Enrich(const Question& question, LookedUp& facts) {
  for (Match& match : facts.matches) {
    if (!match.exact_identity) continue;
    if (match.standing == Standing::kTransferredOut) {
      RETURN_IF_ERROR(desk_.pool().WithSession([&](store::Session& session) -> base::Status {
        ASSIGN_OR_RETURN(match.moved_to, WentTo(session, match.student_id));
        return {};
      }));
    }
    if (question.kind != LetterKind::kZx) continue;
    RETURN_IF_ERROR(AskLastPaid(match.student_id, match.last_paid_term, match.last_paid_fen));
  }
  return {};
}

}  // namespace tracing
