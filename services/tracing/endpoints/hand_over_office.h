// Files that go to the household's county at term end, towards the suite: what falls due, what the
// feed of cases means for them, the request that shows them, metrics. Thread-safe after Start.
#pragma once

#include <vector>

#include "host/host.h"
#include "tracing/app/hand_over_desk.h"
#include "tracing/endpoints/courier.h"

namespace tracing {

class HandOverOffice {
 public:
  HandOverOffice(host::Host& host, LetterDesk& letters, Courier& courier);
  // Before the courier starts.
  base::Status Start();
  // What waits for a term's end is planned by today's rules.
  base::Status RulesChanged() { return desk_.PlanAll(); }
  // A taker of the feed of cases.
  base::Status OnCases(store::Transaction& tx, const std::vector<bus::Event>& events);

 private:
  base::Result<HandOverDesk::Student> AskRegistry(std::int64_t student_id, std::int64_t case_id);
  base::Result<v1::Child> AskChild(std::int64_t student_id, std::int64_t case_id);
  void Report();

  host::Host& host_;
  LetterDesk& letters_;
  Courier& courier_;
  HandOverDesk desk_;
};

}  // namespace tracing
