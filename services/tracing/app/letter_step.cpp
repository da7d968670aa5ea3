// One step of a conversation within a transaction: what LetterDesk's use cases share.
#include <fmt/format.h>

#include "host/log.h"
#include "tracing/app/letter_desk.h"
#include "tracing/app/letter_events.h"
#include "tracing/domain/deadlines.h"
#include "tracing/domain/numbering.h"
#include "tracing/store/codec.h"
#include "tracing/store/transfer_repository.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

constexpr std::string_view kItemPurpose = "tracing.item";
constexpr std::size_t kKeyBytes = 16;

security::LetterSuite SuiteOfRow(const LetterRow& row) {
  return row.suite == static_cast<int>(security::LetterSuite::kEd25519)
             ? security::LetterSuite::kEd25519
             : security::LetterSuite::kSm;
}

}  // namespace

std::string LetterDesk::SealAtRest(const v1::SignedItem& item) const {
  return office_.keyring->Seal(kItemPurpose, item.SerializeAsString());
}

base::Result<v1::SignedItem> LetterDesk::OpenAtRest(const std::string& sealed) const {
  ASSIGN_OR_RETURN(const std::string bytes, office_.keyring->Open(kItemPurpose, sealed));
  v1::SignedItem item;
  if (!item.ParseFromString(bytes)) return Error{Code::kDataCorruption, "ROW_BROKEN", "item"};
  return item;
}

base::Result<Outcome> LetterDesk::InTransaction(Job& job, const ConversationId& id,
                                               const Work& work) {
  const Job fresh = job;
  const auto working = recovery_.Working();
  std::optional<base::Result<Outcome>> outcome;
  RETURN_IF_ERROR(train_.Ride(
      id, [&](store::Transaction& tx, Cargo& cargo) -> base::Status {
        job = fresh;  // a retry begins anew
        job.cargo = &cargo;
        outcome.emplace(work(tx, job));
        if (!outcome->ok()) return outcome->error();
        cargo.events.insert(cargo.events.end(), job.events.begin(), job.events.end());
        return {};
      }));
  return *std::move(outcome);
}

base::Result<Outcome> LetterDesk::OnceOnly(const Once& once, Job& job,
                                          const ConversationId& id, const Work& work) {
  if (once.key.size() != kKeyBytes) {
    return Error{Code::kInvalidArgument, "KEY_MISSING", "a write needs a 16-byte idempotency key"};
  }
  return InTransaction(job, id, [&](store::Transaction& tx, Job& inner) -> base::Result<Outcome> {
    ASSIGN_OR_RETURN(const std::optional<store::Remembered> known, store::FindReply(tx, once.key));
    if (known && known->request_type != once.request_type) {
      return Error{Code::kInvalidArgument, "KEY_REUSED", "the key belongs to another request"};
    }
    if (known) {
      Outcome outcome;
      outcome.reply = known->reply;
      return outcome;
    }
    ASSIGN_OR_RETURN(Outcome outcome, work(tx, inner));
    RETURN_IF_ERROR(store::RememberReply(tx, once.key, once.request_type, outcome.reply, Now()));
    return outcome;
  });
}

base::Result<Outcome> LetterDesk::OnExisting(const ConversationId& id, const Input& input,
                                             Job& job) {
  return InTransaction(job, id, [&](store::Transaction& tx, Job& inner) -> base::Result<Outcome> {
    ASSIGN_OR_RETURN(std::optional<LetterRow> row, inner.cargo->Lock(tx, id));
    if (!row) return Error{Code::kNotFound, "NO_LETTER", "没有这封函件"};
    return Advance(tx, *row, input, inner);
  });
}

// Serialises, signs and keeps the item; the hash is of the bytes that everybody will hold.
Digest LetterDesk::WriteItem(const LetterRow& row, const tracing::Draft& draft, const Book& book,
                             Job& job) {
  v1::Item item;
  if (draft.item.kind == ItemKind::kLetter && !row.draft.empty()) {
    const auto content = office_.keyring->Open("tracing.draft", row.draft);
    if (content.ok()) (void)item.ParseFromString(*content);
  } else {
    item = job.content;
  }
  PutHead(draft, job.policy->number_prefix, &item);
  if (item.content_case() == v1::Item::CONTENT_NOT_SET) PutOwnContent(draft, &item);
  *item.mutable_signed_by() = job.actor;
  if (draft.item.by_hand) item.set_by_hand(job.by_hand);
  if (draft.item.kind == ItemKind::kLetter) job.opening_no = item.document_no();
  std::string bytes = item.SerializeAsString();
  const Digest hash = DigestFrom(security::LetterDigest(SuiteOfRow(row), bytes));
  const security::LetterKey* const key = book.SigningKey(Now());
  v1::SignedItem signed_item;
  if (key != nullptr) {
    signed_item = SignItem(std::move(bytes), recovery_.state()->recovery.epoch, *key);
  } else {
    signed_item.set_item(std::move(bytes));  // Advance refuses the step
  }
  job.items.push_back({.by_asker = draft.by_asker, .seq = draft.seq,
                       .sealed = SealAtRest(signed_item), .receipt = {}});
  job.written = std::make_shared<const Written>(
      Written{.seq = draft.seq, .hash = BytesOf(hash), .item = std::move(signed_item)});
  return hash;
}

base::Result<Outcome> LetterDesk::Advance(store::Transaction& tx, LetterRow& row,
                                          const Input& input, Job& job) {
  const std::shared_ptr<const Book> book = office_.book();
  const base::UtcTime now = Now();
  const security::LetterSuite suite = SuiteOfRow(row);
  const HashFn hash = [suite](std::string_view bytes) {
    return DigestFrom(security::LetterDigest(suite, bytes));
  };
  const std::function<Digest(const tracing::Draft&)> write = [&](const tracing::Draft& draft) {
    return WriteItem(row, draft, *book, job);
  };
  const std::function<base::Result<DocumentNumber>(base::Date)> number =
      [&](base::Date day) -> base::Result<DocumentNumber> {
    return TakeNumber(tx, job, day);
  };
  const base::Uuid random = ids_.NextId();
  std::uint64_t mixed = 0;
  for (const std::uint8_t byte : random) mixed = mixed * 257 + byte;
  const DraftLetter* const draft = std::get_if<DraftLetter>(&input);
  const Division peer = draft == nullptr ? row.conversation.peer : draft->peer;
  const v1::Member* const member = book->directory.Find(peer.ToString());
  const bool own_key = book->SigningKey(now) != nullptr;
  const Context context{.policy = *job.policy,
                        .calendar = office_.calendar,
                        .now = now,
                        .random = mixed,
                        .peer_confirmed = recovery_.state()->recovery.Confirmed(peer),
                        .peer_known = draft != nullptr || (member != nullptr && !member->paper()),
                        .peer_keys = draft != nullptr || book->Reachable(peer, now) != nullptr,
                        .own_key = own_key,
                        .lane_open = job.lane_open,
                        .hash = hash,
                        .write = write,
                        .number = number,
                        .policies = &office_.policies};
  ASSIGN_OR_RETURN(const Effects effects, tracing::Step(row.conversation, input, context));
  // Nobody is to believe that it has been issued.
  const bool issues = draft != nullptr || std::holds_alternative<Approve>(input);
  if (!own_key && (!job.items.empty() ||
                   (issues && row.conversation.stage == Stage::kApproved))) {
    return Error{Code::kFailedPrecondition, "NO_OWN_KEY", "本县没有有效的函件钥匙，请先轮换钥匙"};
  }
  Outcome outcome;
  RETURN_IF_ERROR(Save(tx, row, effects, job, outcome));
  return outcome;
}

base::Status LetterDesk::Save(store::Transaction& tx, LetterRow& row, const Effects& effects,
                              Job& job, Outcome& outcome) {
  const Conversation& c = row.conversation;
  outcome.id = c.id;
  outcome.peer = c.peer;
  if (c.stage == Stage::kNone) {  // declined before it began: nothing to keep
    for (const Send& send : effects.send) RETURN_IF_ERROR(Answer(tx, row, send, job, outcome));
    return {};
  }
  for (const ItemRow& item : job.items) {
    job.cargo->writes.Insert(c.id, item);
    if (c.side == Side::kAsker && item.by_asker && item.seq == 1) {
      row.document_no = job.opening_no;
      row.draft.clear();
    }
  }
  const std::string peer_name = office_.book()->NameOf(c.peer);
  const Facts facts = Fold(c);
  const Policy& counts = office_.policies.At(CountedFrom(c, facts).value_or(base::DateAt(Now())));
  row.acknowledge_by = AcknowledgeDay(c, facts, counts, office_.calendar);
  for (const Record& record : effects.records) {
    if (record.did == Did::kStuck || record.did == Did::kParked) row.stuck_since = Now();
    if (record.did == Did::kUnstuck) row.stuck_since.reset();
    if (record.did == Did::kStateDiffers) {
      host::LogWarn("tracing.state_differs",
                    {{"letter", base::ToHex(c.id.raw)},
                     {"peer", c.peer.ToString()},
                     {"ours", std::string{LetterStateName(StateOf(c))}},
                     {"theirs", std::string{LetterStateName(c.peer_state)}}});
    }
    if (record.did == Did::kLookUp) outcome.look_up = true;
    if (record.did == Did::kAdopted || record.did == Did::kOvertaken) {
      RETURN_IF_ERROR(Adopted(tx, row, record, job, outcome));
    }
    RETURN_IF_ERROR(Follow(tx, row, record, job));
    if (record.did == Did::kReceived && job.arrived != nullptr) {
      job.taken = ItemRow{.by_asker = c.side == Side::kAnswerer, .seq = record.seq,
                          .sealed = SealAtRest(*job.arrived), .receipt = {}};
    }
    if (record.did == Did::kReceived && record.seq == 1 && c.side == Side::kAnswerer &&
        (c.kind == LetterKind::kZx || c.kind == LetterKind::kJd)) {
      RETURN_IF_ERROR(SaveTransferLetter(tx, {.id = c.id, .waits = false,
                                              .student_name = row.student_name,
                                              .look_at = Now()}));
    }
    if (record.did == Did::kReceipted && !job.receipt.empty()) {
      job.cargo->writes.SaveReceipt(c.id, c.side == Side::kAsker, record.seq, job.receipt);
      job.receipt.clear();
    }
    for (store::NewEvent& event : EventsOf(record, row, peer_name, Now())) {
      job.events.push_back(std::move(event));
    }
  }
  job.cargo->writes.Save(row, effects.wake, Now());
  row.is_new = false;
  for (const Send& send : effects.send) RETURN_IF_ERROR(Answer(tx, row, send, job, outcome));
  if (job.taken) job.cargo->writes.Insert(c.id, *job.taken);
  return {};
}

base::Result<v1::SignedReceipt> LetterDesk::MakeReceipt(const LetterRow& row,
                                                        std::uint32_t seq) const {
  const Conversation& c = row.conversation;
  const bool theirs_by_asker = c.side == Side::kAnswerer;
  const std::shared_ptr<const Book> book = office_.book();
  const security::LetterKey* const key = book->SigningKey(Now());
  if (key == nullptr) {
    return Error{Code::kFailedPrecondition, "NO_OWN_KEY", "本县没有有效的函件钥匙"};
  }
  const security::LetterSuite suite = SuiteOfRow(row);
  const HashFn hash = [suite](std::string_view bytes) {
    return DigestFrom(security::LetterDigest(suite, bytes));
  };
  v1::Receipt made;
  made.set_conversation_id(BytesOf(c.id));
  made.set_by(c.self.ToString());
  made.set_to(c.peer.ToString());
  made.set_of_asker(theirs_by_asker);
  made.set_seq(seq);
  made.set_item_hash(BytesOf(c.theirs.items.at(seq - 1).hash));
  // After exactly this item: several may have come back at once.
  made.set_head(BytesOf(HeadAt(c, theirs_by_asker, seq, hash)));
  made.set_sent_seq(c.mine.size());
  made.set_state(static_cast<std::uint32_t>(StateOf(c)));
  *made.mutable_taken_at() = ToProto(c.theirs.items.at(seq - 1).taken);
  made.set_epoch(recovery_.state()->recovery.epoch);
  made.set_version(kProtocolVersion);
  return SignReceipt(made, *key);
}

// What goes back to the peer at once, or out later.
base::Status LetterDesk::Answer(store::Transaction& tx, const LetterRow& row, const Send& send,
                                Job& job, Outcome& outcome) {
  const Conversation& c = row.conversation;
  const bool theirs_by_asker = c.side == Side::kAnswerer;
  if (const auto* item = std::get_if<SendItem>(&send)) {
    outcome.send.push_back(item->seq);
    if (job.written && job.written->seq == item->seq) outcome.written = job.written;
    return {};
  }
  if (const auto* receipt = std::get_if<SendReceipt>(&send)) {
    if (receipt->again) {
      ASSIGN_OR_RETURN(const auto stored, FindItem(tx, c.id, theirs_by_asker, receipt->seq));
      v1::Receipt old;
      if (stored && outcome.answer.mutable_receipt()->ParseFromString(stored->receipt) &&
          old.ParseFromString(outcome.answer.receipt().receipt()) &&
          old.epoch() == recovery_.state()->recovery.epoch) {
        return {};
      }
      // Of before a restore, or lost in it: the peer believes receipts of the new epoch only.
    }
    ASSIGN_OR_RETURN(*outcome.answer.mutable_receipt(), MakeReceipt(row, receipt->seq));
    const std::string bytes = outcome.answer.receipt().SerializeAsString();
    if (job.taken && job.taken->seq == receipt->seq) {  // both in one row, at the end
      job.taken->receipt = bytes;
      return {};
    }
    job.cargo->writes.SaveReceipt(c.id, theirs_by_asker, receipt->seq, bytes);
    return {};
  }
  if (const auto* ask = std::get_if<AskReturn>(&send)) outcome.ask = *ask;
  if (const auto* declined = std::get_if<SendDeclined>(&send)) {
    v1::Item item;
    if (job.arrived != nullptr) (void)item.ParseFromString(job.arrived->item());
    v1::SealedItem sealed;
    sealed.set_from(c.peer ? c.peer.ToString()
                           : (item.from_asker() ? item.asker() : item.answerer()));
    outcome.answer = Declined(sealed, item, BytesOf(declined->hash), *declined);
  }
  return {};
}

}  // namespace tracing
