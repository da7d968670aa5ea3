#include "tracing/domain/protocol.h"

#include <algorithm>
#include <tuple>

#include "tracing/domain/chain.h"
#include "tracing/domain/delivery.h"
#include "tracing/domain/step.h"

namespace tracing {

base::Error Refused(std::string_view reason, std::string_view detail) {
  return {base::Code::kFailedPrecondition, std::string{reason}, std::string{detail}};
}

namespace {

// What an officer decides by. Repeats and receipts that change no state are not among it: they
// would refuse his act without anything new to look at.
using Seen = std::tuple<std::size_t, std::size_t, Stage, Desk, Stuck, bool, LetterState>;
Seen WhatIsSeen(const Conversation& c, const Facts& facts) {
  return {c.mine.items.size(), c.theirs.items.size(), c.stage, c.desk, c.stuck, c.paper,
          facts.state};
}

}  // namespace

Stepper::Stepper(Conversation copy, const Context& context)
    : c_(std::move(copy)), ctx_(context) {}

base::Status Stepper::Run(const Input& input) {
  const Facts before = Fold(c_);
  const Seen seen = WhatIsSeen(c_, before);
  RETURN_IF_ERROR(std::visit([this](const auto& what) { return On(what); }, input));
  Finish(before);
  if (WhatIsSeen(c_, Fold(c_)) != seen) c_.version += 1;
  return {};
}

// What followed from the step: the state, what crossed, what an answer means, when to wake.
void Stepper::Finish(const Facts& before) {
  const Facts after = Fold(c_);
  if (after.state != before.state) {
    effects_.records.push_back(
        {.did = Did::kState, .from = before.state, .to = after.state});
  }
  for (const auto& [by_asker, seq] : after.moot) {
    bool was = false;
    for (const auto& old : before.moot) was = was || old == std::pair{by_asker, seq};
    if (!was) Note(Did::kCrossed, by_asker == IsAsker(), seq);
  }
  if (IsAsker()) {
    const bool counts = after.state == LetterState::kAnswered && after.answer_seq;
    if (counts && after.answer_seq != before.answer_seq) {
      Note(Did::kReply, false, *after.answer_seq);
    }
    if (after.forward_seq && after.forward_seq != before.forward_seq) {
      Note(Did::kForwardDue, false, *after.forward_seq);
    }
  } else if (!AwaitsAnswer(after.state) && after.state != LetterState::kExpired &&
             c_.desk != Desk::kNone) {
    c_.desk = Desk::kNone;
    effects_.changed = true;
  }
  if (c_.stuck == Stuck::kLookUpFails && c_.desk != Desk::kMachine) SetStuck(Stuck::kNone);
  if (confirms_ && IsConfirmed(c_)) {
    c_.confirmed_at = ctx_.now;
    if (after.state != c_.peer_state) {
      Differs(c_.peer_has);
    } else if (c_.differs_at != base::UtcTime{}) {
      c_.differs_at = {};
      effects_.changed = true;
    }
  }
}

// Told once, shown until both say the same again.
void Stepper::Differs(std::uint32_t seq) {
  if (c_.differs_at != base::UtcTime{}) return;
  c_.differs_at = ctx_.now;
  effects_.changed = true;
  Note(Did::kStateDiffers, true, seq);
}

void Stepper::Note(Did did, bool mine, std::uint32_t seq) {
  effects_.records.push_back({.did = did, .mine = mine, .seq = seq});
}

void Stepper::Append(Direction& direction, Item item, bool by_asker) {
  const std::uint32_t seq = direction.size() + 1;
  direction.head = NextHead({.conversation = c_.id,
                             .by_asker = by_asker,
                             .seq = seq,
                             .kind = item.kind,
                             .seen = item.seen,
                             .hash = item.hash,
                             .previous = direction.head},
                            ctx_.hash);
  direction.items.push_back(item);
  effects_.changed = true;
}

void Stepper::RebuildHead(Direction& direction, bool by_asker) {
  std::vector<Item> items = std::move(direction.items);
  direction = {};
  for (const Item& item : items) Append(direction, item, by_asker);
}

base::Status Stepper::Post(Item item) {
  if (!ctx_.own_key) {
    return Refused("NO_OWN_KEY", "本县没有有效的函件钥匙，请先轮换钥匙");
  }
  if (!ctx_.peer_confirmed) {
    return Refused("RESTORE_UNCONFIRMED", "本县数据恢复后尚未与对方核对，请稍后再办");
  }
  if (IsNumbered(item.kind)) {
    ASSIGN_OR_RETURN(item.number, ctx_.number(Today()));
  }
  item.at = ctx_.now;
  item.seen = c_.theirs.size();
  item.hash = ctx_.write({.conversation = c_,
                          .item = item,
                          .by_asker = IsAsker(),
                          .seq = c_.mine.size() + 1,
                          .previous = c_.mine.head,
                          .seen_seq = item.seen,
                          .seen_head = c_.theirs.head});
  Append(c_.mine, item, IsAsker());
  Note(Did::kPosted, true, c_.mine.size());
  if (c_.mine.size() == c_.delivered + 1) {
    NextWaits();
    Deliver();
  } else if (c_.paper) {
    DeliverOnPaper();
  }
  return {};
}

void Stepper::NextWaits() {
  effects_.changed = true;
  c_.attempts = 0;
  c_.declines = 0;
  c_.declined = Decline::kNone;
  c_.waiting_since = ctx_.now;
  c_.next_try = ctx_.now;
}

void Stepper::MarkDelivered() {
  Item& item = c_.mine.items[c_.delivered];
  if (item.taken == base::UtcTime{}) item.taken = ctx_.now;
  c_.delivered += 1;
  effects_.changed = true;
  Note(Did::kReceipted, true, c_.delivered);
  SetStuck(Stuck::kNone);
  NextWaits();
  Deliver();
}

void Stepper::SetStuck(Stuck stuck) {
  if (c_.stuck == stuck) return;
  c_.stuck = stuck;
  effects_.changed = true;
  const Did did = stuck == Stuck::kNone     ? Did::kUnstuck
                  : stuck == Stuck::kParked ? Did::kParked
                                            : Did::kStuck;
  effects_.records.push_back({.did = did, .mine = true, .seq = c_.delivered + 1, .stuck = stuck});
}

// Sends the first item without a receipt, if it is its time, and says why if it does not go on.
void Stepper::Deliver() {
  if (c_.stage != Stage::kLive || c_.delivered >= c_.mine.size()) return;
  if (c_.stuck == Stuck::kParked) return;
  if (c_.paper) return DeliverOnPaper();
  const auto& delivery = ctx_.policy.delivery;
  const auto longest = std::chrono::milliseconds{delivery.retry_max_ms} * 2;
  if (c_.waiting_since > ctx_.now) {
    c_.waiting_since = ctx_.now;
    effects_.changed = true;
  }
  // A clock that jumped back does not keep a letter waiting.
  if (c_.next_try > ctx_.now && c_.next_try - ctx_.now <= longest) return;
  effects_.changed = true;
  c_.attempts = static_cast<std::uint16_t>(std::min(c_.attempts + 1, 60000));
  c_.next_try = ctx_.now + Backoff(delivery, c_.attempts, ctx_.random);
  const bool long_since =
      ctx_.now - c_.waiting_since >= std::chrono::minutes{delivery.stuck_after_minutes};
  if (!ctx_.peer_confirmed) return SetStuck(Stuck::kRestoreUnconfirmed);
  if (!ctx_.peer_known) return SetStuck(Stuck::kNoMember);
  if (!ctx_.own_key) return SetStuck(Stuck::kOwnKeyMissing);
  if (!ctx_.peer_keys) return SetStuck(Stuck::kKeysMissing);
  if (long_since) {
    SetStuck(c_.declined == Decline::kNone ? Stuck::kPeerSilent : Stuck::kPeerDeclined);
  } else if (c_.stuck != Stuck::kPeerDeclined && c_.stuck != Stuck::kPeerSilent &&
             c_.stuck != Stuck::kLookUpFails) {
    SetStuck(Stuck::kNone);
  }
  if (ctx_.lane_open) effects_.send.push_back(SendItem{c_.delivered + 1});
}

// The post takes documents. What only says how things stand (closing, the copy to the superior,
// giving up) has nobody to be posted to and must not take a document's receipt; nor has an urging
// that the answer, the end or the next urging was quicker than.
void Stepper::DeliverOnPaper() {
  const auto& items = c_.mine.items;
  const ItemKind kind = items[c_.delivered].kind;
  const bool urged_again =
      std::any_of(items.begin() + static_cast<std::ptrdiff_t>(c_.delivered) + 1, items.end(),
                  [](const Item& item) { return item.kind == ItemKind::kUrge; });
  const bool moot = kind == ItemKind::kUrge && (urged_again || !AwaitsAnswer(StateOf(c_)));
  if (IsDocument(kind) && !moot) return SetStuck(Stuck::kPaperWaiting);
  MarkDelivered();
}

void Stepper::ToOfficer(int round) {
  c_.desk = Desk::kOfficer;
  effects_.changed = true;
  if (c_.officer_round >= round) return;
  c_.officer_round = static_cast<std::int16_t>(round);
  Note(Did::kToOfficer, false, c_.theirs.size());
}

base::Result<Effects> Step(Conversation& conversation, const Input& input,
                           const Context& context) {
  Stepper stepper(conversation, context);
  RETURN_IF_ERROR(stepper.Run(input));
  conversation = stepper.TakeConversation();
  Effects effects = stepper.TakeEffects();
  effects.wake = WakeOf(conversation, context);
  return effects;
}

}  // namespace tracing
