// What keeps a county going: wakes, restarts, backups, recovery; and breaking it on purpose.
#include <algorithm>

#include "simulation/tracing/world.h"

namespace simulation {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using tracing::Desk;
using tracing::LetterState;

}  // namespace

void World::Wake(County& county, const tracing::ConversationId& id, base::UtcTime county_time) {
  const auto at = std::max(county_time - county.clock_off, now_ + milliseconds{1});
  county.wakes[id] = at;
  Push({.at = at, .kind = Kind::kWake, .county = county.index, .id = id});
}

void World::Crash(County& county) {
  tally_.crashes += 1;
  county.lanes.clear();
  county.wakes.clear();
  county.down_until = now_ + minutes{static_cast<std::int64_t>(1 + rng_.Below(60))};
  Push({.at = county.down_until, .kind = Kind::kRestart, .county = county.index});
}

// A start finds all work in the rows.
void World::Reschedule(County& county) {
  for (const auto& [id, row] : county.db.letters) RescheduleLetter(county, row);
  if (county.db.recovery.under_way()) Later(Kind::kRecover, county.index, {}, minutes{1});
}

void World::RescheduleLetter(County& county, const Row& row) {
  const auto& c = row.letter;
  const auto facts = tracing::Fold(c);
  const bool waits = c.delivered < c.mine.size() || c.stage == tracing::Stage::kApproved;
  const bool over = tracing::IsOver(facts.state);
  if (waits || (c.side == tracing::Side::kAsker && !over)) {
    Wake(county, c.id, ClockOf(county) + milliseconds{static_cast<std::int64_t>(
                                             rng_.Below(60'000))});
  }
  const auto soon = [&](Kind kind, std::int64_t most_hours) {
    const auto span = static_cast<std::uint64_t>(most_hours) * 3'600'000;
    Later(kind, county.index, c.id, milliseconds{static_cast<std::int64_t>(rng_.Below(span))});
  };
  if (c.stuck == tracing::Stuck::kParked) return soon(Kind::kAskerOfficer, 24 * 3);
  if (c.stage == tracing::Stage::kDrafted) soon(Kind::kApprove, 30);
  if (c.desk == Desk::kMachine) Later(Kind::kLookUp, county.index, c.id, milliseconds{300});
  if (c.desk == Desk::kOfficer || c.desk == Desk::kHousehold) {
    // One letter in thirty is forgotten for weeks: it is urged, copied, at last given up.
    const bool forgotten = c.id.raw[7] % 30 == 0 && now_ < start_ + hours{24 * options_.ask_days};
    soon(Kind::kOfficer, forgotten ? 24 * 70 : 24 * 14);
  }
  if (c.side == tracing::Side::kAsker && facts.state >= LetterState::kReceipted) {
    soon(Kind::kAskerOfficer, 24 * 20);
  }
}

void World::Restore(County& county, bool silently) {
  if (county.backup == nullptr) return;
  tally_.restores += 1;
  county.restores += 1;
  county.db = *county.backup;
  county.lanes.clear();
  county.wakes.clear();
  county.silently_restored = county.silently_restored || silently;
  if (!silently) BeginRecovery(county, 0);
  county.down_until = now_ + minutes{30};
  Push({.at = county.down_until, .kind = Kind::kRestart, .county = county.index});
  // The cases of the lost days are still there and ask again, some of them at once.
  for (const Ask& ask : asks_) {
    if (ask.from != county.index || ask.at > now_ || !rng_.Chance(6000)) continue;
    Push({.at = county.down_until + milliseconds{static_cast<std::int64_t>(
                                        rng_.Below(48 * 3'600'000))},
          .kind = Kind::kAsk, .county = county.index, .value = ask.case_id - 1});
  }
}

void World::BeginRecovery(County& county, std::uint64_t epoch_min) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(
      ClockOf(county).time_since_epoch());
  epoch_min = std::max(epoch_min, static_cast<std::uint64_t>(seconds.count()));
  std::vector<tracing::Division> members;
  for (const County& other : counties_) {
    if (other.index != county.index) members.push_back(other.division);
  }
  tracing::BeginRecovery(county.db.recovery, epoch_min, members, county.db.numbering);
}

void World::Recover(County& county) {
  if (!county.db.recovery.under_way() || county.recover_at > now_) return;
  int asked = 0;
  for (const auto member : county.db.recovery.unconfirmed) {
    Send(county.index, IndexOf(member), HeadsAsk{county.db.recovery.epoch});
    if (++asked == 500) break;
  }
  county.recover_at = now_ + minutes{10};
  Later(Kind::kRecover, county.index, {}, minutes{10});
}

void World::Sabotage(County& county) {
  for (auto& [id, row] : county.db.letters) {
    auto& c = row.letter;
    const auto facts = tracing::Fold(c);
    switch (options_.canary) {
      case Canary::kSilentLoss:
        if (c.mine.size() == 0 || c.side != tracing::Side::kAnswerer) continue;
        c.mine.items.pop_back();  // an answer vanishes from the outbox with its trace
        c.delivered = std::min(c.delivered, c.mine.size());
        return;
      case Canary::kRewrittenLog:
        if (c.theirs.size() == 0) continue;
        c.theirs.items.front().hash[0] ^= 1;
        return;
      case Canary::kReopens:
        if (facts.state != LetterState::kClosed) continue;
        row.letter.mine.items.pop_back();
        return;
      default: return;
    }
  }
}

}  // namespace simulation
