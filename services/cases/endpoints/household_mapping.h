// Between the messages about households and the values of the domain. Errors: BAD_DATE, BAD_TIME.
#pragma once

#include "cases/app/household_desk.h"
#include "cases/endpoints/mapping.h"

namespace cases {

base::Result<HouseholdVisit> VisitFrom(const v1::HouseholdAct& message);
void PutHousehold(const HouseholdSheet& sheet, v1::HouseholdTask* out);
// As one of ListTasks.
void PutHouseholdRow(const HouseholdTask& task, base::UtcTime now, v1::Task* out);
store::NewEvent HouseholdEvent(HouseholdNews news, const HouseholdTask& task,
                               const HouseholdVisit* visit, base::UtcTime now);

}  // namespace cases
