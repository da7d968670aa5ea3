// The requests about households: GetHouseholdTask, DoHouseholdAct; and their part of ListTasks.
// The child's name is asked of tracing when a task is shown; while it is away there is none.
// Thread-safe. Errors: README.md, "Requests".
#pragma once

#include "cases/app/household_desk.h"
#include "cases/contract/cases.pb.h"
#include "host/host.h"

namespace cases {

class HouseholdHandlers {
 public:
  // All references outlive the handlers.
  HouseholdHandlers(host::Host& host, HouseholdDesk& desk);
  // Before the server starts.
  void Register();

  // Adds the households' tasks of the same filter in order of time, and their number.
  base::Status AddTasks(const TaskFilter& filter, baoxue::cases::v1::ListTasksReply& reply);
  base::Result<HouseholdCounts> Counts() { return desk_.Count({}); }

 private:
  bus::Reply Get(const bus::Request& request);
  bus::Reply Do(const bus::Request& request);
  void AskChild(baoxue::cases::v1::HouseholdTask* task);
  void AskNames(const std::vector<HouseholdTask>& tasks, baoxue::cases::v1::ListTasksReply& reply);

  host::Host& host_;
  HouseholdDesk& desk_;
};

}  // namespace cases
