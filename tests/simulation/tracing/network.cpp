// What happens between counties: loss, doubles, delays, damage, keys, recovery's questions.
#include <algorithm>

#include "simulation/tracing/world.h"

namespace simulation {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using tracing::Decline;

// The half of a country that falls apart.
bool SecondHalf(int county, const Split& split) {
  std::uint64_t mixed = (static_cast<std::uint64_t>(county) + 1) * 0x9E3779B97F4A7C15 ^ split.salt;
  mixed = (mixed ^ mixed >> 31) * 0xBF58476D1CE4E5B9;
  return (mixed >> 40 & 1) != 0;
}

}  // namespace

// From numbers of their own, so that a seed's other faults stay what they were.
void World::PlanSplits() {
  base::Rng rng{options_.seed ^ 0x5911715};
  const auto span = static_cast<std::uint64_t>(
      std::max<std::int64_t>((fault_end_ - start_).count(), 1));
  for (int i = 0; i < options_.splits; ++i) {
    const auto from = start_ + milliseconds{static_cast<std::int64_t>(rng.Below(span))};
    const auto length = hours{static_cast<std::int64_t>(1 + rng.Below(24 * 7))};
    splits_.push_back({.from = from, .to = std::min<base::UtcTime>(from + length, fault_end_),
                       .salt = rng.Next(), .one_way = i % 2 == 1});
  }
}

bool World::Apart(int from, int to) const {
  for (const Split& split : splits_) {
    if (now_ < split.from || now_ >= split.to) continue;
    const bool second = SecondHalf(from, split);
    if (second == SecondHalf(to, split)) continue;
    if (!split.one_way || !second) return true;
  }
  return false;
}

void World::Send(int from, int to, Payload payload) {
  tally_.messages += 1;
  if (Apart(from, to)) {
    tally_.dropped += 1;
    tally_.apart += 1;
    return;
  }
  const County& sender = At(from);
  const County& target = At(to);
  const bool cut = sender.cut_until > now_ || target.cut_until > now_;
  if (cut || (Faulty() && rng_.Chance(options_.drop_bp))) {
    tally_.dropped += 1;
    return;
  }
  if (auto* item = std::get_if<ItemMsg>(&payload)) {
    if (Faulty() && rng_.Chance(options_.corrupt_bp)) {
      item->corrupt = true;
      tally_.corrupted += 1;
    }
  } else if (Faulty() && rng_.Chance(options_.corrupt_bp)) {
    tally_.corrupted += 1;  // whoever gets it cannot verify it and throws it away
    return;
  }
  const auto message = std::make_shared<const Message>(Message{from, to, std::move(payload)});
  const int copies = Faulty() && rng_.Chance(options_.double_bp) ? 2 : 1;
  tally_.doubled += static_cast<std::uint64_t>(copies - 1);
  for (int i = 0; i < copies; ++i) {
    milliseconds wait{static_cast<std::int64_t>(20 + rng_.Below(1500))};
    if (Faulty() && rng_.Chance(options_.late_bp)) {
      tally_.late += 1;
      wait = milliseconds{static_cast<std::int64_t>(rng_.Below(6 * 3'600'000))};
    }
    Push({.at = now_ + wait, .kind = Kind::kMessage, .message = message});
  }
}

void World::Deliver(const Message& message) {
  County& county = At(message.to);
  if (county.down_until > now_ || county.cut_until > now_) {
    tally_.dropped += 1;
    return;
  }
  std::visit([&](const auto& payload) { Got(county, message.from, payload); }, message.payload);
}

// Rotations of `of` that the directory of `reader` shows by now: it takes up to two days.
int World::KnownVersion(int reader, const County& of) const {
  int version = 0;
  for (const auto at : of.rotations) {
    const auto spread = static_cast<std::int64_t>((reader * 7919 + of.index * 104729) % 48);
    if (at + hours{spread} <= now_) version += 1;
  }
  return version;
}

Decline World::Verdict(const County& county, int from, const ItemMsg& m) const {
  if (m.corrupt) return Decline::kBadSeal;
  if (county.refuses_until > now_) return Decline::kNotMyDivision;
  const County& author = counties_[static_cast<std::size_t>(from)];
  const int known = KnownVersion(county.index, author);
  if (m.sign_version > known) return Decline::kKeyUnknown;
  // The old signing key ends, and the old seal key is thrown away, a week after the rotation.
  for (const auto at : author.rotations) {
    if (m.sign_version == 0 && at + hours{24 * 7} <= now_) return Decline::kKeyExpired;
  }
  for (const auto at : county.rotations) {
    if (m.seal_version == 0 && at + hours{24 * 7} <= now_) return Decline::kBadSeal;
  }
  const auto peer = DivisionOf(from);
  if (const auto judged = tracing::JudgeRecovering(county.db.recovery, peer);
      judged != Decline::kNone) {
    return judged;
  }
  const auto epoch = county.db.epochs.find(from);
  return tracing::JudgeEpoch(epoch == county.db.epochs.end() ? 0 : epoch->second, m.epoch);
}

void World::Got(County& county, int from, const ItemMsg& m) {
  tracing::Arrived arrived = m.item;
  arrived.verdict = Verdict(county, from, m);
  if (m.corrupt) {
    // Nobody could tell who asked: the answer is an unsigned hint.
    Send(county.index, from,
         DeclinedMsg{arrived.id,
                     {.seq = arrived.seq, .hash = arrived.item.hash, .reason = Decline::kBadSeal}});
    return;
  }
  if (arrived.verdict == Decline::kNone) county.db.epochs[from] = m.epoch;
  Do(county, arrived.id, arrived, from);
}

void World::Got(County& county, int from, const ReceiptMsg& m) {
  county.lanes[from].Heard(ClockOf(county));
  // A receipt of before its author's restore may count items that its author has lost since.
  const auto known = county.db.epochs.find(from);
  const auto epoch = known == county.db.epochs.end() ? 0 : known->second;
  if (tracing::JudgeEpoch(epoch, m.epoch) != tracing::Decline::kNone) return;
  if (county.db.letters.contains(m.id)) Do(county, m.id, m.receipt, from);
}

void World::Got(County& county, int from, const DeclinedMsg& m) {
  county.lanes[from].Heard(ClockOf(county));
  if (county.db.letters.contains(m.id)) Do(county, m.id, m.declined, from);
}

void World::Got(County& county, int from, const HeadsAsk& m) {
  auto& known = county.db.epochs[from];
  HeadsTell tell{.epoch = m.epoch, .known_epoch = known, .own_epoch = county.db.recovery.epoch};
  if (m.epoch >= known) {
    known = m.epoch;
    tell.known_epoch = m.epoch;
    const auto peer = DivisionOf(from);
    for (const auto& [id, row] : county.db.letters) {
      const auto& letter = row.letter;
      if (letter.peer != peer || letter.stage != tracing::Stage::kLive) continue;
      tell.heads.push_back({.id = id,
                            .asked_by_us = letter.side == tracing::Side::kAnswerer,
                            .ours = letter.theirs.size(),
                            .ours_head = letter.theirs.head,
                            .theirs = letter.mine.size()});
    }
  }
  Send(county.index, from, std::move(tell));
}

void World::Got(County& county, int from, const HeadsTell& m) {
  auto& recovery = county.db.recovery;
  const auto peer = DivisionOf(from);
  if (recovery.Confirmed(peer)) return;
  if (m.known_epoch > recovery.epoch) return BeginRecovery(county, m.known_epoch + 1);
  if (m.epoch != recovery.epoch) return;
  auto& known = county.db.epochs[from];
  known = std::max(known, m.own_epoch);
  bool lacking = false;
  for (const auto& head : m.heads) {
    const auto found = county.db.letters.find(head.id);
    const auto* mine = found == county.db.letters.end() ? nullptr : &found->second.letter;
    if (tracing::Compare(mine, head, hash_) != tracing::Lack::kOurs) continue;
    lacking = true;
    Send(county.index, from,
         ReturnAsk{.id = head.id,
                   .yours_after = mine == nullptr ? 0 : mine->theirs.size(),
                   .mine_after = mine == nullptr ? 0 : mine->delivered});
  }
  if (lacking) return;  // asked again with the next heads
  tracing::ConfirmMember(recovery, peer, county.db.numbering);
  for (const auto& [id, row] : county.db.letters) {
    if (row.letter.peer == peer) RescheduleLetter(county, row);
  }
}

void World::Got(County& county, int from, const ReturnAsk& m) {
  const auto found = county.db.letters.find(m.id);
  if (found == county.db.letters.end() || found->second.letter.stage != tracing::Stage::kLive) {
    return;
  }
  const Row& row = found->second;
  ReturnTell tell;
  const auto pack = [&](bool mine, std::uint32_t after) {
    const auto& direction = mine ? row.letter.mine : row.letter.theirs;
    for (std::uint32_t seq = after + 1; seq <= direction.size(); ++seq) {
      tell.items.push_back(Packed(county, row, mine, seq).item);
    }
  };
  pack(true, m.yours_after);
  pack(false, m.mine_after);
  if (!tell.items.empty()) Send(county.index, from, std::move(tell));
}

void World::Got(County& county, int from, const ReturnTell& m) {
  Do(county, m.items.front().id, tracing::Returned{m.items}, from);
}

}  // namespace simulation
