#include "tracing/domain/conversation.h"

#include <algorithm>

#include "tracing/domain/chain.h"

namespace tracing {
namespace {

// Whether the item takes effect in the state, and the state after it.
struct Turn {
  bool counts = true;
  LetterState to = LetterState::kNone;
};

Turn TurnOf(LetterState state, ItemKind kind) {
  using S = LetterState;
  const bool awaits = AwaitsAnswer(state);
  const auto when = [](bool counts, S to) { return Turn{counts, to}; };
  switch (kind) {
    case ItemKind::kLetter: return when(state == S::kNone, S::kSent);
    case ItemKind::kWithdraw: return when(awaits || state == S::kExpired, S::kWithdrawn);
    case ItemKind::kClose: return when(state != S::kClosed && state != S::kNone, S::kClosed);
    case ItemKind::kReopen:
      return when(state == S::kClosed || state == S::kAnswered || state == S::kRefused ||
                      state == S::kExpired,
                  S::kReopened);
    case ItemKind::kExpire: return when(awaits, S::kExpired);
    case ItemKind::kUrge:
    case ItemKind::kCopy: return when(awaits, state);
    case ItemKind::kAcknowledge: return when(awaits && state != S::kInterim, S::kAcknowledged);
    case ItemKind::kInterim: return when(awaits, S::kInterim);
    // A late answer is still an answer; another one corrects the first.
    case ItemKind::kAnswer:
      return when(awaits || state == S::kExpired || state == S::kAnswered, S::kAnswered);
    case ItemKind::kForward: return when(awaits || state == S::kExpired, S::kForwarded);
    case ItemKind::kRefuse: return when(awaits || state == S::kExpired, S::kRefused);
    default: return Turn{true, state};  // supplements, notes and what is not known
  }
}

void Apply(Facts& facts, const Item& item, std::uint32_t seq) {
  switch (item.kind) {
    case ItemKind::kLetter:
    case ItemKind::kReopen:
      facts.round += 1;
      facts.round_seq = seq;
      facts.reply_by = item.due;
      facts.urges = 0;
      facts.copied = false;
      facts.extensions = 0;
      break;
    case ItemKind::kUrge: facts.urges = std::max(facts.urges, static_cast<int>(item.step)); break;
    case ItemKind::kCopy: facts.copied = true; break;
    case ItemKind::kInterim:
      if (facts.reply_by < item.due) {
        facts.reply_by = item.due;
        facts.extensions += 1;
      }
      break;
    case ItemKind::kAnswer:
      facts.code = item.code;
      facts.answered_by_machine = item.by_machine;
      facts.answer_seq = seq;
      break;
    case ItemKind::kForward:
      facts.forwarded_to = item.to;
      facts.forward_seq = seq;
      break;
    default: break;
  }
}

bool AgreeOn(const Direction& a, const Direction& b) {
  const auto n = std::min(a.items.size(), b.items.size());
  for (std::size_t i = 0; i < n; ++i) {
    const Item& x = a.items[i];
    const Item& y = b.items[i];
    if (x.hash != y.hash || x.kind != y.kind || x.seen != y.seen) return false;
  }
  return a.items.size() != b.items.size() || a.head == b.head;
}

}  // namespace

std::string_view DeskName(Desk desk) {
  switch (desk) {
    case Desk::kMachine: return "machine";
    case Desk::kOfficer: return "officer";
    case Desk::kHousehold: return "household";
    default: return "";
  }
}

std::vector<std::pair<bool, std::uint32_t>> Order(const Direction& asker,
                                                  const Direction& answerer) {
  std::vector<std::pair<bool, std::uint32_t>> order;
  order.reserve(asker.items.size() + answerer.items.size());
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  while (a < asker.size() || b < answerer.size()) {
    const bool answerer_first =
        b < answerer.size() && (a == asker.size() || asker.items[a].seen > b);
    if (answerer_first) {
      order.emplace_back(false, b++);
    } else {
      order.emplace_back(true, a++);
    }
  }
  return order;
}

Facts Fold(const Conversation& conversation) {
  Facts facts;
  if (conversation.stage == Stage::kDrafted) facts.state = LetterState::kDrafted;
  if (conversation.stage == Stage::kApproved) facts.state = LetterState::kApproved;
  if (conversation.stage == Stage::kRejected) facts.state = LetterState::kRejected;
  if (conversation.stage != Stage::kLive) return facts;
  const Direction& asker = conversation.asker();
  const Direction& answerer = conversation.answerer();
  for (const auto& [by_asker, index] : Order(asker, answerer)) {
    const Item& item = (by_asker ? asker : answerer).items[index];
    const Turn turn = TurnOf(facts.state, item.kind);
    if (!turn.counts) {
      facts.moot.emplace_back(by_asker, index + 1);
      continue;
    }
    facts.state = turn.to;
    Apply(facts, item, index + 1);
  }
  // What only the two sides' holding of the letter says.
  const bool delivered =
      conversation.side == Side::kAnswerer || conversation.delivered > 0 || answerer.size() > 0;
  if (facts.state == LetterState::kSent && delivered) facts.state = LetterState::kReceipted;
  return facts;
}

bool IsConfirmed(const Conversation& c) {
  return c.peer_has > 0 && c.peer_has == c.mine.size() && c.peer_sent == c.theirs.size();
}

LetterState StateOf(const Conversation& conversation) { return Fold(conversation).state; }

Digest HeadAt(const Conversation& conversation, bool by_asker, std::uint32_t seq,
              const HashFn& hash) {
  const Direction& direction = by_asker ? conversation.asker() : conversation.answerer();
  if (seq == direction.size()) return direction.head;
  Digest head{};
  for (std::uint32_t i = 0; i < std::min(seq, direction.size()); ++i) {
    const Item& item = direction.items[i];
    head = NextHead({.conversation = conversation.id,
                     .by_asker = by_asker,
                     .seq = i + 1,
                     .kind = item.kind,
                     .seen = item.seen,
                     .hash = item.hash,
                     .previous = head},
                    hash);
  }
  return head;
}

bool Agree(const Conversation& a, const Conversation& b) {
  return AgreeOn(a.asker(), b.asker()) && AgreeOn(a.answerer(), b.answerer());
}

}  // namespace tracing
