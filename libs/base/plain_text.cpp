#include "base/plain_text.h"

#include "base/utf8.h"

namespace base {
namespace {

// U+200E, U+200F, U+2028..U+202E, U+2066..U+2069: direction marks and separators, three bytes
// each.
bool TurnsDirection(std::string_view sequence) {
  if (sequence.size() != 3 || sequence[0] != '\xE2') return false;
  const auto second = static_cast<unsigned char>(sequence[1]);
  const auto third = static_cast<unsigned char>(sequence[2]);
  if (second == 0x80) return third == 0x8E || third == 0x8F || (third >= 0xA8 && third <= 0xAE);
  return second == 0x81 && third >= 0xA6 && third <= 0xA9;
}

bool Controls(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 2) return first == 0xC2 && static_cast<unsigned char>(sequence[1]) < 0xA0;
  return sequence.size() == 1 && ((first < 0x20 && first != '\n') || first == 0x7F);
}

}  // namespace

std::string PlainText(std::string_view text) {
  const std::string good = ReplaceBadUtf8(text);
  std::string out;
  out.reserve(good.size());
  for (std::size_t at = 0; at < good.size();) {
    const std::size_t length = Utf8Length(good, at);
    const std::string_view sequence = std::string_view{good}.substr(at, length);
    at += length;
    if (TurnsDirection(sequence)) continue;
    if (Controls(sequence)) {
      out += ' ';
    } else {
      out += sequence;
    }
  }
  return out;
}

std::string PlainLine(std::string_view text, std::size_t characters) {
  std::string plain = PlainText(text);
  std::size_t at = 0;
  for (std::size_t i = 0; i < characters && at < plain.size(); ++i) {
    if (plain[at] == '\n') plain[at] = ' ';
    at += Utf8Length(plain, at);
  }
  plain.resize(at);
  return plain;
}

}  // namespace base
