#include "tracing/app/letter_desk.h"

#include <fmt/format.h>

#include "tracing/app/letter_acts.h"
#include "tracing/app/letter_files.h"
#include "tracing/app/print_desk.h"
#include "tracing/domain/chain.h"
#include "tracing/store/codec.h"
#include "tracing/store/transfer_repository.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

// A child who waits under another spelling is found all the same, a day later.
constexpr std::chrono::hours kLookAgain{24};

Error NoLetter() { return {Code::kNotFound, "NO_LETTER", "没有这封函件"}; }

// The content of a draft as an item that holds nothing else.
v1::Item ContentOf(const v1::DraftLetter& request) {
  v1::Item item;
  switch (request.content_case()) {
    case v1::DraftLetter::kInquiry: *item.mutable_inquiry() = request.inquiry(); break;
    case v1::DraftLetter::kSearch: *item.mutable_search() = request.search(); break;
    case v1::DraftLetter::kPersuasion: *item.mutable_persuasion() = request.persuasion(); break;
    case v1::DraftLetter::kTransfer: *item.mutable_transfer() = request.transfer(); break;
    case v1::DraftLetter::kProof: *item.mutable_proof() = request.proof(); break;
    case v1::DraftLetter::kNotice: *item.mutable_notice() = request.notice(); break;
    default: break;
  }
  return item;
}

// Whom the letter is about, where no student of ours is named: two children are two letters. Keyed,
// because the conversation's id travels and an identity number can be guessed.
std::int64_t AboutWhom(const v1::DraftLetter& request, const v1::Child* child,
                       const security::Keyring& keyring) {
  if (request.student_id() != 0 || child == nullptr) return request.student_id();
  const std::string who = child->id_number().empty()
                              ? child->name() + child->birth().SerializeAsString()
                              : child->id_number();
  std::uint64_t mixed = 0;
  for (const char c : keyring.BlindIndex("tracing.child", who).substr(0, 8)) {
    mixed = mixed << 8 | static_cast<unsigned char>(c);
  }
  return -static_cast<std::int64_t>(mixed >> 1) - 1;  // never the id of a student
}

// A second answer takes back what the first one brought about in the other county's case: only who
// has seen the first one writes it.
base::Status CorrectsKnowingly(const v1::DoLetterAct& request, const Conversation& c) {
  const bool answer = request.kind() == "answer" || request.kind() == "answer_by_hand";
  if (!answer || request.expected_version() > 0 || StateOf(c) != LetterState::kAnswered) return {};
  return Error{Code::kConflict, "VERSION_MISMATCH",
               fmt::format("该函已有回函（现为第{}版）；如要更正，请先查看，并写明所看到的版本",
                           c.version)};
}

// Whom a letter goes to. Only what another county or the profile names may be unknown here.
base::Result<Division> Addressee(const Book& book, const std::string& code, const Because& because,
                                 base::Date today) {
  const auto known = book.divisions.ResolveText(code, today);
  const bool unknown = !known.ok() && known.error().reason == "UNKNOWN_DIVISION";
  return unknown && because.may_be_unknown ? Division::Parse(code) : known;
}

}  // namespace

LetterDesk::LetterDesk(store::Pool& pool, const Office& office, const base::Clock& clock,
                       base::IdSource& ids)
    : pool_(pool), office_(office), clock_(clock), ids_(ids), train_(pool) {}

base::Result<Outcome> LetterDesk::Draft(const v1::DraftLetter& request,
                                        const baoxue::bus::v1::Actor& actor, const Once& once,
                                        const Encode& encode, const Because& because) {
  v1::Item content = ContentOf(request);
  const LetterKind kind = KindOf(content);
  if (static_cast<int>(request.kind()) != static_cast<int>(kind)) {
    return Error{Code::kInvalidArgument, "FIELD_MISSING", "函件种类与内容不符"};
  }
  RETURN_IF_ERROR(CheckDeclared(content));
  RETURN_IF_ERROR(CheckLetter(FactsOf(kind, content)));
  Job job{PolicyNow()};
  job.actor = actor;
  RETURN_IF_ERROR(PrepareFiles(*job.policy, &content));
  RETURN_IF_ERROR(CheckSize(content, *job.policy));
  const std::shared_ptr<const Book> book = office_.book();
  ASSIGN_OR_RETURN(const Division to, Addressee(*book, request.to(), because, base::DateAt(Now())));
  const security::LetterKey* const own = book->SigningKey(Now());
  const security::LetterSuite suite =
      own == nullptr ? security::LetterSuite::kSm : own->key().suite;
  const HashFn hash = [suite](std::string_view bytes) {
    return DigestFrom(security::LetterDigest(suite, bytes));
  };
  const ConversationId id = ConversationOf({.asker = office_.self, .answerer = to, .kind = kind,
                                            .case_id = request.case_id(),
                                            .student_id = AboutWhom(request, ChildOf(content),
                                                                    *office_.keyring),
                                            .ordinal = request.ordinal()},
                                           hash);
  const v1::Member* const member = book->directory.Find(to.ToString());
  return OnceOnly(once, job, id, [&](store::Transaction& tx, Job& inner) -> base::Result<Outcome> {
    ASSIGN_OR_RETURN(std::optional<LetterRow> row, inner.cargo->Lock(tx, id));
    Outcome outcome;
    if (row && row->case_id == 0 && row->student_id == 0 &&
        (request.case_id() != 0 || request.student_id() != 0)) {
      RETURN_IF_ERROR(Rejoin(tx, *row, request, inner));
    }
    if (row) {  // the same intention: the letter that there is
      if (because.also) RETURN_IF_ERROR(because.also(tx, *row, inner.events));
      outcome.reply = encode(*row);
      return outcome;
    }
    row.emplace();
    row->conversation.id = id;
    row->suite = static_cast<int>(suite);
    row->case_id = request.case_id();
    row->student_id = request.student_id();
    const v1::Child* const child = ChildOf(content);
    row->student_name = child == nullptr ? "" : child->name();
    row->id_masked = MaskedId(child);
    row->opened_at = Now();
    row->draft = office_.keyring->Seal("tracing.draft", content.SerializeAsString());
    const DraftLetter input{.id = id, .self = office_.self, .peer = to, .kind = kind,
                            .paper = member == nullptr || member->paper(), .hops = because.hops};
    ASSIGN_OR_RETURN(outcome, Advance(tx, *row, input, inner));
    RETURN_IF_ERROR(NoteDraft(tx, *row, actor, because));
    if (because.also) RETURN_IF_ERROR(because.also(tx, *row, inner.events));
    outcome.reply = encode(*row);
    return outcome;
  });
}

base::Result<Outcome> LetterDesk::Act(const v1::DoLetterAct& request,
                                      const baoxue::bus::v1::Actor& actor, const Once& once,
                                      const Encode& encode) {
  Job job{PolicyNow()};
  ASSIGN_OR_RETURN(const OfficerAct act, ActFrom(request, *job.policy));
  RETURN_IF_ERROR(CheckDeclared(act.content));
  RETURN_IF_ERROR(CheckSize(act.content, *job.policy));
  job.actor = actor;
  job.content = act.content;
  job.by_hand = request.reference();
  const ConversationId id = IdFrom(request.conversation_id());
  return OnceOnly(once, job, id, [&](store::Transaction& tx, Job& inner) -> base::Result<Outcome> {
    ASSIGN_OR_RETURN(std::optional<LetterRow> row, inner.cargo->Lock(tx, id));
    if (!row) return NoLetter();
    if (request.expected_version() > 0 &&
        request.expected_version() != row->conversation.version) {
      return Error{Code::kConflict, "VERSION_MISMATCH",
                   fmt::format("函件已有变动（现为第{}版，您看到的是第{}版），请重新查看后再办",
                               row->conversation.version, request.expected_version())};
    }
    RETURN_IF_ERROR(CorrectsKnowingly(request, row->conversation));
    RETURN_IF_ERROR(NoteDecision(tx, *row, request, actor));
    ASSIGN_OR_RETURN(Outcome outcome, Advance(tx, *row, act.input, inner));
    RETURN_IF_ERROR(KeepProof(tx, request, *row, actor, Now()));
    outcome.reply = encode(*row);
    return outcome;
  });
}

base::Result<LetterRow> LetterDesk::Get(const ConversationId& id) {
  std::optional<LetterRow> row;
  RETURN_IF_ERROR(pool_.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(row, FindLetter(session, id));
    return {};
  }));
  if (!row) return NoLetter();
  return *std::move(row);
}

base::Result<std::vector<LetterRow>> LetterDesk::List(const LetterFilter& filter,
                                                      std::uint64_t& total) {
  std::vector<LetterRow> rows;
  RETURN_IF_ERROR(pool_.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(rows, ListLetters(session, filter));
    ASSIGN_OR_RETURN(total, CountLetters(session, filter));
    return {};
  }));
  return rows;
}

base::Result<std::vector<v1::EvidenceItem>> LetterDesk::Items(const ConversationId& id,
                                                              bool by_asker) {
  std::vector<ItemRow> rows;
  RETURN_IF_ERROR(pool_.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(rows, ItemsOf(session, id));
    return {};
  }));
  std::vector<v1::EvidenceItem> out;
  for (const ItemRow& row : rows) {
    if (row.by_asker != by_asker) continue;
    v1::EvidenceItem one;
    ASSIGN_OR_RETURN(*one.mutable_item(), OpenAtRest(row.sealed));
    if (!row.receipt.empty() && !one.mutable_receipt()->ParseFromString(row.receipt)) {
      return Error{Code::kDataCorruption, "ROW_BROKEN", "receipt"};
    }
    out.push_back(std::move(one));
  }
  return out;
}

base::Result<v1::Item> LetterDesk::ItemOf(const ConversationId& id, bool by_asker,
                                          std::uint32_t seq) {
  std::optional<ItemRow> row;
  RETURN_IF_ERROR(pool_.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(row, FindItem(session, id, by_asker, seq));
    return {};
  }));
  if (!row) return NoLetter();
  ASSIGN_OR_RETURN(const v1::SignedItem item, OpenAtRest(row->sealed));
  v1::Item out;
  if (!out.ParseFromString(item.item())) {
    return Error{Code::kDataCorruption, "ROW_BROKEN", "item"};
  }
  return out;
}

base::Result<Outcome> LetterDesk::Tick(const ConversationId& id, bool lane_open) {
  Job job{PolicyNow()};
  job.lane_open = lane_open;
  job.actor = office_.inbox;
  return OnExisting(id, tracing::Tick{}, job);
}

base::Result<std::optional<Question>> LetterDesk::QuestionOf(const ConversationId& id) {
  return QuestionOnDesk(id, Desk::kMachine);
}

base::Result<std::optional<Question>> LetterDesk::QuestionOnDesk(const ConversationId& id,
                                                                 Desk desk) {
  ASSIGN_OR_RETURN(const LetterRow row, Get(id));
  if (row.conversation.desk != desk) return std::optional<Question>{};
  ASSIGN_OR_RETURN(const v1::Item item, ItemOf(id, true, 1));
  return std::optional<Question>{QuestionIn(id, row.conversation.kind, item)};
}

Question LetterDesk::QuestionIn(const ConversationId& id, LetterKind kind,
                                const v1::Item& item) const {
  const auto asker = Division::Parse(item.asker());
  Question question{.id = id, .kind = kind, .child = {}, .guardians = {}, .household = {},
                    .asker = asker.ok() ? *asker : Division{},
                    .arrival = item.transfer().confirm_arrival()};
  if (const v1::Child* const child = ChildOf(item)) {
    question.child = *child;
    const auto& guardians = item.has_persuasion() ? item.persuasion().guardians()
                                                  : item.inquiry().guardians();
    question.guardians.assign(guardians.begin(), guardians.end());
    const std::shared_ptr<const Book> book = office_.book();
    const auto household =
        book->divisions.ResolveText(child->household_division(), base::DateAt(Now()));
    if (household.ok()) question.household = *household;
  }
  return question;
}

base::Result<Outcome> LetterDesk::Decide(const ConversationId& id, const ReplyDecision& decision,
                                         Desk from) {
  Job job{PolicyNow()};
  job.actor = office_.inbox;
  // Two looks at the same row may have asked the registry: the first one decides.
  const auto once = [&](const Input& input) {
    return InTransaction(job, id, [&](store::Transaction& tx, Job& inner) -> base::Result<Outcome> {
      ASSIGN_OR_RETURN(std::optional<LetterRow> row, inner.cargo->Lock(tx, id));
      if (!row) return NoLetter();
      if (row->conversation.desk != from) return Outcome{};
      if (decision.way == ReplyDecision::Way::kWait) {
        RETURN_IF_ERROR(SaveTransferLetter(tx, {.id = id, .waits = true,
                                                .student_name = row->student_name,
                                                .look_at = Now() + kLookAgain}));
        // Whoever looks like the child meanwhile is shown: the letter may have him wrong.
        if (!decision.candidates.empty()) RETURN_IF_ERROR(KeepSlip(tx, id, decision));
        if (from == Desk::kOfficer) return Outcome{};
      } else if (decision.way != ReplyDecision::Way::kMachine) {
        RETURN_IF_ERROR(KeepSlip(tx, id, decision));
      }
      return Advance(tx, *row, input, inner);
    });
  };
  if (decision.way != ReplyDecision::Way::kMachine || !decision.answer) {
    const bool household = decision.way == ReplyDecision::Way::kHousehold;
    return once(ToDesk{household ? Desk::kHousehold : Desk::kOfficer});
  }
  const tracing::Answer& answer = *decision.answer;
  *job.content.mutable_reply() = ReplyOf(answer, office_.bureau);
  job.content.mutable_reply()->set_by_machine(true);
  Write write{.kind = ItemKind::kAnswer, .text = "由学籍系统自动答复", .code = answer.code,
              .to = {}, .due = {}, .by_machine = true};
  return once(write);
}

}  // namespace tracing
