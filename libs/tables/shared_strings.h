// The shared strings of a workbook in as little memory as their bytes: blocks of 1 MiB, each string
// with its length in front, and 4 bytes of place for each. Private to libs/tables. One thread.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tables/package.h"
#include "tables/tables.h"

namespace tables {

class SharedStrings {
 public:
  // Errors: kInvalidArgument/XLSX_LIMIT, BAD_XLSX.
  static base::Result<SharedStrings> Read(Package& package, const std::string& name,
                                          const Limits& limits);
  SharedStrings() = default;

  std::size_t size() const { return places_.size(); }
  // Precondition: index < size().
  std::string_view At(std::size_t index) const;
  // Precondition: text is shorter than a block.
  void Add(std::string_view text);
  std::uint64_t bytes() const { return bytes_; }

 private:
  static constexpr std::size_t kBlockBytes = 1u << 20;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::deque<std::uint32_t> places_;
  std::size_t used_ = kBlockBytes;  // of the last block
  std::uint64_t bytes_ = 0;
};

// "_x000A_" -> line feed, as XLSX writes what XML cannot hold.
void UnescapeXlsx(std::string& text);

}  // namespace tables
