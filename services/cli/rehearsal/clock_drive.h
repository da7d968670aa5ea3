// Moves the clock of a rehearsal so that every deadline fires at its own time.
//
// To a target: wait until everything has settled, set the clock of every service that runs,
// registry first, to the earliest next deadline (or the target), settle again, and so on. Settled:
// no service has work that is due, and every follower has reached the end of the feed it follows,
// seen twice in a row. Only Now() of the services counts; the machine's clock is not looked at.
// Several deployments that write to each other move together: each stop is the earliest deadline of
// all, and all settle twice at each stop, since what one does there may be work for another.
// Errors: kFailedPrecondition/NOT_A_REHEARSAL, CLOCK_BACKWARD; kDeadlineExceeded/NOT_SETTLED with
// who is behind; those of the services.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/shell/shell.h"

namespace cli {

class ClockDrive {
 public:
  explicit ClockDrive(Shell& shell) : shell_(shell) {}

  // registry, attendance and cases, and whichever of the others is running here.
  const std::vector<std::string>& Services();
  // The rehearsed time, the latest of all.
  base::Result<base::UtcTime> Now();
  // Returns how many deadlines lay on the way.
  base::Result<int> AdvanceTo(base::UtcTime target);
  // One whose clock is behind catches up first; the others wait for it.
  static base::Result<int> AdvanceAll(const std::vector<ClockDrive*>& drives,
                                      base::UtcTime target);
  base::Status Settle();

 private:
  using Progress = std::vector<baoxue::bus::v1::GetProgressReply>;

  base::Result<Progress> Look();
  base::Status SetAll(base::UtcTime instant);
  // After settling: the earliest deadline after `now`.
  base::Result<std::optional<base::UtcTime>> SettleAndNextDue(base::UtcTime now);

  Shell& shell_;
  std::vector<std::string> services_ = {};
};

}  // namespace cli
