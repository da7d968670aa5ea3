// Recovery after a restored backup, between counties: asks every member for its heads until all
// have told, takes back what was lost, answers the same questions of others, and the officer's
// requests AnnounceRestore and ConfirmNumbers.
//
// The rows say who is to be asked and when (a Chore). Many members are asked at once, each by
// itself: a silent one is asked again with back-off and holds nobody up. Thread-safe.
//
// A member that has no door of its own is asked through its mailbox (recovery_mail.cpp): one page
// of heads at a time, the same page until nothing of it is lacking. How far that is, is memory: a
// process that starts anew asks from the first page. Only what was asked for is taken.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <set>

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
  // Asks a peer for what it has of a letter and we do not, and takes it. Blocks for one question,
  // or until a mailbox has it.
  base::Status Fetch(Division peer, const ConversationId& id, const AskReturn& ask);

  struct Mail {
    // Whether the county is asked through a mailbox.
    std::function<bool(Division)> serves = {};
    // Into its mailbox, or to its own door; waits until it is stored. `same` as PackPosted.
    std::function<base::Status(Division, const v1::Posted&, const std::string& same)> post = {};
    std::chrono::minutes again{30};  // what was stored and not answered is asked again
  };
  // Before the courier starts.
  void SetMail(Mail mail) { mail_ = std::move(mail); }
  // A question or an answer of a restore that came through a mailbox. What is not signed as it
  // should be, or was not asked for, stays without effect. Errors: what is worth another try.
  base::Status TakeMail(Division from, const v1::Posted& posted);

 private:
  // Where the questions to one member stand.
  struct Course {
    std::uint64_t epoch = 0;
    std::string after = {};      // the page that is asked for
    int rounds = 0;              // of this page, at once
    std::set<ConversationId> awaited = {};
  };
  bool ByMail(Division peer) const { return mail_.serves && mail_.serves(peer); }
  base::Status Allowed(Division from, std::size_t bytes);
  base::Status AskByMail(const DueMember& member);
  base::Status PostHeads(Division member);
  base::Status FetchByMail(Division peer, const v1::ReturnItems& request);
  base::Status AnswerMail(Division from, const v1::Posted& posted);
  base::Status TakeHeads(Division from, const v1::SignedHeads& answer);
  base::Status TakePage(Division from, const v1::GetHeadsReply& heads);
  base::Status TakeItems(Division from, const v1::ItemsReturned& items);
  base::Status BeginAnew(std::uint64_t known_epoch);
  base::Status ConfirmAndGoOn(Division member);
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
  Mail mail_;
  std::mutex mutex_;
  std::map<Division, Course> courses_;
  std::set<std::pair<Division, ConversationId>> fetching_;  // beside a recovery
};

}  // namespace tracing
