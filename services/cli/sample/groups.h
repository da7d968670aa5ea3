// The partner departments' lists, groups/<群体>.csv (domain.md 4.2): who is 脱贫户, 监测户, 低保,
// 特困, 残疾, 孤儿, 事实无人抚养, and who gives the list. Some entries are children who are in no
// school of the county. Errors: those of CsvFile. Pure but for the files.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/sample/county.h"

namespace sample {

struct GroupFile {
  std::string group = {};   // 脱贫户
  std::string source = {};  // 乡村振兴局
  std::string path = {};    // "groups/脱贫户.csv", relative to the sample's folder
  std::uint64_t rows = 0;
};

base::Result<std::vector<GroupFile>> WriteGroups(County& county, const std::string& folder);

}  // namespace sample
