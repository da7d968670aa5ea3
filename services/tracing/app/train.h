// Train: transactions of letters that come at the same time share one commit and one look at the
// feed's counter.
//
// Each caller brings the work of one letter and waits. Whoever finds no train under way takes those
// that wait, reads their letters at once, runs them one after another in one transaction, writes
// their rows and events together and commits. If one of them refuses, or its rows are such as no
// table takes, all are undone and each runs in a transaction of its own, so a refusal is its own
// letter's alone. An unknown outcome of the commit is everybody's.
// Errors: those of the work and of store::Pool::InTransaction. Thread-safe.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "store/event_log.h"
#include "tracing/store/letter_writes.h"

namespace tracing {

// What the letters of one transaction gather on the way.
struct Cargo {
  std::vector<store::NewEvent> events = {};
  LetterWrites writes = {};
  // Letters that are locked and read already; each is given out once.
  std::map<ConversationId, std::optional<LetterRow>> locked = {};
  std::map<Division, int> begun = {};  // new letters of each county
  base::Result<std::optional<LetterRow>> Lock(store::Transaction& tx, const ConversationId& id);
};

class Train {
 public:
  // Called again from the beginning when the transaction is repeated.
  using Work = std::function<base::Status(store::Transaction&, Cargo&)>;
  explicit Train(store::Pool& pool) : pool_(pool) {}
  // `id`: the letter that the work will lock.
  base::Status Ride(const ConversationId& id, const Work& work);

 private:
  struct Rider {
    Rider(const ConversationId& i, const Work& w) : id(i), work(&w) {}
    ConversationId id;
    const Work* work;
    bool done = false;
    base::Status status = {};
    std::condition_variable woken = {};
  };
  void Run(const std::vector<Rider*>& riders);
  base::Status RunTogether(const std::vector<Rider*>& riders, bool& refused);

  store::Pool& pool_;
  std::mutex mutex_;
  std::deque<Rider*> waiting_;
  bool under_way_ = false;
};

}  // namespace tracing
