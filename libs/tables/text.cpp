#include "tables/text.h"

#include <fmt/format.h>

#include <algorithm>

#include "tables/tables.h"

namespace tables {
namespace {

unsigned ByteAt(std::string_view text, std::size_t pos) {
  return static_cast<unsigned char>(text[pos]);
}

bool IsAsciiSpace(unsigned byte) { return byte == ' ' || (byte >= 0x09u && byte <= 0x0Du); }

// Is the three-byte character at `pos` white space, a direction mark or a byte order mark?
bool IsWideSpace(std::string_view text, std::size_t pos) {
  const unsigned a = ByteAt(text, pos);
  const unsigned b = ByteAt(text, pos + 1);
  const unsigned c = ByteAt(text, pos + 2);
  if (a == 0xE3u) return b == 0x80u && c == 0x80u;                           // U+3000
  if (a == 0xEFu) return b == 0xBBu && c == 0xBFu;                           // U+FEFF
  if (a != 0xE2u) return false;
  if (b == 0x80u) return c <= 0x8Fu || (c >= 0xA8u && c <= 0xAFu);           // U+2000.., U+2028..
  return b == 0x81u && c == 0x9Fu;                                           // U+205F
}

// The length of the white-space character that starts at `pos`; 0 if there is none.
std::size_t SpaceAt(std::string_view text, std::size_t pos) {
  if (pos >= text.size()) return 0;
  if (IsAsciiSpace(ByteAt(text, pos))) return 1;
  if (ByteAt(text, pos) == 0xC2u && pos + 1 < text.size() && ByteAt(text, pos + 1) == 0xA0u) {
    return 2;
  }
  return pos + 2 < text.size() && IsWideSpace(text, pos) ? 3 : 0;
}

// The length of the white-space character that ends before `end`.
std::size_t SpaceBefore(std::string_view text, std::size_t end) {
  if (end == 0) return 0;
  if (IsAsciiSpace(ByteAt(text, end - 1))) return 1;
  if (end >= 2 && SpaceAt(text.substr(0, end), end - 2) == 2) return 2;
  return end >= 3 && IsWideSpace(text, end - 3) ? 3 : 0;
}

bool StartsFormula(char c) {
  return c == '=' || c == '+' || c == '-' || c == '@' || c == '\t';
}

}  // namespace

void Trim(std::string& cell) {
  std::size_t end = cell.size();
  while (const std::size_t n = SpaceBefore(cell, end)) end -= n;
  cell.resize(end);
  std::size_t start = 0;
  while (const std::size_t n = SpaceAt(cell, start)) start += n;
  if (start > 0) cell.erase(0, start);
}

bool NeedsGuard(std::string_view cell) {
  std::size_t i = 0;
  while (i < cell.size() && cell[i] == '\'') ++i;
  return i < cell.size() && StartsFormula(cell[i]);
}

void RemoveGuard(std::string& cell) {
  if (!cell.empty() && cell[0] == '\'' && NeedsGuard(cell)) cell.erase(0, 1);
}

std::optional<int> DecimalsOf(std::string_view cell) {
  constexpr std::size_t kDigitsMax = 15;
  if (!cell.empty() && cell.front() == '-') cell.remove_prefix(1);
  const std::size_t point = cell.find('.');
  const std::string_view whole = cell.substr(0, point);
  const std::string_view part = point == std::string_view::npos ? "" : cell.substr(point + 1);
  const auto digits = [](std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  if (whole.empty() || !digits(whole) || !digits(part)) return std::nullopt;
  if (whole.size() > 1 && whole.front() == '0') return std::nullopt;  // a code, not a number
  if (whole.size() + part.size() > kDigitsMax) return std::nullopt;
  if (point != std::string_view::npos && part.size() != 2) return std::nullopt;
  return static_cast<int>(part.size());
}

std::string Place(std::uint64_t row, std::uint64_t column) {
  return fmt::format("第{}行第{}列", row, column);
}

base::Error Refuse(const char* reason, std::string detail) {
  return base::Error{base::Code::kInvalidArgument, reason, std::move(detail)};
}

std::string ToHalfWidth(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const bool three = i + 2 < text.size();
    const unsigned a = ByteAt(text, i);
    if (three && a == 0xE3u && ByteAt(text, i + 1) == 0x80u && ByteAt(text, i + 2) == 0x80u) {
      out += ' ';
      i += 3;
    } else if (three && a == 0xEFu &&
               (ByteAt(text, i + 1) == 0xBCu || ByteAt(text, i + 1) == 0xBDu)) {
      // U+FF01..U+FF5E stand 0xFEE0 above '!'..'~'.
      const unsigned code =
          0xF000u | ((ByteAt(text, i + 1) & 0x3Fu) << 6) | (ByteAt(text, i + 2) & 0x3Fu);
      if (code >= 0xFF01u && code <= 0xFF5Eu) {
        out += static_cast<char>(code - 0xFEE0u);
      } else {
        out += text.substr(i, 3);
      }
      i += 3;
    } else {
      out += text[i++];
    }
  }
  return out;
}

}  // namespace tables
