// The requests that cases answers: OpenCase, DoAct, GetCase, ListCases, ListTasks, GetCasesSummary.
// Thread-safe. Errors: README.md, "Requests".
#pragma once

#include "cases/app/case_desk.h"
#include "cases/endpoints/household_handlers.h"
#include "host/host.h"

namespace cases {

class Handlers {
 public:
  // All references outlive the handlers.
  Handlers(host::Host& host, CaseDesk& desk, HouseholdHandlers& households)
      : host_(host), desk_(desk), households_(households) {}
  // Before the server starts.
  void Register();

 private:
  bus::Reply OpenCase(const bus::Request& request);
  bus::Reply DoAct(const bus::Request& request);
  bus::Reply GetCase(const bus::Request& request);
  bus::Reply ListCases(const bus::Request& request);
  bus::Reply ListTasks(const bus::Request& request);
  bus::Reply GetCasesSummary(const bus::Request& request);
  // The groups that the registry knows of the student today.
  base::Result<std::vector<std::string>> AskGroups(StudentId student);

  host::Host& host_;
  CaseDesk& desk_;
  HouseholdHandlers& households_;
};

}  // namespace cases
