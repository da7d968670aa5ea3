// Tells the members what is new in our own file of the directory: a rotated or revoked key, another
// address; of a province or prefecture also that a county joined.
//
// A chore of the courier (chore.h): each member is offered the newest file until it says that it
// holds it, at the pace of the county's repeats. A member that does not believe the key we sign
// with goes without until somebody telephones. Files that others offer are taken by DirectoryDesk
// and come into force here, because the door that they came through is opened anew. Thread-safe.
#pragma once

#include <condition_variable>
#include <mutex>

#include "base/random.h"
#include "tracing/endpoints/chore.h"
#include "tracing/endpoints/directory_desk.h"
#include "tracing/store/told_repository.h"

namespace tracing {

class DirectoryNews {
 public:
  // All references outlive the news and its chore.
  DirectoryNews(store::Pool& pool, const Office& office, const base::Clock& clock,
                DirectoryDesk& desk, Exchange& exchange);
  Chore AsChore();
  // Ends a wait for members that do not answer.
  void Stop();
  // The last file before we leave, once to each member and without repeats: how many took it.
  base::Result<std::size_t> Farewell(const v1::SignedDirectory& file,
                                     const std::vector<std::string>& divisions);

 private:
  struct Answers;
  base::Result<std::uint64_t> Run();
  // Offers to all at once; the answers, or what came of them until Stop.
  std::map<std::string, base::Result<std::uint64_t>> Offer(
      const v1::SignedDirectory& file, const std::vector<std::string>& divisions);

  store::Pool& pool_;
  const Office& office_;
  const base::Clock& clock_;
  DirectoryDesk& desk_;
  Exchange& exchange_;
  base::Rng rng_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopped_ = false;
};

}  // namespace tracing
