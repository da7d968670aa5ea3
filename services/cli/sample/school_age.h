// school_age.csv: the public security bureau's list of children of school age, with planted
// disagreements of every class of 人籍比对 (B01..B11, N00) and of the reverse check (R01:
// registered, of this county's hukou, and not listed). What a planted row says stands in its words
// (户籍状态, 核查去向, 就读学校, 备注), written as a village or a police station writes them;
// truth.json tells the class that each must get. Errors: those of CsvFile. Pure but for the file.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/sample/county.h"
#include "cli/sample/roster.h"
#include "cli/sample/truth.h"

namespace sample {

struct SchoolAgeTruth {
  std::uint64_t rows = 0;
  std::uint64_t plain = 0;  // B01
  std::vector<TruthMatch> matches = {};
};

base::Result<SchoolAgeTruth> WriteSchoolAge(County& county, const std::string& path,
                                            const Progress& progress);

}  // namespace sample
