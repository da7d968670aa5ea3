// One side's copy of a conversation, and what it adds up to.
//
// Each side numbers its own items 1, 2, 3, ...; an item says how many of the other side's its
// author had taken (`seen`). Fold puts both directions into one order that both sides compute
// alike, however the network mixed them: what an author had seen comes before his item; of two
// items that crossed, the asker's comes first. An item that comes too late in that order is moot:
// it stays in the log without effect (an answer that crosses a withdrawal, #6592).
// A closed letter leaves "closed" only by the asker's reopening.
// Pure; Fold never fails. README.md of tracing has the table of states.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tracing/domain/types.h"

namespace tracing {

enum class Side : std::uint8_t { kAsker, kAnswerer };

// Where an incoming letter lies.
enum class Desk : std::uint8_t {
  kNone,       // outgoing, or over
  kMachine,    // to be looked up in the registry
  kOfficer,
  kHousehold   // a township's task in cases
};
std::string_view DeskName(Desk desk);

struct Item {
  ItemKind kind = ItemKind::kNone;
  ReplyCode code = 0;
  std::uint16_t step = 0;          // of kUrge and kCopy
  std::uint32_t seen = 0;          // items of the other side that the author had taken
  DocumentNumber number = {};
  Division to = {};                // kForward: who is responsible; kCopy: who got the copy
  bool by_machine = false;
  bool by_hand = false;            // entered for a county without the software
  base::Date due = {};             // reply_by of kLetter and kReopen; until of kInterim
  base::UtcTime at = {};           // the author's clock
  Digest hash = {};                // of the serialised bytes
  // Ours: when we learned of the receipt; theirs: when we took it (both by our clock, for people
  // and deadlines). Zero: not yet.
  base::UtcTime taken = {};
};

struct Direction {
  std::vector<Item> items = {};    // items[i] has seq i + 1
  Digest head = {};
  std::uint32_t size() const { return static_cast<std::uint32_t>(items.size()); }
};

// What is before the first item.
enum class Stage : std::uint8_t { kNone, kDrafted, kApproved, kRejected, kLive };

struct Hop {                       // of a forwarded letter
  ConversationId conversation = {};
  Division by = {};
  Digest forwarding = {};
};

struct Conversation {
  ConversationId id = {};
  Side side = Side::kAsker;
  Division self = {};
  Division peer = {};
  LetterKind kind = LetterKind::kNone;
  Stage stage = Stage::kNone;      // kNone: this side has nothing of it
  Desk desk = Desk::kNone;
  bool paper = false;              // the other side has no software, or the officer chose the post
  std::int16_t officer_round = 0;  // the last round that reached an officer
  std::vector<Hop> hops = {};      // where the letter was forwarded from, oldest first
  Direction mine = {};
  Direction theirs = {};
  // Delivery of mine.items[delivered], one at a time: order is kept.
  std::uint32_t delivered = 0;     // mine that are receipted
  std::uint16_t attempts = 0;      // of that item since it was last heard of
  std::uint16_t declines = 0;      // permanent ones in a row
  Stuck stuck = Stuck::kNone;
  Decline declined = Decline::kNone;  // the last reason, while it is not delivered
  base::UtcTime next_try = {};
  base::UtcTime waiting_since = {};   // when that item's turn came
  // What the other side last confirmed: its state, and of how many items of each side. It holds
  // for us as soon as we have as many; confirmed_at says since when.
  std::uint32_t peer_has = 0;      // of ours
  std::uint32_t peer_sent = 0;     // of its own
  LetterState peer_state = LetterState::kNone;
  base::UtcTime confirmed_at = {};
  base::UtcTime differs_at = {};   // since when both have the same items and say different states
  std::int32_t version = 0;        // rises with each change that an officer would want to see

  const Direction& asker() const { return side == Side::kAsker ? mine : theirs; }
  const Direction& answerer() const { return side == Side::kAsker ? theirs : mine; }
};

struct Facts {
  LetterState state = LetterState::kNone;
  int round = 0;                   // 1 + reopenings that took effect
  base::Date reply_by = {};        // as last agreed
  int urges = 0;                   // highest step of this round
  bool copied = false;             // the superior, this round
  int extensions = 0;              // of this round
  ReplyCode code = 0;              // of the answer that counts
  bool answered_by_machine = false;
  Division forwarded_to = {};
  std::optional<std::uint32_t> round_seq = {};  // asker's item that began the round
  std::optional<std::uint32_t> answer_seq = {};
  std::optional<std::uint32_t> forward_seq = {};
  std::vector<std::pair<bool, std::uint32_t>> moot = {};  // {by asker, seq}
};

// One order for both sides: {by asker, index into the direction's items}.
std::vector<std::pair<bool, std::uint32_t>> Order(const Direction& asker,
                                                  const Direction& answerer);
Facts Fold(const Conversation& conversation);
LetterState StateOf(const Conversation& conversation);
// Whether what the other side confirmed is about all that we have.
bool IsConfirmed(const Conversation& conversation);

// The head of one side's chain after its item `seq` (0: before the first).
Digest HeadAt(const Conversation& conversation, bool by_asker, std::uint32_t seq,
              const HashFn& hash);

// Both logs as far as both have it: true if neither holds what the other contradicts.
bool Agree(const Conversation& a, const Conversation& b);

}  // namespace tracing
