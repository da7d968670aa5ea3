// Builds the ledger from MySQL: everything of the present term and the one before it, and of any
// streak that reaches back further (two years at most).
//
// Errors: those of libs/store, kDataCorruption/BAD_PACKED_MARKS.
#pragma once

#include "attendance/app/office.h"
#include "attendance/app/profile.h"
#include "store/store.h"

namespace attendance {

// The days that a ledger of `today` holds; `today` among them.
base::DateRange HorizonOf(const base::Calendar& calendar, base::Date today);

// All but epoch and batches. Needs two connections of the pool, one after the other.
base::Result<Mandate> LoadLedger(store::Pool& pool, const Profile& profile, base::Date today);

}  // namespace attendance
