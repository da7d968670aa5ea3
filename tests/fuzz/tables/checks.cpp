#include "fuzz/tables/checks.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/check.h"
#include "base/utf8.h"
#include "tables/tables.h"

namespace fuzz {
namespace {

constexpr tables::Limits kSmall{.bytes_max = 4u << 20,
                                .rows_max = 5000,
                                .columns_max = 64,
                                .shared_strings_bytes_max = 1u << 20,
                                .cell_bytes_max = 2000};

void CheckError(const base::Error& error) {
  constexpr std::array<std::string_view, 6> kReasons = {
      "NOT_A_TABLE", "BAD_ENCODING", "BAD_QUOTING", "TOO_LARGE", "BAD_XLSX", "XLSX_LIMIT"};
  CHECK(error.code == base::Code::kInvalidArgument);
  CHECK(std::find(kReasons.begin(), kReasons.end(), error.reason) != kReasons.end());
  CHECK(!error.detail.empty() && base::IsUtf8(error.detail));
}

void CheckCell(const std::string& cell) {
  CHECK(base::IsUtf8(cell));
  CHECK(cell.find('\0') == std::string::npos);
  CHECK(cell.empty() || (cell.front() != ' ' && cell.back() != ' '));
}

}  // namespace

void ReadAndCheck(std::string bytes) {
  auto reader = tables::OpenBytes(std::move(bytes), kSmall);
  if (!reader.ok()) return CheckError(reader.error());
  tables::Row row;
  std::uint64_t last = 0;
  for (;;) {
    const auto more = (*reader)->Next(row);
    if (!more.ok()) {
      CheckError(more.error());
      CHECK((*reader)->Next(row).error() == more.error());
      return;
    }
    if (!*more) break;
    CHECK(row.number > last && row.number <= kSmall.rows_max);
    last = row.number;
    CHECK(!row.cells.empty() && row.cells.size() <= kSmall.columns_max);
    bool text = false;
    for (const std::string& cell : row.cells) {
      CheckCell(cell);
      text = text || !cell.empty();
    }
    CHECK(text);
  }
  CHECK((*reader)->PermilleRead() == 1000);
  CHECK(!(*reader)->Description().empty());
}

}  // namespace fuzz
