// Two counties on a table: what each decides, what travels, and time, all by hand.
//
// Pair holds both sides' conversations of one letter; Do steps one side; what is sent lies in
// `wire` until Pass delivers it (or the test drops, doubles or reorders it). Instants by one clock.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "tracing/domain/chain.h"
#include "tracing/domain/numbering.h"
#include "tracing/domain/protocol.h"

namespace tracing::testing {

inline constexpr int kAsker = 0;
inline constexpr int kAnswerer = 1;

Digest Hash(std::string_view bytes);  // mixes; not for secrets
base::UtcTime At(int year, unsigned month, unsigned day, int minute = 600);
Division Code(std::string_view six);

struct Packet {
  int to = 0;
  std::variant<Arrived, ReceiptArrived, DeclinedArrived, AskReturn> what = {};
};

class Pair {
 public:
  explicit Pair(LetterKind kind = LetterKind::kHc);

  base::Result<Effects> Do(int side, const Input& input);
  // Do, which must succeed; what is sent goes onto the wire.
  Effects Must(int side, const Input& input);
  void Open();                       // drafted, approved, posted; the letter is on the wire
  void OpenAndDeliver();             // and receipted
  void PassAll();                    // in order, until nothing is on the wire
  Packet Take();                     // the oldest packet off the wire
  Effects Give(const Packet& packet);
  void TickAt(base::UtcTime at);     // both sides
  bool Has(const Effects& effects, Did did) const;
  int Count(Did did, int side) const;  // over all records so far
  LetterState State(int side) const { return StateOf(side_[side]); }
  Arrived Pack(int side, std::uint32_t seq) const;

  Conversation& at(int side) { return side_[side]; }

  Policy policy[2] = {};
  const PolicyBook* policies = nullptr; // of the asker; null: policy[] on all days
  base::Calendar calendar = {};
  base::UtcTime now = At(2026, 9, 1);
  bool confirmed[2] = {true, true};
  bool known[2] = {true, true};
  bool peer_keys = true;                // of both sides
  bool own_key = true;
  bool lane_open[2] = {true, true};
  Numbering numbers[2] = {};
  std::deque<Packet> wire = {};
  std::vector<std::pair<int, Record>> records = {};
  LetterKind kind = LetterKind::kHc;

 private:
  void Emit(int side, const Effects& effects);
  Conversation side_[2];
  HashFn hash_;
};

}  // namespace tracing::testing
