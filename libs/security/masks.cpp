#include <vector>

#include "security/security.h"

namespace security {
namespace {

// Below this an identity number shows its last two characters only.
constexpr std::size_t kIdShortMax = 9;
constexpr std::size_t kPhoneShortMax = 7;
// 17 digits and a check character; a 学籍号 holds the same digits behind a letter.
constexpr std::size_t kRunDigitsMin = 17;

bool Continues(char c) { return (static_cast<unsigned char>(c) & 0xC0u) == 0x80u; }

// The text as characters of UTF-8, so that a mask never cuts one.
std::vector<std::string_view> Characters(std::string_view text) {
  std::vector<std::string_view> characters;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t n = 1;
    while (i + n < text.size() && Continues(text[i + n])) ++n;
    characters.push_back(text.substr(i, n));
    i += n;
  }
  return characters;
}

std::string Mask(std::string_view text, std::size_t front, std::size_t back,
                 std::size_t short_max) {
  const std::vector<std::string_view> characters = Characters(text);
  const std::size_t n = characters.size();
  if (n <= short_max) {
    front = 0;
    back = n > 2 ? 2 : 0;
  }
  std::string out;
  for (std::size_t i = 0; i < n; ++i) {
    if (i < front || i + back >= n) {
      out += characters[i];
    } else {
      out += '*';
    }
  }
  return out;
}

// The length of a digit at `pos` (1 or, full-width, 3); 0 if there is none.
std::size_t DigitAt(std::string_view text, std::size_t pos) {
  if (pos >= text.size()) return 0;
  if (text[pos] >= '0' && text[pos] <= '9') return 1;
  const std::string_view three = text.substr(pos, 3);
  return three >= "０" && three <= "９" && three.size() == 3 ? 3 : 0;
}

std::size_t CheckLetterAt(std::string_view text, std::size_t pos) {
  if (pos >= text.size()) return 0;
  if (text[pos] == 'X' || text[pos] == 'x') return 1;
  const std::string_view three = text.substr(pos, 3);
  return three == "Ｘ" || three == "ｘ" ? 3 : 0;
}

}  // namespace

std::string MaskIdNumber(std::string_view id) { return Mask(id, 4, 4, kIdShortMax); }

std::string MaskPhone(std::string_view phone) { return Mask(phone, 3, 4, kPhoneShortMax); }

std::string MaskText(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  std::size_t i = 0;
  while (i < text.size()) {
    std::size_t end = i;
    std::size_t digits = 0;
    while (const std::size_t n = DigitAt(text, end)) {
      end += n;
      ++digits;
    }
    if (digits == 0) {
      out += text[i++];
      continue;
    }
    if (digits >= kRunDigitsMin) {
      end += CheckLetterAt(text, end);
      out += MaskIdNumber(text.substr(i, end - i));
    } else {
      out += text.substr(i, end - i);
    }
    i = end;
  }
  return out;
}

}  // namespace security
