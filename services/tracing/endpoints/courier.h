// The courier: everything that happens to letters by itself. Ticks what is due, sends and takes the
// answers, asks the registry about letters that came, tells cases what was answered.
//
// The rows are the truth: what is lost here is found again by the next look at them. Per peer at
// most kInFlightMax items are under way, and to a peer that is silent one at a time, so a dead peer
// costs the living ones nothing. A few threads of its own. Thread-safe.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "host/host.h"
#include "tracing/app/letter_desk.h"
#include "tracing/domain/delivery.h"
#include "tracing/endpoints/chore.h"
#include "tracing/endpoints/exchange.h"

namespace tracing {

class Courier {
 public:
  Courier(host::Host& host, LetterDesk& desk, Exchange& exchange);
  ~Courier();
  // Before Start.
  void AddChore(Chore chore);
  // Who asks a peer for what we lost. Before Start().
  using Fetch = std::function<base::Status(Division, const ConversationId&, const AskReturn&)>;
  void SetFetch(Fetch fetch) { fetch_ = std::move(fetch); }
  // Adds to what the registry knew before a reply is decided; an error leaves the letter on the
  // machine's desk. Before Start.
  using Enrich = std::function<base::Status(const Question&, LookedUp&)>;
  void SetEnrich(Enrich enrich) { enrich_ = std::move(enrich); }
  // What the registry and `enrich` know about the child of a letter.
  base::Result<LookedUp> LookUp(const Question& question);
  void Start();
  void Stop();
  // What a committed step left to be done.
  void Take(const Outcome& outcome);
  // Look at the rows now: the clock has moved, or the directory is new.
  void Look();
  // Tasks under way or waiting, for GetProgress.
  std::size_t busy() const;
  // Letters and chores that are due, and when the next falls due.
  base::Result<std::uint64_t> DueRows();
  base::Result<std::optional<base::UtcTime>> NextDue();
  // The peer has answered, by whatever way.
  void Heard(Division peer);
  // Heard of, tries, ...: for ListPeers.
  std::map<Division, Lane> lanes() const;

 private:
  struct Task {
    enum class Kind { kTick, kSend, kAnswered, kRefused, kLookUp, kChore, kFetch };
    Kind kind = Kind::kTick;
    ConversationId id = {};
    std::uint32_t seq = 0;
    Division peer = {};
    std::shared_ptr<Parcel> parcel = {};
    std::shared_ptr<v1::DeliverReply> reply = {};
    AskReturn ask = {};
    std::shared_ptr<const Written> written = {};
    std::shared_ptr<const Question> question = {};
    Decline reason = Decline::kNone;
  };
  void Watch(const std::stop_token& stop);
  void Work(const std::stop_token& stop);
  void Push(Task task);
  void Run(const Task& task);
  void RunTick(const Task& task);
  void RunSend(const Task& task);
  void RunAnswered(const Task& task);
  void RunRefused(const Task& task);
  void RunLookUp(const Task& task);
  void LookUpFailed(const ConversationId& id, const base::Error& error);
  void LookedUpAtLast(const ConversationId& id);
  bool LooksUpLater(const ConversationId& id) const;
  void RunChore(std::size_t which);
  void Silent(Division peer);
  base::Status Look_();
  base::Status LookAtChores(store::Session& session);
  Enrich enrich_;
  base::Result<LookedUp> AskRegistry(const Question& question);

  host::Host& host_;
  LetterDesk& desk_;
  Exchange& exchange_;
  Fetch fetch_;
  std::vector<Chore> chores_;  // fixed once started
  base::Rng rng_;
  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  std::condition_variable_any look_;
  bool look_now_ = true;
  bool stopped_ = false;
  std::deque<Task> tasks_;
  std::set<std::pair<int, ConversationId>> queued_;  // ticks and look-ups, each once
  std::set<std::size_t> chores_queued_;              // or running
  std::set<ConversationId> looking_up_;              // queued or running
  // When what failed is looked up again, by the machine's own time: a rehearsed clock stands still.
  std::map<ConversationId, std::chrono::steady_clock::time_point> look_up_later_;
  std::map<Division, std::deque<Task>> held_;        // to a peer with enough under way
  std::map<Division, int> in_flight_;
  std::size_t under_way_ = 0;
  std::map<Division, Lane> lanes_;
  std::vector<std::jthread> threads_;
  host::Counter sent_;
  host::Counter receipts_;
  host::Counter silences_;
  host::Counter answered_by_machine_;
};

}  // namespace tracing
