// Children who live elsewhere, towards the suite: the requests of away.proto, what falls due, what
// the registry's feed means for them, doctor and metrics. Thread-safe after Start.
#pragma once

#include <vector>

#include "cases/contract/cases.pb.h"
#include "host/host.h"
#include "tracing/app/away_desk.h"
#include "tracing/endpoints/courier.h"

namespace tracing {

class AwayOffice {
 public:
  AwayOffice(host::Host& host, LetterDesk& letters, Courier& courier);
  // Requests, chores, health and metrics; before the courier starts. Plans every row anew, since
  // the rules or the calendar may have changed.
  base::Status Start();
  // The same again, on the day of another entry of the profile.
  base::Status RulesChanged();
  // A taker of the registry's feed: whose name is on the list is looked up.
  base::Status OnRegistry(store::Transaction& tx, const std::vector<bus::Event>& events,
                          std::vector<store::NewEvent>& told);
  AwayDesk& desk() { return desk_; }

 private:
  Chore WhileKept(Chore chore) const;
  base::Result<AwayDesk::Known> AskRegistry(const std::string& id_number, bool ask_person);
  // A visit that cases has told of becomes part of its row.
  base::Status TakeVisit(const AwayAnswer& answer, const baoxue::cases::v1::HouseholdAct& act);
  base::Result<v1::AwaySummary> Summary();
  void Requests();
  void Report();

  host::Host& host_;
  LetterDesk& letters_;
  Courier& courier_;
  AwayDesk desk_;
};

}  // namespace tracing
