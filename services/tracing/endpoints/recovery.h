// Recovery after a restored backup, between counties: asks every member for its heads until all
// have told, takes back what was lost, answers the same questions of others, and the officer's
// requests AnnounceRestore and ConfirmNumbers.
//
// The rows say who is to be asked and when (a Chore). Many members are asked at once, each by
// itself: a silent one is asked again with back-off and holds nobody up. Thread-safe.
#pragma once

#include "host/host.h"
#include "tracing/app/restore_desk.h"
#include "tracing/endpoints/chore.h"
#include "tracing/endpoints/exchange.h"
#include "tracing/endpoints/guard.h"

namespace tracing {

class RecoveryRoom {
 public:
  // Told of what a step left to be done (Courier::Take).
  using Take = std::function<void(const Outcome&)>;
  RecoveryRoom(host::Host& host, LetterDesk& desk, Exchange& exchange, Guard& guard, Take take);
  // Before the exchange opens.
  base::Status Register();
  Chore AsChore();
  // Asks a peer for what it has of a letter and we do not, and takes it. Blocks for one question.
  base::Status Fetch(Division peer, const ConversationId& id, const AskReturn& ask);

 private:
  base::Result<std::uint64_t> Run();
  base::Status AskMember(const DueMember& member);
  base::Status AskOnce(Division member);
  baoxue::bus::v1::DependencyHealth Health() const;

  host::Host& host_;
  LetterDesk& desk_;
  RestoreDesk restore_;
  Exchange& exchange_;
  Guard& guard_;
  Take take_;
};

}  // namespace tracing
