#include "cli/shell/text_table.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

namespace cli {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};
// Wide and full-width characters (Unicode TR 11), in blocks.
constexpr std::array kWide{Range{0x1100, 0x115F},  Range{0x2E80, 0x303E},   Range{0x3041, 0x33FF},
                           Range{0x3400, 0x4DBF},  Range{0x4E00, 0x9FFF},   Range{0xA000, 0xA4CF},
                           Range{0xA960, 0xA97F},  Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},
                           Range{0xFE10, 0xFE19},  Range{0xFE30, 0xFE6F},   Range{0xFF00, 0xFF60},
                           Range{0xFFE0, 0xFFE6},  Range{0x1F300, 0x1F64F}, Range{0x1F900, 0x1F9FF},
                           Range{0x20000, 0x3FFFD}};
constexpr std::array kZero{Range{0x0300, 0x036F}, Range{0x200B, 0x200F}, Range{0xFE00, 0xFE0F},
                           Range{0xFEFF, 0xFEFF}};

template <std::size_t N>
bool In(const std::array<Range, N>& ranges, char32_t c) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [c](Range range) { return range.first <= c && c <= range.last; });
}

// The next character and how many bytes it takes; a bad byte stands for itself.
std::pair<char32_t, std::size_t> NextCharacter(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0x80) return {lead, 1};
  if (lead < 0xC0 || length > text.size()) return {lead, 1};
  char32_t c = lead & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0u) != 0x80) return {lead, 1};
    c = (c << 6) | (byte(i) & 0x3Fu);
  }
  return {c, length};
}

std::size_t CellsOf(char32_t c) {
  if (c < 0x20 || In(kZero, c)) return 0;
  return In(kWide, c) ? 2 : 1;
}

}  // namespace

std::size_t DisplayWidth(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const auto [c, bytes] = NextCharacter(text);
    width += CellsOf(c);
    text.remove_prefix(bytes);
  }
  return width;
}

std::string CutToWidth(std::string_view text, std::size_t cells) {
  if (DisplayWidth(text) <= cells) return std::string{text};
  std::string cut;
  std::size_t width = 0;
  while (!text.empty()) {
    const auto [c, bytes] = NextCharacter(text);
    if (width + CellsOf(c) + 1 > cells) break;
    width += CellsOf(c);
    cut += text.substr(0, bytes);
    text.remove_prefix(bytes);
  }
  return cut + "…";
}

std::string PadToWidth(std::string_view text, std::size_t cells) {
  const std::size_t width = DisplayWidth(text);
  std::string padded{text};
  if (width < cells) padded.append(cells - width, ' ');
  return padded;
}

std::vector<std::string> WrapToWidth(std::string_view text, std::size_t cells) {
  // Signs that never begin a line.
  constexpr std::string_view kClosing = "，。、；：？）”";
  std::vector<std::string> lines;
  std::string line;
  std::string word;
  const auto flush = [&] {
    if (!line.empty() && DisplayWidth(line + word) > cells) {
      while (!line.empty() && line.back() == ' ') line.pop_back();
      lines.push_back(std::exchange(line, {}));
    }
    line += std::exchange(word, {});
  };
  while (!text.empty()) {
    const auto [c, bytes] = NextCharacter(text);
    const std::string_view character = text.substr(0, bytes);
    const bool wide = CellsOf(c) == 2;
    const bool closing = wide && kClosing.find(character) != std::string_view::npos;
    if (wide && !closing) flush();
    if (c != ' ' || !line.empty() || !word.empty()) word += character;
    if (wide || c == ' ') {
      const std::string_view rest = text.substr(bytes);
      const auto next = rest.empty() ? std::size_t{0} : NextCharacter(rest).second;
      if (rest.empty() || kClosing.find(rest.substr(0, next)) == std::string_view::npos) flush();
    }
    text.remove_prefix(bytes);
  }
  flush();
  if (!line.empty()) lines.push_back(line);
  return lines;
}

TextTable::TextTable(std::vector<std::string> header)
    : header_(std::move(header)),
      align_(header_.size(), Align::kLeft),
      width_max_(header_.size(), SIZE_MAX) {}

TextTable& TextTable::RightAligned(std::size_t column) {
  align_.at(column) = Align::kRight;
  return *this;
}

TextTable& TextTable::WidthMax(std::size_t column, std::size_t cells) {
  width_max_.at(column) = cells;
  return *this;
}

void TextTable::Row(std::vector<std::string> cells) {
  cells.resize(header_.size());
  for (std::size_t i = 0; i < cells.size(); ++i) {
    // A cell is one line.
    std::replace(cells[i].begin(), cells[i].end(), '\n', ' ');
    cells[i] = CutToWidth(cells[i], width_max_[i]);
  }
  rows_.push_back(std::move(cells));
}

std::string TextTable::ToString() const {
  std::vector<std::size_t> widths(header_.size(), 0);
  const auto measure = [&](const std::vector<std::string>& row) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], DisplayWidth(row[i]));
    }
  };
  measure(header_);
  for (const auto& row : rows_) measure(row);
  std::string out;
  const auto print = [&](const std::vector<std::string>& row) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) line += "  ";
      if (align_[i] == Align::kRight) line.append(widths[i] - DisplayWidth(row[i]), ' ');
      line += align_[i] == Align::kRight ? row[i] : PadToWidth(row[i], widths[i]);
    }
    while (!line.empty() && line.back() == ' ') line.pop_back();
    out += line + "\n";
  };
  print(header_);
  std::vector<std::string> rule;
  for (const std::size_t width : widths) rule.emplace_back(width, '-');
  print(rule);
  for (const auto& row : rows_) print(row);
  return out;
}

}  // namespace cli
