// Randomness that is passed in: Rng for tests, samples and jitter (deterministic from a seed),
// IdSource for message ids and idempotency keys (16 random bytes from the system).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace base {

// SplitMix64: small, fast, the same on every machine. Not for secrets. Not thread-safe.
class Rng {
 public:
  explicit Rng(std::uint64_t seed) : state_(seed) {}
  std::uint64_t Next();
  // Uniform in [0, n); n > 0.
  std::uint64_t Below(std::uint64_t n);
  // True with the given chance in basis points, 0..10000.
  bool Chance(std::uint32_t basis_points) { return Below(10000) < basis_points; }

 private:
  std::uint64_t state_;
};

// A 128-bit random identifier.
using Uuid = std::array<std::uint8_t, 16>;

std::string ToHex(const Uuid& id);                 // 32 lower-case digits
bool FromHex(std::string_view hex, Uuid& out);     // false if it is not 32 hex digits
// The 16 raw bytes, as they travel in messages and rows.
inline std::string_view Bytes(const Uuid& id) {
  return {reinterpret_cast<const char*>(id.data()), id.size()};
}

class IdSource {
 public:
  virtual ~IdSource() = default;
  virtual Uuid NextId() = 0;
};

// From the system's random source. Thread-safe.
class RandomIds final : public IdSource {
 public:
  Uuid NextId() override;
};

// 1, 2, 3, ... for tests.
class SequentialIds final : public IdSource {
 public:
  Uuid NextId() override;

 private:
  std::uint64_t next_ = 1;
};

}  // namespace base
