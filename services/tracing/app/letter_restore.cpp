// The side of LetterDesk that a restored backup needs: what peers give back, epochs, going on.
#include "base/plain_text.h"
#include "security/security.h"
#include "tracing/app/letter_desk.h"
#include "tracing/app/letter_events.h"
#include "tracing/store/codec.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

// Our own items were signed by one of our keys, whatever the directory says of us today.
base::Result<security::LetterVerifier> KeyOfAuthor(const Book& book, const std::string& author,
                                                   const std::string& self,
                                                   const std::string& key_id, base::UtcTime at) {
  if (author == self) {
    for (const security::LetterKey& key : book.keys) {
      if (key.id() == key_id) return key.verifier();
    }
  }
  return book.directory.SignKey(author, key_id, at);
}

}  // namespace

base::Result<LetterDesk::ReturnedItem> LetterDesk::OpenReturned(const v1::SealedItem& sealed,
                                                                const ConversationId& id,
                                                                Division peer) const {
  const std::shared_ptr<const Book> book = office_.book();
  const std::string self = office_.self.ToString();
  ReturnedItem out;
  ASSIGN_OR_RETURN(out.item, OpenItem(sealed, book->keys));
  if (!out.content.ParseFromString(out.item.item())) {
    return Error{Code::kInvalidArgument, "UNREADABLE", "Item"};
  }
  const v1::Item& item = out.content;
  const std::string other = peer.ToString();
  const bool ours = item.asker() == self && item.answerer() == other;
  const bool theirs = item.asker() == other && item.answerer() == self;
  if (item.conversation_id() != BytesOf(id) || !(ours || theirs)) {
    return Error{Code::kInvalidArgument, "WRONG_PARTIES", "a returned item of another letter"};
  }
  const std::string& author = item.from_asker() ? item.asker() : item.answerer();
  ASSIGN_OR_RETURN(const security::LetterVerifier key,
                   KeyOfAuthor(*book, author, self, out.item.key_id(),
                               FromProto(item.written_at())));
  RETURN_IF_ERROR(VerifyItem(out.item, key));
  return out;
}

base::Result<Outcome> LetterDesk::TakeReturned(const ConversationId& id, Division peer,
                                               const v1::ReturnItemsReply& reply) {
  Job job{PolicyNow()};
  job.actor = office_.inbox;
  for (const v1::SealedItem& sealed : reply.items()) {
    auto item = OpenReturned(sealed, id, peer);
    if (item.ok()) job.returned.push_back(*std::move(item));  // others are left out
  }
  if (job.returned.empty()) return Outcome{};
  base::Result<Outcome> outcome =
      InTransaction(job, id, [&](store::Transaction& tx, Job& inner) -> base::Result<Outcome> {
        ASSIGN_OR_RETURN(std::optional<LetterRow> row, inner.cargo->Lock(tx, id));
        if (row && row->conversation.peer != peer) return Outcome{};
        if (!row) {
          const ReturnedItem* opening = nullptr;
          for (const ReturnedItem& one : inner.returned) {
            if (one.content.from_asker() && one.content.seq() == 1) opening = &one;
          }
          if (opening == nullptr) return Outcome{};
          row.emplace();
          row->conversation.id = id;
          row->conversation.self = office_.self;
          row->conversation.peer = peer;
          row->suite = static_cast<int>(opening->item.suite());
          const v1::Child* const child = ChildOf(opening->content);
          row->student_name = child == nullptr ? "" : base::PlainLine(child->name(), kNameMax);
          row->id_masked = MaskedId(child);
          row->document_no = base::PlainLine(opening->content.document_no(), kDocumentNoMax);
          row->opened_at = FromProto(opening->content.written_at());
        }
        const auto suite = row->suite == static_cast<int>(security::LetterSuite::kEd25519)
                               ? security::LetterSuite::kEd25519
                               : security::LetterSuite::kSm;
        Returned input;
        for (const ReturnedItem& one : inner.returned) {
          input.items.push_back(ArrivedFrom(
              one.content, DigestFrom(security::LetterDigest(suite, one.item.item()))));
        }
        inner.before = row->conversation.mine.items;
        return Advance(tx, *row, input, inner);
      });
  if (outcome.ok() && outcome->restore_suspected) {
    RETURN_IF_ERROR(
        pool_.WithSession([&](store::Session& session) { return recovery_.Load(session); }));
  }
  return outcome;
}

base::Status LetterDesk::Adopted(store::Transaction& tx, LetterRow& row, const Record& record,
                                 Job& job, Outcome& outcome) {
  const Conversation& c = row.conversation;
  const bool by_asker = record.mine == (c.side == Side::kAsker);
  RETURN_IF_ERROR(job.cargo->writes.Flush(tx));  // numbers and items as they are
  if (record.did == Did::kOvertaken) {
    if (record.seq <= job.before.size()) {
      RETURN_IF_ERROR(GiveBackNumber(tx, job.before[record.seq - 1].number));
    }
    return DeleteItem(tx, c.id, by_asker, record.seq);
  }
  for (const ReturnedItem& one : job.returned) {
    if (one.content.from_asker() != by_asker || one.content.seq() != record.seq) continue;
    RETURN_IF_ERROR(InsertItem(tx, c.id,
                               {.by_asker = by_asker, .seq = record.seq,
                                .sealed = SealAtRest(one.item), .receipt = {}}));
    if (by_asker && record.seq == 1) {
      row.document_no = base::PlainLine(one.content.document_no(), kDocumentNoMax);
    }
  }
  if (!record.mine) return {};
  RETURN_IF_ERROR(LearnNumber(tx, c.mine.items[record.seq - 1].number));
  // Our own signature on what we do not know: the database is older than it was.
  if (recovery_.state()->under_way() || outcome.restore_suspected) return {};
  outcome.restore_suspected = true;
  return SaveSuspected(tx, 0);
}

base::Status LetterDesk::Rejoin(store::Transaction& tx, LetterRow& row,
                                const v1::DraftLetter& request, Job& job) {
  row.case_id = request.case_id();
  row.student_id = request.student_id();
  ASSIGN_OR_RETURN(const std::vector<ItemRow> rows, ItemsOf(tx, row.conversation.id));
  for (const ItemRow& one : rows) {
    ReturnedItem item;
    ASSIGN_OR_RETURN(item.item, OpenAtRest(one.sealed));
    if (item.content.ParseFromString(item.item.item())) job.returned.push_back(std::move(item));
  }
  const Facts facts = Fold(row.conversation);
  if (facts.answer_seq) RETURN_IF_ERROR(FollowReply(tx, row, *facts.answer_seq, job));
  ASSIGN_OR_RETURN(const Outcome outcome, Advance(tx, row, tracing::Tick{}, job));
  (void)outcome;  // what is due is found by the next look
  return {};
}

base::Status LetterDesk::TakeEpoch(Division peer, std::uint64_t epoch) {
  if (recovery_.state()->KnownEpoch(peer) >= epoch) return {};
  const auto changing = recovery_.Changing();
  RETURN_IF_ERROR(pool_.InTransaction(
      [&](store::Transaction& tx) { return SavePeerEpoch(tx, peer, epoch); }));
  return pool_.WithSession([&](store::Session& session) { return recovery_.Load(session); });
}

base::Status LetterDesk::SuspectRestore(std::uint64_t epoch) {
  if (recovery_.state()->under_way()) return {};
  const auto changing = recovery_.Changing();
  RETURN_IF_ERROR(pool_.InTransaction(
      [&](store::Transaction& tx) { return SaveSuspected(tx, epoch); }));
  return pool_.WithSession([&](store::Session& session) { return recovery_.Load(session); });
}

Decline LetterDesk::JudgeEpochs(Division from, std::uint64_t of_item) const {
  const auto state = recovery_.state();
  const Decline recovering = JudgeRecovering(state->recovery, from);
  if (recovering != Decline::kNone || state->suspected) return Decline::kBehind;
  return JudgeEpoch(state->KnownEpoch(from), of_item);
}

base::Result<DocumentNumber> LetterDesk::TakeNumber(store::Transaction& tx, Job& job,
                                                    base::Date day) {
  const auto state = recovery_.state();
  if (state->numbers_frozen) {
    return Error{Code::kFailedPrecondition, "NUMBERS_FROZEN",
                 "数据恢复后文号尚未核定，暂不能编号"};
  }
  if (state->has_unused) {
    ASSIGN_OR_RETURN(const int unused, TakeUnused(tx, day.year()));
    if (unused > 0) return DocumentNumber{.year = day.year(), .number = unused};
  }
  ASSIGN_OR_RETURN(const int next, job.cargo->writes.TakeNumber(tx, day.year()));
  return DocumentNumber{.year = day.year(), .number = next};
}

base::Result<Outcome> LetterDesk::GoOn(const ConversationId& id) {
  Job job{PolicyNow()};
  job.actor = office_.inbox;
  return InTransaction(job, id, [&](store::Transaction& tx, Job& inner) -> base::Result<Outcome> {
    ASSIGN_OR_RETURN(std::optional<LetterRow> row, inner.cargo->Lock(tx, id));
    if (!row) return Outcome{};
    const Conversation& c = row->conversation;
    const bool waits = c.stage == Stage::kLive && c.delivered < c.mine.size() && !c.paper;
    if (waits) return Advance(tx, *row, Resend{}, inner);
    return Advance(tx, *row, tracing::Tick{}, inner);
  });
}

}  // namespace tracing
