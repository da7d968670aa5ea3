// What a new decision changes, and what is owed: the difference is told, never a state alone.
//
// For one student and term: granted - ended is what the decisions say now; paid - returned is what
// the family holds; the rest is to be paid (补发) or, when negative, to be recovered. Money that is
// on a roll and not answered yet counts as pending, so that no second roll pays it again. 分, whole
// numbers. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "subsidy/domain/evaluate.h"

namespace subsidy {

enum class ChangeKind : std::uint8_t { kGranted, kChanged, kEnded };

struct Change {
  ChangeKind kind = ChangeKind::kGranted;
  std::string benefit = {};
  std::int64_t before_fen = 0;
  std::int64_t after_fen = 0;
  std::int64_t difference() const { return after_fen - before_fen; }
  friend bool operator==(const Change&, const Change&) = default;
};
// In the order of `before`, then what is new. Nothing changed: empty.
std::vector<Change> Compare(const std::vector<Amount>& before, const std::vector<Amount>& after);

struct Balance {
  std::int64_t entitled_fen = 0;  // granted - ended
  std::int64_t paid_fen = 0;      // acknowledged by the bank
  std::int64_t returned_fen = 0;  // came back, or was recovered
  std::int64_t pending_fen = 0;   // on a roll without an answer
  std::int64_t OpenFen() const {
    return entitled_fen - (paid_fen - returned_fen) - pending_fen;
  }
};

// "tuition:0;living:62500" and back; what stands in a row.
std::string EncodeAmounts(const std::vector<Amount>& amounts);
std::vector<Amount> DecodeAmounts(std::string_view text);

}  // namespace subsidy
