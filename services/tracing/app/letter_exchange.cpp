// The side of LetterDesk that faces other counties: what arrives, what goes out, what comes back.
#include <fmt/format.h>

#include "base/plain_text.h"
#include "tracing/app/letter_desk.h"
#include "tracing/store/codec.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

constexpr std::size_t kReceiptBytesMax = 16 << 10;  // ours has some 400

Decline DeclineFor(const Error& error) {
  if (error.reason == "KEY_EXPIRED") return Decline::kKeyExpired;
  if (error.reason == "KEY_NOT_YET") return Decline::kKeyNotYet;
  if (error.reason == "KEY_REVOKED") return Decline::kKeyRevoked;
  if (error.reason == "SIGNATURE_BAD") return Decline::kBadSignature;
  if (error.reason == "UNREADABLE") return Decline::kUnreadable;
  if (error.reason == "SEAL_BROKEN" || error.reason == "SEALED_FOR_ANOTHER") {
    return Decline::kBadSeal;
  }
  return Decline::kKeyUnknown;
}

}  // namespace

LetterDesk::Opening LetterDesk::Open(const v1::SealedItem& sealed, Division from) const {
  const std::shared_ptr<const Book> book = office_.book();
  Opening out;
  const auto fail = [&](Decline verdict, std::string detail) {
    out.verdict = verdict;
    out.detail = std::move(detail);
    return out;
  };
  if (sealed.to() != office_.self.ToString()) return fail(Decline::kNotMyDivision, sealed.to());
  if (sealed.from() != from.ToString()) return fail(Decline::kWrongParties, sealed.from());
  auto item = OpenItem(sealed, book->keys);
  if (!item.ok()) return fail(DeclineFor(item.error()), item.error().detail);
  out.item = *std::move(item);
  const auto suite = SuiteFromProto(out.item.suite());
  if (!suite.ok() || !out.content.ParseFromString(out.item.item())) {
    return fail(Decline::kUnreadable, "");
  }
  out.suite = *suite;
  const auto key = book->directory.SignKey(sealed.from(), out.item.key_id(), Now());
  if (!key.ok()) return fail(DeclineFor(key.error()), key.error().detail);
  const base::Status verified = VerifyItem(out.item, *key);
  if (!verified.ok()) return fail(DeclineFor(verified.error()), verified.error().detail);
  out.proven = true;
  const v1::Item& content = out.content;
  const std::string& author = content.from_asker() ? content.asker() : content.answerer();
  const std::string& reader = content.from_asker() ? content.answerer() : content.asker();
  if (author != sealed.from() || reader != sealed.to()) return fail(Decline::kWrongParties, "");
  if (content.conversation_id().size() != 16) return fail(Decline::kBadItem, "");
  return out;
}

v1::DeliverReply LetterDesk::Declined(const v1::SealedItem& sealed, const v1::Item& item,
                                      const std::string& hash, const SendDeclined& why) const {
  v1::Declined declined;
  declined.set_conversation_id(item.conversation_id());
  declined.set_by(office_.self.ToString());
  declined.set_to(sealed.from());
  declined.set_of_asker(item.from_asker());
  declined.set_seq(item.seq());
  declined.set_item_hash(hash);
  declined.set_reason(std::string{DeclineName(why.reason)});
  declined.set_detail(std::string{DeclineChinese(why.reason)});
  declined.set_have_seq(why.have_seq);
  declined.set_have_head(BytesOf(why.have_head));
  declined.set_retry_after_s(static_cast<std::uint32_t>(why.retry_after_s));
  const auto recovery = recovery_.state();
  declined.set_epoch(recovery->recovery.epoch);
  if (const auto from = Division::Parse(sealed.from()); from.ok()) {
    declined.set_known_epoch(recovery->KnownEpoch(*from));
  }
  v1::DeliverReply out;
  const std::shared_ptr<const Book> book = office_.book();
  const security::LetterKey* const key = why.is_signed ? book->SigningKey(Now()) : nullptr;
  if (key != nullptr) {
    *out.mutable_declined() = SignDeclined(declined, *key);
  } else {
    out.mutable_declined()->set_declined(declined.SerializeAsString());
  }
  return out;
}

base::Result<Outcome> LetterDesk::Arrive(const v1::Deliver& request, Division from) {
  const Opening opening = Open(request.item(), from);
  const std::string hash = opening.item.item().empty()
                               ? ""
                               : security::LetterDigest(opening.suite, opening.item.item());
  if (opening.verdict != Decline::kNone) {
    Outcome outcome;
    outcome.peer = from;
    outcome.proven = opening.proven;
    outcome.answer = Declined(request.item(), opening.content, hash,
                              {.reason = opening.verdict, .seq = opening.content.seq(),
                               .hash = {}, .have_seq = 0, .have_head = {}});
    return outcome;
  }
  Job job{PolicyNow()};
  job.arrived = &opening.item;
  job.actor = office_.inbox;
  const ConversationId id = IdFrom(opening.content.conversation_id());
  if (JudgeEpochs(from, opening.item.epoch()) == Decline::kNone) {
    RETURN_IF_ERROR(TakeEpoch(from, opening.item.epoch()));
  }
  return InTransaction(job, id, [&](store::Transaction& tx, Job& inner) -> base::Result<Outcome> {
    if (const Decline judged = JudgeEpochs(from, opening.item.epoch());
        judged != Decline::kNone) {
      Outcome outcome;
      outcome.peer = from;
      outcome.answer = Declined(request.item(), opening.content, hash,
                                {.reason = judged, .seq = opening.content.seq(), .hash = {},
                                 .have_seq = 0, .have_head = {}});
      return outcome;
    }
    ASSIGN_OR_RETURN(std::optional<LetterRow> row, inner.cargo->Lock(tx, id));
    const bool begins = !row && opening.content.from_asker() && opening.content.seq() == 1;
    if (begins) {
      ASSIGN_OR_RETURN(const bool full, IsOverQuota(tx, inner, from));
      if (full) {
        Outcome outcome;
        outcome.peer = from;
        outcome.answer = Declined(request.item(), opening.content, hash,
                                  {.reason = Decline::kQuota, .seq = opening.content.seq(),
                                   .hash = {}, .have_seq = 0, .have_head = {}});
        return outcome;
      }
    }
    if (!row) {
      row.emplace();
      row->conversation.id = id;
      row->conversation.peer = from;
      row->suite = static_cast<int>(opening.suite);
      const v1::Child* const child = ChildOf(opening.content);
      row->student_name = child == nullptr ? "" : base::PlainLine(child->name(), kNameMax);
      row->id_masked = MaskedId(child);
      row->document_no = base::PlainLine(opening.content.document_no(), kDocumentNoMax);
      row->opened_at = Now();
    }
    // The chain is the opening letter's suite's, whoever signs.
    const auto suite = row->suite == static_cast<int>(security::LetterSuite::kEd25519)
                           ? security::LetterSuite::kEd25519
                           : security::LetterSuite::kSm;
    const Digest of_item = DigestFrom(security::LetterDigest(suite, opening.item.item()));
    ASSIGN_OR_RETURN(Outcome outcome,
                     Advance(tx, *row, ArrivedFrom(opening.content, of_item), inner));
    outcome.proven = true;
    if (outcome.look_up && opening.content.from_asker() && opening.content.seq() == 1) {
      outcome.question = std::make_shared<const Question>(
          QuestionIn(id, row->conversation.kind, opening.content));
    }
    return outcome;
  });
}

bool LetterDesk::IsStrike(const v1::DeliverReply& answer) {
  if (!answer.has_declined()) return false;
  v1::Declined declined;
  if (!declined.ParseFromString(answer.declined().declined())) return false;
  const auto reason = DeclineFromName(declined.reason());
  return reason == Decline::kBadSeal || reason == Decline::kBadSignature ||
         reason == Decline::kBadItem || reason == Decline::kUnreadable ||
         reason == Decline::kWrongParties;
}

base::Result<Parcel> LetterDesk::ToSend(const ConversationId& id, std::uint32_t seq) {
  ASSIGN_OR_RETURN(const LetterRow row, Get(id));
  const Conversation& c = row.conversation;
  if (seq == 0 || seq > c.mine.size()) {
    return Error{Code::kNotFound, "NO_LETTER", "没有待发的内容"};
  }
  std::optional<ItemRow> stored;
  RETURN_IF_ERROR(pool_.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(stored, FindItem(session, id, c.side == Side::kAsker, seq));
    return {};
  }));
  if (!stored) return Error{Code::kDataCorruption, "ROW_BROKEN", "item"};
  Written written{.seq = seq, .hash = BytesOf(c.mine.items[seq - 1].hash), .item = {}};
  ASSIGN_OR_RETURN(written.item, OpenAtRest(stored->sealed));
  return Pack(c.peer, written);
}

base::Result<Parcel> LetterDesk::Pack(Division peer, const Written& written) const {
  const std::shared_ptr<const Book> book = office_.book();
  const security::LetterKey* const own = book->SigningKey(Now());
  if (own == nullptr) {
    return Error{Code::kFailedPrecondition, "NO_OWN_KEY", "本县没有有效的函件钥匙"};
  }
  const std::string self = office_.self.ToString();
  const std::string to = peer.ToString();
  // After a rotation or a restore the same bytes are signed anew: it is still the same letter.
  const std::uint64_t epoch = recovery_.state()->recovery.epoch;
  const bool known_key = written.item.key_id() == own->id() ||
                         book->directory.SignKey(self, written.item.key_id(), Now()).ok();
  const bool as_it_is = known_key && written.item.epoch() == epoch;
  ASSIGN_OR_RETURN(const security::LetterVerifier key, book->directory.SealKey(to, Now()));
  return Parcel{.peer = peer, .seq = written.seq,
                .item = SealItem(as_it_is ? written.item
                                          : SignItem(written.item.item(), epoch, *own),
                                 self, to, key),
                .hash = written.hash,
                .at_door = true};
}

base::Result<Outcome> LetterDesk::Answered(const ConversationId& id, const Parcel& parcel,
                                           const v1::DeliverReply& reply) {
  const std::shared_ptr<const Book> book = office_.book();
  const std::string peer = parcel.peer.ToString();
  Job job{PolicyNow()};
  job.actor = office_.inbox;
  if (reply.has_receipt()) {
    if (reply.receipt().ByteSizeLong() > kReceiptBytesMax) {
      return Error{Code::kInvalidArgument, "UNREADABLE", "Receipt"};
    }
    ASSIGN_OR_RETURN(const security::LetterVerifier key,
                     book->directory.SignKey(peer, reply.receipt().key_id(), Now()));
    ASSIGN_OR_RETURN(const v1::Receipt receipt, OpenReceipt(reply.receipt(), key));
    if (receipt.by() != peer || receipt.to() != office_.self.ToString() ||
        receipt.conversation_id() != BytesOf(id)) {
      return Error{Code::kInvalidArgument, "RECEIPT_OF_ANOTHER", "回执不是这一封的"};
    }
    // It may count items of its author that were lost in a restore since.
    if (JudgeEpoch(recovery_.state()->KnownEpoch(parcel.peer), receipt.epoch()) !=
        Decline::kNone) {
      return Error{Code::kFailedPrecondition, "OLD_EPOCH", "对方数据恢复之前的回执"};
    }
    job.receipt = reply.receipt().SerializeAsString();
    return OnExisting(id, ReceiptFrom(receipt), job);
  }
  bool is_signed = false;
  v1::Declined declined;
  const auto key = book->directory.SignKey(peer, reply.declined().key_id(), Now());
  if (key.ok()) {
    const auto opened = OpenDeclined(reply.declined(), *key);
    is_signed = opened.ok();
    if (opened.ok()) declined = *opened;
  }
  if (!is_signed && !declined.ParseFromString(reply.declined().declined())) {
    return Error{Code::kInvalidArgument, "UNREADABLE", "Declined"};
  }
  if (is_signed && declined.reason() == DeclineName(Decline::kOldEpoch) &&
      declined.known_epoch() > recovery_.state()->recovery.epoch &&
      IsPlausibleEpoch(declined.known_epoch(), Now())) {
    RETURN_IF_ERROR(SuspectRestore(declined.known_epoch()));
  }
  // A peer that could not open the parcel cannot name the item: it came on this one's connection.
  const bool names_it = declined.item_hash() == parcel.hash;
  const bool unopened = declined.item_hash().empty() && declined.by() == peer;
  return OnExisting(
      id,
      DeclinedArrived{.seq = unopened ? parcel.seq : declined.seq(),
                      .hash = DigestFrom(names_it || unopened ? parcel.hash : ""),
                      .reason = DeclineFromName(declined.reason()).value_or(Decline::kUnreadable),
                      .have_seq = declined.have_seq(),
                      .retry_after_s = static_cast<int>(
                          std::min<std::uint32_t>(declined.retry_after_s(), 86'400)),
                      .is_signed = is_signed,
                      .is_vouched = parcel.at_door},
      job);
}

}  // namespace tracing
