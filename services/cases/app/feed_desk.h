// The use cases of other services' events. They run inside the follower's transaction, which
// saves the position too, so each event has its effects once. What does not concern a case
// changes nothing; nothing here refuses an event. Errors: those of libs/store only.
#pragma once

#include <string>
#include <vector>

#include "cases/app/case_writer.h"
#include "cases/store/rows.h"

namespace cases {

// What attendance or the registry's matching says about one child.
struct Suspicion {
  Subject subject = {};
  Signal signal = {};
  // What the event itself knows of the child, for what the own projection does not hold yet.
  Contacts seen = {};
};

// A batch of the registry's feed, sorted by what it means here.
struct RegistryBatch {
  std::vector<StudentPlace> students = {};
  std::vector<ClassPlace> classes = {};
  std::vector<SchoolPlace> schools = {};
  std::vector<std::pair<StudentId, RegistryFact>> facts = {};  // in the order of the feed
};

class FeedDesk {
 public:
  explicit FeedDesk(CaseWriter& writer) : writer_(writer) {}

  base::Status Suspect(const Suspicion& suspicion);
  base::Status Withdraw(Subject subject, const SignalWithdrawn& command);
  base::Status Return(Subject subject, const StudentBack& command);
  base::Status WithdrawReturn(Subject subject, const ReturnWithdrawn& command);
  // By the case's number, else to the subject's open case; of neither: nothing.
  base::Status Reply(CaseId id, Subject subject, const LetterReply& command);
  base::Status Registry(const RegistryBatch& batch, base::UtcTime at);

 private:
  base::Status RefreshPlaces(const RegistryBatch& batch, base::UtcTime at);

  CaseWriter& writer_;
};

}  // namespace cases
