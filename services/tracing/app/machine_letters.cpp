// Letters that another letter brings about: to the third county that was named, and the copy to the
// common superior. Their ids follow from what brought them about, so a repetition finds the letter
// that there is.
#include <fmt/format.h>

#include <utility>

#include "tracing/app/letter_desk.h"
#include "tracing/store/codec.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

constexpr std::size_t kKeyBytes = 16;

Once OnceOf(const MachineLetter& letter) {
  return {.key = security::Sha256(fmt::format("machine-letter/{}/{}/{}/{}",
                                              base::ToHex(letter.id.raw),
                                              MachineKindName(letter.kind), letter.seq,
                                              letter.to.raw()))
                     .substr(0, kKeyBytes),
          .request_type = "tracing.machine_letter"};
}

// 核查函 asks where the household is. A county that was named instead is asked to search: what it
// need not know for that stays here (PIPL art. 6).
void ToSearch(const v1::InquiryLetter& from, v1::DraftLetter* out) {
  out->set_kind(v1::LETTER_KIND_XC);
  v1::SearchLetter& search = *out->mutable_search();
  v1::Child& child = *search.mutable_child();
  child.set_name(from.child().name());
  child.set_sex(from.child().sex());
  if (from.child().has_birth()) *child.mutable_birth() = from.child().birth();
  child.set_id_number(from.child().id_number());
  child.set_student_no(from.child().student_no());
  child.set_household_division(from.child().household_division());
  if (from.has_last_seen()) *search.mutable_last_seen() = from.last_seen();
  search.set_known_destination(from.known_destination());
  search.set_request(from.request());
  *search.mutable_contact() = from.contact();
}

base::Status PutContent(const v1::Item& item, bool responsible, v1::DraftLetter* out) {
  out->set_kind(item.letter_kind());
  switch (item.content_case()) {
    case v1::Item::kInquiry:
      if (!responsible) {
        ToSearch(item.inquiry(), out);
      } else {
        *out->mutable_inquiry() = item.inquiry();
      }
      return {};
    case v1::Item::kSearch: *out->mutable_search() = item.search(); return {};
    case v1::Item::kPersuasion: *out->mutable_persuasion() = item.persuasion(); return {};
    case v1::Item::kTransfer: *out->mutable_transfer() = item.transfer(); return {};
    default: break;
  }
  return Error{Code::kFailedPrecondition, "NO_THIRD", "该类函件不再转向第三县"};
}

}  // namespace

base::Result<Outcome> LetterDesk::WriteOnward(const MachineLetter& letter,
                                              const Because& because) {
  ASSIGN_OR_RETURN(const LetterRow row, Get(letter.id));
  const Conversation& c = row.conversation;
  if (letter.seq == 0 || letter.seq > c.theirs.size()) {
    return Error{Code::kDataCorruption, "ROW_BROKEN", "machine_letter"};
  }
  ASSIGN_OR_RETURN(const v1::Item item, ItemOf(letter.id, true, 1));
  const tracing::Item& named = c.theirs.items[letter.seq - 1];
  v1::DraftLetter draft;
  draft.set_to(letter.to.ToString());
  draft.set_case_id(row.case_id);
  draft.set_student_id(row.student_id);
  RETURN_IF_ERROR(PutContent(item, named.kind == ItemKind::kForward, &draft));
  std::vector<Hop> hops = c.hops;
  hops.push_back({.conversation = c.id, .by = c.peer, .forwarding = named.hash});
  return Draft(draft, office_.inbox, OnceOf(letter),
               [](const LetterRow& made) { return BytesOf(made.conversation.id); },
               {.hops = std::move(hops), .may_be_unknown = true, .also = because.also});
}

base::Result<Outcome> LetterDesk::WriteCopy(const MachineLetter& letter) {
  ASSIGN_OR_RETURN(const LetterRow row, Get(letter.id));
  const std::shared_ptr<const Book> book = office_.book();
  const std::string peer = row.conversation.peer.ToString();
  const v1::Member* const member = book->directory.Find(peer);
  v1::DraftLetter draft;
  draft.set_kind(v1::LETTER_KIND_GZ);
  draft.set_to(letter.to.ToString());
  draft.set_case_id(row.case_id);
  // A second overdue letter of the case is another copy.
  std::uint32_t ordinal = 0;
  for (const char c : OnceOf(letter).key.substr(0, 4)) {
    ordinal = ordinal << 8 | static_cast<unsigned char>(c);
  }
  draft.set_ordinal(ordinal | 1u);
  v1::NoticeLetter& notice = *draft.mutable_notice();
  notice.set_subject("关于外县逾期未复函件的告知");
  notice.set_text(fmt::format("我县{}致{}的{}，经催办至今未获答复，特此告知，请予督促。",
                              row.document_no, member == nullptr ? peer : member->name(),
                              LetterKindName(row.conversation.kind)));
  notice.set_about_document_no(row.document_no);
  notice.mutable_contact()->set_body(office_.bureau);
  notice.mutable_contact()->set_person(office_.inbox.name());
  ASSIGN_OR_RETURN(Outcome drafted,
                   Draft(draft, office_.inbox, OnceOf(letter),
                         [](const LetterRow& made) { return BytesOf(made.conversation.id); },
                         {.hops = {}, .may_be_unknown = true, .also = {}}));
  // Like an urging the copy is the clock's, not a decision: it needs no officer.
  const ConversationId id = IdFrom(drafted.reply);
  Job job{PolicyNow()};
  job.actor = office_.inbox;
  auto approved = OnExisting(id, Approve{}, job);
  if (!approved.ok()) {
    if (approved.error().reason != "WRONG_STATE") return approved.error();
    return drafted;
  }
  approved->reply = drafted.reply;
  return approved;
}

base::Status LetterDesk::AskThird(const ConversationId& id, const std::string& to) {
  std::optional<Division> other;
  if (!to.empty()) {
    ASSIGN_OR_RETURN(other, Division::Parse(to));
  }
  return pool_.InTransaction([&](store::Transaction& tx) -> base::Status {
    ASSIGN_OR_RETURN(const std::vector<MachineLetter> all, MachineLettersOf(tx, id));
    const MachineLetter* last = nullptr;
    for (const MachineLetter& one : all) {
      if (one.kind == MachineKind::kOnward) last = &one;
    }
    if (last == nullptr) {
      return Error{Code::kFailedPrecondition, "NO_THIRD", "对方没有指明第三县"};
    }
    if (last->state == MachineState::kWanted || last->state == MachineState::kWritten) {
      return Error{Code::kFailedPrecondition, "ALREADY_DONE", "已向第三县发函"};
    }
    MachineLetter onward = *last;
    if (other) onward.to = *other;
    onward.state = MachineState::kWanted;
    onward.why.clear();
    onward.next_at = Now();
    return UpdateMachineLetter(tx, onward);
  });
}

}  // namespace tracing
