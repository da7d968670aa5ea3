// Money in minor units (fen, 分). No floating point; every division names its rounding.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace base {

class Money {
 public:
  constexpr Money() = default;
  static constexpr Money Fen(std::int64_t fen) { return Money{fen}; }
  static constexpr Money Yuan(std::int64_t yuan) { return Money{yuan * 100}; }

  constexpr std::int64_t fen() const { return fen_; }
  std::string ToString() const;  // "1250.00"

  constexpr Money operator+(Money other) const { return Money{fen_ + other.fen_}; }
  constexpr Money operator-(Money other) const { return Money{fen_ - other.fen_}; }
  // A share in basis points (10000 = all), half a fen rounded away from zero.
  Money ShareHalfUp(std::int64_t basis_points) const;
  friend constexpr auto operator<=>(Money, Money) = default;

 private:
  constexpr explicit Money(std::int64_t fen) : fen_(fen) {}
  std::int64_t fen_ = 0;
};

}  // namespace base
