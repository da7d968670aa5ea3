// What came over the bus as domain values. Whatever is no value of the domain is refused here:
// kInvalidArgument/BAD_DATE, BAD_HALF_DAY, ACTOR_MISSING, ACTOR_TOO_LONG, KEY_MISSING,
// TEXT_TOO_LONG, BAD_THRESHOLD, BAD_STATE. Pure and thread-safe.
#pragma once

#include <optional>
#include <string>

#include "attendance/app/recorder.h"
#include "attendance/contract/attendance.pb.h"
#include "attendance/domain/leave.h"
#include "attendance/domain/rules.h"
#include "attendance/store/streak_rows.h"
#include "base/result.h"
#include "bus/bus.h"

namespace attendance {

base::Result<base::Date> ToDate(const baoxue::bus::v1::Date& date);
base::Result<Half> ToHalf(baoxue::attendance::v1::HalfDay half);
// Who writes: a write without a person and a role is nobody's.
base::Result<Actor> ToActor(const bus::Envelope& envelope);
base::Status CheckKey(const bus::Envelope& envelope);
std::optional<base::UtcTime> ToTime(const google::protobuf::Timestamp& time);

base::Result<Submission> ToSubmission(const baoxue::attendance::v1::SubmitRollCall& request,
                                      const bus::Envelope& envelope);
base::Result<Leave> ToLeave(const baoxue::attendance::v1::SubmitLeave& request);
// A text of a slip or decision: at most 500 characters.
base::Status CheckText(const std::string& text);
base::Result<Threshold> ToThreshold(const baoxue::attendance::v1::TryThreshold& request);
base::Result<StreakQuery> ToStreakQuery(const baoxue::attendance::v1::ListStreaks& request);

}  // namespace attendance
