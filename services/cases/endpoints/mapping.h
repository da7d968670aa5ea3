// Between the messages of cases.proto and the values of the domain, both ways. What comes in is
// refused when it is nonsense; nothing here decides anything. Errors: kInvalidArgument/BAD_DATE,
// BAD_TIME, ACTOR_MISSING, BAD_FOUND_BY, SUBJECT_MISSING.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "bus/bus.h"
#include "cases/app/case_desk.h"
#include "cases/app/rules.h"
#include "cases/contract/cases.pb.h"

namespace cases {

namespace v1 = baoxue::cases::v1;

std::optional<base::Date> DateFrom(const baoxue::bus::v1::Date& date);  // none: no such day
void PutDate(base::Date day, baoxue::bus::v1::Date* out);
void PutTime(base::UtcTime at, google::protobuf::Timestamp* out);
base::UtcTime TimeFrom(const google::protobuf::Timestamp& at);

// Every write names a person and a role.
base::Result<Actor> ActorFrom(const bus::Envelope& envelope);
// Reads may come without one.
std::optional<Actor> MaybeActor(const bus::Envelope& envelope);
base::Result<Act> ActFrom(const v1::Act& message);
base::Result<OpenByHand> OpenFrom(const v1::OpenCase& message, const Actor& actor);

void PutParty(const Party& party, v1::Party* out);
enum class Detail { kRow, kWithTasks, kWithTimeline };
void PutRow(const CaseRow& row, const Profile& profile, v1::Case* out);
void PutSheet(const Sheet& sheet, const Rules& rules, base::UtcTime now, Detail detail,
              v1::Case* out);
void PutTask(const ClockRow& row, base::UtcTime now, v1::Task* out);
void PutSummary(const CaseCounts& counts, const Profile& profile, v1::CasesSummary* out);

// The events of a change, for the feed "cases".
std::vector<store::NewEvent> EventsOf(const Change& change, const Profiles& profiles);

}  // namespace cases
