// The fuzzer's bytes as a tape of steps: op, argument, and for what carries bytes their length.
//
// Reading beyond the end gives zeros, so every input is a tape. One thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace fuzz {

class Tape {
 public:
  explicit Tape(std::string_view bytes) : left_(bytes) {}

  bool empty() const { return left_.empty(); }
  std::uint8_t Byte() {
    if (left_.empty()) return 0;
    const auto byte = static_cast<std::uint8_t>(left_.front());
    left_.remove_prefix(1);
    return byte;
  }
  // Two bytes of length, then the bytes.
  std::string_view Bytes() {
    const std::size_t high = Byte();
    const std::size_t size = std::min<std::size_t>(high * 256 + Byte(), left_.size());
    const std::string_view out = left_.substr(0, size);
    left_.remove_prefix(size);
    return out;
  }

 private:
  std::string_view left_;
};

}  // namespace fuzz
