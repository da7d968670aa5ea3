// acts.csv: what teachers, schools and the bureau do about the cases that must open. A quarter of
// the cases is neglected, so that deadlines pass; the others are contacted, visited, persuaded and
// reported upward, missing children are looked for, and those who come back are watched and
// reviewed. The column 级别 says at which level of the ladder an act belongs; who plays it leaves
// it out elsewhere, because counties' ladders differ. Several people or pieces of evidence are
// joined by ";". Errors: those of CsvFile. Pure but for the file.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/sample/behaviour.h"
#include "cli/sample/rule.h"

namespace sample {

base::Status WriteActs(const County& county, const TermDays& term, const Behaviour& behaviour,
                       const std::vector<ExpectedCase>& cases, const std::string& path);

}  // namespace sample
