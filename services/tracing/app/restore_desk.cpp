#include "tracing/app/restore_desk.h"

#include "tracing/contract/restored.h"
#include "tracing/store/codec.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

constexpr std::size_t kKeyBytes = 16;
constexpr std::uint32_t kHeadsPage = 500;
constexpr std::size_t kReturnBytesMax = 1 << 20;
constexpr int kYearMin = 2000;
constexpr int kYearMax = 2200;

Error NoOwnKey() {
  return {Code::kFailedPrecondition, "NO_OWN_KEY", "本县没有有效的函件钥匙"};
}

// Whether it is the county's own question to us, under its signature.
template <class Request>
base::Status Check(const Request& m, const Office& office, Division from, base::UtcTime now) {
  if (m.from() != from.ToString() || m.to() != office.self.ToString()) {
    return Error{Code::kPermissionDenied, "WRONG_PARTIES", "the question is not this county's"};
  }
  const std::shared_ptr<const Book> book = office.book();
  ASSIGN_OR_RETURN(const security::LetterVerifier key,
                   book->directory.SignKey(m.from(), m.key_id(), now));
  return VerifyRestoreQuestion(m, key);
}

template <class Request>
base::Status Sign(Request& m, const Office& office, base::UtcTime now) {
  const std::shared_ptr<const Book> book = office.book();
  const security::LetterKey* const key = book->SigningKey(now);
  if (key == nullptr) return NoOwnKey();
  SignRestoreQuestion(m, *key);
  return {};
}

Error KeyMissing() {
  return {Code::kInvalidArgument, "KEY_MISSING", "a write needs a 16-byte idempotency key"};
}

}  // namespace

HeadFact FactOf(const v1::Head& head) {
  return {.id = IdFrom(head.conversation_id()), .asked_by_us = head.asked_by_caller(),
          .ours = head.from_caller_seq(), .ours_head = DigestFrom(head.from_caller_head()),
          .theirs = head.to_caller_seq()};
}

std::vector<Division> RestoreDesk::Members() const {
  std::vector<Division> out;
  const std::shared_ptr<const Book> book = desk_.office().book();
  for (const auto& [code, member] : book->directory.members()) {
    const auto division = Division::Parse(code);
    if (!division.ok() || *division == desk_.office().self || member.paper()) continue;
    out.push_back(*division);
  }
  return out;
}

base::Status RestoreDesk::Reload() {
  return desk_.pool().WithSession(
      [&](store::Session& session) { return desk_.recovery().Load(session); });
}

// Seconds since 1970: higher than what was used before, although the backup does not know of it.
base::Status RestoreDesk::Began(store::Transaction& tx, const std::string& by,
                                std::uint64_t epoch_min) {
  const auto now = clock_.Now();
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch());
  const auto floor = std::max(epoch_min, static_cast<std::uint64_t>(seconds.count()));
  return SaveBegun(tx, floor, Members(), by, now);
}

base::Status RestoreDesk::Begin(const std::string& by, std::uint64_t epoch_min) {
  const auto changing = desk_.recovery().Changing();
  RETURN_IF_ERROR(desk_.pool().InTransaction(
      [&](store::Transaction& tx) { return Began(tx, by, epoch_min); }));
  return Reload();
}

base::Result<v1::AnnounceRestoreReply> RestoreDesk::Announce(const std::string& by,
                                                             const Once& once) {
  if (once.key.size() != kKeyBytes) return KeyMissing();
  const auto changing = desk_.recovery().Changing();
  const auto reply = desk_.pool().Transact(
      [&](store::Transaction& tx) -> base::Result<v1::AnnounceRestoreReply> {
        v1::AnnounceRestoreReply out;
        ASSIGN_OR_RETURN(const auto known, store::FindReply(tx, once.key));
        if (known) {
          (void)out.ParseFromString(known->reply);
          return out;
        }
        RETURN_IF_ERROR(Began(tx, by, 0));
        ASSIGN_OR_RETURN(const RecoveryRow row, LoadRecovery(tx));
        out.set_epoch(row.epoch);
        out.set_members(static_cast<std::uint32_t>(row.unconfirmed.size()));
        RETURN_IF_ERROR(store::RememberReply(tx, once.key, once.request_type,
                                             out.SerializeAsString(), clock_.Now()));
        return out;
      });
  RETURN_IF_ERROR(Reload());
  return reply;
}

base::Result<v1::ConfirmNumbersReply> RestoreDesk::ConfirmNumbers(
    const v1::ConfirmNumbers& request, const Once& once) {
  if (once.key.size() != kKeyBytes) return KeyMissing();
  const int year = static_cast<int>(std::min<std::uint32_t>(request.year(), kYearMax + 1));
  if (year < kYearMin || year > kYearMax) {
    return Error{Code::kInvalidArgument, "BAD_YEAR", "年份应为四位数字"};
  }
  const auto changing = desk_.recovery().Changing();
  const auto reply = desk_.pool().Transact(
      [&](store::Transaction& tx) -> base::Result<v1::ConfirmNumbersReply> {
        v1::ConfirmNumbersReply out;
        ASSIGN_OR_RETURN(const auto known, store::FindReply(tx, once.key));
        if (known) {
          (void)out.ParseFromString(known->reply);
          return out;
        }
        ASSIGN_OR_RETURN(const RecoveryRow row, LoadRecovery(tx));
        if (!row.numbers_frozen) {
          return Error{Code::kFailedPrecondition, "NOT_FROZEN", "文号没有冻结，不需要核定"};
        }
        const int last = static_cast<int>(std::min<std::uint32_t>(request.last(), 1'000'000));
        RETURN_IF_ERROR(SettleNumbers(tx, {.year = year, .number = last}));
        ASSIGN_OR_RETURN(const int highest, LastNumber(tx, year));
        out.set_year(request.year());
        out.set_next(static_cast<std::uint32_t>(highest) + 1);
        RETURN_IF_ERROR(store::RememberReply(tx, once.key, once.request_type,
                                             out.SerializeAsString(), clock_.Now()));
        return out;
      });
  RETURN_IF_ERROR(Reload());
  return reply;
}

base::Result<v1::GetHeads> RestoreDesk::AskHeads(Division peer, const std::string& after) const {
  v1::GetHeads ask;
  ask.set_from(desk_.office().self.ToString());
  ask.set_to(peer.ToString());
  ask.set_epoch(desk_.recovery().state()->recovery.epoch);
  ask.set_after(after);
  RETURN_IF_ERROR(Sign(ask, desk_.office(), clock_.Now()));
  return ask;
}

base::Result<v1::ReturnItems> RestoreDesk::AskItems(Division peer, const ConversationId& id,
                                                    const AskReturn& ask) const {
  v1::ReturnItems out;
  out.set_from(desk_.office().self.ToString());
  out.set_to(peer.ToString());
  out.set_conversation_id(BytesOf(id));
  out.set_from_caller_after(ask.mine_after);
  out.set_to_caller_after(ask.theirs_after);
  RETURN_IF_ERROR(Sign(out, desk_.office(), clock_.Now()));
  return out;
}

base::Result<v1::GetHeadsReply> RestoreDesk::Heads(const v1::GetHeads& request, Division from) {
  RETURN_IF_ERROR(Check(request, desk_.office(), from, clock_.Now()));
  const auto before = desk_.recovery().state();
  v1::GetHeadsReply reply;
  reply.set_own_epoch(before->recovery.epoch);
  reply.set_epoch(std::max(before->KnownEpoch(from), request.epoch()));
  if (request.epoch() < before->KnownEpoch(from)) return reply;  // it has to begin anew
  RETURN_IF_ERROR(desk_.TakeEpoch(from, request.epoch()));
  std::vector<HeadRow> rows;
  RETURN_IF_ERROR(desk_.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(rows, HeadRows(session, from, IdFrom(request.after()), kHeadsPage));
    return {};
  }));
  for (const HeadRow& row : rows) {
    ASSIGN_OR_RETURN(const Conversation c, DecodeConversation(row.id, row.body));
    if (c.stage != Stage::kLive) continue;
    v1::Head& head = *reply.add_heads();
    head.set_conversation_id(BytesOf(c.id));
    head.set_asked_by_caller(c.side == Side::kAnswerer);
    head.set_from_caller_seq(c.theirs.size());
    head.set_from_caller_head(BytesOf(c.theirs.head));
    head.set_to_caller_seq(c.mine.size());
    head.set_to_caller_head(BytesOf(c.mine.head));
  }
  reply.set_more(rows.size() == kHeadsPage);
  if (!rows.empty()) reply.set_next(BytesOf(rows.back().id));
  return reply;
}

base::Result<v1::SignedHeads> RestoreDesk::TellHeads(const v1::GetHeads& request, Division from) {
  v1::HeadsTold told;
  ASSIGN_OR_RETURN(*told.mutable_heads(), Heads(request, from));
  told.set_by(request.to());
  told.set_to(request.from());
  told.set_asked_epoch(request.epoch());
  told.set_after(request.after());
  const std::shared_ptr<const Book> book = desk_.office().book();
  const security::LetterKey* const key = book->SigningKey(clock_.Now());
  if (key == nullptr) return NoOwnKey();
  return SignHeads(told, *key);
}

base::Result<v1::HeadsTold> RestoreDesk::OpenHeads(const v1::SignedHeads& answer,
                                                   Division from) const {
  const std::shared_ptr<const Book> book = desk_.office().book();
  ASSIGN_OR_RETURN(const security::LetterVerifier key,
                   book->directory.SignKey(from.ToString(), answer.key_id(), clock_.Now()));
  ASSIGN_OR_RETURN(v1::HeadsTold told, tracing::OpenHeads(answer, key));
  if (told.by() != from.ToString() || told.to() != desk_.office().self.ToString()) {
    return Error{Code::kPermissionDenied, "WRONG_PARTIES", "the answer is not this county's"};
  }
  return told;
}

base::Result<v1::ReturnItemsReply> RestoreDesk::Copies(const v1::ReturnItems& request,
                                                       Division from) {
  RETURN_IF_ERROR(Check(request, desk_.office(), from, clock_.Now()));
  const ConversationId id = IdFrom(request.conversation_id());
  ASSIGN_OR_RETURN(const LetterRow row, desk_.Get(id));
  const Conversation& c = row.conversation;
  v1::ReturnItemsReply reply;
  if (c.peer != from || c.stage != Stage::kLive) return reply;
  const std::shared_ptr<const Book> book = desk_.office().book();
  ASSIGN_OR_RETURN(const security::LetterVerifier to,
                   book->directory.SealKey(from.ToString(), clock_.Now()));
  std::size_t bytes = 0;
  for (const bool by_asker : {true, false}) {
    const bool mine = by_asker == (c.side == Side::kAsker);
    const std::uint32_t after = mine ? request.to_caller_after() : request.from_caller_after();
    ASSIGN_OR_RETURN(const auto items, desk_.Items(id, by_asker));
    for (std::size_t i = after; i < items.size() && bytes < kReturnBytesMax; ++i) {
      *reply.add_items() = SealItem(items[i].item(), c.self.ToString(), from.ToString(), to);
      bytes += reply.items().rbegin()->sealed().size();
    }
  }
  return reply;
}

base::Result<std::vector<RestoreDesk::Lacking>> RestoreDesk::Compared(
    Division peer, const v1::GetHeadsReply& reply) {
  std::vector<Lacking> out;
  RETURN_IF_ERROR(desk_.pool().WithSession([&](store::Session& session) -> base::Status {
    for (const v1::Head& head : reply.heads()) {
      const ConversationId id = IdFrom(head.conversation_id());
      ASSIGN_OR_RETURN(const std::optional<LetterRow> row, FindLetter(session, id));
      const Conversation* const mine = row ? &row->conversation : nullptr;
      if (mine != nullptr && mine->peer != peer) continue;
      const auto suite = row && row->suite == static_cast<int>(security::LetterSuite::kEd25519)
                             ? security::LetterSuite::kEd25519
                             : security::LetterSuite::kSm;
      const Lack lack = Compare(mine, FactOf(head), [suite](std::string_view bytes) {
        return DigestFrom(security::LetterDigest(suite, bytes));
      });
      if (lack != Lack::kOurs) continue;
      out.push_back({.id = id,
                     .ask = {.mine_after = mine == nullptr ? 0 : mine->delivered,
                             .theirs_after = mine == nullptr ? 0 : mine->theirs.size()}});
    }
    return {};
  }));
  return out;
}

base::Result<std::vector<ConversationId>> RestoreDesk::Confirm(Division member) {
  bool last = false;
  {
    const auto changing = desk_.recovery().Changing();
    ASSIGN_OR_RETURN(last, desk_.pool().Transact([&](store::Transaction& tx) {
      return SaveConfirmed(tx, member);
    }));
    RETURN_IF_ERROR(Reload());
  }
  std::vector<ConversationId> held;
  RETURN_IF_ERROR(desk_.pool().WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(held, HeldUp(session, member));
    if (!last) return {};
    ASSIGN_OR_RETURN(const auto waiting, HeldUp(session, Division{}));
    held.insert(held.end(), waiting.begin(), waiting.end());
    return {};
  }));
  return held;
}

}  // namespace tracing
