// What if: rules tried over the whole county without changing anything, and put in force by two
// people.
//
// The rules in force on today's facts are compared with the draft on the facts of day `on`. The
// result is kept with the draft's text; two approvals by different people put exactly that text in
// force, and everybody is looked at again. Refusals, in order: BAD_SETTINGS (the draft's problems),
// TERM_UNKNOWN (no term on that day); RUN_UNKNOWN (kNotFound), APPROVED_ALREADY, ALREADY_IN_FORCE.
// Thread-safe.
#pragma once

#include "subsidy/app/events.h"
#include "subsidy/app/once.h"

namespace subsidy {

// `texts`: of the draft, encoded. Not idempotent by key: it changes nothing that counts.
base::Result<v1::WhatIfReply> RunWhatIf(const Office& office, const std::string& texts,
                                        base::Date on, const Actor& actor);
base::Result<v1::ListWhatIfRowsReply> ListWhatIfRows(const Office& office,
                                                     const v1::ListWhatIfRows& message);
base::Result<std::string> ApproveRules(const Office& office, const Once& once,
                                       const v1::ApproveRules& message, const Actor& actor);

}  // namespace subsidy
