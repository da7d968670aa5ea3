#include "tracing/endpoints/letter_sheet.h"

#include "tracing/app/letter_words.h"
#include "tracing/domain/wire.h"

namespace tracing {
namespace {

NameOfDivision NamesIn(const Book& book) {
  return [&book](const std::string& code) {
    const v1::Member* const member = book.directory.Find(code);
    return member == nullptr ? std::string{} : member->name();
  };
}

}  // namespace

base::Status PutContent(const std::vector<v1::EvidenceItem>& of_asker,
                        const std::vector<v1::EvidenceItem>& of_answerer, const Book& book,
                        v1::Letter* out) {
  for (v1::LogEntry& entry : *out->mutable_log()) {
    const auto& items = entry.by_asker() ? of_asker : of_answerer;
    v1::Item item;
    if (entry.seq() == 0 || entry.seq() > items.size() ||
        !item.ParseFromString(items[entry.seq() - 1].item().item())) {
      return base::Error{base::Code::kDataCorruption, "ROW_BROKEN", "item"};
    }
    PutWords(item, NamesIn(book), &entry);
  }
  return {};
}

base::Status PutDraft(LetterDesk& desk, const LetterRow& row, bool with_content,
                      v1::Letter* out) {
  ASSIGN_OR_RETURN(const std::optional<DraftRow> by, desk.DraftedBy(row.conversation.id));
  if (by) {
    *out->mutable_drafted_by() = by->drafter;
    *out->mutable_drafted_at() = ToProto(by->drafted_at);
    out->set_drafted_by_machine(by->by_machine);
    if (by->decided_at) {
      *out->mutable_decided_by() = by->decider;
      *out->mutable_decided_at() = ToProto(*by->decided_at);
      out->set_decision_text(by->text);
    }
  }
  if (!with_content || row.draft.empty()) return {};
  ASSIGN_OR_RETURN(const v1::Item item, desk.DraftOf(row));
  v1::LogEntry& entry = *out->mutable_draft();
  entry.set_by_asker(true);
  entry.set_kind("draft");
  entry.set_kind_name("拟稿");
  PutWords(item, NamesIn(*desk.office().book()), &entry);
  return {};
}

void PutConfirmed(const LetterRow& row, const std::vector<v1::EvidenceItem>& theirs,
                  v1::Letter* out) {
  const Conversation& c = row.conversation;
  if (c.peer_state != LetterState::kNone) {
    out->set_peer_state_name(std::string{LetterStateChinese(c.peer_state)});
  }
  if (theirs.empty()) return;
  v1::Receipt receipt;
  if (!receipt.ParseFromString(theirs.back().receipt().receipt()) || receipt.state() == 0) return;
  const auto state = LetterStateOf(receipt.state());
  *out->mutable_own_confirmed_at() = receipt.taken_at();
  out->set_own_confirmed_state(static_cast<v1::LetterState>(receipt.state()));
  out->set_own_confirmed_state_name(std::string{LetterStateChinese(state)});
}

}  // namespace tracing
