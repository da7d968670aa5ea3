#include "attendance/domain/flat_index.h"

#include <bit>
#include <utility>

namespace attendance {

std::optional<std::uint32_t> FlatIndex::Find(std::uint64_t key) const {
  if (cells_.empty()) return std::nullopt;
  const std::size_t mask = cells_.size() - 1;
  for (std::size_t i = Mix(key) & mask; cells_[i].used; i = (i + 1) & mask) {
    if (cells_[i].key == key) return cells_[i].value;
  }
  return std::nullopt;
}

void FlatIndex::Insert(std::uint64_t key, std::uint32_t value) {
  if ((size_ + 1) * 3 > cells_.size() * 2) Grow(cells_.empty() ? 16 : cells_.size() * 2);
  const std::size_t mask = cells_.size() - 1;
  std::size_t i = Mix(key) & mask;
  while (cells_[i].used) {
    if (cells_[i].key == key) return;
    i = (i + 1) & mask;
  }
  cells_[i] = {key, value, true};
  ++size_;
}

void FlatIndex::Reserve(std::size_t entries) {
  const std::size_t cells = std::bit_ceil(entries * 3 / 2 + 1);
  if (cells > cells_.size()) Grow(cells);
}

void FlatIndex::Grow(std::size_t cells) {
  const std::vector<Cell> old = std::exchange(cells_, std::vector<Cell>(cells));
  size_ = 0;
  for (const Cell& cell : old) {
    if (cell.used) Insert(cell.key, cell.value);
  }
}

}  // namespace attendance
