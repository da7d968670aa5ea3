// What LetterDesk refuses for its size or number, and what was refused on the way to a peer.
#include <fmt/format.h>

#include "tracing/app/letter_desk.h"
#include "tracing/store/codec.h"
#include "tracing/store/limit_repository.h"

namespace tracing {
namespace {

using base::Code;
using base::Error;

// What head, signature and seal add to a letter's content.
constexpr std::size_t kAround = 1024;
constexpr std::size_t kKilo = 1024;

}  // namespace

base::Status LetterDesk::CheckSize(const v1::Item& content, const Policy& policy) {
  const auto limit = static_cast<std::size_t>(policy.limits.letter_bytes_max);
  const std::size_t bytes = content.ByteSizeLong() + kAround;
  if (bytes <= limit) return {};
  return Error{Code::kInvalidArgument, "TOO_LARGE",
               fmt::format("函件连同附件共 {} KB，超过每封 {} KB 的上限，请压缩或减少附件",
                           (bytes + kKilo - 1) / kKilo, limit / kKilo)};
}

v1::DeliverReply LetterDesk::Refuse(Division from, Decline reason, int retry_after_s) const {
  v1::SealedItem of;
  of.set_from(from.ToString());
  // Refusing a flood must cost less than the flood: only what parks a letter is signed.
  return Declined(of, {}, "",
                  {.reason = reason, .seq = 0, .hash = {}, .have_seq = 0, .have_head = {},
                   .retry_after_s = retry_after_s, .is_signed = IsPermanent(reason)});
}

std::optional<v1::DeliverReply> LetterDesk::RefuseProven(const v1::SealedItem& sealed,
                                                         Division from, Decline reason,
                                                         int retry_after_s) const {
  const Opening opening = Open(sealed, from);
  if (!opening.proven) return std::nullopt;
  return Declined(sealed, opening.content,
                  security::LetterDigest(opening.suite, opening.item.item()),
                  {.reason = reason, .seq = opening.content.seq(), .hash = {}, .have_seq = 0,
                   .have_head = {}, .retry_after_s = retry_after_s});
}

base::Result<bool> LetterDesk::IsOverQuota(store::Transaction& tx, const Job& job,
                                           Division from) const {
  ASSIGN_OR_RETURN(const std::int64_t owed, CountOwed(tx, from));
  int& begun = job.cargo->begun[from];  // in this transaction, not written yet
  if (owed + begun >= job.policy->limits.open_letters_max) return true;
  begun += 1;
  return false;
}

base::Result<Outcome> LetterDesk::RefusedOnTheWay(const ConversationId& id, const Parcel& parcel,
                                                  Decline reason) {
  Job job{PolicyNow()};
  job.actor = office_.inbox;
  return OnExisting(id,
                    DeclinedArrived{.seq = parcel.seq, .hash = DigestFrom(parcel.hash),
                                    .reason = reason, .have_seq = 0, .retry_after_s = 0,
                                    .is_signed = false, .is_vouched = true},
                    job);
}

base::Result<std::chrono::milliseconds> LetterDesk::NoteFailedLookUp(const ConversationId& id,
                                                                     const std::string& why,
                                                                     std::uint64_t random) {
  const Policy& policy = PolicyNow();
  FailedLookUp row;
  std::chrono::milliseconds wait{0};
  RETURN_IF_ERROR(pool_.WithSession([&](store::Session& session) -> base::Status {
    ASSIGN_OR_RETURN(const auto known, FindLookUp(session, id));
    row = known.value_or(FailedLookUp{.tries = 0, .since = Now(), .next_at = {}, .error = {}});
    row.tries += 1;
    wait = Backoff(policy.delivery, row.tries, random);
    row.next_at = Now() + wait;
    row.error = why;
    return SaveLookUp(session, id, row);
  }));
  if (Now() - row.since < std::chrono::minutes{policy.delivery.stuck_after_minutes}) return wait;
  Job job{policy};
  job.actor = office_.inbox;
  const auto shown = OnExisting(id, LookUpFailed{.lasts = true}, job);
  if (!shown.ok()) return shown.error();
  return wait;
}

base::Status LetterDesk::LookedUpAtLast(const ConversationId& id) {
  return pool_.WithSession(
      [&](store::Session& session) -> base::Status { return ForgetLookUp(session, id); });
}

}  // namespace tracing
