// What cases does about the feed of tracing, inside the follower's transaction, which saves the
// position too: each event has its effects once.
//
// Answers of other counties move the case that asked (triggers.letters of the profile). A child
// who went out and is not known to have arrived is a suspected dropout; the arrival ends it. A
// letter that only a household can answer becomes a task of its township, until it is over. The
// household's county that takes a file over settles the case; a child of ours elsewhere without
// proof of schooling is a suspicion, where tracing's profile says so. A deployment without tracing
// follows nothing. Unknown events are skipped, unreadable ones skipped and counted; only the
// database can fail it. Belongs to the thread of its follower.
#pragma once

#include <vector>

#include "cases/app/case_desk.h"
#include "cases/app/feed_desk.h"
#include "cases/app/household_desk.h"
#include "host/host.h"

namespace cases {

class TracingReactions {
 public:
  // `unreadable` counts events that make no sense.
  TracingReactions(host::Host& host, CaseDesk& desk, HouseholdDesk& households,
                   host::Counter unreadable);
  // Follows the feed, if the deployment has tracing.
  void Follow();

  base::Status OnTracing(store::Transaction& tx, const std::vector<bus::Event>& events);

 private:
  using Told = std::vector<store::NewEvent>;  // besides the events of cases
  base::Status OnEvent(FeedDesk& feed, const bus::Event& event);
  base::Status OnReply(FeedDesk& feed, const bus::Event& event);
  base::Status OnWhere(FeedDesk& feed, const bus::Event& event);
  base::Status OnOwnLetter(FeedDesk& feed, const bus::Event& event);
  base::Status OnTransfer(FeedDesk& feed, const bus::Event& event);
  base::Status OnHousehold(store::Transaction& tx, const bus::Event& event, Told& told);
  base::Status OnLetter(store::Transaction& tx, const bus::Event& event, Told& told);
  base::Status OnProofMissing(FeedDesk& feed, const bus::Event& event);
  base::Status OnProofCame(FeedDesk& feed, const bus::Event& event);
  base::Status OnHandedOver(FeedDesk& feed, const bus::Event& event);
  base::Status Unreadable(const bus::Event& event);

  host::Host& host_;
  CaseDesk& desk_;
  HouseholdDesk& households_;
  host::Counter unreadable_;
};

}  // namespace cases
