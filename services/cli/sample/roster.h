// The three files of the registry: schools.csv, classes.csv and roster.csv, the national template's
// 71 columns (domain.md 3.4), one row a student. Errors: those of CsvFile. Pure but for the files.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/sample/county.h"

namespace sample {

// Called with how much is done, 0..1000.
using Progress = std::function<void(int permille)>;

std::vector<std::string> RosterHeader();
std::vector<std::string> RosterRow(const County& county, std::uint32_t student);

base::Status WriteSchools(const County& county, const std::string& path);
base::Status WriteClasses(const County& county, const std::string& path);
base::Status WriteRoster(const County& county, const std::string& path, const Progress& progress);

}  // namespace sample
