// Histories -> rows of case_file and case_clock. Pure.
#pragma once

#include <vector>

#include "cases/domain/engine.h"
#include "cases/store/rows.h"

namespace cases {

CaseRow RowOf(CaseId id, Subject subject, const Facts& facts, base::UtcTime now);

// The clock rows that `added` changes, given what the case was before. A step that was overdue
// when the next one started becomes "missed". When the child's place changed, every live clock is
// written, because its owner may be another.
std::vector<ClockRow> ClockRowsOf(CaseId id, const Facts& before, const std::vector<Entry>& added,
                                  const Profile& profile);

}  // namespace cases
