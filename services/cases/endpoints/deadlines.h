// The queue "cases.deadlines": what falls due happens once, on its day, whatever restarts.
//
// The rows of case_clock and household_task are the truth; a job holds an id only. A job lets
// everything
// happen that is due in its case, in order of time; run twice it finds nothing the second time.
// Where a watch check is due, attendance is asked first; while it cannot answer, the job is
// retried. Thread-safe.
#pragma once

#include "cases/app/household_desk.h"
#include "host/host.h"

namespace cases {

inline constexpr const char* kDeadlineQueue = "cases.deadlines";
inline constexpr const char* kDeadlineJob = "deadline";
inline constexpr const char* kHouseholdJob = "household";

class Deadlines {
 public:
  Deadlines(host::Host& host, CaseDesk& desk, HouseholdDesk& households);
  // Adds the workers, and tells the host what is pending and what comes next.
  void Start();

  base::Status Run(const jobs::Job& job);
  base::Result<std::vector<jobs::Job>> Due();

 private:
  base::Result<std::optional<Presence>> AskPresence(CaseId id);
  base::Status RunCase(CaseId id);
  base::Status RunHousehold(HouseholdId id);

  host::Host& host_;
  CaseDesk& desk_;
  HouseholdDesk& households_;
  host::Counter fired_;
  host::Counter presence_failures_;
};

}  // namespace cases
