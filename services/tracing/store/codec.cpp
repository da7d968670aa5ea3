#include "tracing/store/codec.h"

#include <algorithm>

#include "tracing/store/stored.pb.h"

namespace tracing {
namespace {

namespace stored = baoxue::tracing::stored::v1;

std::int64_t Ms(base::UtcTime time) { return time.time_since_epoch().count(); }
base::UtcTime Time(std::int64_t ms) { return base::UtcTime{std::chrono::milliseconds{ms}}; }

void Put(const Direction& direction, google::protobuf::RepeatedPtrField<stored::Item>* out) {
  for (const Item& item : direction.items) {
    stored::Item& one = *out->Add();
    one.set_kind(static_cast<std::uint32_t>(item.kind));
    one.set_code(item.code);
    one.set_step(item.step);
    one.set_seen(item.seen);
    one.set_year(item.number.year);
    one.set_number(item.number.number);
    one.set_to(item.to.raw());
    one.set_by_machine(item.by_machine);
    one.set_by_hand(item.by_hand);
    one.set_due(item.due.serial());
    one.set_at(Ms(item.at));
    one.set_hash(BytesOf(item.hash));
    one.set_taken(Ms(item.taken));
  }
}

void Take(const google::protobuf::RepeatedPtrField<stored::Item>& items, const std::string& head,
          Direction& direction) {
  for (const stored::Item& one : items) {
    Item item;
    item.kind = static_cast<ItemKind>(one.kind());
    item.code = static_cast<ReplyCode>(one.code());
    item.step = static_cast<std::uint16_t>(one.step());
    item.seen = one.seen();
    item.number = {.year = one.year(), .number = one.number()};
    item.to = Division::FromRaw(one.to());
    item.by_machine = one.by_machine();
    item.by_hand = one.by_hand();
    item.due = base::Date::FromSerial(one.due());
    item.at = Time(one.at());
    item.hash = DigestFrom(one.hash());
    item.taken = Time(one.taken());
    direction.items.push_back(item);
  }
  direction.head = DigestFrom(head);
}

}  // namespace

std::string BytesOf(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

Digest DigestFrom(std::string_view bytes) {
  Digest digest = {};
  if (bytes.size() != digest.size()) return digest;
  std::transform(bytes.begin(), bytes.end(), digest.begin(),
                 [](char c) { return static_cast<std::uint8_t>(c); });
  return digest;
}

std::string BytesOf(const ConversationId& id) { return std::string{base::Bytes(id.raw)}; }

ConversationId IdFrom(std::string_view bytes) {
  ConversationId id;
  if (bytes.size() != id.raw.size()) return id;
  std::transform(bytes.begin(), bytes.end(), id.raw.begin(),
                 [](char c) { return static_cast<std::uint8_t>(c); });
  return id;
}

std::string EncodeConversation(const Conversation& c) {
  stored::Conversation out;
  out.set_asker(c.side == Side::kAsker);
  out.set_self(c.self.raw());
  out.set_peer(c.peer.raw());
  out.set_kind(static_cast<std::uint32_t>(c.kind));
  out.set_stage(static_cast<std::uint32_t>(c.stage));
  out.set_desk(static_cast<std::uint32_t>(c.desk));
  out.set_paper(c.paper);
  out.set_officer_round(c.officer_round);
  for (const Hop& hop : c.hops) {
    stored::Hop& one = *out.add_hops();
    one.set_conversation(BytesOf(hop.conversation));
    one.set_by(hop.by.raw());
    one.set_forwarding(BytesOf(hop.forwarding));
  }
  Put(c.mine, out.mutable_mine());
  out.set_mine_head(BytesOf(c.mine.head));
  Put(c.theirs, out.mutable_theirs());
  out.set_theirs_head(BytesOf(c.theirs.head));
  out.set_delivered(c.delivered);
  out.set_attempts(c.attempts);
  out.set_declines(c.declines);
  out.set_stuck(static_cast<std::uint32_t>(c.stuck));
  out.set_declined(static_cast<std::uint32_t>(c.declined));
  out.set_next_try(Ms(c.next_try));
  out.set_waiting_since(Ms(c.waiting_since));
  out.set_peer_state(static_cast<std::uint32_t>(c.peer_state));
  out.set_confirmed_at(Ms(c.confirmed_at));
  out.set_version(c.version);
  out.set_peer_has(c.peer_has);
  out.set_peer_sent(c.peer_sent);
  out.set_differs_at(Ms(c.differs_at));
  return out.SerializeAsString();
}

base::Result<Conversation> DecodeConversation(const ConversationId& id, std::string_view bytes) {
  stored::Conversation in;
  if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      in.delivered() > static_cast<std::uint32_t>(in.mine_size())) {
    return base::Error{base::Code::kDataCorruption, "ROW_BROKEN",
                       "conversation " + base::ToHex(id.raw)};
  }
  Conversation c;
  c.id = id;
  c.side = in.asker() ? Side::kAsker : Side::kAnswerer;
  c.self = Division::FromRaw(in.self());
  c.peer = Division::FromRaw(in.peer());
  c.kind = static_cast<LetterKind>(in.kind());
  c.stage = static_cast<Stage>(in.stage());
  c.desk = static_cast<Desk>(in.desk());
  c.paper = in.paper();
  c.officer_round = static_cast<std::int16_t>(in.officer_round());
  for (const stored::Hop& hop : in.hops()) {
    c.hops.push_back({.conversation = IdFrom(hop.conversation()),
                      .by = Division::FromRaw(hop.by()),
                      .forwarding = DigestFrom(hop.forwarding())});
  }
  Take(in.mine(), in.mine_head(), c.mine);
  Take(in.theirs(), in.theirs_head(), c.theirs);
  c.delivered = in.delivered();
  c.attempts = static_cast<std::uint16_t>(in.attempts());
  c.declines = static_cast<std::uint16_t>(in.declines());
  c.stuck = static_cast<Stuck>(in.stuck());
  c.declined = static_cast<Decline>(in.declined());
  c.next_try = Time(in.next_try());
  c.waiting_since = Time(in.waiting_since());
  c.peer_state = static_cast<LetterState>(in.peer_state());
  c.confirmed_at = Time(in.confirmed_at());
  c.version = in.version();
  c.peer_has = in.peer_has();
  c.peer_sent = in.peer_sent();
  c.differs_at = Time(in.differs_at());
  return c;
}

}  // namespace tracing
