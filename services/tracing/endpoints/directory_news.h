// The spreading of news of the directory, both ways: what is new in our own file (a rotated or
// revoked key, another address, that we leave; of a province or prefecture also that a county
// joined) reaches every member, and what a member says of itself comes into force here.
//
// A chore of the courier (chore.h): each member is offered the newest file until it says that it
// holds it, at its door at the pace of the county's repeats; a member behind a relay through its
// mailbox, where the file is not put again before `again`, then twice that, and so on: an older
// neighbour takes it and never answers. A member that does not believe the key we sign with goes
// without until somebody telephones. Files that others offer come into force by the chore, because
// the door that they came through is opened anew. Rows: directory_told. Thread-safe.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "base/random.h"
#include "tracing/endpoints/chore.h"
#include "tracing/endpoints/directory_desk.h"
#include "tracing/endpoints/exchange.h"
#include "tracing/store/told_repository.h"

namespace tracing {

class DirectoryNews {
 public:
  // All references outlive the news and its chore.
  DirectoryNews(store::Pool& pool, const Office& office, const base::Clock& clock,
                DirectoryDesk& desk, Exchange& exchange);

  // The way to members that have no door of their own.
  struct Mail {
    std::function<bool(Division)> serves = {};  // whether a relay keeps the member's mailbox
    // Into its mailbox; `done` on any thread. `same` as PackPosted.
    std::function<void(Division, const v1::Posted&, const std::string& same,
                       std::function<void(base::Status)> done)> post = {};
    std::chrono::minutes again{30};             // what lies there is not put there again before
  };
  // Before the courier starts.
  void SetMail(Mail mail) { mail_ = std::move(mail); }
  Chore AsChore();
  // Ends a wait for members that do not answer.
  void Stop();

  // A member's own file, as it says itself. Errors: kPermissionDenied/NOT_YOUR_DIRECTORY, those of
  // DirectoryDesk::Import.
  base::Result<v1::OfferRecordReply> Offered(const v1::OfferRecord& offer, Division from);
  // Whether an offer was refused for what only a broken or hostile peer sends.
  static bool IsStrike(const base::Error& error) {
    return error.reason == "SIGNATURE_BAD" || error.reason == "DIRECTORY_BAD" ||
           error.reason == "NOT_YOUR_DIRECTORY";
  }
  // The same by mailbox: what goes back, signed; empty: nobody waits for an answer. Errors: those
  // of Offered that are strikes, and of the store, which are worth another try.
  base::Result<v1::Posted> OfferedByMail(const v1::SignedDirectory& file, Division from);
  // A member's answer by mailbox to what we offered. What is not signed by it, or of another file,
  // stays without effect. Errors: those of the store.
  base::Status AnsweredByMail(const v1::SignedRecordTaken& answer, Division from);

  // The last file before we leave, once to each member and without repeats.
  LeaveTold Farewell(const v1::SignedDirectory& file, const std::vector<std::string>& divisions);

 private:
  struct Answers;
  // What became of an offer until Stop: the serial that the member holds, or where it lies.
  struct Answer {
    base::Result<std::uint64_t> held;
    bool in_mailbox = false;
  };
  base::Result<std::uint64_t> Run();
  base::Result<bool> Apply();
  base::Status Keep(store::Session& session, const Told& member, const OwnFile& own,
                    const Answer& answer);
  // Offers to all at once.
  std::map<std::string, Answer> Offer(const v1::SignedDirectory& file,
                                      const std::vector<std::string>& divisions);
  bool ByMail(Division member) const { return mail_.serves && mail_.serves(member); }

  store::Pool& pool_;
  const Office& office_;
  const base::Clock& clock_;
  DirectoryDesk& desk_;
  Exchange& exchange_;
  Mail mail_;
  base::Rng rng_;
  std::atomic<bool> has_news_ = false;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopped_ = false;
};

}  // namespace tracing
