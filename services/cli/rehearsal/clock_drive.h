// Moves the clock of a rehearsal so that every deadline fires at its own time.
//
// To a target: wait until everything has settled, set the clock of registry, attendance and cases,
// in that order, to the earliest next deadline (or the target), settle again, and so on. Settled:
// no service has work that is due, and every follower has reached the end of the feed it follows,
// seen twice in a row. Only Now() of the services counts; the machine's clock is not looked at.
// Errors: kFailedPrecondition/NOT_A_REHEARSAL, CLOCK_BACKWARD; kDeadlineExceeded/NOT_SETTLED with
// who is behind; those of the services.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <string>

#include "base/result.h"
#include "cli/shell/shell.h"

namespace cli {

class ClockDrive {
 public:
  explicit ClockDrive(Shell& shell) : shell_(shell) {}

  // The rehearsed time, the latest of the three.
  base::Result<base::UtcTime> Now();
  // Returns how many deadlines lay on the way.
  base::Result<int> AdvanceTo(base::UtcTime target);
  base::Status Settle();

  static constexpr std::array<const char*, 3> kServices{"registry", "attendance", "cases"};

 private:
  using Progress = std::array<baoxue::bus::v1::GetProgressReply, kServices.size()>;

  base::Result<Progress> Look();
  base::Status SetAll(base::UtcTime instant);
  // After settling: the earliest deadline after `now`.
  base::Result<std::optional<base::UtcTime>> SettleAndNextDue(base::UtcTime now);

  Shell& shell_;
};

}  // namespace cli
