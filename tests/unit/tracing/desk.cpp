#include "unit/tracing/desk.h"

#include <gtest/gtest.h>

#include <functional>

namespace tracing::testing {

Digest Hash(std::string_view bytes) {
  Digest out{};
  std::size_t value = std::hash<std::string_view>{}(bytes);
  for (auto& byte : out) {
    value = value * 6364136223846793005U + 1442695040888963407U;
    byte = static_cast<std::uint8_t>(value >> 56);
  }
  return out;
}

base::UtcTime At(int year, unsigned month, unsigned day, int minute) {
  return base::InstantAt(base::Date::FromYmd(year, month, day).value(), minute);
}
Division Code(std::string_view six) { return Division::Parse(six).value(); }

Pair::Pair(LetterKind letter) : kind(letter), hash_(Hash) {
  // 2026-10-01 .. 07 off, Saturday 10 October worked.
  std::set<base::Date> holidays;
  for (unsigned day = 1; day <= 7; ++day) holidays.insert(*base::Date::FromYmd(2026, 10, day));
  calendar = base::Calendar::Make(
                 {}, holidays, {{*base::Date::FromYmd(2026, 10, 10), std::nullopt}})
                 .value();
  for (int i = 0; i < 2; ++i) {
    side_[i].self = Code(i == kAsker ? "350212" : "430527");
    policy[i].number_prefix = i == kAsker ? "同教函" : "绥教函";
  }
}

base::Result<Effects> Pair::Do(int side, const Input& input) {
  const std::function<Digest(const Draft&)> write = [this](const Draft& draft) {
    const auto& item = draft.item;
    const std::int64_t words[] = {draft.by_asker ? 1 : 0, draft.seq,
                                  static_cast<std::int64_t>(item.kind), item.code,
                                  item.number.number, item.due.serial(),
                                  item.at.time_since_epoch().count()};
    return Hash({reinterpret_cast<const char*>(words), sizeof words});
  };
  Numbering taken = numbers[side];
  const std::function<base::Result<DocumentNumber>(base::Date)> number =
      [&](base::Date day) { return taken.Take(day); };
  const bool dated = policies != nullptr && side == kAsker;
  const Context context{.policy = dated ? policies->At(base::DateAt(now)) : policy[side],
                        .calendar = calendar,
                        .now = now,
                        .random = 7,
                        .peer_confirmed = confirmed[side],
                        .peer_known = known[side],
                        .peer_keys = peer_keys,
                        .own_key = own_key,
                        .lane_open = lane_open[side],
                        .hash = hash_,
                        .write = write,
                        .number = number,
                        .policies = dated ? policies : nullptr};
  auto result = Step(side_[side], input, context);
  if (result.ok()) {
    numbers[side] = taken;
    for (const auto& record : result->records) records.emplace_back(side, record);
  }
  return result;
}

Effects Pair::Must(int side, const Input& input) {
  auto result = Do(side, input);
  EXPECT_TRUE(result.ok()) << result.error().ToString();
  if (!result.ok()) return {};
  Emit(side, *result);
  return *result;
}

Arrived Pair::Pack(int side, std::uint32_t seq) const {
  const Conversation& c = side_[side];
  const bool asker = c.side == Side::kAsker;
  return {.id = c.id,
          .asker = asker ? c.self : c.peer,
          .answerer = asker ? c.peer : c.self,
          .from_asker = asker,
          .seq = seq,
          .previous = HeadAt(c, asker, seq - 1, hash_),
          .kind = c.kind,
          .item = c.mine.items[seq - 1]};
}

void Pair::Emit(int side, const Effects& effects) {
  const int other = 1 - side;
  const Conversation& c = side_[side];
  for (const auto& send : effects.send) {
    if (const auto* item = std::get_if<SendItem>(&send)) {
      Arrived arrived = Pack(side, item->seq);
      arrived.item.taken = {};
      wire.push_back({other, arrived});
    } else if (const auto* receipt = std::get_if<SendReceipt>(&send)) {
      const bool of_asker = c.side == Side::kAnswerer;
      wire.push_back({other, ReceiptArrived{.of_asker = of_asker,
                                            .seq = receipt->seq,
                                            .hash = c.theirs.items[receipt->seq - 1].hash,
                                            .head = HeadAt(c, of_asker, receipt->seq, hash_),
                                            .sent_seq = c.mine.size(),
                                            .state = StateOf(c)}});
    } else if (const auto* no = std::get_if<SendDeclined>(&send)) {
      wire.push_back({other, DeclinedArrived{.seq = no->seq, .hash = no->hash,
                                             .reason = no->reason, .have_seq = no->have_seq,
                                             .is_signed = true}});
    } else {
      wire.push_back({other, std::get<AskReturn>(send)});
    }
  }
}

Packet Pair::Take() {
  EXPECT_FALSE(wire.empty());
  if (wire.empty()) return {};
  Packet packet = wire.front();
  wire.pop_front();
  return packet;
}

Effects Pair::Give(const Packet& packet) {
  if (const auto* item = std::get_if<Arrived>(&packet.what)) return Must(packet.to, *item);
  if (const auto* receipt = std::get_if<ReceiptArrived>(&packet.what)) {
    return Must(packet.to, *receipt);
  }
  if (const auto* no = std::get_if<DeclinedArrived>(&packet.what)) return Must(packet.to, *no);
  // The peer gives back what it has of both directions, after the two counts.
  const auto& ask = std::get<AskReturn>(packet.what);
  const int giver = packet.to;
  const Conversation& c = side_[giver];
  Returned returned;
  for (std::uint32_t seq = ask.theirs_after + 1; seq <= c.mine.size(); ++seq) {
    returned.items.push_back(Pack(giver, seq));
  }
  for (std::uint32_t seq = ask.mine_after + 1; seq <= c.theirs.size(); ++seq) {
    const bool of_asker = c.side == Side::kAnswerer;
    Arrived item{.id = c.id,
                 .asker = of_asker ? c.peer : c.self,
                 .answerer = of_asker ? c.self : c.peer,
                 .from_asker = of_asker,
                 .kind = c.kind};
    item.seq = seq;
    item.previous = HeadAt(c, item.from_asker, seq - 1, hash_);
    item.item = c.theirs.items[seq - 1];
    returned.items.push_back(item);
  }
  return Must(1 - giver, returned);
}

void Pair::PassAll() {
  for (int guard = 0; !wire.empty() && guard < 1000; ++guard) Give(Take());
}

void Pair::Open() {
  Must(kAsker, DraftLetter{.id = {base::Uuid{1, 2, 3}},
                           .self = Code("350212"),
                           .peer = Code("430527"),
                           .kind = kind});
  Must(kAsker, Approve{});
}

void Pair::OpenAndDeliver() {
  Open();
  PassAll();
}

void Pair::TickAt(base::UtcTime at) {
  now = at;
  Must(kAsker, Tick{});
  if (side_[kAnswerer].stage == Stage::kLive) Must(kAnswerer, Tick{});
}

bool Pair::Has(const Effects& effects, Did did) const {
  for (const auto& record : effects.records) {
    if (record.did == did) return true;
  }
  return false;
}

int Pair::Count(Did did, int side) const {
  int count = 0;
  for (const auto& [who, record] : records) count += who == side && record.did == did ? 1 : 0;
  return count;
}

}  // namespace tracing::testing
