// Letters that an officer approves: who drafted, what the approver reads, who may decide.
#include "base/utf8.h"
#include "security/security.h"
#include "tracing/app/letter_desk.h"
#include "tracing/store/codec.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

constexpr std::size_t kDecisionBytesMax = 3000;

}  // namespace

base::Status LetterDesk::NoteDraft(store::Transaction& tx, const LetterRow& row,
                                   const baoxue::bus::v1::Actor& actor, const Because& because) {
  if (row.conversation.stage != Stage::kDrafted) return {};  // the profile has issued it
  return InsertDraft(tx, {.id = row.conversation.id, .by_machine = !because.by_officer,
                          .drafted_at = Now(), .drafter = actor, .decided_at = {}, .decider = {},
                          .text = {}});
}

// What is no draft any more is the protocol's to refuse.
base::Status LetterDesk::NoteDecision(store::Transaction& tx, const LetterRow& row,
                                      const v1::DoLetterAct& act,
                                      const baoxue::bus::v1::Actor& actor) {
  const bool approve = act.kind() == "approve";
  if (!approve && act.kind() != "reject") return {};
  if (row.conversation.stage != Stage::kDrafted) return {};
  ASSIGN_OR_RETURN(std::optional<DraftRow> draft, FindDraft(tx, row.conversation.id));
  if (!draft) return {};  // of an earlier release
  if (approve && !draft->by_machine && draft->drafter.person_id() == actor.person_id()) {
    return Error{Code::kPermissionDenied, "SAME_PERSON", "须由拟稿人以外的另一人签发"};
  }
  draft->decided_at = Now();
  draft->decider = actor;
  const std::string text = security::MaskText(act.text());
  draft->text = text.substr(0, base::Utf8Prefix(text.substr(0, kDecisionBytesMax)));
  return DecideDraft(tx, *draft);
}

base::Result<std::optional<DraftRow>> LetterDesk::DraftedBy(const ConversationId& id) {
  std::optional<DraftRow> row;
  RETURN_IF_ERROR(pool_.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(row, FindDraft(session, id));
    return {};
  }));
  return row;
}

base::Result<v1::Item> LetterDesk::DraftOf(const LetterRow& row) const {
  if (row.draft.empty()) return Error{Code::kNotFound, "NO_SUCH_ITEM", "这封函件没有拟稿"};
  ASSIGN_OR_RETURN(const std::string bytes, office_.keyring->Open("tracing.draft", row.draft));
  v1::Item item;
  if (!item.ParseFromString(bytes)) {
    return Error{Code::kDataCorruption, "ROW_BROKEN", "draft"};
  }
  const Conversation& c = row.conversation;
  item.set_conversation_id(BytesOf(c.id));
  item.set_asker(c.self.ToString());
  item.set_answerer(c.peer.ToString());
  item.set_from_asker(true);
  item.set_letter_kind(static_cast<v1::LetterKind>(c.kind));
  return item;
}

std::vector<AllowedWrite> LetterDesk::Allowed(const LetterRow& row) const {
  const HashFn hash;  // nothing is written
  const std::function<Digest(const tracing::Draft&)> write;
  const std::function<base::Result<DocumentNumber>(base::Date)> number;
  const Division peer = row.conversation.peer;
  const base::UtcTime now = Now();
  return AllowedWrites(row.conversation,
                       {.policy = office_.PolicyAt(now),
                        .calendar = office_.calendar,
                        .now = now,
                        .peer_confirmed = recovery_.state()->recovery.Confirmed(peer),
                        .hash = hash,
                        .write = write,
                        .number = number,
                        .policies = &office_.policies});
}

}  // namespace tracing
