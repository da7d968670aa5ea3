#include "tracing/domain/recovery.h"

#include <algorithm>

namespace tracing {

Lack Compare(const Conversation* mine, const HeadFact& fact, const HashFn& hash) {
  const std::uint32_t have_ours = mine == nullptr ? 0 : mine->mine.size();
  const std::uint32_t have_theirs = mine == nullptr ? 0 : mine->theirs.size();
  if (fact.ours > have_ours || fact.theirs > have_theirs) return Lack::kOurs;
  // As many, but others: what we wrote since the restore stands where something else was sent.
  if (mine != nullptr &&
      HeadAt(*mine, mine->side == Side::kAsker, fact.ours, hash) != fact.ours_head) {
    return Lack::kOurs;
  }
  if (fact.theirs < have_theirs) return Lack::kTheirs;
  // Less of ours there than we hold receipts for: they lost it; else it is under way.
  const std::uint32_t receipted = mine == nullptr ? 0 : mine->delivered;
  return fact.ours < receipted ? Lack::kTheirs : Lack::kNothing;
}

void BeginRecovery(Recovery& recovery, std::uint64_t epoch_min,
                   const std::vector<Division>& members, Numbering& numbering) {
  recovery.epoch = std::max(recovery.epoch + 1, epoch_min);
  recovery.unconfirmed = {members.begin(), members.end()};
  if (recovery.under_way()) numbering.Freeze();
}

bool ConfirmMember(Recovery& recovery, Division member, Numbering& numbering) {
  if (recovery.unconfirmed.erase(member) == 0 || recovery.under_way()) return false;
  numbering.Release();
  return true;
}

void ConfirmNumbers(Numbering& numbering, const DocumentNumber& last) {
  numbering.Settle(last);
  numbering.Release();
}

Decline JudgeRecovering(const Recovery& recovery, Division peer) {
  return recovery.Confirmed(peer) ? Decline::kNone : Decline::kBehind;
}

bool IsPlausibleEpoch(std::uint64_t epoch, base::UtcTime now) {
  constexpr std::chrono::days kOff{10 * 366};
  const auto last = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch() + kOff);
  return epoch <= static_cast<std::uint64_t>(std::max<std::int64_t>(last.count(), 0));
}

Decline JudgeEpoch(std::uint64_t known, std::uint64_t of_item) {
  return of_item < known ? Decline::kOldEpoch : Decline::kNone;
}

}  // namespace tracing
