// The partner departments' lists, groups/<群体>.csv (domain.md 4.2): who is 脱贫户, 监测户, 低保,
// 特困, 残疾, 孤儿, 事实无人抚养, and who gives the list. Some entries are children who are in no
// school of the county. Errors: those of CsvFile. Pure but for the files.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/sample/county.h"
#include "cli/sample/truth.h"

namespace sample {

base::Result<std::vector<GroupFile>> WriteGroups(County& county, const std::string& folder);

}  // namespace sample
