// Plays a sample's term on a rehearsal: each school day the clock goes to the morning, leave slips
// come in, every class's roll call is submitted with many under way, people act in their cases, the
// afternoon, the evening's corrections and slips, and all deadlines on the way fire at their own
// time.
//
// Half-days that the rehearsed time has passed are not played again, so a play that broke off goes
// on where it was (each submission has an idempotency key made from its content). Errors: those of
// ClockDrive, of the sample's files and of the services; kNotFound/NOT_IMPORTED when a class or
// student of the sample is not in the registry. Acts that the ladder refuses are counted, not
// errors.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/result.h"
#include "cli/rehearsal/clock_drive.h"
#include "cli/rehearsal/many_calls.h"
#include "cli/rehearsal/sample_files.h"
#include "cli/rehearsal/seats.h"
#include "cli/sample/plan.h"
#include "cli/shell/progress.h"
#include "cli/shell/shell.h"

namespace cli {

struct RehearsalOptions {
  std::string folder = {};
  int weeks = 0;                         // 0: all that the sample holds
  std::optional<base::Date> until = {};  // included
  int in_flight_max = 512;
};

struct RehearsalResult {
  std::uint64_t days = 0;
  std::uint64_t roll_calls = 0;
  std::uint64_t later = 0;
  std::uint64_t leaves = 0;
  std::uint64_t acts = 0;
  std::uint64_t deadlines = 0;                        // stops of the clock on the way
  std::map<std::string, std::uint64_t> refused = {};  // acts, by "kind REASON"
  base::Date last_day = {};
};

class Rehearsal {
 public:
  Rehearsal(Shell& shell, RehearsalOptions options)
      : shell_(shell), options_(std::move(options)), drive_(shell) {}
  base::Result<RehearsalResult> Play();

 private:
  base::Status PlayDay(const std::vector<SampleRollCall>& calls);
  base::Status MoveTo(base::Date day, int minute);
  base::Status SubmitHalf(const std::vector<SampleRollCall>& calls, HalfDay half);
  base::Status Submit(ManyCalls& calls, const SampleRollCall& call, const std::string& salt);
  base::Status SubmitLeaves(base::Date day, bool early);
  base::Status Act(base::Date day, bool early);
  base::Status ActOnce(const SampleAct& act);
  base::Result<std::int64_t> StudentOf(const std::string& school, const std::string& class_no,
                                       const std::string& seat) const;
  bus::CallOptions CallAs(bus::Actor actor, const std::string& key_text);

  Shell& shell_;
  const RehearsalOptions options_;
  ClockDrive drive_;
  sample::AbsenceRule times_ = {};
  Seats seats_;
  SampleTerm term_;
  base::UtcTime now_ = {};
  RehearsalResult result_;
};

}  // namespace cli
