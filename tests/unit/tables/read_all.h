// Reads a whole table from memory for tests.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tables/tables.h"

namespace tables::testing {

using Cells = std::vector<std::string>;

struct Whole {
  std::vector<Cells> rows = {};
  std::vector<std::uint64_t> numbers = {};
  std::string description = {};
  std::string reason = {};  // of the error that ended the reading; "" if none did
  std::string detail = {};
};

inline Whole ReadAll(base::Result<std::unique_ptr<Reader>> opened) {
  Whole whole;
  const auto fail = [&whole](const base::Error& error) {
    whole.reason = error.reason;
    whole.detail = error.detail;
  };
  if (!opened.ok()) {
    fail(opened.error());
    return whole;
  }
  Reader& reader = **opened;
  Row row;
  for (;;) {
    const auto more = reader.Next(row);
    if (!more.ok()) {
      fail(more.error());
      const auto again = reader.Next(row);
      EXPECT_TRUE(!again.ok() && again.error() == more.error()) << "an error must stay";
      break;
    }
    if (!*more) break;
    whole.rows.push_back(row.cells);
    whole.numbers.push_back(row.number);
    EXPECT_GE(reader.PermilleRead(), 0);
    EXPECT_LE(reader.PermilleRead(), 1000);
  }
  whole.description = reader.Description();
  return whole;
}

inline Whole ReadAll(std::string bytes, const Limits& limits = {}, const std::string& sheet = {}) {
  return ReadAll(OpenBytes(std::move(bytes), limits, sheet));
}

}  // namespace tables::testing
