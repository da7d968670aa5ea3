#include "security/sm2_curve.h"

#include "base/check.h"

namespace security::sm2 {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::size_t kWords = 4;
constexpr int kWordBits = 64;
constexpr int kBits = 256;
constexpr int kDigitBits = 4;
constexpr std::uint64_t kDigitMask = 15;
constexpr std::size_t kNumberBytes = 32;

constexpr Words kP = {0xffffffffffffffff, 0xffffffff00000000, 0xffffffffffffffff,
                      0xfffffffeffffffff};
constexpr Words kN = {0x53bbf40939d54123, 0x7203df6b21c6052b, 0xffffffffffffffff,
                      0xfffffffeffffffff};
constexpr Words kB = {0xddbcbd414d940e93, 0xf39789f515ab8f92, 0x4d5a9e4bcf6509a7,
                      0x28e9fa9e9d9f5e34};
constexpr Words kGx = {0x715a4589334c74c7, 0x8fe30bbff2660be1, 0x5f9904466a39c994,
                       0x32c4ae2c1f198119};
constexpr Words kGy = {0x02df32e52139f0a0, 0xd0a9877cc62a4740, 0x59bdcee36b692153,
                       0xbc3736a2f4f6779c};

// a - b; the borrow is 0 or 1.
constexpr std::uint64_t Subtract(const Words& a, const Words& b, Words& out) {
  std::uint64_t borrow = 0;
  for (std::size_t i = 0; i < kWords; ++i) {
    const Wide difference = Wide{a[i]} - b[i] - borrow;
    out[i] = static_cast<std::uint64_t>(difference);
    borrow = static_cast<std::uint64_t>(difference >> kWordBits) & 1;
  }
  return borrow;
}

// mask is all ones (a) or all zeros (b).
constexpr Words Select(std::uint64_t mask, const Words& a, const Words& b) {
  Words out = {};
  for (std::size_t i = 0; i < kWords; ++i) out[i] = (a[i] & mask) | (b[i] & ~mask);
  return out;
}

// Arithmetic modulo M (above 2^255), values below it.
template <const Words& M>
struct Field {
  // -1 / M modulo 2^64.
  static constexpr std::uint64_t Inverse() {
    std::uint64_t x = 1;
    for (int i = 0; i < 6; ++i) x *= 2 - M[0] * x;
    return ~x + 1;
  }
  // `top` * 2^256 + a, below 2 * M, modulo M.
  static constexpr Words Below(const Words& a, std::uint64_t top) {
    Words less = {};
    const std::uint64_t borrow = Subtract(a, M, less);
    const std::uint64_t keep = 0 - static_cast<std::uint64_t>((borrow & (top ^ 1)) & 1);
    return Select(keep, a, less);
  }
  static constexpr Words Add(const Words& a, const Words& b) {
    Words sum = {};
    std::uint64_t carry = 0;
#pragma GCC unroll 4
    for (std::size_t i = 0; i < kWords; ++i) {
      const Wide one = Wide{a[i]} + b[i] + carry;
      sum[i] = static_cast<std::uint64_t>(one);
      carry = static_cast<std::uint64_t>(one >> kWordBits);
    }
    return Below(sum, carry);
  }
  static constexpr Words Sub(const Words& a, const Words& b) {
    Words out = {};
    const std::uint64_t mask = 0 - Subtract(a, b, out);
    std::uint64_t carry = 0;
#pragma GCC unroll 4
    for (std::size_t i = 0; i < kWords; ++i) {
      const Wide one = Wide{out[i]} + (M[i] & mask) + carry;
      out[i] = static_cast<std::uint64_t>(one);
      carry = static_cast<std::uint64_t>(one >> kWordBits);
    }
    return out;
  }
  using Sum = std::array<std::uint64_t, kWords + 2>;
  // (t + t[0] * M / -M[0]) / 2^64: the lowest word becomes 0 and goes.
  static constexpr void Shift(Sum& t) {
    const std::uint64_t m = t[0] * kInverse;
    std::uint64_t carry = static_cast<std::uint64_t>((Wide{m} * M[0] + t[0]) >> kWordBits);
#pragma GCC unroll 4
    for (std::size_t j = 1; j < kWords; ++j) {
      const Wide one = Wide{m} * M[j] + t[j] + carry;
      t[j - 1] = static_cast<std::uint64_t>(one);
      carry = static_cast<std::uint64_t>(one >> kWordBits);
    }
    const Wide last = Wide{t[kWords]} + carry;
    t[kWords - 1] = static_cast<std::uint64_t>(last);
    t[kWords] = t[kWords + 1] + static_cast<std::uint64_t>(last >> kWordBits);
  }
  // a * b / 2^256: Montgomery's product, word by word.
  static constexpr Words Mul(const Words& a, const Words& b) {
    Sum t = {};
#pragma GCC unroll 4
    for (std::size_t i = 0; i < kWords; ++i) {
      std::uint64_t carry = 0;
#pragma GCC unroll 4
      for (std::size_t j = 0; j < kWords; ++j) {
        const Wide one = Wide{a[j]} * b[i] + t[j] + carry;
        t[j] = static_cast<std::uint64_t>(one);
        carry = static_cast<std::uint64_t>(one >> kWordBits);
      }
      const Wide high = Wide{t[kWords]} + carry;
      t[kWords] = static_cast<std::uint64_t>(high);
      t[kWords + 1] = static_cast<std::uint64_t>(high >> kWordBits);
      Shift(t);
    }
    return Below({t[0], t[1], t[2], t[3]}, t[kWords]);
  }
  static constexpr Words One() {  // 2^256 mod M
    Words out = {};
    Subtract({}, M, out);
    return out;
  }
  static constexpr Words SquareOfR() {
    Words out = One();
    for (int i = 0; i < kBits; ++i) out = Add(out, out);
    return out;
  }
  static constexpr Words In(const Words& plain) { return Mul(plain, kSquareOfR); }
  static constexpr Words Out(const Words& inside) { return Mul(inside, Words{1, 0, 0, 0}); }
  // a ^ (M - 2), which is 1 / a; the exponent is no secret.
  static Words Invert(const Words& a) {
    Words exponent = {};
    Subtract(M, Words{2, 0, 0, 0}, exponent);
    std::array<Words, kDigitMask + 1> powers = {};
    powers[0] = One();
    for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = Mul(powers[i - 1], a);
    Words out = One();
    for (int bit = kBits - kDigitBits; bit >= 0; bit -= kDigitBits) {
      for (int i = 0; i < kDigitBits; ++i) out = Mul(out, out);
      const auto at = static_cast<std::size_t>(bit);
      out = Mul(out, powers[(exponent[at / kWordBits] >> (at % kWordBits)) & kDigitMask]);
    }
    return out;
  }

  static constexpr std::uint64_t kInverse = Inverse();
  static constexpr Words kSquareOfR = SquareOfR();
};

using F = Field<kP>;
using S = Field<kN>;

const Words kBInside = F::In(kB);

Point Infinity() { return {.x = {}, .y = F::One(), .z = {}}; }

Point Double(const Point& p) {
  Words t0 = F::Mul(p.x, p.x);
  const Words t1 = F::Mul(p.y, p.y);
  Words t2 = F::Mul(p.z, p.z);
  Words t3 = F::Mul(p.x, p.y);
  t3 = F::Add(t3, t3);
  Words z = F::Mul(p.x, p.z);
  z = F::Add(z, z);
  Words y = F::Sub(F::Mul(kBInside, t2), z);
  Words x = F::Add(y, y);
  y = F::Add(x, y);
  x = F::Sub(t1, y);
  y = F::Add(t1, y);
  y = F::Mul(x, y);
  x = F::Mul(x, t3);
  t2 = F::Add(t2, F::Add(t2, t2));
  z = F::Sub(F::Sub(F::Mul(kBInside, z), t2), t0);
  z = F::Add(z, F::Add(z, z));
  t0 = F::Sub(F::Add(F::Add(t0, t0), t0), t2);
  y = F::Add(y, F::Mul(t0, z));
  t0 = F::Mul(p.y, p.z);
  t0 = F::Add(t0, t0);
  x = F::Sub(x, F::Mul(t0, z));
  z = F::Mul(t0, t1);
  z = F::Add(z, z);
  return {.x = x, .y = y, .z = F::Add(z, z)};
}

// The multiple with that number, by reading all of them.
template <class Table>
Point Pick(const Table& multiples, std::uint64_t digit) {
  Point out;
  for (std::size_t i = 0; i < multiples.size(); ++i) {
    const std::uint64_t other = i ^ digit;
    const std::uint64_t mask = ((other | (0 - other)) >> (kWordBits - 1)) - 1;
    for (std::size_t w = 0; w < kWords; ++w) {
      out.x[w] |= multiples[i].x[w] & mask;
      out.y[w] |= multiples[i].y[w] & mask;
      out.z[w] |= multiples[i].z[w] & mask;
    }
  }
  return out;
}

std::uint64_t DigitOf(const Words& k, std::size_t place) {
  constexpr std::size_t kPerWord = kWordBits / kDigitBits;
  return (k[place / kPerWord] >> (place % kPerWord * kDigitBits)) & kDigitMask;
}

template <class Table>
void FillMultiples(const Point& point, Table& out) {
  out[0] = Infinity();
  for (std::size_t i = 1; i < out.size(); ++i) out[i] = Add(out[i - 1], point);
}

}  // namespace

Words FromBytes(std::string_view bytes) {
  CHECK(bytes.size() == kNumberBytes);
  Words out = {};
  for (std::size_t i = 0; i < kNumberBytes; ++i) {
    out[kWords - 1 - i / 8] = out[kWords - 1 - i / 8] << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return out;
}

std::string ToBytes(const Words& number) {
  std::string out;
  for (std::size_t i = 0; i < kNumberBytes; ++i) {
    out += static_cast<char>(number[kWords - 1 - i / 8] >> (56 - i % 8 * 8) & 0xff);
  }
  return out;
}

bool IsZero(const Words& a) { return (a[0] | a[1] | a[2] | a[3]) == 0; }

bool IsScalar(const Words& k) {
  Words less = {};
  return !IsZero(k) && Subtract(k, kN, less) == 1;
}

Words Reduce(const Words& number) { return S::Below(number, 0); }
Words AddScalars(const Words& a, const Words& b) { return S::Add(a, b); }
Words SubScalars(const Words& a, const Words& b) { return S::Sub(a, b); }
Words MulScalars(const Words& a, const Words& b) { return S::Mul(S::In(a), b); }
Words InvertScalar(const Words& a) { return S::Out(S::Invert(S::In(a))); }

std::optional<Point> PointFrom(const Affine& at) {
  Words less = {};
  if (Subtract(at.x, kP, less) == 0 || Subtract(at.y, kP, less) == 0) return std::nullopt;
  const Words x = F::In(at.x);
  const Words y = F::In(at.y);
  // y^2 = x^3 - 3x + b
  const Words cube = F::Mul(F::Mul(x, x), x);
  const Words right = F::Add(F::Sub(cube, F::Add(x, F::Add(x, x))), kBInside);
  if (F::Mul(y, y) != right) return std::nullopt;
  return Point{.x = x, .y = y, .z = F::One()};
}

std::optional<Affine> AffineOf(const Point& point) {
  if (IsZero(point.z)) return std::nullopt;
  const Words inverse = F::Invert(point.z);
  return Affine{.x = F::Out(F::Mul(point.x, inverse)), .y = F::Out(F::Mul(point.y, inverse))};
}

Point Add(const Point& p, const Point& q) {
  Words t0 = F::Mul(p.x, q.x);
  Words t1 = F::Mul(p.y, q.y);
  Words t2 = F::Mul(p.z, q.z);
  const Words t3 = F::Sub(F::Mul(F::Add(p.x, p.y), F::Add(q.x, q.y)), F::Add(t0, t1));
  const Words t4 = F::Sub(F::Mul(F::Add(p.y, p.z), F::Add(q.y, q.z)), F::Add(t1, t2));
  Words y = F::Sub(F::Mul(F::Add(p.x, p.z), F::Add(q.x, q.z)), F::Add(t0, t2));
  Words x = F::Sub(y, F::Mul(kBInside, t2));
  x = F::Add(x, F::Add(x, x));
  Words z = F::Sub(t1, x);
  x = F::Add(t1, x);
  y = F::Mul(kBInside, y);
  t2 = F::Add(t2, F::Add(t2, t2));
  y = F::Sub(F::Sub(y, t2), t0);
  y = F::Add(y, F::Add(y, y));
  t0 = F::Sub(F::Add(t0, F::Add(t0, t0)), t2);
  t1 = F::Mul(t4, y);
  t2 = F::Mul(t0, y);
  y = F::Add(F::Mul(x, z), t2);
  x = F::Sub(F::Mul(t3, x), t1);
  z = F::Add(F::Mul(t4, z), F::Mul(t3, t0));
  return {.x = x, .y = y, .z = z};
}

Point Multiply(const Point& point, const Words& k) {
  std::array<Point, kDigitMask + 1> multiples;
  FillMultiples(point, multiples);
  Point out = Infinity();
  for (std::size_t place = kBits / kDigitBits; place-- > 0;) {
    for (int i = 0; i < kDigitBits; ++i) out = Double(out);
    out = Add(out, Pick(multiples, DigitOf(k, place)));
  }
  return out;
}

Comb::Comb(const Point& point)
    : table_(std::make_unique<std::array<std::array<Point, kMultiples>, kDigits>>()) {
  Point base = point;
  for (auto& multiples : *table_) {
    FillMultiples(base, multiples);
    base = Add(multiples.back(), base);
  }
}

Point Comb::Multiply(const Words& k) const {
  Point out = Infinity();
  for (std::size_t place = 0; place < kDigits; ++place) {
    out = Add(out, Pick((*table_)[place], DigitOf(k, place)));
  }
  return out;
}

const Comb& Generator() {
  static const Comb comb{*PointFrom({.x = kGx, .y = kGy})};
  return comb;
}

}  // namespace security::sm2
