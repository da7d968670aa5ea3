// Numbers and points of the SM2 curve (GB/T 32918.5), without OpenSSL.
//
// OpenSSL 3.0 has only its generic code for this curve: 0.3 ms for each signature, which bounds how
// many letters a county can exchange. Here numbers are four 64-bit words in Montgomery form and
// points are projective with complete formulas (Renes, Costello, Batina: Complete addition formulas
// for prime order elliptic curves, EUROCRYPT 2016, algorithms 4 and 6, a = -3), so there are no
// special cases, no branch and no memory access that depends on a secret: tables are read as a
// whole. Tests compare every operation with OpenSSL. Private to libs/security. Pure; thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace security::sm2 {

using Words = std::array<std::uint64_t, 4>;  // little-endian

// Big-endian, 32 bytes.
Words FromBytes(std::string_view bytes);
std::string ToBytes(const Words& number);

// Numbers modulo the group's order, as plain values below it.
bool IsScalar(const Words& k);                       // 1 .. n-1
Words Reduce(const Words& number);                   // any 256 bits
Words AddScalars(const Words& a, const Words& b);
Words SubScalars(const Words& a, const Words& b);
Words MulScalars(const Words& a, const Words& b);
Words InvertScalar(const Words& a);
bool IsZero(const Words& a);

struct Point {                                       // x, y, z in Montgomery form
  Words x = {};
  Words y = {};
  Words z = {};
};
struct Affine {
  Words x = {};                                      // plain
  Words y = {};
};
// Nothing if it is not on the curve.
std::optional<Point> PointFrom(const Affine& at);
// Nothing for the point at infinity.
std::optional<Affine> AffineOf(const Point& point);
Point Add(const Point& a, const Point& b);
// k * point for any point.
Point Multiply(const Point& point, const Words& k);

// k * a point that is used often: every multiple of every digit's place, 98 KB.
class Comb {
 public:
  explicit Comb(const Point& point);
  Point Multiply(const Words& k) const;

 private:
  static constexpr std::size_t kDigits = 64;
  static constexpr std::size_t kMultiples = 16;
  std::unique_ptr<std::array<std::array<Point, kMultiples>, kDigits>> table_;
};
// Of the curve's generator.
const Comb& Generator();

}  // namespace security::sm2
