// What a workbook says about its sheets and the look of its numbers. Private to libs/tables.
// Errors: kInvalidArgument/NOT_A_TABLE (a package that is no workbook, no such sheet), BAD_XLSX,
// XLSX_LIMIT. Immutable after reading.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "tables/numbers.h"
#include "tables/package.h"

namespace tables {

struct Sheet {
  std::string name = {};
  std::string part = {};  // name of its part in the package
  bool visible = true;
};

struct Workbook {
  DateSystem dates = DateSystem::k1900;
  std::vector<Sheet> sheets = {};       // work sheets only, in the order of their tabs
  std::string shared_strings = {};      // name of the part; empty: none
  std::vector<NumberStyle> styles = {};  // by the cells' style index

  // The named sheet, or the first visible one.
  base::Result<Sheet> Find(const std::string& name) const;
};

base::Result<Workbook> ReadWorkbook(Package& package);

// "../sheets/s.xml" seen from "xl/workbook.xml" is "sheets/s.xml"; "/xl/a.xml" is "xl/a.xml".
std::string ResolvePart(const std::string& base, std::string_view target);

}  // namespace tables
