// Cases that ask, registries that know, officers who answer, close, reopen, withdraw.
#include <algorithm>

#include "simulation/tracing/world.h"
#include "tracing/domain/chain.h"
#include "tracing/domain/reply.h"

namespace simulation {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using tracing::Desk;
using tracing::ItemKind;
using tracing::LetterState;

}  // namespace

void World::DoAsk(const Ask& ask, const std::vector<tracing::Hop>& hops, std::uint32_t ordinal) {
  County& county = At(ask.from);
  tracing::AskKey key{.asker = county.division,
                      .answerer = DivisionOf(ask.to),
                      .kind = ask.kind,
                      .case_id = ask.case_id,
                      .ordinal = ordinal};
  if (options_.canary == Canary::kFreshIds) key.student_id = static_cast<std::int64_t>(order_);
  const auto id = tracing::ConversationOf(key, hash_);
  if (county.db.letters.contains(id)) return;
  const bool asked = Do(county, id,
                        tracing::DraftLetter{.id = id,
                                             .self = county.division,
                                             .peer = DivisionOf(ask.to),
                                             .kind = ask.kind,
                                             .hops = hops});
  const auto found = county.db.letters.find(id);
  if (found == county.db.letters.end()) {
    // Killed before the commit: the case asks again.
    if (!asked && hops.empty() && ordinal == 0) {
      Push({.at = now_ + hours{2}, .kind = Kind::kAsk, .county = ask.from,
            .value = ask.case_id - 1});
    }
    return;
  }
  found->second.case_id = ask.case_id;
  RescheduleLetter(county, found->second);
}

void World::LookUp(County& county, const tracing::ConversationId& id) {
  const auto found = county.db.letters.find(id);
  if (found == county.db.letters.end() || found->second.letter.desk != Desk::kMachine) return;
  const auto& letter = found->second.letter;
  const int luck = letter.id.raw[5] % 100;  // the truth about the child is the letter's
  tracing::LookedUp facts{.kind = letter.kind, .self = county.division,
                          .household = county.division};
  if (luck < 55) {
    facts.matches.push_back({.student_id = 7, .exact_identity = true, .same_name = true,
                             .standing = luck < 50 ? tracing::Standing::kEnrolled
                                                   : tracing::Standing::kSuspended});
  } else if (luck < 70) {
    facts.matches.push_back({.student_id = 8,
                             .same_name = true,
                             .likeness = {.name = tracing::NameLikeness::kSame,
                                          .birth = tracing::BirthLikeness::kSame}});
  } else if (luck < 75) {
    facts.household = DivisionOf((county.index + 1) % options_.counties);
  }
  const auto decision = tracing::DecideReply(facts, county.policy.reply);
  using Way = tracing::ReplyDecision::Way;
  if (decision.way == Way::kMachine) {
    const bool done = Do(county, id,
                         tracing::Write{.kind = ItemKind::kAnswer, .code = decision.answer->code,
                                        .by_machine = true});
    if (done) {
      tally_.by_machine += 1;
    } else {
      Later(Kind::kLookUp, county.index, id, hours{1});
    }
    return;
  }
  const Desk desk = decision.way == Way::kHousehold ? Desk::kHousehold : Desk::kOfficer;
  if (!Do(county, id, tracing::ToDesk{desk})) Later(Kind::kLookUp, county.index, id, hours{1});
}

void World::OfficerActs(County& county, const tracing::ConversationId& id) {
  const auto found = county.db.letters.find(id);
  if (found == county.db.letters.end()) return;
  Row& row = found->second;
  if (row.letter.desk != Desk::kOfficer && row.letter.desk != Desk::kHousehold) return;
  if (county.version == 2 && rng_.Chance(1000)) NewerWrites(county, row);
  tracing::Write write{.text = "说明"};
  const auto luck = rng_.Below(100);
  if (luck < 10) {
    write.kind = ItemKind::kInterim;
    write.due = base::DateAt(ClockOf(county)) + std::chrono::days{12};
  } else if (luck < 15) {
    write.kind = ItemKind::kForward;
    write.to = DivisionOf(static_cast<int>(
        rng_.Below(static_cast<std::uint64_t>(options_.counties))));
  } else if (luck < 18) {
    write.kind = ItemKind::kRefuse;
  } else if (luck < 22) {
    write.kind = ItemKind::kNote;
  } else {
    constexpr tracing::ReplyCode kCodes[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 99};
    write.kind = ItemKind::kAnswer;
    write.code = kCodes[rng_.Below(std::size(kCodes))];
  }
  Do(county, id, write);
  const auto again = county.db.letters.find(id);
  if (again == county.db.letters.end()) return;
  const Desk desk = again->second.letter.desk;
  if (desk == Desk::kOfficer || desk == Desk::kHousehold) {
    Later(Kind::kOfficer, county.index, id, hours{static_cast<std::int64_t>(4 + rng_.Below(80))});
  }
}

// What the asking side's officers do: close, reopen, withdraw, add, resend what was parked.
void World::AskerActs(County& county, const tracing::ConversationId& id) {
  const auto found = county.db.letters.find(id);
  if (found == county.db.letters.end()) return;
  const Row& row = found->second;
  if (row.letter.stuck == tracing::Stuck::kParked) {
    if (!Do(county, id, tracing::Resend{})) Later(Kind::kAskerOfficer, county.index, id, hours{30});
    return;
  }
  if (row.letter.side != tracing::Side::kAsker) return;
  const auto facts = tracing::Fold(row.letter);
  FollowUp(county, row, facts);
  const auto luck = rng_.Below(100);
  if (luck < 6 && tracing::AwaitsAnswer(facts.state)) {
    Do(county, id, tracing::Write{.kind = ItemKind::kWithdraw, .text = "不再需要"});
  } else if (luck < 12 && tracing::AwaitsAnswer(facts.state)) {
    Do(county, id, tracing::Write{.kind = ItemKind::kSupplement, .text = "补充"});
  } else if (luck < 4 && facts.state == LetterState::kClosed && facts.round == 1 &&
             now_ < start_ + hours{24 * options_.ask_days}) {
    Do(county, id, tracing::Write{.kind = ItemKind::kReopen, .text = "该生并未到校"});
  } else if (facts.state == LetterState::kExpired || facts.state == LetterState::kRefused ||
             (facts.state == LetterState::kAnswered && facts.code == 99)) {
    if (!Do(county, id, tracing::Write{.kind = ItemKind::kClose})) {
      Later(Kind::kAskerOfficer, county.index, id, hours{30});
    }
  }
}

// Letters that follow from a letter; the same intention has the same id, so asking again is safe.
void World::FollowUp(County& county, const Row& row, const tracing::Facts& facts) {
  if (facts.state == LetterState::kForwarded) {
    auto hops = row.letter.hops;
    hops.push_back({row.letter.id, row.letter.peer,
                    row.letter.theirs.items[*facts.forward_seq - 1].hash});
    DoAsk({.case_id = row.case_id, .from = county.index, .to = IndexOf(facts.forwarded_to),
           .kind = row.letter.kind, .at = now_},
          hops, 0);
  }
  if (facts.copied && county.policy.superior != county.division) {
    DoAsk({.case_id = row.case_id, .from = county.index, .to = IndexOf(county.policy.superior),
           .kind = tracing::LetterKind::kGz, .at = now_},
          {}, static_cast<std::uint32_t>(facts.round));
  }
}

// A kind of item that this release does not know, as a newer neighbour would write it.
void World::NewerWrites(County& county, Row& row) {
  auto& c = row.letter;
  if (!county.db.recovery.Confirmed(c.peer)) return;
  tracing::Item item{.kind = ItemKind{77}, .seen = c.theirs.size(), .at = ClockOf(county)};
  const bool by_asker = c.side == tracing::Side::kAsker;
  const std::uint64_t words[] = {rng_.Next(), rng_.Next()};
  item.hash = Mix({reinterpret_cast<const char*>(words), sizeof words});
  c.mine.head = tracing::NextHead({c.id, by_asker, c.mine.size() + 1, item.kind, item.seen,
                                   item.hash, c.mine.head},
                                  hash_);
  c.mine.items.push_back(item);
  if (c.delivered + 1 == c.mine.size()) {
    c.waiting_since = ClockOf(county);
    c.next_try = ClockOf(county);
    c.attempts = 0;
  }
  Wake(county, c.id, ClockOf(county));
}

}  // namespace simulation
