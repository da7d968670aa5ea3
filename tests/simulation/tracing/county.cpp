// One county at work: load, Step, commit, send; crashes in between; backups; recovery.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "simulation/tracing/world.h"
#include "tracing/domain/chain.h"

namespace simulation {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using tracing::Conversation;
using tracing::ConversationId;
using tracing::Did;
using tracing::Digest;
using tracing::LetterState;

// The bytes of an item, as far as the simulation has any.
Digest WrittenBytes(const tracing::Draft& draft) {
  const auto& item = draft.item;
  const std::int64_t words[] = {
      draft.by_asker ? 1 : 0, draft.seq, static_cast<std::int64_t>(item.kind), item.code,
      item.step, item.seen, item.number.year, item.number.number, item.to.raw(),
      item.due.serial(), item.at.time_since_epoch().count()};
  std::string bytes(reinterpret_cast<const char*>(words), sizeof words);
  bytes.append(reinterpret_cast<const char*>(draft.conversation.id.raw.data()), 16);
  bytes.append(reinterpret_cast<const char*>(draft.previous.data()), draft.previous.size());
  return Mix(bytes);
}

std::uint64_t First(const Digest& digest) {
  std::uint64_t word = 0;
  std::memcpy(&word, digest.data(), sizeof word);
  return word;
}

std::uint64_t Key(const ConversationId& id, std::uint64_t a, std::uint64_t b = 0) {
  std::uint64_t word = 0;
  std::memcpy(&word, id.raw.data(), sizeof word);
  return base::Rng{word ^ base::Rng{a * 1'000'003 + b}.Next()}.Next();
}

}  // namespace

CrashAt World::DrawCrash() {
  tally_.commits += 1;
  if (options_.crash_at / 2 == tally_.commits) {
    return options_.crash_at % 2 == 0 ? CrashAt::kBeforeCommit : CrashAt::kAfterCommit;
  }
  if (!Faulty() || !rng_.Chance(options_.crash_bp)) return CrashAt::kNever;
  return rng_.Chance(5000) ? CrashAt::kBeforeCommit : CrashAt::kAfterCommit;
}

bool World::Do(County& county, const ConversationId& id, const tracing::Input& input,
               int from) {
  if (county.down_until > now_) return false;
  auto [found, fresh] = county.db.letters.try_emplace(id);
  Row& row = found->second;
  if (fresh) {
    row.letter.id = id;
    row.letter.self = county.division;
  }
  const CrashAt crash = DrawCrash();
  if (crash == CrashAt::kBeforeCommit) {
    // Nothing of the step is on disk; whoever asked asks again.
    if (fresh) county.db.letters.erase(found);
    Crash(county);
    return false;
  }
  const int peer = row.letter.peer ? IndexOf(row.letter.peer) : -1;
  tracing::Numbering numbers = county.db.numbering;
  const std::function<Digest(const tracing::Draft&)> write = WrittenBytes;
  const std::function<base::Result<tracing::DocumentNumber>(base::Date)> number =
      [&](base::Date day) { return numbers.Take(day); };
  const base::UtcTime clock = ClockOf(county);
  bool lane_open = true;
  if (peer >= 0) {
    const auto lane = county.lanes.find(peer);
    lane_open = lane == county.lanes.end() ||
                lane->second.MaySend(clock, county.policy.delivery);
  }
  const tracing::Context context{
      .policy = county.policy,
      .calendar = calendar_,
      .now = clock,
      .random = rng_.Next(),
      .peer_confirmed = peer < 0 || county.db.recovery.Confirmed(row.letter.peer),
      .lane_open = lane_open,
      .hash = hash_,
      .write = write,
      .number = number};
  std::vector<tracing::Item> before;  // what a returned item may overtake
  if (std::holds_alternative<tracing::Returned>(input)) before = row.letter.mine.items;
  const auto result = tracing::Step(row.letter, input, context);
  if (!result.ok()) {
    if (fresh) county.db.letters.erase(found);
    return false;
  }
  county.db.numbering = std::move(numbers);
  for (const auto& record : result->records) {
    if (record.did != Did::kOvertaken || record.seq > before.size()) continue;
    county.db.numbering.GiveBack(before[record.seq - 1].number);
  }
  Commit(county, row, *result);
  if (crash == CrashAt::kAfterCommit) {
    Crash(county);
  } else {
    for (const auto& record : result->records) DoAfterCommit(county, row, record);
    Emit(county, row, *result, from);
    if (result->wake) Wake(county, id, *result->wake);
  }
  if (row.letter.stage == tracing::Stage::kNone) county.db.letters.erase(id);
  return true;
}

// What is written in the transaction of the step.
void World::Commit(County& county, Row& row, const tracing::Effects& effects) {
  for (const auto& record : effects.records) Recorded(county, row, record);
  for (const auto& send : effects.send) {
    const auto* receipt = std::get_if<tracing::SendReceipt>(&send);
    if (receipt != nullptr && !receipt->again) StoreReceipt(county, row, receipt->seq);
  }
}

void World::StoreReceipt(County& county, Row& row, std::uint32_t seq) {
  const Conversation& c = row.letter;
  const auto& item = c.theirs.items[seq - 1];
  row.receipts.resize(std::max<std::size_t>(row.receipts.size(), seq));
  // The head after exactly this item; later ones may have come in the same step.
  const Digest head = tracing::HeadAt(c, c.side == tracing::Side::kAnswerer, seq, hash_);
  row.receipts[seq - 1] = {item.hash, head, c.mine.size(), tracing::StateOf(c)};
  const int both = county.restores + At(IndexOf(c.peer)).restores;
  const bool by_asker = c.side == tracing::Side::kAnswerer;
  const auto note = [&](Ledger::Book& book, std::uint64_t key, std::uint64_t hash,
                        const char* what) {
    const auto [seen, fresh] = book.try_emplace(key, Ledger::Seen{hash, both, 0});
    if (fresh || seen->second.hash == hash) return;
    // After a restore of this side as well nobody may be left who remembers the first one.
    if (seen->second.restores == both) {
      Violation(fmt::format("{}: county {} took two, {}", what, county.index,
                            tracing::ItemKindName(item.kind)));
    }
    seen->second = {hash, both, 0};
  };
  note(ledger_.places, Key(c.id, by_asker ? 1 : 2, seq), First(item.hash), "TWO_ITEMS_IN_PLACE");
  if (item.number.number > 0) {
    const int author = IndexOf(c.peer);
    const auto key = static_cast<std::uint64_t>(author) << 40 |
                     static_cast<std::uint64_t>(item.number.year) << 24 |
                     static_cast<std::uint64_t>(item.number.number);
    const Ledger::Seen now{First(item.hash), county.restores, county.index};
    const auto [seen, fresh] = ledger_.numbers.try_emplace(key, now);
    // Who took the first one may have lost it in a restore of its own, and told nobody.
    const bool remembered = At(seen->second.taker).restores == seen->second.restores;
    const bool differs = !fresh && seen->second.hash != First(item.hash);
    if (differs && remembered && !At(author).silently_restored) {
      Violation(fmt::format("NUMBER_TWICE: county {} number {}", author, item.number.number));
    }
    seen->second = now;
  }
  if (item.kind == tracing::ItemKind::kLetter && row.case_id == 0 && c.hops.empty()) {
    tally_.letters += 1;
  }
}

void World::Recorded(County& county, Row& row, const tracing::Record& record) {
  switch (record.did) {
    case Did::kToOfficer: {
      const auto round = static_cast<std::int16_t>(tracing::Fold(row.letter).round);
      tally_.to_officer += 1;
      if (std::find(row.officer.begin(), row.officer.end(), round) != row.officer.end()) {
        Violation(fmt::format("OFFICER_TWICE: county {} round {}", county.index, round));
      }
      row.officer.push_back(round);
      return;
    }
    case Did::kState:
      if (record.to == LetterState::kClosed) row.closed_round = tracing::Fold(row.letter).round;
      if (record.from == LetterState::kClosed &&
          tracing::Fold(row.letter).round <= row.closed_round) {
        Violation(fmt::format("CLOSED_LEFT: county {} to {}", county.index,
                              tracing::LetterStateName(record.to)));
      }
      if (record.to == LetterState::kReopened) tally_.reopened += 1;
      if (record.to == LetterState::kForwarded) tally_.forwarded += 1;
      return;
    case Did::kAdopted:
      tally_.adopted += 1;
      if (record.mine) {
        county.db.numbering.Learn(row.letter.mine.items[record.seq - 1].number);
        // Our own signature on what we do not know: the database is older than it was.
        if (!county.db.recovery.under_way()) {
          if (county.restores == 0) Violation("FALSE_ALARM");
          BeginRecovery(county, 0);
          Later(Kind::kRecover, county.index, {}, minutes{1});
        }
      }
      return;
    case Did::kStateDiffers:
      // A receipt may count an item that its author then had to drop; see kOvertaken.
      if (county.silently_restored || At(IndexOf(row.letter.peer)).silently_restored) return;
      // Nor does a county that was restored itself know how new the other's restore is.
      if (county.restores > 0 && At(IndexOf(row.letter.peer)).restores > 0) return;
      Violation(fmt::format("STATE_DIFFERS: county {} {}, county {} says {}", county.index,
                            tracing::LetterStateName(tracing::StateOf(row.letter)),
                            IndexOf(row.letter.peer),
                            tracing::LetterStateName(row.letter.peer_state)));
      return;
    case Did::kPosted: tally_.items += 1; return;
    case Did::kOvertaken: tally_.overtaken += 1; return;
    case Did::kRewound: tally_.rewound += 1; return;
    case Did::kParked: tally_.parked += 1; return;
    case Did::kStuck: tally_.stuck += 1; return;
    case Did::kCrossed: tally_.crossed += 1; return;
    case Did::kUnknownKind: tally_.unknown_kinds += 1; return;
    case Did::kCopyDue: tally_.copies += 1; return;
    default: return;
  }
}

// Work that the state asks for; a restart finds it again (RescheduleLetter).
void World::DoAfterCommit(County& county, const Row& row, const tracing::Record& record) {
  const bool work = record.did == Did::kLookUp || record.did == Did::kToOfficer ||
                    record.did == Did::kToHousehold || record.did == Did::kParked ||
                    record.did == Did::kState || record.did == Did::kCopyDue;
  if (work) RescheduleLetter(county, row);
}

ItemMsg World::Packed(const County& county, const Row& row, bool mine, std::uint32_t seq) const {
  const Conversation& c = row.letter;
  const auto& direction = mine ? c.mine : c.theirs;
  const bool by_asker = mine == (c.side == tracing::Side::kAsker);
  ItemMsg m;
  m.item.id = c.id;
  m.item.asker = c.side == tracing::Side::kAsker ? c.self : c.peer;
  m.item.answerer = c.side == tracing::Side::kAsker ? c.peer : c.self;
  m.item.from_asker = by_asker;
  m.item.seq = seq;
  m.item.previous = tracing::HeadAt(c, by_asker, seq - 1, hash_);
  m.item.kind = c.kind;
  m.item.hops = c.hops;
  m.item.item = direction.items[seq - 1];
  m.item.seen_head = tracing::HeadAt(c, !by_asker, m.item.item.seen, hash_);
  m.item.item.taken = {};
  m.epoch = county.db.recovery.epoch;
  m.sign_version = static_cast<std::uint8_t>(KnownVersion(county.index, county));
  m.seal_version = static_cast<std::uint8_t>(
      KnownVersion(county.index, counties_[static_cast<std::size_t>(IndexOf(c.peer))]));
  return m;
}

void World::Emit(County& county, const Row& row, const tracing::Effects& effects, int from) {
  const Conversation& c = row.letter;
  const int peer = from >= 0 ? from : IndexOf(c.peer);
  for (const auto& send : effects.send) {
    if (const auto* item = std::get_if<tracing::SendItem>(&send)) {
      county.lanes[peer].Sent(ClockOf(county), county.policy.delivery, rng_.Next());
      Send(county.index, peer, Packed(county, row, true, item->seq));
    } else if (const auto* receipt = std::get_if<tracing::SendReceipt>(&send)) {
      if (receipt->again) tally_.duplicates += 1;
      if (receipt->again && options_.canary == Canary::kOfficerTwice) {
        auto& stored_row = county.db.letters.at(c.id);
        if (!stored_row.officer.empty()) Recorded(county, stored_row, {.did = Did::kToOfficer});
      }
      StoredReceipt stored = row.receipts.at(receipt->seq - 1);
      if (receipt->again && options_.canary == Canary::kNewReceipt) stored.sent_seq += 1;
      const bool by_asker = c.side == tracing::Side::kAnswerer;
      const std::uint64_t said = First(stored.hash) ^ First(stored.head) ^ stored.sent_seq * 31;
      const auto [seen, fresh] = ledger_.receipts.try_emplace(
          Key(c.id, by_asker ? 3 : 4, receipt->seq), Ledger::Seen{said, county.restores, 0});
      if (!fresh && seen->second.hash != said && seen->second.restores == county.restores) {
        Violation(fmt::format("RECEIPT_CHANGED: county {}", county.index));
      }
      seen->second = {said, county.restores, 0};
      Send(county.index, peer,
           ReceiptMsg{c.id, {.of_asker = by_asker, .seq = receipt->seq, .hash = stored.hash,
                             .head = stored.head, .sent_seq = stored.sent_seq,
                             .state = stored.state},
                      county.db.recovery.epoch});
    } else if (const auto* no = std::get_if<tracing::SendDeclined>(&send)) {
      Send(county.index, peer,
           DeclinedMsg{c.id, {.seq = no->seq, .hash = no->hash, .reason = no->reason,
                              .have_seq = no->have_seq, .is_signed = true}});
    } else if (const auto* ask = std::get_if<tracing::AskReturn>(&send)) {
      Send(county.index, peer,
           ReturnAsk{.id = c.id, .yours_after = ask->theirs_after, .mine_after = ask->mine_after});
    }
  }
}

}  // namespace simulation
