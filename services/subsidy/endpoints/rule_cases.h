// Rule tests that an official reads and writes: config/subsidy/tests/*.yaml with facts, day and the
// benefits that must come out, run by `baoxue subsidy test` and by ctest.
//
// `expect` is the whole outcome: a benefit too much is as wrong as one too few. `because` names
// pieces of text that the explanation must hold. Errors: those of reading; a case that fails is no
// error but a line of the report. Pure but for reading files.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace subsidy {

struct RuleReport {
  int passed = 0;
  std::vector<std::string> failures = {};  // "tongan.yaml: 案例「…」: 应得 …,算出 …"
};
base::Result<RuleReport> RunRuleCases(const std::string& path);
// Every .yaml of the folder, in order of name.
base::Result<RuleReport> RunRuleFolder(const std::string& folder);

}  // namespace subsidy
