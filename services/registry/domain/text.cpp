#include "registry/domain/text.h"

#include <algorithm>

namespace registry {
namespace {

bool IsAscii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

void AppendUtf8(std::string& out, char32_t c) {
  if (c < 0x80) {
    out.push_back(static_cast<char>(c));
  } else if (c < 0x800) {
    out.push_back(static_cast<char>(0xC0 | (c >> 6)));
    out.push_back(static_cast<char>(0x80 | (c & 0x3F)));
  } else if (c < 0x10000) {
    out.push_back(static_cast<char>(0xE0 | (c >> 12)));
    out.push_back(static_cast<char>(0x80 | ((c >> 6) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (c & 0x3F)));
  } else {
    out.push_back(static_cast<char>(0xF0 | (c >> 18)));
    out.push_back(static_cast<char>(0x80 | ((c >> 12) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | ((c >> 6) & 0x3F)));
    out.push_back(static_cast<char>(0x80 | (c & 0x3F)));
  }
}

bool IsSpace(char32_t c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == 0x0B || c == 0x0C || c == 0xA0 ||
         c == 0x3000 || c == 0xFEFF || (c >= 0x2000 && c <= 0x200B) || c == 0x202F || c == 0x205F;
}

bool IsMiddleDot(char32_t c) {
  return c == 0xB7 || c == 0x2022 || c == 0x2027 || c == 0x30FB || c == 0x2219 || c == 0x22C5 ||
         c == 0xFF65 || c == 0x25CF || c == 0x16EB;
}

}  // namespace

char32_t NextCodePoint(std::string_view utf8, std::size_t& at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(utf8[i]); };
  const unsigned char lead = byte(at);
  std::size_t size = 1;
  char32_t value = lead;
  if (lead >= 0xF0 && lead < 0xF8) {
    size = 4;
    value = lead & 0x07;
  } else if (lead >= 0xE0 && lead < 0xF0) {
    size = 3;
    value = lead & 0x0F;
  } else if (lead >= 0xC2 && lead < 0xE0) {
    size = 2;
    value = lead & 0x1F;
  } else if (lead >= 0x80) {
    ++at;
    return 0xFFFD;
  }
  if (at + size > utf8.size()) {
    ++at;
    return 0xFFFD;
  }
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(at + i) & 0xC0) != 0x80) {
      ++at;
      return 0xFFFD;
    }
    value = (value << 6) | (byte(at + i) & 0x3Fu);
  }
  // Longer than needed, half of a surrogate pair, or beyond Unicode.
  const bool wrong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000) ||
                     (value >= 0xD800 && value <= 0xDFFF) || value > 0x10FFFF;
  if (wrong) {
    ++at;
    return 0xFFFD;
  }
  at += size;
  return value;
}

std::size_t Characters(std::string_view utf8) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < utf8.size(); ++count) NextCodePoint(utf8, at);
  return count;
}

std::string Shortened(std::string_view utf8, std::size_t most) {
  std::size_t at = 0;
  for (std::size_t count = 0; count < most && at < utf8.size(); ++count) NextCodePoint(utf8, at);
  return std::string{utf8.substr(0, at)};
}

void CleanTextTo(std::string_view text, std::string& out) {
  out.clear();
  bool space = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const char32_t c = NextCodePoint(text, at);
    if (IsSpace(c)) {
      space = !out.empty();
      continue;
    }
    if (c < 0x20 || c == 0x7F) continue;
    if (space) out.push_back(' ');
    space = false;
    if (c >= 0xFF01 && c <= 0xFF5E) {
      out.push_back(static_cast<char>(c - 0xFF01 + 0x21));
    } else if (c == 0xFFFD) {
      // Never the bytes themselves: without what stood between them they could make a character.
      AppendUtf8(out, c);
    } else {
      out.append(text.substr(begin, at - begin));
    }
  }
}

std::string CleanText(std::string_view text) {
  std::string out;
  CleanTextTo(text, out);
  return out;
}

std::string HeaderKey(std::string_view cell) {
  std::string key;
  for (const char c : CleanText(cell)) {
    if (c == ' ' || c == '*' || c == ':' || c == '"' || c == '\'') continue;
    key.push_back(c);
  }
  // A bracketed remark at the end says a unit or a form, not another column.
  if (!key.empty() && key.back() == ')') {
    const std::size_t open = key.rfind('(');
    if (open != std::string::npos && open > 0) key.resize(open);
  }
  return key;
}

std::string CleanName(std::string_view text) {
  const std::string clean = CleanText(text);
  if (IsAscii(clean)) return clean;
  std::string out;
  char32_t previous = 0;
  bool space = false;
  for (std::size_t at = 0; at < clean.size();) {
    char32_t c = NextCodePoint(clean, at);
    if (c == ' ') {
      space = true;
      continue;
    }
    if (IsMiddleDot(c)) c = 0xB7;
    const bool latin_on_both_sides = c < 0x80 && previous != 0 && previous < 0x80;
    if (space && latin_on_both_sides) out.push_back(' ');
    space = false;
    if (c == 0xFFFD) continue;
    AppendUtf8(out, c);
    previous = c;
  }
  return out;
}

}  // namespace registry
