#include "base/utf8.h"

#include <cstdint>
#include <cstring>

namespace base {
namespace {

struct Lead {
  std::size_t length = 0;   // 0: no first byte of a sequence
  unsigned second_min = 0x80;
  unsigned second_max = 0xBF;
};

// What a first byte promises (RFC 3629, section 4).
Lead LeadOf(unsigned byte) {
  if (byte < 0x80u) return {.length = 1};
  if (byte < 0xC2u) return {};
  if (byte < 0xE0u) return {.length = 2};
  if (byte == 0xE0u) return {.length = 3, .second_min = 0xA0};
  if (byte == 0xEDu) return {.length = 3, .second_max = 0x9F};
  if (byte < 0xF0u) return {.length = 3};
  if (byte == 0xF0u) return {.length = 4, .second_min = 0x90};
  if (byte < 0xF4u) return {.length = 4};
  if (byte == 0xF4u) return {.length = 4, .second_max = 0x8F};
  return {};
}

unsigned ByteAt(std::string_view text, std::size_t pos) {
  return static_cast<unsigned char>(text[pos]);
}

// How many bytes at `pos` fit the sequence that their first byte promises.
std::size_t Fitting(std::string_view text, std::size_t pos, const Lead& lead) {
  std::size_t n = 1;
  while (n < lead.length && pos + n < text.size()) {
    const unsigned byte = ByteAt(text, pos + n);
    const unsigned low = n == 1 ? lead.second_min : 0x80u;
    const unsigned high = n == 1 ? lead.second_max : 0xBFu;
    if (byte < low || byte > high) break;
    ++n;
  }
  return n;
}

}  // namespace

std::size_t Utf8Length(std::string_view text, std::size_t pos) {
  if (pos >= text.size()) return 0;
  const Lead lead = LeadOf(ByteAt(text, pos));
  return lead.length > 0 && Fitting(text, pos, lead) == lead.length ? lead.length : 0;
}

std::size_t Utf8Prefix(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080ULL;
  std::size_t pos = 0;
  while (pos < text.size()) {
    std::uint64_t eight = 0;
    while (pos + sizeof eight <= text.size()) {
      std::memcpy(&eight, text.data() + pos, sizeof eight);
      if ((eight & kHighBits) != 0) break;
      pos += sizeof eight;
    }
    if (pos == text.size()) break;
    const std::size_t n = Utf8Length(text, pos);
    if (n == 0) return pos;
    pos += n;
  }
  return pos;
}

bool IsCutUtf8(std::string_view tail) {
  if (tail.empty()) return false;
  const Lead lead = LeadOf(ByteAt(tail, 0));
  return tail.size() < lead.length && Fitting(tail, 0, lead) == tail.size();
}

std::string ReplaceBadUtf8(std::string_view text) {
  std::string out;
  for (;;) {
    const std::size_t good = Utf8Prefix(text);
    out += text.substr(0, good);
    if (good == text.size()) return out;
    out += "\xEF\xBF\xBD";
    text.remove_prefix(good + 1);
  }
}

}  // namespace base
