// How the rows of a result are kept: the cells' bytes one after another, and where each ends.
// Internal to libs/store.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"

namespace store {

struct Rows::Data {
  struct Cell {
    std::size_t begin = 0;
    std::size_t size = 0;
    bool null = false;
  };
  // A cell as std::string, made when it is asked for; row 0: not made yet.
  struct Made {
    std::size_t row = 0;
    std::string text = {};
  };

  std::vector<std::string> columns;
  std::string bytes;
  std::vector<Cell> cells;  // row after row
  std::vector<Made> made;   // one a column

  void SetColumns(std::vector<std::string> names) {
    columns = std::move(names);
    made.resize(columns.size());
  }
  void AddCell(std::string_view text) {
    cells.push_back({bytes.size(), text.size(), false});
    bytes += text;
  }
  void AddNull() { cells.push_back({bytes.size(), 0, true}); }
  // Forgets the rows, keeps the columns and the memory.
  void Clear() {
    bytes.clear();
    cells.clear();
    for (Made& one : made) one.row = 0;
  }
  std::size_t rows() const { return columns.empty() ? 0 : cells.size() / columns.size(); }

  std::size_t Column(std::string_view name) const;
  const Cell& At(std::size_t row, std::size_t column) const;
  std::string_view View(std::size_t row, std::string_view column) const;  // CHECKs not NULL
};

}  // namespace store
