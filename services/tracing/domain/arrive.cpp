// What the other side sent: items, receipts, declined items, returned items.
#include <algorithm>
#include <array>
#include <deque>

#include "tracing/domain/chain.h"
#include "tracing/domain/delivery.h"
#include "tracing/domain/step.h"

namespace tracing {
namespace {

Conversation Opened(const Arrived& input, Side side) {
  Conversation c;
  c.id = input.id;
  c.side = side;
  c.self = side == Side::kAsker ? input.asker : input.answerer;
  c.peer = side == Side::kAsker ? input.answerer : input.asker;
  c.kind = input.kind;
  c.hops = input.hops;
  c.stage = Stage::kLive;
  return c;
}

// The kind is its author's to write, and the letter comes first.
bool MayStand(const Arrived& input) {
  const bool is_letter = input.item.kind == ItemKind::kLetter;
  const bool is_first = input.from_asker && input.seq == 1;
  return !IsForeignTo(input.item.kind, input.from_asker) && input.seq > 0 &&
         is_letter == is_first && (!is_first || OpensConversation(input.kind));
}

bool MayOpen(const Arrived& input) {
  return input.from_asker && input.seq == 1 && MayStand(input) && input.previous == Digest{} &&
         input.item.seen == 0 && input.seen_head.value_or(Digest{}) == Digest{};
}

bool SameParties(const Conversation& c, const Arrived& input) {
  const bool asker = c.side == Side::kAsker;
  return input.asker == (asker ? c.self : c.peer) && input.answerer == (asker ? c.peer : c.self);
}

}  // namespace

// Named refusals in the order of types.h; kNone: take it. Duplicates are answered before.
Decline Stepper::JudgeArrival(const Arrived& input) {
  const Item& item = input.item;
  if (c_.stage != Stage::kLive) {
    if (!input.from_asker) return Decline::kBehind;  // an answer to a letter that we lost
    if (c_.stage != Stage::kNone) return Decline::kWrongParties;
    if (input.seq != 1) return Decline::kGap;
    return MayOpen(input) ? Decline::kNone : Decline::kBadItem;
  }
  if (!SameParties(c_, input) || input.from_asker == IsAsker()) return Decline::kWrongParties;
  if (!MayStand(input)) return Decline::kBadItem;
  const std::uint32_t have = c_.theirs.size();
  if (input.seq > have + 1) return Decline::kGap;
  if (input.seq <= have || input.previous != c_.theirs.head) return Decline::kFork;
  // What was taken once is not untaken.
  if (have > 0 && item.seen < c_.theirs.items.back().seen) return Decline::kBadItem;
  return SawOurs(input, c_.mine) ? Decline::kNone : Decline::kBehind;
}

// What the author says he had taken is what is there: evidence stands on it.
bool Stepper::SawOurs(const Arrived& input, const Direction& other) const {
  if (input.item.seen > other.size()) return false;
  const bool of_asker = !input.from_asker;
  return !input.seen_head ||
         *input.seen_head == HeadAt(c_, of_asker, input.item.seen, ctx_.hash);
}

base::Status Stepper::On(const Arrived& input) {
  if (input.verdict != Decline::kNone) {
    Decline_(input, input.verdict);
    return {};
  }
  const bool known = c_.stage == Stage::kLive && SameParties(c_, input) &&
                     input.from_asker != IsAsker() && input.seq >= 1 &&
                     input.seq <= c_.theirs.size();
  if (known && c_.theirs.items[input.seq - 1].hash == input.item.hash) {
    effects_.send.push_back(SendReceipt{input.seq, true});
    return {};
  }
  const Decline reason = JudgeArrival(input);
  if (reason == Decline::kBehind) {
    const bool knows_more = input.item.seen > c_.mine.size();
    Note(Did::kRestoreSuspected, false, input.seq);
    effects_.send.push_back(AskReturn{knows_more ? c_.mine.size() : 0, c_.theirs.size()});
  }
  if (reason != Decline::kNone) {
    Decline_(input, reason);
    return {};
  }
  if (c_.stage == Stage::kNone) c_ = Opened(input, Side::kAnswerer);
  TakeItem(input);
  LetterCame(input.item.kind);
  return {};
}

void Stepper::TakeItem(const Arrived& input) {
  Item item = input.item;
  item.taken = ctx_.now;
  Append(c_.theirs, item, input.from_asker);
  confirms_ = true;
  const std::uint32_t seq = c_.theirs.size();
  effects_.send.push_back(SendReceipt{seq, false});
  Note(Did::kReceived, false, seq);
  if (!IsKnown(item.kind)) Note(Did::kUnknownKind, false, seq);
}

// Where an incoming letter goes: the machine first, an officer for what it cannot know.
void Stepper::LetterCame(ItemKind kind) {
  if (IsAsker()) return;
  const Facts facts = Fold(c_);
  const bool began = kind == ItemKind::kLetter || kind == ItemKind::kReopen;
  if (!began || !AwaitsAnswer(facts.state)) return;
  if (kind == ItemKind::kLetter && ExpectsReply(c_.kind)) {
    c_.desk = Desk::kMachine;
    Note(Did::kLookUp, false, c_.theirs.size());
    return;
  }
  ToOfficer(facts.round);
  if (!ExpectsReply(c_.kind) && ctx_.policy.reply.acknowledge) {
    // Taking note needs no number; while a restore is unconfirmed the officer does it.
    const auto posted = Post({.kind = ItemKind::kAcknowledge, .by_machine = true});
    if (!posted.ok()) return;
  }
}

void Stepper::Decline_(const Arrived& input, Decline reason) {
  effects_.send.push_back(SendDeclined{.reason = reason,
                                       .seq = input.seq,
                                       .hash = input.item.hash,
                                       .have_seq = c_.theirs.size(),
                                       .have_head = c_.theirs.head});
}

base::Status Stepper::On(const ReceiptArrived& input) {
  if (c_.stage != Stage::kLive || input.of_asker != IsAsker() || input.seq == 0) return {};
  if (input.seq > c_.mine.size() || c_.mine.items[input.seq - 1].hash != input.hash) {
    // The peer holds an item of ours that we do not know: our database is older than it was.
    Note(Did::kRestoreSuspected, true, input.seq);
    effects_.send.push_back(AskReturn{0, c_.theirs.size()});
    return {};
  }
  const bool newest = input.seq == c_.mine.size();
  if (newest && input.head != c_.mine.head) {
    Differs(input.seq);
    return {};
  }
  if (input.seq == c_.delivered + 1) MarkDelivered();
  if (input.seq >= c_.peer_has) {
    c_.peer_has = input.seq;
    c_.peer_sent = input.sent_seq;
    c_.peer_state = input.state;
    confirms_ = true;
    effects_.changed = true;
  }
  return {};
}

base::Status Stepper::On(const DeclinedArrived& input) {
  // Nobody stands for an unsigned one: the repeats go on as they were.
  const bool counts = input.is_signed || (input.is_vouched && IsLimit(input.reason));
  if (!counts || c_.stage != Stage::kLive) return {};
  const std::uint32_t waiting = c_.delivered + 1;
  if (input.seq != waiting || waiting > c_.mine.size() || c_.stuck == Stuck::kParked ||
      c_.mine.items[waiting - 1].hash != input.hash) {
    return {};
  }
  effects_.changed = true;
  c_.declined = input.reason;
  if (input.reason == Decline::kGap && input.have_seq < c_.delivered) {
    c_.delivered = input.have_seq;
    Note(Did::kRewound, true, c_.delivered + 1);
    NextWaits();
    Deliver();
    return {};
  }
  if (input.reason == Decline::kFork) {
    Note(Did::kRestoreSuspected, true, input.seq);
    effects_.send.push_back(AskReturn{0, c_.theirs.size()});
    return {};
  }
  const auto& delivery = ctx_.policy.delivery;
  if (IsPermanent(input.reason)) {
    c_.declines += 1;
    if (c_.declines >= delivery.park_after) {
      SetStuck(Stuck::kParked);
      return {};
    }
  } else if (IsLimit(input.reason) && input.reason != Decline::kSlowDown) {
    SetStuck(Stuck::kPeerDeclined);  // nothing that the network's next moment brings
  }
  const auto asked = std::chrono::seconds{std::clamp(input.retry_after_s, 0, 86'400)};
  const auto longest = std::chrono::milliseconds{delivery.retry_max_ms};
  c_.next_try =
      std::max(c_.next_try, ctx_.now + std::min<std::chrono::milliseconds>(asked, longest));
  return {};
}

// One item that a peer gave back. False: it contradicts what is certain here.
bool Stepper::Adopt(const Arrived& input) {
  const bool mine = input.from_asker == IsAsker();
  Direction& direction = mine ? c_.mine : c_.theirs;
  if (!MayStand(input) || input.seq > direction.size() + 1) return false;
  const bool again = input.seq <= direction.size();
  if (again && direction.items[input.seq - 1].hash == input.item.hash) return true;
  if (again && (!mine || input.seq <= c_.delivered)) return false;
  const std::uint32_t before = input.seq - 1;
  const std::uint32_t seen = before == 0 ? 0 : direction.items[before - 1].seen;
  if (input.previous != HeadAt(c_, input.from_asker, before, ctx_.hash) ||
      input.item.seen < seen || !SawOurs(input, mine ? c_.theirs : c_.mine)) {
    return false;
  }
  if (again) {
    // Ours, written after a restore that nobody had announced: what was sent before counts.
    for (std::uint32_t seq = input.seq; seq <= direction.size(); ++seq) {
      Note(Did::kOvertaken, true, seq);
    }
    direction.items.resize(before);
    RebuildHead(direction, input.from_asker);
  }
  Item item = input.item;
  item.taken = mine ? base::UtcTime{} : ctx_.now;
  Append(direction, item, input.from_asker);
  Note(Did::kAdopted, mine, direction.size());
  if (!mine) effects_.send.push_back(SendReceipt{direction.size(), false});
  return true;
}

// False: it has to wait for what its author had seen.
bool Stepper::AdoptNext(const Arrived& item) {
  if (c_.stage != Stage::kLive && MayOpen(item) &&
      (c_.stage == Stage::kNone || c_.self == item.asker)) {
    // Which side we are: the shell puts our division into `self`.
    c_ = Opened(item, c_.self == item.asker ? Side::kAsker : Side::kAnswerer);
  }
  if (c_.stage != Stage::kLive || !SameParties(c_, item)) return true;
  const Direction& other = item.from_asker ? c_.answerer() : c_.asker();
  if (item.item.seen > other.size()) return false;
  Adopt(item);
  return true;
}

base::Status Stepper::On(const Returned& input) {
  const std::uint32_t had = c_.theirs.size();
  std::array<std::deque<const Arrived*>, 2> left;
  for (const Arrived& item : input.items) {
    if (item.verdict == Decline::kNone) left[item.from_asker ? 0 : 1].push_back(&item);
  }
  // The asker's items first: the letter says what conversation it is. Then whichever side's next
  // one had seen no more than is here.
  for (bool more = true; more;) {
    more = false;
    for (std::deque<const Arrived*>& queue : left) {
      while (!queue.empty() && AdoptNext(*queue.front())) {
        queue.pop_front();
        more = true;
      }
    }
  }
  if (c_.stage != Stage::kLive) return {};
  if (c_.delivered < c_.mine.size()) {
    NextWaits();
    Deliver();
  }
  for (std::uint32_t seq = had; seq < c_.theirs.size(); ++seq) {
    LetterCame(c_.theirs.items[seq].kind);
  }
  return {};
}

}  // namespace tracing
