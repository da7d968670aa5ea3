// Tables for people: columns aligned by how wide a terminal shows them (CJK characters take two
// cells). Pure.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

// Terminal cells of UTF-8 text: 2 for East Asian wide and full-width, 0 for combining marks.
std::size_t DisplayWidth(std::string_view text);
// Cut with "…" so that it takes at most `cells`.
std::string CutToWidth(std::string_view text, std::size_t cells);
// Filled with spaces up to `cells`.
std::string PadToWidth(std::string_view text, std::size_t cells);
// Lines of at most `cells`, broken at spaces and between wide characters; what has neither (a long
// path) stays whole.
std::vector<std::string> WrapToWidth(std::string_view text, std::size_t cells);

class TextTable {
 public:
  enum class Align { kLeft, kRight };
  explicit TextTable(std::vector<std::string> header);
  // Numbers read better on the right.
  TextTable& RightAligned(std::size_t column);
  // No wider than this; longer cells are cut.
  TextTable& WidthMax(std::size_t column, std::size_t cells);
  void Row(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }
  std::string ToString() const;

 private:
  std::vector<std::string> header_;
  std::vector<Align> align_;
  std::vector<std::size_t> width_max_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace cli
