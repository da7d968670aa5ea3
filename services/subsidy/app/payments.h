// Payment rolls: what is open becomes lines of a roll; the bank's answers are entered back.
//
// A roll takes up everything that is open for a school and term and marks it as pending, so the
// same money is never on two rolls. pending -> paid | failed; paid -> returned; a failed or
// returned line is open again, by the next roll. Nobody is paid twice: open is entitled minus what
// the family holds minus what is on its way. Refusals, in order: TERM_UNKNOWN, SNAPSHOT_AHEAD,
// NOTHING_OPEN; ROLL_UNKNOWN (kNotFound), LINE_UNKNOWN, LINE_STATE. Thread-safe.
#pragma once

#include "subsidy/app/events.h"
#include "subsidy/app/once.h"

namespace subsidy {

base::Result<std::string> MakeRoll(const Office& office, const Once& once,
                                   const v1::MakeRoll& message, const Actor& actor);
base::Result<std::string> RecordPayments(const Office& office, const Once& once,
                                         const v1::RecordPayments& message);
base::Result<v1::ListRollsReply> ListRolls(const Office& office, const v1::ListRolls& message);
base::Result<v1::GetRollLinesReply> GetRollLines(const Office& office,
                                                 const v1::GetRollLines& message);

}  // namespace subsidy
